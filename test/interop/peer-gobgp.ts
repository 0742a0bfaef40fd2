/** GoBGP: `gobgpd` from a TOML file, and `gobgp -j`, whose listings are JSON of the decoded messages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIp } from '../../src/util/ip.js';
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
import { Program, waitFor } from './program.js';

const FAMILIES: Record<UnicastFamily, { config: string; cli: string }> = {
  'ipv4 unicast': { config: 'ipv4-unicast', cli: 'ipv4' },
  'ipv6 unicast': { config: 'ipv6-unicast', cli: 'ipv6' },
};

function neighbor(session: PeerSession, settings: PeerSettings): string {
  const isExternal = session.remoteAs !== settings.as;
  const lines = [
    '[[neighbors]]',
    '[neighbors.config]',
    `neighbor-address = "${session.remoteAddress}"`,
    `peer-as = ${session.remoteAs}`,
    ...(session.md5 === undefined ? [] : [`auth-password = "${session.md5}"`]),
    '[neighbors.transport.config]',
    `local-address = "${session.localAddress}"`,
    `passive-mode = ${session.connects !== true}`,
    'remote-port = 179',
    '[neighbors.timers.config]',
    'hold-time = 30',
    'keepalive-interval = 10',
    'connect-retry = 1',
    'idle-hold-time-after-reset = 2',
  ];
  if (session.ttlSecurity) lines.push('[neighbors.ttl-security.config]', 'enabled = true', 'ttl-min = 255');
  else if (isExternal) lines.push('[neighbors.ebgp-multihop.config]', 'enabled = true', 'multihop-ttl = 64');
  if (session.gracefulRestartSeconds !== undefined) {
    lines.push(
      '[neighbors.graceful-restart.config]',
      'enabled = true',
      `restart-time = ${session.gracefulRestartSeconds}`,
    );
  }
  for (const family of session.families) {
    lines.push(
      '[[neighbors.afi-safis]]',
      '[neighbors.afi-safis.config]',
      `afi-safi-name = "${FAMILIES[family].config}"`,
    );
    if (session.gracefulRestartSeconds !== undefined) {
      lines.push('[neighbors.afi-safis.mp-graceful-restart.config]', 'enabled = true');
    }
    if (session.addPath !== undefined) {
      lines.push('[neighbors.afi-safis.add-paths.config]');
      if (session.addPath !== 'send') lines.push('receive = true');
      if (session.addPath !== 'receive') lines.push('send-max = 8');
    }
  }
  return lines.join('\n');
}

interface GobgpAttribute {
  readonly type: number;
  readonly value?: unknown;
  readonly as_paths?: { segment_type: number; asns: number[] }[];
  readonly nexthop?: string;
  readonly metric?: number;
  readonly as?: number;
  readonly address?: string;
  readonly communities?: number[];
}

interface GobgpPath {
  readonly nlri: { prefix: string };
  readonly stale?: boolean;
  readonly attrs: readonly GobgpAttribute[];
}

/** AS_PATH segment types (RFC 4271 section 4.3, RFC 5065 section 3) around their AS numbers. */
const SEGMENT_BRACKETS: Record<number, [string, string]> = { 1: ['{', '}'], 2: ['', ''], 3: ['(', ')'], 4: ['[', ']'] };

/** `64086.59904:9` (asdot) becomes `4200000000:9`. */
function plainAs(value: string): string {
  return value.replace(/^(\d+)\.(\d+):/, (_, high, low) => `${Number(high) * 65536 + Number(low)}:`);
}

function hexOf(base64: unknown): string {
  return Buffer.from(String(base64), 'base64').toString('hex');
}

/** Attribute type code to the text of the tests. */
const ATTRIBUTES: Record<number, (attribute: GobgpAttribute) => Partial<Record<AttributeName, string>>> = {
  1: ({ value }) => ({ origin: ['igp', 'egp', 'incomplete'][Number(value)] ?? '?' }),
  2: ({ as_paths = [] }) => {
    const set = as_paths.find((segment) => segment.segment_type === 1);
    const text = as_paths.map(({ segment_type, asns }) => SEGMENT_BRACKETS[segment_type]!.join(asns.join(' ')));
    return { 'as-path': text.join(' '), ...(set ? { 'as-set': set.asns.join(' ') } : {}) };
  },
  3: ({ nexthop = '' }) => ({ 'next-hop': nexthop }),
  4: ({ metric }) => ({ med: String(metric) }),
  5: ({ value }) => ({ 'local-preference': String(value) }),
  6: () => ({ 'atomic-aggregate': 'true' }),
  7: ({ as, address }) => ({ aggregator: `${as}:${address}` }),
  8: ({ communities = [] }) => ({
    community: communities.map((value) => `${value >>> 16}:${value & 0xffff}`).join(' '),
  }),
  9: ({ value }) => ({ 'originator-id': String(value) }),
  10: ({ value }) => ({ 'cluster-list': (value as string[]).join(' ') }),
  14: ({ nexthop = '' }) => ({ 'next-hop': nexthop }),
  16: ({ value }) => ({
    'extended-community': (value as { subtype: number; value: string }[])
      .map((one) => `${one.subtype === 2 ? 'target' : 'origin'}:${plainAs(one.value)}`)
      .join(' '),
  }),
  25: ({ value }) => ({
    'ipv6-extended-community': (value as { type: number; subtype: number; value: string }[])
      .map(({ type, subtype, value: text }) => {
        const colon = text.lastIndexOf(':');
        const address = Buffer.from(parseIp(text.slice(0, colon)) ?? []).toString('hex');
        return (
          Buffer.from([type, subtype]).toString('hex') +
          address +
          Number(text.slice(colon + 1))
            .toString(16)
            .padStart(4, '0')
        );
      })
      .join(' '),
  }),
  26: ({ value }) => ({ aigp: String((value as { metric: number }[])[0]?.metric) }),
  32: ({ value }) => ({
    'large-community': (value as { ASN: number; LocalData1: number; LocalData2: number }[])
      .map((one) => `${one.ASN}:${one.LocalData1}:${one.LocalData2}`)
      .join(' '),
  }),
  35: ({ value }) => ({ otc: String(Buffer.from(String(value), 'base64').readUInt32BE(0)) }),
  200: ({ value }) => ({ unknown: hexOf(value) }),
};

