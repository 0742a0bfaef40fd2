/**
 * ExaBGP 4.2: shows no tables of its own worth reading, so a helper of it records the JSON events and the routes are
 * what they add up to. It listens where `exabgp.tcp.bind` says, for the sessions that do not connect.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HelperLink } from './helper-link.js';
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

function neighbor(session: PeerSession, settings: PeerSettings): string {
  return `neighbor ${session.remoteAddress} {
  router-id ${settings.routerId}; local-address ${session.localAddress}; local-as ${settings.as}; peer-as ${session.remoteAs};
  hold-time 30; ${session.connects ? '' : 'passive;'}
  ${session.md5 === undefined ? '' : `md5-password '${session.md5}';`}
  ${session.ttlSecurity ? 'outgoing-ttl 255; incoming-ttl 255;' : ''}
  family { ${session.families.map((family) => `${family};`).join(' ')} }
  capability {
    asn4 enable; route-refresh enable; aigp enable;
    ${session.gracefulRestartSeconds === undefined ? '' : `graceful-restart ${session.gracefulRestartSeconds};`}
    ${session.addPath === undefined ? '' : `add-path ${session.addPath};`}
  }
  api { processes [ recorder ]; receive { parsed; update; notification; refresh; } neighbor-changes; }
}
`;
}

type Attributes = Record<string, unknown>;
type Nlri = { readonly nlri: string; readonly 'path-information'?: string };

interface Event {
  readonly type: string;
  readonly neighbor?: {
    readonly address: { readonly peer: string };
    readonly state?: string;
    readonly message?: {
      readonly update?: {
        readonly attribute?: Attributes;
        readonly announce?: Record<string, Record<string, Nlri[]>>;
        readonly withdraw?: Record<string, Nlri[]>;
      };
    };
    readonly 'route-refresh'?: unknown;
  };
}

const pairs = (value: unknown): string => (value as number[][]).map((one) => one.join(':')).join(' ');
const plain = (value: unknown): string => String(value);
const hexadecimal = (value: unknown): string => String(value).slice(2).toLowerCase();
const list = (value: unknown): string => (value as unknown[]).join(' ');

const ATTRIBUTES: Record<string, [AttributeName, (value: unknown) => string]> = {
  origin: ['origin', plain],
  'as-path': ['as-path', list],
  'as-set': ['as-set', list],
  med: ['med', plain],
  'local-preference': ['local-preference', plain],
  'atomic-aggregate': ['atomic-aggregate', plain],
  aggregator: ['aggregator', plain],
  community: ['community', pairs],
  'large-community': ['large-community', pairs],
  'originator-id': ['originator-id', plain],
  'cluster-list': ['cluster-list', list],
  'extended-community': [
    'extended-community',
    (value) =>
      (value as { string: string }[])
        // The second number of an "origin" is printed as a dotted quad, a 4-octet AS number with an L.
        .map((one) =>
          one.string
            .replace(/^(target:\d+)L:/, '$1:')
            .replace(/^(origin:\d+):(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, head, a, b, c, d) => {
              return `${head}:${((Number(a) * 256 + Number(b)) * 256 + Number(c)) * 256 + Number(d)}`;
            }),
        )
        .join(' '),
  ],
  aigp: ['aigp', (value) => String(Number(value))],
  // Attributes it does not know; those it would pass on get the Partial flag (0x20) at once.
  'attribute-0x19-0xC0': ['ipv6-extended-community', (value) => hexadecimal(value).padStart(40, '0')],
  'attribute-0x23-0xE0': ['otc', (value) => String(Number(value))],
  'attribute-0xC8-0xE0': ['unknown', hexadecimal],
};

function shownAttributes(nextHop: string, attributes: Attributes): Partial<Record<AttributeName, string>> {
  const shown: Partial<Record<AttributeName, string>> = { 'next-hop': nextHop };
  for (const [key, value] of Object.entries(attributes)) {
    const row = ATTRIBUTES[key];
    if (row) shown[row[0]] = row[1](value);
  }
  // The members of a set are told apart from the sequence; the tests have them at the end.
  if (shown['as-set'] !== undefined) shown['as-path'] = `${shown['as-path'] ?? ''} {${shown['as-set']}}`.trim();
  return shown;
}

class Exabgp implements Peer {
  #program: Program | undefined;
  #link: HelperLink | undefined;
  #read = 0;
  readonly #states = new Map<string, string>();
  readonly #routes = new Map<string, Map<string, ShownRoute>>();

  async start(settings: PeerSettings): Promise<void> {
    this.#states.clear();
    this.#routes.clear();
    this.#read = 0;
    this.#link = await HelperLink.open(join(settings.folder, `recorder-${Date.now()}.sock`));
    const path = join(settings.folder, 'exabgp.conf');
    const run = `process recorder { run ${this.#link.argv.join(' ')}; encoder json; }\n`;
    writeFileSync(path, run + settings.sessions.map((session) => neighbor(session, settings)).join(''));
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      exabgp_daemon_drop: 'false',
      exabgp_daemon_user: 'root',
      exabgp_api_cli: 'false',
      exabgp_log_destination: 'stdout',
      exabgp_log_level: 'INFO',
      exabgp_tcp_bind: settings.sessions
        .filter((session) => !session.connects)
        .map((session) => session.localAddress)
        .join(' '),
      exabgp_tcp_port: '179',
    };
    this.#program = new Program('exabgp', settings.host.wrap(['exabgp', path]), { cwd: settings.folder, env });
    await this.#program.ready(() => this.#link?.isConnected === true);
    await this.announce(settings.originate);
  }

  /** Takes in the events that came since the last time. */
  #catchUp(): void {
    const lines = this.#link?.lines ?? [];
    for (; this.#read < lines.length; this.#read++) {
      const line = lines[this.#read] ?? '';
      // 4.2 prints AIGP as a bare hexadecimal number, and refresh events that are no JSON at all.
      if (line.startsWith('{') && !line.includes('"type": "refresh"')) {
        this.#take(JSON.parse(line.replace(/("aigp": )(0x[0-9a-f]+)/i, '$1"$2"')));
      }
    }
  }

  #take(event: Event): void {
    const { neighbor } = event;
    if (neighbor === undefined) return;
    const peer = neighbor.address.peer;
    if (neighbor.state !== undefined) {
      this.#states.set(peer, neighbor.state);
      if (neighbor.state !== 'connected') this.#routes.delete(peer);
    }
    const update = neighbor.message?.update;
    if (update === undefined) return;
    const table = this.#routes.get(peer) ?? new Map<string, ShownRoute>();
    this.#routes.set(peer, table);
    const keyOf = (family: string, nlri: Nlri): string => `${family} ${nlri.nlri} ${nlri['path-information'] ?? ''}`;
    for (const [family, gone] of Object.entries(update.withdraw ?? {})) {
      for (const nlri of gone) table.delete(keyOf(family, nlri));
    }
    for (const [family, hops] of Object.entries(update.announce ?? {})) {
      for (const [hop, announced] of Object.entries(hops)) {
        const attributes = shownAttributes(hop, update.attribute ?? {});
        for (const nlri of announced) {
          const id = nlri['path-information']?.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
          const route = { prefix: nlri.nlri, ...(id === undefined ? {} : { pathId: id }), attributes };
          table.set(keyOf(family, nlri), route);
        }
      }
    }
  }

  async established(session: PeerSession): Promise<boolean> {
    this.#catchUp();
    return this.#states.get(session.remoteAddress) === 'up';
  }

  async routes(session: PeerSession, family: UnicastFamily): Promise<ShownRoute[]> {
    this.#catchUp();
    const table = this.#routes.get(session.remoteAddress) ?? new Map<string, ShownRoute>();
    return [...table].filter(([key]) => key.startsWith(family)).map(([, route]) => route);
  }

  async announce(routes: readonly OriginatedRoute[]): Promise<void> {
    const ids = new Map<string, number>();
    for (const route of routes) {
      const id = (ids.get(route.prefix) ?? 0) + 1;
      ids.set(route.prefix, id);
      await this.#link?.ask(`announce route ${route.prefix} next-hop ${route.nextHop} path-information ${id}`);
    }
  }

  async withdraw(routes: readonly OriginatedRoute[]): Promise<void> {
    for (const route of routes) await this.#link?.ask(`withdraw route ${route.prefix} path-information 1`);
  }

  async refresh(session: PeerSession, family: UnicastFamily): Promise<void> {
    await this.#link?.ask(`neighbor ${session.remoteAddress} announce route-refresh ${family}`);
  }

  async shutdownWithText(session: PeerSession, _text: string): Promise<void> {
    await this.#link?.ask(`neighbor ${session.remoteAddress} teardown 2`);
  }

  async enable(_session: PeerSession): Promise<void> {
    // It reconnects by itself after a teardown.
  }

  async lastShutdownText(_session: PeerSession): Promise<string | undefined> {
    return undefined;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#link?.close();
  }

  log(): string {
    return `${this.#program?.output ?? ''}\n${(this.#link?.lines ?? []).slice(-50).join('\n')}`;
  }
}

export const exabgp: PeerKind = {
  name: 'exabgp',
  programs: ['exabgp'],
  // It answers a connection with the system's TTL before it looks whose it is.
  cannotDo: ['graceful restart helper', 'gtsm listen', 'shutdown text in', 'shutdown text out'],
  cannotShow: {
    aigp: 'left out of its events',
    'confederation-path': 'tested with BIRD',
  },
  create: () => new Exabgp(),
};
