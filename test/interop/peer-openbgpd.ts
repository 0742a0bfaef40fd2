/** OpenBGPD: `bgpd` needs root and a configuration that only root may read; `bgpctl -j` shows its tables as JSON. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
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

const FAMILIES: Record<UnicastFamily, string> = { 'ipv4 unicast': 'IPv4 unicast', 'ipv6 unicast': 'IPv6 unicast' };

function neighbor(session: PeerSession, settings: PeerSettings): string {
  const isExternal = session.remoteAs !== settings.as;
  const addPath = session.addPath ?? '';
  return [
    `neighbor ${session.remoteAddress} {`,
    `  descr ${session.name}`,
    `  remote-as ${session.remoteAs}`,
    `  local-address ${session.localAddress}`,
    ...(isExternal && !session.ttlSecurity ? ['  multihop 64'] : []),
    ...(session.ttlSecurity ? ['  ttl-security yes'] : []),
    ...(session.connects ? [] : ['  passive']),
    ...(session.md5 === undefined ? [] : [`  tcp md5sig password "${session.md5}"`]),
    '  holdtime 30',
    '  enforce neighbor-as no',
    '  announce enhanced refresh yes',
    ...(addPath.includes('receive') ? ['  announce add-path recv yes'] : []),
    ...(addPath.startsWith('send') ? ['  announce add-path send all'] : []),
    ...session.families.map((family) => `  announce ${FAMILIES[family]}`),
    '}',
  ].join('\n');
}

interface RibAttribute {
  readonly type: string;
  readonly AS?: number;
  readonly as?: number;
  readonly router_id?: string;
  readonly originator?: string;
  readonly cluster_list?: string[];
  readonly data?: string;
}

interface RibEntry {
  readonly prefix: string;
  readonly path_id?: number;
  readonly stale?: boolean;
  readonly aspath: string;
  readonly exit_nexthop?: string;
  readonly origin: string;
  readonly metric: number;
  readonly localpref: number;
  readonly communities?: string[];
  readonly extended_communities?: string[];
  readonly large_communities?: string[];
  readonly attributes?: RibAttribute[];
}

const ATTRIBUTES: Record<string, (attribute: RibAttribute) => Partial<Record<AttributeName, string>>> = {
  'Atomic Aggregate': () => ({ 'atomic-aggregate': 'true' }),
  Aggregator: (attribute) => ({ aggregator: `${attribute.AS}:${attribute.router_id}` }),
  'Originator Id': ({ originator = '' }) => ({ 'originator-id': originator }),
  'Cluster Id List': ({ cluster_list = [] }) => ({ 'cluster-list': cluster_list.join(' ') }),
  OTC: (attribute) => ({ otc: String(attribute.as) }),
  'Unknown Attribute #25': ({ data = '' }) => ({ 'ipv6-extended-community': data }),
  // One AIGP TLV (RFC 7311 section 3): type 1, length 11, the metric.
  'Unknown Attribute #26': ({ data = '' }) => ({ aigp: String(BigInt(`0x${data.slice(6)}`)) }),
  'Unknown Attribute #200': ({ data = '' }) => ({ unknown: data }),
};

const COMMUNITY_NAMES: Record<string, string> = { NO_EXPORT: '65535:65281', NO_ADVERTISE: '65535:65282' };

function shownRoute(entry: RibEntry): ShownRoute {
  const set = /\{ ([^}]*) \}/.exec(entry.aspath);
  const attributes: Partial<Record<AttributeName, string>> = {
    origin: entry.origin.toLowerCase(),
    'as-path': entry.aspath.replaceAll('{ ', '{').replaceAll(' }', '}'),
    ...(set ? { 'as-set': set[1] ?? '' } : {}),
    'next-hop': entry.exit_nexthop ?? '',
    med: String(entry.metric),
    'local-preference': String(entry.localpref),
  };
  const communities = entry.communities?.map((value) => COMMUNITY_NAMES[value] ?? value);
  if (communities) attributes.community = communities.join(' ');
  const extended = entry.extended_communities?.map((value) =>
    value.replace('rt ', 'target:').replace('soo ', 'origin:'),
  );
  if (extended) attributes['extended-community'] = extended.join(' ');
  if (entry.large_communities) attributes['large-community'] = entry.large_communities.join(' ');
  for (const attribute of entry.attributes ?? []) Object.assign(attributes, ATTRIBUTES[attribute.type]?.(attribute));
  return {
    prefix: entry.prefix,
    ...(entry.path_id === undefined ? {} : { pathId: entry.path_id }),
    ...(entry.stale ? { isStale: true } : {}),
    attributes,
  };
}

class Openbgpd implements Peer {
  #settings: PeerSettings | undefined;
  #program: Program | undefined;

  async start(settings: PeerSettings): Promise<void> {
    this.#settings = settings;
    const addresses = [...new Set(settings.sessions.map((session) => session.localAddress))];
    const path = join(settings.folder, 'bgpd.conf');
    writeFileSync(
      path,
      [
        `AS ${settings.as}`,
        `router-id ${settings.routerId}`,
        'fib-update no',
        'connect-retry 2',
        'log updates',
        `socket "${join(settings.folder, 'bgpd.sock')}"`,
        ...addresses.map((address) => `listen on ${address}`),
        ...new Map(settings.originate.map((route) => [route.prefix, `network ${route.prefix}`])).values(),
        ...settings.sessions.map((session) => neighbor(session, settings)),
        'allow from any',
        'allow to any',
        '',
      ].join('\n'),
    );
    chmodSync(path, 0o600);
    mkdirSync('/run/openbgpd', { recursive: true });
    this.#program = new Program('bgpd', settings.host.wrap(['/usr/sbin/bgpd', '-d', '-v', '-f', path]), {
      cwd: settings.folder,
    });
    await this.#program.ready(async () => (await this.#bgpctl('show', 'summary')).includes('Neighbor'));
  }

  async #bgpctl(...words: string[]): Promise<string> {
    const settings = this.#settings!;
    return settings.host.run(['bgpctl', '-s', join(settings.folder, 'bgpd.sock'), ...words]);
  }

  async established(session: PeerSession): Promise<boolean> {
    const listing = JSON.parse(await this.#bgpctl('-j', 'show', 'neighbor', session.remoteAddress));
    return listing.neighbors?.[0]?.state === 'Established';
  }

  async routes(session: PeerSession, family: UnicastFamily): Promise<ShownRoute[]> {
    const name = family === 'ipv4 unicast' ? 'inet' : 'inet6';
    const text = await this.#bgpctl('-j', 'show', 'rib', 'in', 'detail', name, 'neighbor', session.remoteAddress);
    const listing: { rib?: RibEntry[] } = JSON.parse(text || '{}');
    return (listing.rib ?? []).map(shownRoute);
  }

  async announce(routes: readonly OriginatedRoute[]): Promise<void> {
    for (const route of routes) await this.#bgpctl('network', 'add', route.prefix, 'nexthop', route.nextHop);
  }

  async withdraw(routes: readonly OriginatedRoute[]): Promise<void> {
    for (const route of routes) await this.#bgpctl('network', 'delete', route.prefix);
  }

  async refresh(session: PeerSession, _family: UnicastFamily): Promise<void> {
    await this.#bgpctl('neighbor', session.remoteAddress, 'refresh');
  }

  async shutdownWithText(session: PeerSession, text: string): Promise<void> {
    await this.#bgpctl('neighbor', session.remoteAddress, 'down', text);
  }

  async enable(session: PeerSession): Promise<void> {
    await this.#bgpctl('neighbor', session.remoteAddress, 'up');
  }

  async lastShutdownText(session: PeerSession): Promise<string | undefined> {
    const text = await this.#bgpctl('show', 'neighbor', session.remoteAddress);
    console.log(text);
    return /reason: "(.*)"/.exec(text)?.[1];
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  log(): string {
    return this.#program?.output ?? '';
  }
}

export const openbgpd: PeerKind = {
  name: 'openbgpd',
  programs: ['/usr/sbin/bgpd', 'bgpctl'],
  // On Linux 7.7 sets keys on the sockets it connects with only; any route refresh it calls "not negotiated".
  cannotDo: ['md5 listen', 'route refresh in'],
  cannotShow: { 'confederation-path': 'tested with BIRD' },
  create: () => new Openbgpd(),
};
