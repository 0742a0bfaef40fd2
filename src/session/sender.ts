/**
 * What is due to one established peer goes to its socket while that takes more: routes from the tables, End-of-RIB behind
 * the first replay, answers to ROUTE-REFRESH, all in order and within the common budget of a turn. RFC 4724 section 2,
 * RFC 2918, RFC 7313. What is due and how it is packed is left to rib/.
 */
import type { OutFeed } from '../rib/types.js';
import type { Clock, RunningTimer } from '../util/timers.js';
import type { TurnTask } from '../util/turn.js';
import { encodeEndOfRib } from '../wire/end-of-rib.js';
import { families } from '../wire/family/index.js';
import type { Family } from '../wire/family/types.js';
import { encodeRouteRefresh, RefreshSubtype } from '../wire/refresh.js';

/** Decides when End-of-RIB of a family may follow its replay (the daemon knows the helpers that are not done). */
export interface EorGate {
  /** Calls `go` once, at once or later. @returns takes the wish back */
  wait(family: Family, go: () => void): () => void;
}

/** End-of-RIB never waits. */
export const OPEN_GATE: EorGate = {
  wait(_family, go) {
    go();
    return () => undefined;
  },
};

/** The connection as the sender needs it. */
export interface SenderOutput {
  /** Whole UPDATE messages. @returns false when the socket is full */
  writeUpdates(chunk: Uint8Array, messages: number): boolean;
  /** Something written has not been taken by the kernel. */
  readonly hasPending: boolean;
  /** End-of-RIB of a family was written by the sender. */
  endOfRibSent(family: Family): void;
}

export interface SenderOptions {
  /** Families of the session, by index. */
  readonly families: readonly boolean[];
  /** Helpers send End-of-RIB themselves. */
  readonly manualEor: boolean;
  /** Messages a second; 0: no limit. */
  readonly rateLimit: number;
  /** Enhanced route refresh was negotiated (RFC 7313). */
  readonly enhancedRefresh: boolean;
  /** The peer may hold stale routes until End-of-RIB (RFC 4724): markers before it would be ignored (RFC 7313 section 4). */
  readonly peerWaitsForEor: boolean;
}

/** Anything that runs tasks in turns. */
export interface Scheduler {
  schedule(task: TurnTask): void;
  /** More is expected until then: the loop does not go to sleep. */
  stayAwake(untilMs: number): void;
}

/**
 * Routes that come one by one but fast share a write: behind one the next waits this long for others. What comes to a
 * quiet session goes at once.
 */
const PAUSE_MS = 1;
/** Longest time without a token before the rate limit is looked at again. */
const RATE_SLICE_MS = 20;

export class Sender implements TurnTask {
  readonly isDrain = true;
  private isClosed = false;
  private isFull = false;
  /** End-of-RIB to write when nothing else is due. */
  private readonly eorDue = new Set<Family>();
  private readonly eorSent = new Set<Family>();
  private readonly gateWaits: (() => void)[] = [];
  /** Families that are being sent again, and whether they were asked for once more meanwhile. */
  private readonly refreshing = new Map<number, boolean>();
  private tokens: number;
  private tokensAtMs: number;
  private rateTimer: RunningTimer | undefined;
  private withdrawing: 'no' | 'due' | 'written' = 'no';
  private whenWithdrawn: (() => void) | undefined;
  /** When routes were written last, and the pause behind them. */
  private drainedAtMs = Number.NEGATIVE_INFINITY;
  private pauseTimer: RunningTimer | undefined;

  constructor(
    private readonly feed: OutFeed,
    private readonly output: SenderOutput,
    private readonly options: SenderOptions,
    private readonly gate: EorGate,
    private readonly scheduler: Scheduler,
    private readonly clock: Clock,
  ) {
    this.tokens = Math.max(1, options.rateLimit);
    this.tokensAtMs = clock.nowMs();
    feed.onReady = () => this.ready();
    feed.onReplayed = (index) => this.replayed(index);
    this.schedule();
  }

  /** The socket takes more. */
  writable(): void {
    this.isFull = false;
    this.schedule();
  }

  /** The kernel took everything written. */
  taken(): void {
    if (this.isClosed) return;
    this.feed.flushed();
    if (this.withdrawing === 'written') this.tellWithdrawn();
  }

  /**
   * Withdraws all that the peer holds, then sends End-of-RIB of every family.
   * @param done told when the kernel has it, or the session is over
   */
  withdrawAll(done: () => void): void {
    if (this.isClosed) {
      done();
      return;
    }
    this.whenWithdrawn = done;
    this.withdrawing = 'due';
    this.feed.withdrawAll();
    for (const [index, family] of families.entries()) if (this.options.families[index]) this.eorDue.add(family);
    this.schedule();
  }

