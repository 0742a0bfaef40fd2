/**
 * crier and one routing daemon on a wire, with every kind of session between them at once, so that one start serves all
 * checks: eBGP and iBGP over IPv4 and IPv6, ADD-PATH, TCP-MD5 and GTSM that fit and that do not, graceful restart.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, Crier, neighborOf } from './crier.js';
import { HelperLink } from './helper-link.js';
import { type Network, openNetwork } from './network.js';
import type { OriginatedRoute, Peer, PeerKind, PeerSession, PeerSettings } from './peer.js';
import { testRoutes } from './routes.js';

export const PEER_AS = 65001;
export const CRIER_AS = 65000;

const BOTH = ['ipv4 unicast', 'ipv6 unicast'] as const;

type SessionName =
  | 'v4_ebgp'
  | 'v6_ebgp'
  | 'v4_ibgp'
  | 'v6_ibgp'
  | 'several_paths'
  | 'md5_out'
  | 'md5_in'
  | 'md5_wrong'
  | 'gtsm_right'
  | 'gtsm_wrong'
  | 'graceful'
  | 'confederation';

function session(name: SessionName, number: number, more: Partial<PeerSession> = {}): PeerSession {
  const address = name.startsWith('v6') ? (last: number) => `fd00::${last}` : (last: number) => `10.0.0.${last}`;
  const remoteAs = name.endsWith('ibgp') ? PEER_AS : CRIER_AS;
  return {
    name,
    localAddress: address(100 + number),
    remoteAddress: address(number),
    remoteAs,
    families: BOTH,
    ...more,
  };
}

/** Every session, as the daemon has it. */
export const SESSIONS: Record<SessionName, PeerSession> = {
  v4_ebgp: session('v4_ebgp', 1),
  v6_ebgp: session('v6_ebgp', 1),
  v4_ibgp: session('v4_ibgp', 2, { connects: true }),
  v6_ibgp: session('v6_ibgp', 2),
  several_paths: session('several_paths', 3, { addPath: 'send/receive' }),
  md5_out: session('md5_out', 4, { md5: 'right-key' }),
  md5_in: session('md5_in', 5, { md5: 'another-key', connects: true }),
  md5_wrong: session('md5_wrong', 6, { md5: 'right-key' }),
  gtsm_right: session('gtsm_right', 7, { ttlSecurity: true }),
  gtsm_wrong: session('gtsm_wrong', 8),
  graceful: session('graceful', 11, { gracefulRestartSeconds: 60 }),
  confederation: session('confederation', 12),
};

/** Sessions that get the thousand routes of each family. */
export const CORE = [SESSIONS.v4_ebgp, SESSIONS.v6_ebgp, SESSIONS.v4_ibgp, SESSIONS.v6_ibgp, SESSIONS.graceful];

/** What the daemon originates; the first prefix twice, for ADD-PATH. */
export const ORIGINATED: readonly OriginatedRoute[] = [
  { prefix: '30.1.0.0/24', nextHop: '10.0.0.210' },
  { prefix: '30.1.0.0/24', nextHop: '10.0.0.211' },
  { prefix: '30.2.0.0/24', nextHop: '10.0.0.210' },
  { prefix: '2001:db8:ff01::/48', nextHop: 'fd00::210' },
  { prefix: '2001:db8:ff01::/48', nextHop: 'fd00::211' },
  { prefix: '2001:db8:ff02::/48', nextHop: 'fd00::210' },
];

export interface Fixture {
  readonly network: Network;
  readonly peer: Peer;
  readonly settings: PeerSettings;
  readonly crier: Crier;
  /** Helper with JSON events: commands and events of every session. */
  readonly json: HelperLink;
  /** Helper with text events. */
  readonly text: HelperLink;
  /** Sessions that should come up. */
  readonly expected: readonly PeerSession[];
  close(): Promise<void>;
}

/** What crier's side of a session has different, to make it fail or to match the daemon's. */
const DIFFERENT: Partial<Record<SessionName, Config>> = {
  md5_wrong: { md5: { password: 'wrong-key' } },
  gtsm_wrong: { ttl: { outgoing: 255, minimum: 255 }, openWait: 3 },
};

