/** BIRD 2: one BGP protocol a session, `birdc` over its socket; its tables are read as text (it has no JSON). */
import { writeFileSync } from 'node:fs';
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

const TABLES: Record<UnicastFamily, string> = { 'ipv4 unicast': 'master4', 'ipv6 unicast': 'master6' };

function channel(session: PeerSession, family: UnicastFamily): string {
  const paths = { send: 'tx', receive: 'rx', 'send/receive': 'on' };
  return [
    `  ${family === 'ipv4 unicast' ? 'ipv4' : 'ipv6'} {`,
    '    import all; import keep filtered on; export filter { if source = RTS_STATIC then accept; reject; };',
    '    aigp on; next hop keep on;',
    session.addPath === undefined ? '' : `    add paths ${paths[session.addPath]};`,
    '  };',
  ].join('\n');
}

/** Not a word of BIRD's own language. */
function protocolName(session: PeerSession): string {
  return `to_${session.name}`;
}

function protocol(session: PeerSession, settings: PeerSettings): string {
  return `protocol bgp ${protocolName(session)} {
  local ${session.localAddress} port 179 as ${settings.as};
  neighbor ${session.remoteAddress} port 179 as ${session.remoteAs};
  strict bind on; passive ${session.connects ? 'off' : 'on'};
  hold time 30; connect delay time 1; connect retry time 1; error wait time 1, 2;
  ${session.md5 === undefined ? '' : `password "${session.md5}";`}
  ${session.ttlSecurity ? 'ttl security on;' : ''}
  ${session.name.includes('confederation') ? `confederation 64999; confederation member yes;` : ''}
  graceful restart aware; enable extended messages on;
${session.families.map((family) => channel(session, family)).join('\n')}
}
`;
}

/** Two static protocols a family, so that a prefix can have two paths; the second one is of lower preference. */
function statics(routes: readonly OriginatedRoute[]): string {
  const part = (isIpv6: boolean, which: number): string => {
    const seen = new Map<string, number>();
    const lines = routes
      .filter((route) => route.prefix.includes(':') === isIpv6)
      .filter((route) => {
        const nth = seen.get(route.prefix) ?? 0;
        seen.set(route.prefix, nth + 1);
        return nth === which;
      })
      .map((route) => `  route ${route.prefix} via ${route.nextHop};`);
    const family = isIpv6 ? 'ipv6' : 'ipv4';
    return `protocol static originate_${family}_${which} {\n  ${family} { preference ${200 - which}; };\n${lines.join('\n')}\n}\n`;
  };
  return [part(false, 0), part(false, 1), part(true, 0), part(true, 1)].join('');
}

/** `BGP.name: value` of `show route all`, in the text of the tests. */
const ATTRIBUTES: Record<string, (value: string) => Partial<Record<AttributeName, string>>> = {
  origin: (value) => ({ origin: value.toLowerCase() }),
  as_path: (value) => {
    const confederation = /\(([^)]*)\)/.exec(value);
    return {
      'as-path': value,
      ...(value.includes('{') ? { 'as-set': /\{([^}]*)\}/.exec(value)?.[1] ?? '' } : {}),
      ...(confederation ? { 'confederation-path': confederation[1] ?? '' } : {}),
    };
  },
  next_hop: (value) => ({ 'next-hop': value.split(' ')[0] ?? '' }),
  med: (value) => ({ med: value }),
  local_pref: (value) => ({ 'local-preference': value }),
  atomic_aggr: () => ({ 'atomic-aggregate': 'true' }),
  aggregator: (value) => {
    const [address, as = ''] = value.split(' ');
    return { aggregator: `${as.replace('AS', '')}:${address}` };
  },
  community: (value) => ({ community: value.replace(/[()]/g, '').replaceAll(',', ':') }),
  ext_community: (value) => ({
    'extended-community': [...value.matchAll(/\((rt|ro), ([^,]+), ([^)]+)\)/g)]
      .map(([, kind, high, low]) => `${kind === 'rt' ? 'target' : 'origin'}:${high}:${low}`)
      .join(' '),
  }),
  large_community: (value) => ({
    'large-community': [...value.matchAll(/\((\d+), (\d+), (\d+)\)/g)].map((m) => m.slice(1).join(':')).join(' '),
  }),
  originator_id: (value) => ({ 'originator-id': value }),
  cluster_list: (value) => ({ 'cluster-list': value }),
  aigp: (value) => ({ aigp: value }),
  otc: (value) => ({ otc: value }),
  '19': (value) => ({ 'ipv6-extended-community': value.replaceAll(' ', '') }),
  c8: (value) => ({ unknown: value.replaceAll(' ', '') }),
};

