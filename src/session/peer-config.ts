/**
 * The options of one neighbor, checked and complete: templates applied, defaults filled in, addresses canonical. Frozen
 * plain data, so that a reload is a comparison. Read from the file by config/; the same shape for run-time neighbors.
 */
import type { Role } from '../wire/negotiated.js';

/** How a prefix limit is met. */
export interface PrefixLimit {
  readonly limit: number;
  /** Percentage of the limit that is logged. */
  readonly warn: number;
  readonly action: 'warn' | 'drop' | 'close';
  /** Seconds until a closed session may start again; 0: only by hand. */
  readonly restartSeconds: number;
}

export type AddPathMode = 'send' | 'receive' | 'send/receive';

export interface CapabilityConfig {
  readonly asn4: boolean;
  readonly routeRefresh: boolean;
  readonly enhancedRouteRefresh: boolean;
  readonly extendedMessage: boolean;
  readonly gracefulRestart: { readonly timeSeconds: number } | undefined;
  /** Stale time in seconds by family name (RFC 9494); undefined: not offered. */
  readonly longLivedGracefulRestart: Readonly<Record<string, number>> | undefined;
  /** By family name. */
  readonly addPath: Readonly<Record<string, AddPathMode>>;
  /** Paths of one prefix that the peer should send at most, by family name (PATHS-LIMIT). */
  readonly pathsLimit: Readonly<Record<string, number>>;
  /** Family names with IPv6 next hops for IPv4 routes (RFC 8950). */
  readonly extendedNextHop: readonly string[];
  /** Several labels with a prefix are understood (RFC 8277 section 2.1). */
  readonly multipleLabels: boolean;
  readonly role: Role | undefined;
  readonly roleStrict: boolean;
  /** FQDN capability (73) with hostName and domainName. */
  readonly hostname: boolean;
  readonly softwareVersion: boolean;
  readonly aigp: boolean;
  /** IPv6 next hops that are link-local alone (draft-ietf-idr-linklocal-capability). */
  readonly linkLocalNextHop: boolean;
  readonly multisession: boolean;
  /** Operational messages (draft-ietf-idr-operational-message). */
  readonly operational: boolean;
}

/** What a set of processes may do with a neighbor and what they are told of it. */
export interface ApiBinding {
  readonly processes: readonly string[];
  /** Regular expressions of process names; they may command, but get no events. */
  readonly processesMatch: readonly string[];
  /** Words of event-kinds.ts. */
  readonly receive: readonly string[];
  readonly send: readonly string[];
}

/** TCP MD5 (RFC 2385). The key never leaves the process: no log, event or listing prints it. */
export interface Md5Config {
  readonly key: Uint8Array;
  /** Address the key is bound to on our side, when not localAddress. */
  readonly ip: string | undefined;
  /** Absolute path of the file that holds the key; undefined: the key stood in the configuration. */
  readonly file: string | undefined;
  /** The key is written in base64 there. */
  readonly isBase64: boolean;
}

/** Options that a running session takes over; every other one shapes socket, OPEN or what is sent, and resets it. */
export const OPTIONS_WITHOUT_RESET: ReadonlySet<string> = new Set<keyof PeerConfig>([
  'description',
  'api',
  'routes',
  'routesFiles',
  'adjRibIn',
  'maxPrefix',
  'connectRetrySeconds',
]);

export interface PeerConfig {
  /** Identity over reloads and in selectors: remote address (or range), with local address and AS numbers where given. */
  readonly name: string;
  /** Address (IPv6 may carry a zone, fe80::1%eth0) or, for passive peers, a range "10.0.0.0/24". */
  readonly remoteAddress: string;
  readonly isRange: boolean;
  readonly maxPeers: number;
  readonly remotePort: number;
  readonly localAddress: string | undefined;
  readonly localAs: number | 'auto';
  /** A list is allowed for ranges. */
  readonly peerAs: number | 'auto' | readonly number[];
  /** Dotted quad. */
  readonly routerId: string;
  readonly description: string;
  readonly holdTimeSeconds: number;
  readonly connectRetrySeconds: number;
  /** Seconds to wait for the peer's OPEN. */
  readonly openWaitSeconds: number;
  readonly delayOpenSeconds: number;
  readonly passive: boolean;
  /** False: administratively down until enabled. */
  readonly enabled: boolean;
  /** Family names, in the order of the configuration. */
  readonly families: readonly string[];
  readonly capabilities: CapabilityConfig;
  readonly md5: Md5Config | undefined;
  readonly ttl: { readonly outgoing: number | undefined; readonly minimum: number | undefined };
  readonly dscp: number;
  readonly sourceInterface: string | undefined;
  /** Undefined: all processes may command, none gets events. */
  readonly api: readonly ApiBinding[] | undefined;
  readonly adjRibIn: boolean;
  readonly adjRibOut: boolean;
  /** Routes with equal attributes share an UPDATE: of all families, of none, or of those named. */
  readonly groupUpdates: boolean | readonly string[];
  /** Sends what ExaBGP sends where the RFCs leave room (migrated configurations): see crier.json5(5). */
  readonly exabgpWire: boolean;
  readonly autoFlush: boolean;
  readonly manualEor: boolean;
  /** Messages a second; 0: no limit. */
  readonly rateLimit: number;
  readonly nextHopSelf: {
    readonly ipv4: string | undefined;
    readonly ipv6: string | undefined;
    /** Goes behind an IPv6 "self" where the capability was negotiated. */
    readonly linkLocal: string | undefined;
  };
  /** An IPv4 "self" on an IPv6 session may be the router id (migrated configurations). */
  readonly selfFromRouterId: boolean;
  readonly hostName: string;
  readonly domainName: string;
  /** By family name. */
  readonly maxPrefix: Readonly<Record<string, PrefixLimit>>;
  /** Route texts in order: those of the configuration, then the lines of its `routesFiles`. */
  readonly routes: readonly string[];
  /** Files whose lines stand at the end of `routes`, and how many lines of each. */
  readonly routesFiles: readonly { readonly path: string; readonly count: number }[];
  /** Operational messages to send when a session comes up, as words. */
  readonly operational: readonly string[];
  readonly eorHold: { readonly quietSeconds: number; readonly maxSeconds: number };
}
