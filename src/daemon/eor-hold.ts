/**
 * When End-of-RIB may follow the first replay after the daemon's start. A peer with graceful restart drops what we did
 * not announce again by then, so each helper that feeds it gets its time: until it said so, ended, or fell quiet.
 * Routes are never held. RFC 4724 section 4.1. Sending the marker is left to the session.
 */
import type { Clock, RunningTimer } from '../util/timers.js';

/** How often waiting markers are looked at. */
const CHECK_MS = 100;

export interface EorHoldTimes {
  readonly quietSeconds: number;
  readonly maxSeconds: number;
}

interface ProcessMarks {
  isReady: boolean;
  hasEnded: boolean;
  /** Clock time of its last command; undefined before the first. */
  lastCommandMs: number | undefined;
  /** "neighbor family-index" that it ended by hand. */
  readonly announced: Set<string>;
}

interface HeldMarker {
  readonly neighborName: string;
  readonly familyIndex: number;
  readonly processes: readonly string[];
  readonly quietMs: number;
  readonly untilMs: number;
  readonly release: () => void;
}

/** Marks of helpers, and the markers that wait for them. */
export class EorHold {
  private readonly marks = new Map<string, ProcessMarks>();
  private readonly held = new Map<string, HeldMarker>();
  private timer: RunningTimer | undefined;

  constructor(private readonly clock: Clock) {}

  /** The helper said `ready`: for all families of its neighbors. */
  ready(process: string): void {
    this.marksOf(process).isReady = true;
    this.check();
  }

  /** The helper said `announce eor` for a family of a neighbor. */
  announced(process: string, neighborName: string, familyIndex: number): void {
    this.marksOf(process).announced.add(`${neighborName} ${familyIndex}`);
    this.check();
  }

  /** The helper gave a command: its quiet time begins anew. */
  active(process: string): void {
    this.marksOf(process).lastCommandMs = this.clock.nowMs();
  }

  /** The helper's life ended. */
  ended(process: string): void {
    this.marksOf(process).hasEnded = true;
    this.check();
  }

  /**
   * Calls `release` when the marker of this family may be sent: at once where no process feeds the neighbor.
   * @param processes names of the processes that may command the neighbor
   */
  hold(
    neighborName: string,
    familyIndex: number,
    processes: readonly string[],
    times: EorHoldTimes,
    release: () => void,
  ): void {
    const key = `${neighborName} ${familyIndex}`;
    this.held.set(key, {
      neighborName,
      familyIndex,
      processes,
      quietMs: times.quietSeconds * 1000,
      untilMs: this.clock.nowMs() + times.maxSeconds * 1000,
      release,
    });
    this.check();
  }

  /** The neighbor's session is gone: nothing of it waits any longer. */
  forget(neighborName: string): void {
    for (const [key, marker] of this.held) if (marker.neighborName === neighborName) this.held.delete(key);
  }

  private check(): void {
    const nowMs = this.clock.nowMs();
    for (const [key, marker] of this.held) {
      if (nowMs < marker.untilMs && !marker.processes.every((name) => this.isSettled(name, key, marker, nowMs)))
        continue;
      this.held.delete(key);
      marker.release();
    }
    if (this.held.size === 0) {
      this.timer?.cancel();
      this.timer = undefined;
    } else if (this.timer === undefined) {
      this.timer = this.clock.start(CHECK_MS, () => {
        this.timer = undefined;
        this.check();
      });
    }
  }

  private isSettled(process: string, key: string, marker: HeldMarker, nowMs: number): boolean {
    const marks = this.marks.get(process);
    if (marks === undefined) return false;
    if (marks.isReady || marks.hasEnded || marks.announced.has(key)) return true;
    return marks.lastCommandMs !== undefined && nowMs - marks.lastCommandMs >= marker.quietMs;
  }

  private marksOf(process: string): ProcessMarks {
    let marks = this.marks.get(process);
    if (marks === undefined) {
      marks = { isReady: false, hasEnded: false, lastCommandMs: undefined, announced: new Set() };
      this.marks.set(process, marks);
    }
    return marks;
  }
}
