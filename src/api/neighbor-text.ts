/** Names and layouts of neighbors in listings: ExaBGP's, which scripts read by column. */
import { textLine } from '../util/stranger-text.js';
import { familyByName, familyIndex } from '../wire/family/index.js';
import type { MessageCounters, Neighbor } from './context.js';

/** `neighbor 127.0.0.2 local-ip 127.0.0.1 local-as 65001 peer-as 65002 router-id 10.0.0.1 family-allowed in-open`. */
export function neighborTitle(neighbor: Neighbor): string {
  const { config, localAddress, localAs, peerAs } = neighbor;
  return (
    `neighbor ${neighbor.remoteAddress} local-ip ${localAddress ?? 'auto'} local-as ${localAs ?? 'auto'}` +
    ` peer-as ${peerAs ?? peerAsText(neighbor)} router-id ${config.routerId} family-allowed in-open`
  );
}

function peerAsText({ config }: Neighbor): string {
  return typeof config.peerAs === 'object' ? config.peerAs.join(',') : String(config.peerAs);
}

export const SUMMARY_HEADER = 'Peer            AS        up/down state       |     #sent     #recvd';

/** A row of `show neighbor summary`. */
export function summaryRow(neighbor: Neighbor): string {
  const peer = neighbor.remoteAddress.padEnd(15);
  const as = String(neighbor.peerAs ?? peerAsText(neighbor)).padEnd(7);
  const up = upText(neighbor.upSeconds).padStart(9);
  const state = neighbor.state.toLowerCase().padEnd(12);
  const sent = String(total(neighbor.sent)).padStart(10);
  const received = String(total(neighbor.received)).padStart(10);
  return `${peer} ${as} ${up} ${state} ${sent} ${received}`;
}

