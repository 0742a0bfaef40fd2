/**
 * FRR's bgpd with a zebra of its own (it knows the addresses that bgpd takes next hops from), in a vty folder of their
 * own; `vtysh` shows bgpd's tables as JSON and changes it at run time.
 */
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AttributeName,
  OriginatedRoute,
  Peer,
  PeerKind,
  PeerSession,
  PeerSettings,
  ShownRoute,
  UnicastFamily,
} from './peer.js';
import { Program } from './program.js';

function family(session: PeerSession, name: UnicastFamily, settings: PeerSettings): string[] {
  const neighbor = `  neighbor ${session.remoteAddress}`;
  const networks = settings.originate
    .filter((route) => route.prefix.includes(':') === (name === 'ipv6 unicast'))
    .map((route) => `  network ${route.prefix}`);
  return [
    ` address-family ${name}`,
    ...new Set(networks),
    `${neighbor} activate`,
    ...(session.addPath?.startsWith('send') ? [`${neighbor} addpath-tx-all-paths`] : []),
    ' exit-address-family',
  ];
}

function neighbor(session: PeerSession, settings: PeerSettings): string[] {
  const it = ` neighbor ${session.remoteAddress}`;
  const isExternal = session.remoteAs !== settings.as;
  return [
    `${it} remote-as ${session.remoteAs}`,
    `${it} update-source ${session.localAddress}`,
    `${it} timers 10 30`,
    `${it} timers connect 2`,
    ...(session.connects ? [] : [`${it} passive`]),
    ...(session.md5 === undefined ? [] : [`${it} password ${session.md5}`]),
    ...(session.ttlSecurity ? [`${it} ttl-security hops 1`] : isExternal ? [`${it} disable-connected-check`] : []),
    ...session.families.flatMap((name) => family(session, name, settings)),
  ];
}

interface FrrPath {
  readonly aspath?: { string: string; segments: { type: string; list: number[] }[] };
  readonly aggregatorAs?: number;
  readonly aggregatorId?: string;
  readonly origin?: string;
  readonly metric?: number;
  readonly locPrf?: number;
  readonly atomicAggregate?: boolean;
  readonly otc?: number;
  readonly stale?: boolean;
  readonly community?: { list: string[] };
  readonly extendedCommunity?: { string: string };
  readonly largeCommunity?: { list: string[] };
  readonly originatorId?: string;
  readonly clusterList?: { list: string[] };
  readonly addpathRxId?: number;
  readonly nexthops?: { ip: string; scope?: string }[];
  readonly peer: { peerId: string };
}

interface FrrPrefix {
  readonly prefix: string;
  readonly paths?: FrrPath[];
}

const COMMUNITY_NAMES: Record<string, string> = { noExport: '65535:65281', noAdvertise: '65535:65282' };

/** One path of `show bgp … PREFIX json` in the text of the tests. */
function shownRoute(prefix: string, path: FrrPath): ShownRoute {
  const attributes: Partial<Record<AttributeName, string>> = {};
  const put = (name: AttributeName, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') attributes[name] = String(value);
  };
  put('origin', path.origin?.toLowerCase());
  put('as-path', path.aspath?.string.replaceAll(',', ' '));
  put('as-set', path.aspath?.segments.find((segment) => segment.type === 'as-set')?.list.join(' '));
  put('next-hop', path.nexthops?.find((hop) => hop.scope !== 'link-local')?.ip);
  put('med', path.metric);
  put('local-preference', path.locPrf);
  if (path.atomicAggregate) put('atomic-aggregate', 'true');
  if (path.aggregatorAs !== undefined) put('aggregator', `${path.aggregatorAs}:${path.aggregatorId}`);
  put('community', path.community?.list.map((value) => COMMUNITY_NAMES[value] ?? value).join(' '));
  put('originator-id', path.originatorId);
  put('cluster-list', path.clusterList?.list.join(' '));
  put('extended-community', path.extendedCommunity?.string.replaceAll('RT:', 'target:').replaceAll('SoO:', 'origin:'));
  put('large-community', path.largeCommunity?.list.join(' '));
  put('otc', path.otc);
  return {
    prefix,
    ...(path.addpathRxId === undefined ? {} : { pathId: path.addpathRxId }),
    ...(path.stale ? { isStale: true } : {}),
    attributes,
  };
}

class Frr implements Peer {
  #settings: PeerSettings | undefined;
  #zebra: Program | undefined;
  #program: Program | undefined;