/** Sessions that this kind of daemon can have. */
function sessionsFor(kind: PeerKind): PeerSession[] {
  return Object.values(SESSIONS)
    .filter((one) => {
      if (one.name === 'confederation') return kind.name === 'bird';
      if (one.name === 'md5_out' || one.name === 'md5_wrong') return !kind.cannotDo.includes('md5 listen');
      if (one.name === 'md5_in') return !kind.cannotDo.includes('md5 connect');
      return true;
    })
    .map((one) => {
      const mustConnect = one.name === 'gtsm_right' && kind.cannotDo.includes('gtsm listen');
      return mustConnect ? { ...one, connects: true } : one;
    });
}

export interface FixtureOptions {
  /** What neighbors of crier's configuration have besides; capabilities are added to those of the session. */
  readonly neighbors?: Partial<Record<SessionName, Config>>;
  /** Called when the wire is there and nothing runs yet. */
  readonly beforeStart?: (network: Network) => Promise<void>;
}

/** Starts the network, the daemon and crier. */
export async function openFixture(kind: PeerKind, options: FixtureOptions = {}): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), `crier-${kind.name}-`));
  chmodSync(folder, 0o755);
  const peerFolder = join(folder, 'peer');
  mkdirSync(peerFolder, { mode: 0o755 });
  const sessions = sessionsFor(kind);
  const undo: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const network = await openNetwork(
      [...new Set(sessions.map((one) => one.remoteAddress))],
      [...new Set(sessions.map((one) => one.localAddress)), '10.0.0.210', '10.0.0.211', 'fd00::210', 'fd00::211'],
    );
    undo.push(() => network.close());
    await options.beforeStart?.(network);
    const json = await HelperLink.open(join(folder, 'json.sock'));
    undo.push(() => json.close());
    const text = await HelperLink.open(join(folder, 'text.sock'));
    undo.push(() => text.close());
    // They have nothing to announce: the End-of-RIB need not wait for them.
    json.greeting = ['ready'];
    text.greeting = ['ready'];
    const crier = new Crier(network.crier, folder, crierConfig(folder, sessions, json, text, options));
    undo.push(() => crier.stop());
    const settings = {
      host: network.peer,
      folder: peerFolder,
      as: PEER_AS,
      routerId: '10.0.0.101',
      sessions,
      originate: ORIGINATED,
    };
    const peer = kind.create();
    undo.push(() => peer.stop());
    await peer.start(settings);
    crier.start();
    const expected = sessions.filter((one) => !one.name.endsWith('wrong'));
    return { network, peer, settings, crier, json, text, expected, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function crierConfig(
  folder: string,
  sessions: readonly PeerSession[],
  json: HelperLink,
  text: HelperLink,
  options: FixtureOptions,
): Config {
  const commands = join(folder, 'commands');
  writeFileSync(commands, BOTH.flatMap((family) => testRoutes(family).map((route) => `${route.command}\n`)).join(''));
  const helper = join(folder, 'announce.sh');
  writeFileSync(helper, `#!/bin/sh\ncat ${commands}\nexec cat > ${join(folder, 'answers')}\n`, { mode: 0o755 });
  const receive = ['neighbor-changes', 'parsed', 'update', 'notification', 'refresh', 'open'];
  return {
    routerId: '10.0.0.1',
    log: { level: 'debug', format: 'json' },
    listen: [{ address: '0.0.0.0' }, { address: '::' }],
    processes: {
      announce: { run: [helper] },
      json: { run: json.argv, encoder: 'json', ack: 'reasons' },
      text: { run: text.argv, encoder: 'text' },
    },
    neighbors: sessions.map((one) =>
      neighborOf(one, PEER_AS, {
        ...DIFFERENT[one.name as SessionName],
        ...options.neighbors?.[one.name as SessionName],
        api: [{ processes: ['json', 'text'], receive }, ...(CORE.includes(one) ? [{ processes: ['announce'] }] : [])],
      }),
    ),
  };
}