  /** The peer asked for a family again. Requests that come while one is served are one more answer (RFC 7313 section 4). */
  refresh(index: number): void {
    if (this.isClosed || this.options.families[index] !== true) return;
    if (this.refreshing.has(index)) {
      this.refreshing.set(index, true);
      return;
    }
    this.refreshing.set(index, false);
    this.startRefresh(index);
  }

  /** Sends End-of-RIB behind all that is due. @returns false when the family is not negotiated */
  sendEor(family: Family): boolean {
    if (this.isClosed || this.options.families[families.indexOf(family)] !== true) return false;
    this.eorDue.add(family);
    this.schedule();
    return true;
  }

  /** The session is over. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.rateTimer?.cancel();
    this.pauseTimer?.cancel();
    for (const takeBack of this.gateWaits) takeBack();
    this.feed.onReady = () => undefined;
    this.feed.onReplayed = () => undefined;
    this.feed.close();
    this.tellWithdrawn();
  }

  private tellWithdrawn(): void {
    const done = this.whenWithdrawn;
    this.whenWithdrawn = undefined;
    done?.();
  }

  /** The feed has something. */
  private ready(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.drainedAtMs >= PAUSE_MS || !this.feed.gathers(nowMs)) {
      this.pauseTimer?.cancel();
      this.pauseTimer = undefined;
      this.schedule();
      return;
    }
    this.scheduler.stayAwake(nowMs + PAUSE_MS);
    this.pauseTimer ??= this.clock.start(PAUSE_MS, () => {
      this.pauseTimer = undefined;
      this.schedule();
    });
  }

  /** Routes that come together share UPDATEs. */
  gathers(nowMs: number): boolean {
    return !this.isClosed && this.feed.gathers(nowMs);
  }

  step(deadlineMs: number): boolean {
    if (this.isClosed || this.isFull || this.rateTimer !== undefined) return false;
    const result = this.feed.drain(this.write, deadlineMs);
    this.drainedAtMs = this.clock.nowMs();
    if (this.isClosed) return false;
    if (result === 'full') return false;
    if (result === 'more') return true;
    this.allWritten();
    return false;
  }

  private schedule(): void {
    if (!this.isClosed && !this.isFull && this.rateTimer === undefined) this.scheduler.schedule(this);
  }

  private readonly write = (chunk: Uint8Array, messages: number): boolean => {
    if (this.isClosed) return false;
    if (!this.output.writeUpdates(chunk, messages)) this.isFull = true;
    return this.spendTokens(messages) && !this.isFull;
  };

  /** Nothing is due: refreshes are complete, and what had to wait for the routes goes out. */
  private allWritten(): void {
    for (const [index, isAskedAgain] of this.refreshing) {
      if (isAskedAgain) {
        this.refreshing.set(index, false);
        this.startRefresh(index);
      } else this.refreshing.delete(index);
    }
    for (const family of this.eorDue) {
      this.eorDue.delete(family);
      this.eorSent.add(family);
      this.write(encodeEndOfRib(family), 1);
      this.output.endOfRibSent(family);
    }
    if (this.withdrawing === 'due') this.withdrawing = 'written';
    if (!this.output.hasPending) this.taken();
  }

  private replayed(index: number): void {
    const family = families[index]!;
    if (this.options.manualEor || this.options.families[index] !== true || this.eorSent.has(family)) return;
    this.gateWaits.push(this.gate.wait(family, () => this.sendEor(family)));
  }

  private startRefresh(index: number): void {
    const family = families[index]!;
    const hasMarkers = this.options.enhancedRefresh && (this.eorSent.has(family) || !this.options.peerWaitsForEor);
    if (!hasMarkers) {
      this.feed.refresh(index);
      return;
    }
    const { afi, safi } = family;
    this.feed.refresh(index, {
      begin: encodeRouteRefresh({ afi, safi, subtype: RefreshSubtype.begin }),
      end: encodeRouteRefresh({ afi, safi, subtype: RefreshSubtype.end }),
    });
  }

  /** A bucket that fills with `rateLimit` tokens a second; a chunk may overdraw it. @returns false when it is empty */
  private spendTokens(messages: number): boolean {
    const { rateLimit } = this.options;
    if (rateLimit <= 0) return true;
    const nowMs = this.clock.nowMs();
    this.tokens = Math.min(rateLimit, this.tokens + ((nowMs - this.tokensAtMs) * rateLimit) / 1000) - messages;
    this.tokensAtMs = nowMs;
    if (this.tokens >= 0) return true;
    const waitMs = Math.max(RATE_SLICE_MS, (-this.tokens * 1000) / rateLimit);
    this.rateTimer ??= this.clock.start(waitMs, () => {
      this.rateTimer = undefined;
      this.schedule();
    });
    return false;
  }
}