  async start(settings: PeerSettings): Promise<void> {
    this.#settings = settings;
    writeFileSync(
      join(settings.folder, 'frr.conf'),
      [
        'hostname frr',
        'debug bgp neighbor-events',
        'debug bgp updates in',
        `router bgp ${settings.as}`,
        ` bgp router-id ${settings.routerId}`,
        ' no bgp ebgp-requires-policy',
        ' no bgp default ipv4-unicast',
        ' no bgp network import-check',
        ' bgp graceful-restart',
        ...settings.sessions.flatMap((session) => neighbor(session, settings)),
        '',
      ].join('\n'),
    );
    const argv = ['/usr/lib/frr/bgpd', '-f', join(settings.folder, 'frr.conf'), '-S', '-p', '179', '-P', '0'];
    argv.push('-z', join(settings.folder, 'zserv.api'));
    argv.push('-i', join(settings.folder, 'frr.pid'), '--vty_socket', settings.folder);
    // One listener for all addresses: bgpd sets a key on the first listener of a family only.
    argv.push('--log', 'stdout', '--log-level', 'debugging');
    // zebra gives up root for the user of the package.
    chmodSync(settings.folder, 0o777);
    const zebra = ['/usr/lib/frr/zebra', '-P', '0', '--log', 'stdout'];
    zebra.push(
      '-z',
      join(settings.folder, 'zserv.api'),
      '-i',
      join(settings.folder, 'zebra.pid'),
      '--vty_socket',
      settings.folder,
    );
    rmSync(join(settings.folder, 'zebra.vty'), { force: true });
    this.#zebra = new Program('zebra', settings.host.wrap(zebra), { cwd: settings.folder });
    await this.#zebra.ready(() => existsSync(join(settings.folder, 'zebra.vty')));
    this.#program = new Program('frr', settings.host.wrap(argv), { cwd: settings.folder });
    await this.#program.ready(async () => (await this.#vtysh('show version')).includes('FRRouting'));
  }

  /** Runs vtysh commands, one after the other. */
  async #vtysh(...commands: string[]): Promise<string> {
    const settings = this.#settings!;
    const options = commands.flatMap((command) => ['-c', command]);
    return settings.host.run(['vtysh', '--vty_socket', settings.folder, '-d', 'bgpd', ...options]);
  }

  async #configure(...lines: string[]): Promise<void> {
    await this.#vtysh('configure terminal', `router bgp ${this.#settings!.as}`, ...lines);
  }

  async #neighbor(session: PeerSession): Promise<Record<string, unknown>> {
    const all = JSON.parse(await this.#vtysh(`show bgp neighbors ${session.remoteAddress} json`));
    return all[session.remoteAddress] ?? {};
  }

  async established(session: PeerSession): Promise<boolean> {
    return (await this.#neighbor(session)).bgpState === 'Established';
  }

  async routes(session: PeerSession, name: UnicastFamily): Promise<ShownRoute[]> {
    const listing: { routes?: Record<string, { peerId: string }[]> } = JSON.parse(
      await this.#vtysh(`show bgp ${name} json`),
    );
    const prefixes = Object.entries(listing.routes ?? {})
      .filter(([, paths]) => paths.some((path) => path.peerId === session.remoteAddress))
      .map(([prefix]) => prefix);
    const routes: ShownRoute[] = [];
    // The details are shown for one prefix at a time; a single vtysh asks for many.
    for (let at = 0; at < prefixes.length; at += 500) {
      const commands = prefixes.slice(at, at + 500).map((prefix) => `show bgp ${name} ${prefix} json`);
      for (const text of (await this.#vtysh(...commands)).split(/^(?=\{)/m)) {
        const entry: FrrPrefix = JSON.parse(text);
        for (const path of entry.paths ?? []) {
          if (path.peer.peerId === session.remoteAddress) routes.push(shownRoute(entry.prefix, path));
        }
      }
    }
    return routes;
  }

  async announce(routes: readonly OriginatedRoute[]): Promise<void> {
    for (const route of routes) {
      await this.#configure(
        `address-family ${route.prefix.includes(':') ? 'ipv6' : 'ipv4'} unicast`,
        `network ${route.prefix}`,
      );
    }
  }

  async withdraw(routes: readonly OriginatedRoute[]): Promise<void> {
    for (const route of routes) {
      await this.#configure(
        `address-family ${route.prefix.includes(':') ? 'ipv6' : 'ipv4'} unicast`,
        `no network ${route.prefix}`,
      );
    }
  }

  async refresh(session: PeerSession, name: UnicastFamily): Promise<void> {
    await this.#vtysh(`clear bgp ${name} ${session.remoteAddress} soft in`);
  }

  async shutdownWithText(session: PeerSession, text: string): Promise<void> {
    await this.#configure(`neighbor ${session.remoteAddress} shutdown message ${text}`);
  }

  async enable(session: PeerSession): Promise<void> {
    await this.#configure(`no neighbor ${session.remoteAddress} shutdown`);
  }

  async lastShutdownText(session: PeerSession): Promise<string | undefined> {
    const text = (await this.#neighbor(session)).lastShutdownDescription;
    return typeof text === 'string' ? text : undefined;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    await this.#zebra?.stop();
  }

  log(): string {
    return this.#program?.output ?? '';
  }
}

export const frr: PeerKind = {
  name: 'frr',
  programs: ['/usr/lib/frr/bgpd', '/usr/lib/frr/zebra', 'vtysh'],
  cannotDo: [],
  cannotShow: {
    'ipv6-extended-community': 'not decoded by 8.4',
    aigp: 'not known to 8.4',
    unknown: 'kept, but not in any listing',
    'confederation-path': 'tested with BIRD',
  },
  create: () => new Frr(),
};
