/**
 * What the layers above know of the outgoing tables. A member is somebody who holds routes: a neighbor, or a class of
 * neighbors that may still come (announcements without a selector hold for those too). Members that were asked for the
 * same routes share a view; nobody outside rib/ sees that.
 */
import type { EncodeProfile } from '../wire/negotiated.js';

/** Interned attribute set (packed as in wire/attribute-set.ts). Numbers are reused when nobody refers to them. */
export type SetId = number;

/** Who asked for a route last: configuration, one life of a helper, or control clients. */
export type OwnerId = number;

/** The owner of routes in the configuration file. */
export const CONFIGURATION_OWNER: OwnerId = 1;
/** The owner of what control clients announced. */
export const CONTROL_OWNER: OwnerId = 2;

/** A neighbor's place in the outgoing tables; outlives its sessions. */
export interface Member {
  readonly name: string;
}

/** Whom a command is for. Kept and reused: it follows neighbors that come and go. */
export interface Targets {
  /** Neighbors it reaches now. */
  readonly members: readonly Member[];
}

/**
 * A route's key in the tables: family index (1 octet), path identifier (4), the family's key. `routeKey` packs it.
 */
export type RouteKey = Uint8Array;

/** One route of a listing. Views are valid during the call only. */
export type RouteVisitor = (key: RouteKey, set: Uint8Array, owner: OwnerId) => void;

/** The outgoing table as commands use it. */
export interface RibOut {
  /** A neighbor appears. `reach`: processes that may command it, or "all". */
  addMember(name: string, options: MemberOptions): Member;
  /** A neighbor is gone for good: its routes are forgotten. */
  removeMember(member: Member): void;
  /** The neighbor's reach changed (reload). */
  setReach(member: Member, reach: ReadonlySet<string> | 'all'): void;

  /** All members that the process may reach (undefined: a control client, which reaches all), present and future. */
  targetsOfProcess(process: string | undefined): Targets;
  /** Exactly these. */
  targetsOf(members: readonly Member[]): Targets;

  /** Interns a packed set (its first `length` octets). The caller holds a reference until `releaseSet`. */
  internSet(packed: Uint8Array, length?: number): SetId;
  retainSet(id: SetId): void;
  releaseSet(id: SetId): void;
  setBytes(id: SetId): Uint8Array;

  /** A new owner (a helper's life). */
  addOwner(): OwnerId;

  /**
   * Last writer wins, for each member. Takes over owner and lease also when nothing is sent.
   * @param leaseSeconds withdrawn by itself when not announced again in time
   * @returns false when the table is full (maxRoutes) and nothing was done
   */
  announce(
    targets: Targets,
    key: Uint8Array,
    keyLength: number,
    set: SetId,
    owner: OwnerId,
    leaseSeconds?: number,
  ): boolean;
  /**
   * Works on anybody's route; unknown ones are sent as withdrawals too.
   * @param set goes with the withdrawal where attributes do (see `ViewTables.lastSets`)
   */
  withdraw(targets: Targets, key: Uint8Array, keyLength: number, set?: SetId): void;
  /** Withdraws what this owner still holds. Runs in slices; `done` is called at the end. */
  withdrawOwner(owner: OwnerId, done?: () => void): void;

  /** Everything is sent again. */
  flush(targets: Targets): void;
  /** Everything is withdrawn and forgotten. */
  clear(targets: Targets): void;
  /** Number of routes a member was asked for. */
  count(member: Member): number;
  /**
   * Visits routes of a member from a cursor (0 at first) until `visit`ed `limit` routes.
   * @returns the next cursor, or undefined at the end
   */
  list(member: Member, cursor: number, limit: number, visit: RouteVisitor): number | undefined;
  /** The current set of one route, or undefined. */
  find(member: Member, key: Uint8Array, keyLength: number): SetId | undefined;

  /** A session is up: its feed, which begins with a replay of all negotiated families. */
  openFeed(member: Member, profile: EncodeProfile): OutFeed;

  /** Calls back when everything asked for so far was taken by the kernel for every member that is up. */
  whenFlushed(targets: Targets, done: () => void): { pending(): readonly Member[]; cancel(): void };
}

export interface MemberOptions {
  readonly reach: ReadonlySet<string> | 'all';
  /** False: nothing is remembered; every announce is sent again, nothing is replayed. */
  readonly adjRibOut: boolean;
  /** False: changes wait for `flush`. */
  readonly autoFlush: boolean;
}

/** What is due to one established peer. Owned by its session. */
export interface OutFeed {
  /** Told when there is something to drain again, and once more when somebody begins to wait for it. Set by the session. */
  onReady: () => void;
  /** Told when the (re)play of a family is written: End-of-RIB may follow. Set by the session. */
  onReplayed: (familyIndex: number) => void;
  /**
   * Hands messages to `write` until nothing is due, `write` returns false (socket full) or the deadline passes.
   * A chunk holds whole messages, may be shared with other peers and is never changed.
   * @returns "idle" nothing left, "full" the socket is full, "more" the deadline passed
   */
  drain(write: (chunk: Uint8Array, messages: number) => boolean, deadlineMs: number): 'idle' | 'full' | 'more';
  /** True while more routes had better come before the next drain: few are due, and not for long. */
  gathers(nowMs: number): boolean;
  /** All chunks written so far were taken by the kernel. */
  flushed(): void;
  /** Route refresh: the family is sent again, between the markers where given. */
  refresh(familyIndex: number, markers?: { begin: Uint8Array; end: Uint8Array }): void;
  /** Sends withdrawals of all that the peer holds (shutdown: "withdraw"). */
  withdrawAll(): void;
  /** The session is gone. */
  close(): void;
}
