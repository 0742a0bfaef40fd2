/**
 * What the daemon supplies to commands: neighbors, the outgoing table, helpers, actions. Commands know nothing else, so
 * a test hands them a small fake. Sessions, files and processes stay behind these interfaces.
 */
import type { Member, RibOut, RouteKey } from '../rib/types.js';
import type { PeerConfig } from '../session/peer-config.js';
import type { Logger } from '../util/log.js';
import type { Clock } from '../util/timers.js';
import type { TurnScheduler } from '../util/turn.js';
import type { Negotiated } from '../wire/negotiated.js';
import type { OperationalMessage } from '../wire/operational.js';
import type { Helper } from './process/types.js';
import type { Requester } from './requester.js';

/** A session's state by its name in RFC 4271 section 8.2.2, as events and listings print it. */
export type NeighborState = 'IDLE' | 'CONNECT' | 'ACTIVE' | 'OPENSENT' | 'OPENCONFIRM' | 'ESTABLISHED';

/** Messages of the present session (zeros while there is none). */
export interface MessageCounters {
  readonly open: number;
  readonly notification: number;
  readonly keepalive: number;
  readonly update: number;
  readonly refresh: number;
}

/** What a peer sent and we keep (`adjRibIn`). */
export interface ReceivedRoutes {
  /** Number of routes held. */
  readonly size: number;
  /**
   * Visits routes from a cursor (0 at first) until `limit` were visited; views are valid during the call only.
   * @param visit told the route's key and its packed set (wire/attribute-set.ts)
   * @returns the next cursor, or undefined at the end
   */
  list(cursor: number, limit: number, visit: (key: RouteKey, set: Uint8Array) => void): number | undefined;
  /** Forgets what was received; nothing is sent. */
  clear(): void;
}

/** One neighbor as commands see it. A range stands here too (config.isRange, never up), and each peer of it when it came. */
export interface Neighbor {
  /** config.name. */
  readonly name: string;
  readonly config: PeerConfig;
  /** Canonical address; of a peer of a range its own, not config.remoteAddress. */
  readonly remoteAddress: string;
  /** Its place in the outgoing table. A range has none of its own. */
  readonly member: Member | undefined;
  readonly state: NeighborState;
  /** Seconds since it is established; undefined while it is not. */
  readonly upSeconds: number | undefined;
  /** Local address of the session, else the configured one. */
  readonly localAddress: string | undefined;
  /** As configured, or as the session found them where they are "auto" or a list. */
  readonly localAs: number | undefined;
  readonly peerAs: number | undefined;
  /** What both OPENs agreed on; undefined before. */
  readonly negotiated: Negotiated | undefined;
  /** Hold time the peer proposed, in seconds. */
  readonly peerHoldTimeSeconds: number | undefined;
  readonly sent: MessageCounters;
  readonly received: MessageCounters;
  /** Undefined: `adjRibIn` is off. */
  readonly adjIn: ReceivedRoutes | undefined;
  /** May this process command it? */
  isReachedBy(process: string): boolean;

  /** Ends the session with Cease and this subcode (RFC 4486), with a text (RFC 9003); it starts again at once. */
  teardown(subcode: number, text: string | undefined): void;
  /** Asks the peer for its routes again (RFC 2918). @returns false when no session is up or none was negotiated */
  sendRefresh(familyIndex: number): boolean;
  /** @returns false when no session is up or operational messages were not negotiated */
  sendOperational(operational: OperationalMessage): boolean;
  /** Sends End-of-RIB behind all that is due (RFC 4724 section 2). @returns false when no session is up */
  sendEndOfRib(familyIndex: number): boolean;
}

/** Marks that helpers set for the End-of-RIB of a restart (eor-hold.ts). */
export interface EorMarks {
  /** The helper said `ready`: for all families of its neighbors. */
  ready(process: string): void;
  /** The helper said `announce eor` for a family of a neighbor. */
  announced(process: string, neighborName: string, familyIndex: number): void;
  /** The helper gave a command: its quiet time begins anew. */
  active(process: string): void;
}

/** Watchdogs: named groups of configured routes (rib/watchdog.ts). */
export interface Watchdogs {
  /** @param members undefined: of all neighbors. @returns false when no route has this watchdog */
  set(name: string, isUp: boolean, members: readonly Member[] | undefined): boolean;
  /** A plain announce or withdraw takes the route out of its watchdog. `size` routes are in watchdogs at all. */
  readonly size: number;
  release(members: readonly Member[], key: Uint8Array, keyLength: number): void;
}

export interface ApiContext {
  readonly clock: Clock;
  readonly scheduler: TurnScheduler;
  readonly log: Logger;
  readonly rib: RibOut;
  readonly watchdogs: Watchdogs;
  readonly eor: EorMarks;
  /** crier's own version, "1.2.3". */
  readonly version: string;
  readonly pid: number;
  /** Differs at each start. */
  readonly uuid: string;
  /** Seconds since 1970 of the daemon's start, with a fraction. */
  readonly startedAt: number;

  /** All neighbors in the order of the configuration, ranges and peers of ranges included. */
  neighbors(): readonly Neighbor[];
  /** Counts up whenever neighbors come or go or their configuration changes: what was derived from them is stale. */
  readonly neighborGeneration: number;
  /** Running helpers. */
  helpers(): readonly Helper[];

  /** Reads the configuration again. @returns undefined when done, else why the old one stays (may have many lines) */
  reload(requester: Requester): Promise<string | undefined>;
  /** Both begin in a later turn: their answer is on its way then. */
  shutdown(requester: Requester): void;
  restart(requester: Requester): void;

  /** @param json the value of a `neighbors` entry of the configuration. @throws CommandFailure with the reason */
  addNeighbor(json: unknown): Promise<void>;
  deleteNeighbor(neighbor: Neighbor): void;
  /** @throws CommandFailure for a range and its peers */
  enableNeighbor(neighbor: Neighbor): void;
  /** Ends the session (Cease 6/2, RFC 4486) and keeps it down. @throws CommandFailure for a range and its peers */
  disableNeighbor(neighbor: Neighbor): void;
}