/** Reads `show route all`. Exported for its own test. */
export function parseBirdRoutes(text: string): ShownRoute[] {
  const routes: ShownRoute[] = [];
  let prefix = '';
  for (const line of text.split('\n')) {
    const head = /^(\S*)\s+(?:unicast|unreachable|blackhole|prohibit)\s+\[/.exec(line);
    if (head) {
      prefix = head[1] || prefix;
      routes.push({ prefix, attributes: {} });
      continue;
    }
    const attribute = /^\s+BGP\.(\w+)(?: \[t\])?:\s*(.*?)\s*$/.exec(line);
    const last = routes.at(-1);
    if (attribute && last) Object.assign(last.attributes, ATTRIBUTES[attribute[1] ?? '']?.(attribute[2] ?? ''));
  }
  return routes;
}

class Bird implements Peer {
  #settings: PeerSettings | undefined;
  #program: Program | undefined;
  #originated: OriginatedRoute[] = [];

  async start(settings: PeerSettings): Promise<void> {
    this.#settings = settings;
    this.#originated = [...settings.originate];
    this.#write();
    const argv = ['bird', '-f', '-c', 'bird.conf', '-s', 'bird.sock', '-P', 'bird.pid'];
    this.#program = new Program('bird', settings.host.wrap(argv), { cwd: settings.folder });
    await this.#program.ready(async () => (await this.#birdc('show status')).includes('up and running'));
  }

  #write(): void {
    const settings = this.#settings!;
    writeFileSync(
      join(settings.folder, 'bird.conf'),
      `log stderr all;\nrouter id ${settings.routerId};\nprotocol device {}\nprotocol direct { ipv4; ipv6; }\n${statics(this.#originated)}` +
        settings.sessions.map((session) => protocol(session, settings)).join(''),
    );
  }

  async #birdc(command: string): Promise<string> {
    const settings = this.#settings!;
    return settings.host.run(['birdc', '-s', join(settings.folder, 'bird.sock'), ...command.split(' ')]);
  }

  async established(session: PeerSession): Promise<boolean> {
    return (await this.#birdc(`show protocols ${protocolName(session)}`)).includes('Established');
  }

  async routes(session: PeerSession, family: UnicastFamily): Promise<ShownRoute[]> {
    return parseBirdRoutes(
      await this.#birdc(`show route all table ${TABLES[family]} protocol ${protocolName(session)}`),
    );
  }

  async announce(routes: readonly OriginatedRoute[]): Promise<void> {
    this.#originated.push(...routes);
    this.#write();
    await this.#birdc('configure');
  }

  async withdraw(routes: readonly OriginatedRoute[]): Promise<void> {
    const gone = new Set(routes.map((route) => route.prefix));
    this.#originated = this.#originated.filter((route) => !gone.has(route.prefix));
    this.#write();
    await this.#birdc('configure');
  }

  async refresh(session: PeerSession, _family: UnicastFamily): Promise<void> {
    await this.#birdc(`reload in ${protocolName(session)}`);
  }

  async shutdownWithText(session: PeerSession, text: string): Promise<void> {
    const settings = this.#settings!;
    await settings.host.run([
      'birdc',
      '-s',
      join(settings.folder, 'bird.sock'),
      `disable ${protocolName(session)} "${text}"`,
    ]);
  }

  async enable(session: PeerSession): Promise<void> {
    await this.#birdc(`enable ${protocolName(session)}`);
  }

  async lastShutdownText(session: PeerSession): Promise<string | undefined> {
    // The text is in the log: `<RMT> v4: Received: Administrative shutdown: "text"`.
    const lines = [
      ...this.log().matchAll(new RegExp(`${protocolName(session)}: Received: Administrative [^\\n]*`, 'g')),
    ];
    return /"(.*)"/.exec(lines.at(-1)?.[0] ?? '')?.[1];
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  log(): string {
    return this.#program?.output ?? '';
  }
}

export const bird: PeerKind = {
  name: 'bird',
  programs: ['bird', 'birdc'],
  cannotDo: ['show path id'],
  cannotShow: {},
  create: () => new Bird(),
};