function shownRoute(path: GobgpPath): ShownRoute {
  const attributes = Object.assign({}, ...path.attrs.map((attribute) => ATTRIBUTES[attribute.type]?.(attribute)));
  return { prefix: path.nlri.prefix, ...(path.stale ? { isStale: true } : {}), attributes };
}

class Gobgp implements Peer {
  #settings: PeerSettings | undefined;
  #program: Program | undefined;
  #nextPathId = 1;
  /** Path identifiers that routes were added with: needed to remove them. */
  readonly #pathIds = new Map<string, string>();

  async start(settings: PeerSettings): Promise<void> {
    this.#settings = settings;
    const addresses = [...new Set(settings.sessions.map((session) => `"${session.localAddress}"`))];
    writeFileSync(
      join(settings.folder, 'gobgpd.toml'),
      [
        '[global.config]',
        `as = ${settings.as}`,
        `router-id = "${settings.routerId}"`,
        'port = 179',
        `local-address-list = [${addresses.join(', ')}]`,
        ...settings.sessions.map((session) => neighbor(session, settings)),
        '',
      ].join('\n'),
    );
    const argv = [
      'gobgpd',
      '-f',
      'gobgpd.toml',
      '-l',
      'debug',
      '-p',
      '--api-hosts',
      '127.0.0.1:50051',
      '--pprof-disable',
    ];
    this.#program = new Program('gobgpd', settings.host.wrap(argv), { cwd: settings.folder });
    await this.#program.ready(async () => (await this.#gobgp('-j', 'global')).includes('asn'));
    await this.announce(settings.originate);
  }

  async #gobgp(...words: string[]): Promise<string> {
    return this.#settings!.host.run(['gobgp', ...words]);
  }

  async established(session: PeerSession): Promise<boolean> {
    const neighbor = JSON.parse(await this.#gobgp('-j', 'neighbor', session.remoteAddress));
    return neighbor.state?.session_state === 6;
  }

  async routes(session: PeerSession, family: UnicastFamily): Promise<ShownRoute[]> {
    const words = ['neighbor', session.remoteAddress, 'adj-in', '-a', FAMILIES[family].cli];
    // It fails for a neighbor that is down, unless its routes are kept as stale.
    const text = await this.#gobgp('-j', ...words).catch(() => '{}');
    const listing: Record<string, GobgpPath[]> = JSON.parse(text || '{}');
    const routes = Object.values(listing).flat().map(shownRoute);
    if (session.addPath === undefined || session.addPath === 'send') return routes;
    // Path identifiers are in the text listing only, in the same order: `ID Network Next-Hop …`.
    const ids = [...(await this.#gobgp(...words)).matchAll(/^\s*(\d+)\s+(\S+\/\d+)\s/gm)];
    return routes.map((route, at) => ({ ...route, pathId: Number(ids[at]?.[1]) }));
  }

  async announce(routes: readonly OriginatedRoute[]): Promise<void> {
    for (const route of routes) {
      const family = route.prefix.includes(':') ? 'ipv6' : 'ipv4';
      const id = String(this.#nextPathId++);
      this.#pathIds.set(route.prefix, id);
      await this.#gobgp('global', 'rib', 'add', route.prefix, 'identifier', id, 'nexthop', route.nextHop, '-a', family);
    }
  }

  async withdraw(routes: readonly OriginatedRoute[]): Promise<void> {
    for (const route of routes) {
      const family = route.prefix.includes(':') ? 'ipv6' : 'ipv4';
      const id = this.#pathIds.get(route.prefix) ?? '0';
      await this.#gobgp('global', 'rib', 'del', route.prefix, 'identifier', id, '-a', family);
    }
  }

  async refresh(session: PeerSession, family: UnicastFamily): Promise<void> {
    await this.#gobgp('neighbor', session.remoteAddress, 'softresetin', '-a', FAMILIES[family].cli);
  }

  async shutdownWithText(session: PeerSession, text: string): Promise<void> {
    await this.#gobgp('neighbor', session.remoteAddress, 'shutdown', '--reason', text);
  }

  async enable(session: PeerSession): Promise<void> {
    // After a "shutdown" it connects again by itself; "disable" would not, but sends no text.
    await waitFor('the idle hold time', () => this.established(session), 60_000);
  }

  async lastShutdownText(session: PeerSession): Promise<string | undefined> {
    const lines = this.log().split('\n');
    const line = lines.findLast((text) => text.includes('Communicated-Reason') && text.includes(session.remoteAddress));
    return line === undefined ? undefined : /Communicated-Reason="?([^"]*)"?/.exec(line)?.[1];
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  log(): string {
    return this.#program?.output ?? '';
  }
}

export const gobgp: PeerKind = {
  name: 'gobgp',
  programs: ['gobgpd', 'gobgp'],
  // It applies a new policy to what it holds and asks nobody.
  cannotDo: ['route refresh out'],
  cannotShow: { 'confederation-path': 'tested with BIRD' },
  create: () => new Gobgp(),
};
