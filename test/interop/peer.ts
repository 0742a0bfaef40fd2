/**
 * What the interop tests ask of a routing daemon, the same for all of them: a configuration in plain data, the state of
 * its sessions, the routes that its own tools show, and the few acts of an operator.
 */
import type { Host } from './network.js';

export type UnicastFamily = 'ipv4 unicast' | 'ipv6 unicast';

/** One session as the daemon's configuration has it. */
export interface PeerSession {
  /** A word of letters, digits and underscores that no other session has. */
  readonly name: string;
  readonly localAddress: string;
  /** crier's address. */
  readonly remoteAddress: string;
  /** crier's AS number. */
  readonly remoteAs: number;
  readonly families: readonly UnicastFamily[];
  /** True: the daemon connects to crier's listener; false: it waits. */
  readonly connects?: boolean;
  readonly md5?: string;
  /** GTSM (RFC 5082): packets are sent with and must arrive with TTL 255. */
  readonly ttlSecurity?: boolean;
  /** Seen from the daemon, for all families of the session. */
  readonly addPath?: 'send' | 'receive' | 'send/receive';
  readonly gracefulRestartSeconds?: number;
}

/** A route that the daemon originates to all sessions. */
export interface OriginatedRoute {
  readonly prefix: string;
  readonly nextHop: string;
}

export interface PeerSettings {
  readonly host: Host;
  /** An empty folder for its files, removed by the test. */
  readonly folder: string;
  readonly as: number;
  readonly routerId: string;
  readonly sessions: readonly PeerSession[];
  readonly originate: readonly OriginatedRoute[];
}

/** The attributes of the tests, in the text that the tests compare. */
export type AttributeName =
  | 'origin'
  | 'as-path'
  | 'as-set'
  | 'next-hop'
  | 'med'
  | 'local-preference'
  | 'atomic-aggregate'
  | 'aggregator'
  | 'community'
  | 'originator-id'
  | 'cluster-list'
  | 'extended-community'
  | 'ipv6-extended-community'
  | 'large-community'
  | 'aigp'
  | 'otc'
  | 'unknown'
  | 'confederation-path';

/** A route as a daemon shows it; attributes that it does not have or cannot show are absent. */
export interface ShownRoute {
  readonly prefix: string;
  /** ADD-PATH identifier (RFC 7911) where the daemon shows it. */
  readonly pathId?: number;
  readonly isStale?: boolean;
  readonly attributes: Partial<Record<AttributeName, string>>;
}

/** What a daemon cannot do at all; the tests leave that part out and say so. */
export type Ability =
  | 'add-path receive'
  | 'add-path send'
  | 'show path id'
  | 'route refresh in'
  | 'route refresh out'
  | 'shutdown text out'
  | 'shutdown text in'
  | 'md5 listen'
  | 'md5 connect'
  | 'gtsm listen'
  | 'graceful restart helper';

/** One routing daemon under test. */
export interface Peer {
  start(settings: PeerSettings): Promise<void>;
  /** True when the session is established. */
  established(session: PeerSession): Promise<boolean>;
  /** Routes received from crier over this session, best or not. */
  routes(session: PeerSession, family: UnicastFamily): Promise<ShownRoute[]>;
  /** Originates more routes while it runs. */
  announce(routes: readonly OriginatedRoute[]): Promise<void>;
  /** Takes originated routes back. */
  withdraw(routes: readonly OriginatedRoute[]): Promise<void>;
  /** Asks crier to send its routes again (ROUTE-REFRESH out). */
  refresh(session: PeerSession, family: UnicastFamily): Promise<void>;
  /** Closes the session administratively with a text for crier (RFC 9003). */
  shutdownWithText(session: PeerSession, text: string): Promise<void>;
  /** Lets a session that was closed by `shutdownWithText` come up again. */
  enable(session: PeerSession): Promise<void>;
  /** The shutdown text that crier sent last, as the daemon shows or logs it. */
  lastShutdownText(session: PeerSession): Promise<string | undefined>;
  /** Ends the process. */
  stop(): Promise<void>;
  /** What it printed so far, for a failed test's report. */
  log(): string;
}

/** A kind of daemon: how to find it and what it can do. */
export interface PeerKind {
  readonly name: string;
  /** Programs that must be installed. */
  readonly programs: readonly string[];
  readonly cannotDo: readonly Ability[];
  /** Attributes that its own tools do not show, each with the reason. */
  readonly cannotShow: Partial<Record<AttributeName, string>>;
  create(): Peer;
}