/** "down" while there is no session and in its first second, else `H:MM:SS`, with days in front where there are some. */
export function upText(seconds: number | undefined): string {
  if (seconds === undefined || seconds < 1) return 'down';
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${Math.floor((whole % 86_400) / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

/** Messages of all types. */
export function total(counters: MessageCounters): number {
  return counters.open + counters.notification + counters.keepalive + counters.update + counters.refresh;
}

/** The message types in the order of listings. */
export const MESSAGE_TYPES = ['open', 'notification', 'keepalive', 'update', 'refresh'] as const;

/** Capability name -> what we offer, and what holds on the session (undefined: no session). */
export function capabilityTable(neighbor: Neighbor): [name: string, local: boolean, peer: boolean | undefined][] {
  const { config, negotiated } = neighbor;
  const { capabilities } = config;
  const hasAddPath =
    negotiated?.addPathSend.includes(true) === true || negotiated?.addPathReceive.includes(true) === true;
  return [
    ['asn4', capabilities.asn4, negotiated?.asn4],
    [
      'route-refresh',
      capabilities.routeRefresh,
      negotiated === undefined ? undefined : negotiated.refresh !== 'absent',
    ],
    ['multi-session', capabilities.multisession, negotiated?.multisession],
    ['operational', capabilities.operational, negotiated?.operational],
    ['add-path', Object.keys(capabilities.addPath).length > 0, negotiated === undefined ? undefined : hasAddPath],
    [
      'extended-message',
      capabilities.extendedMessage,
      negotiated === undefined ? undefined : negotiated.sendMessageSize > 4096,
    ],
    ['graceful-restart', capabilities.gracefulRestart !== undefined, negotiated?.peerGracefulRestart],
    ...newerCapabilities(neighbor),
  ];
}

/** Those that ExaBGP's listings do not have: shown where they are configured. */
function newerCapabilities({
  config,
  negotiated,
}: Neighbor): [name: string, local: boolean, peer: boolean | undefined][] {
  const { capabilities } = config;
  const rows: [name: string, local: boolean, peer: boolean | undefined][] = [
    ['long-lived-restart', capabilities.longLivedGracefulRestart !== undefined, negotiated?.peerLongLived],
    ['link-local-nexthop', capabilities.linkLocalNextHop, negotiated?.linkLocalNextHop],
  ];
  return rows.filter(([, isConfigured]) => isConfigured);
}

/** Of each configured family: its name, whether the session has it, and its ADD-PATH. */
export function familyTable(neighbor: Neighbor): { name: string; isUp: boolean | undefined; addPath: string }[] {
  const { config, negotiated } = neighbor;
  return config.families.map((name) => {
    const family = familyByName(name);
    const index = family === undefined ? -1 : familyIndex(family);
    const send = negotiated?.addPathSend[index] === true;
    const receive = negotiated?.addPathReceive[index] === true;
    const addPath = send && receive ? 'send/receive' : send ? 'send' : receive ? 'receive' : 'disabled';
    return { name, isUp: negotiated === undefined ? undefined : negotiated.families[index] === true, addPath };
  });
}

function cells(name: string, one: string | number, two: string | number = '', three = ''): string {
  return `   ${name.padEnd(20)} ${String(one).padStart(15)} ${String(two).padStart(15)} ${three.padStart(15)}`.trimEnd();
}

function onOff(value: boolean | undefined): string {
  return value === undefined ? 'n/a' : value ? 'enabled' : 'disabled';
}

/** The block of `show neighbor extensive`. */
export function extensiveLines(neighbor: Neighbor): string[] {
  const { config, negotiated, sent, received } = neighbor;
  const peerId = negotiated === undefined ? 'n/a' : Array.from(negotiated.peerRouterId).join('.');
  return [
    `Neighbor ${neighbor.remoteAddress}`,
    '',
    '   Session                         Local',
    cells('local', neighbor.localAddress ?? 'auto'),
    cells('state', neighbor.state.toLowerCase()),
    cells('up for', upText(neighbor.upSeconds)),
    '',
    '   Setup                           Local          Remote',
    cells('AS', neighbor.localAs ?? 'auto', neighbor.peerAs ?? peerAsText(neighbor)),
    cells('ID', config.routerId, peerId),
    cells('hold-time', config.holdTimeSeconds, neighbor.peerHoldTimeSeconds ?? 'n/a'),
    '',
    '   Capability                      Local          Remote',
    ...capabilityTable(neighbor).map(([name, local, peer]) => cells(`${name}:`, onOff(local), onOff(peer))),
    '',
    '   Families                        Local          Remote        Add-Path',
    ...familyTable(neighbor).map(({ name, isUp, addPath }) => cells(`${name}:`, 'enabled', onOff(isUp), addPath)),
    '',
    '   Message Statistic                Sent        Received',
    ...MESSAGE_TYPES.map((type) => cells(`${type}:`, sent[type], received[type])),
    cells('total:', total(sent), total(received)),
    '',
  ];
}

/** The block of `show neighbor configuration`. Keys are never shown. */
export function configurationLines(neighbor: Neighbor): string[] {
  const { config } = neighbor;
  const { capabilities } = config;
  const option = (name: string, value: string | number | boolean | undefined): string[] =>
    value === undefined || value === '' ? [] : [`\t${name} ${value};`];
  const section = (name: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`\t${name} {`, ...lines.map((line) => `\t\t${line};`), '\t}'];
  const peerAs = typeof config.peerAs === 'object' ? `[ ${config.peerAs.join(' ')} ]` : config.peerAs;
  return [
    `neighbor ${config.remoteAddress} {`,
    ...option('description', config.description === '' ? undefined : `"${textLine(config.description)}"`),
    ...option('router-id', config.routerId),
    ...option('host-name', config.hostName),
    ...option('domain-name', config.domainName),
    ...option('local-address', config.localAddress ?? 'auto'),
    ...option('local-as', config.localAs),
    ...option('peer-as', peerAs),
    ...option('hold-time', config.holdTimeSeconds),
    ...option('connect', config.remotePort),
    ...option('passive', config.passive),
    ...option('outgoing-ttl', config.ttl.outgoing),
    ...option('incoming-ttl', config.ttl.minimum),
    // ExaBGP's word for "in some families" is that it groups.
    ...option('group-updates', config.groupUpdates !== false),
    ...option('auto-flush', config.autoFlush),
    ...option('adj-rib-in', config.adjRibIn),
    ...option('adj-rib-out', config.adjRibOut),
    ...option('manual-eor', config.manualEor),
    ...section('capability', [
      `asn4 ${capabilities.asn4 ? 'enable' : 'disable'}`,
      `route-refresh ${capabilities.routeRefresh ? 'enable' : 'disable'}`,
      `extended-message ${capabilities.extendedMessage ? 'enable' : 'disable'}`,
      `graceful-restart ${capabilities.gracefulRestart?.timeSeconds ?? 'disable'}`,
      ...(capabilities.multisession ? ['multi-session enable'] : []),
      ...(capabilities.operational ? ['operational enable'] : []),
      ...(capabilities.linkLocalNextHop ? ['link-local-nexthop enable'] : []),
    ]),
    ...section('family', config.families),
    ...section(
      'add-path',
      Object.entries(capabilities.addPath).map(([family, mode]) => {
        const limit = capabilities.pathsLimit[family];
        return `${family} ${mode}${limit === undefined ? '' : ` limit ${limit}`}`;
      }),
    ),
    ...section('operational', config.operational),
    ...(config.api ?? []).flatMap(({ processes, receive, send }) => [
      '\tapi {',
      `\t\tprocesses [ ${processes.join(' ')} ];`,
      ...(receive.length === 0 ? [] : [`\t\treceive { ${receive.join('; ')}; }`]),
      ...(send.length === 0 ? [] : [`\t\tsend { ${send.join('; ')}; }`]),
      '\t}',
    ]),
    ...(config.routes.length === 0 ? [] : ['\tstatic {', ...config.routes.map((text) => `\t\t${text};`), '\t}']),
    '}',
  ];
}
