/**
 * Timers on an injected clock, so that a recorded session can be replayed without waiting. A timer that is restarted
 * often (hold, keepalive) is refreshed, not cleared and set again.
 */

/** A source of time and timers. Times are milliseconds of a monotonic clock. */
export interface Clock {
  nowMs(): number;
  /** Calls `callback` once after `delayMs`. */
  start(delayMs: number, callback: () => void): RunningTimer;
}

export interface RunningTimer {
  /** Never fires after this. Harmless when it has fired. */
  cancel(): void;
  /** Counts its delay anew, also when it has fired. */
  refresh(): void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  start(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer), refresh: () => void timer.refresh() };
  },
};

/** A set of timers known by name: at most one of each runs. */
export class NamedTimers<Name extends string> {
  private readonly running = new Map<Name, { timer: RunningTimer; delayMs: number }>();

  /** @param onFire told the name of a timer that ran out */
  constructor(
    private readonly clock: Clock,
    private readonly onFire: (name: Name) => void,
  ) {}

  /** Starts the timer, or restarts it. */
  start(name: Name, delayMs: number): void {
    const known = this.running.get(name);
    if (known !== undefined && known.delayMs === delayMs) {
      known.timer.refresh();
      return;
    }
    known?.timer.cancel();
    const timer = this.clock.start(delayMs, () => {
      this.running.delete(name);
      this.onFire(name);
    });
    this.running.set(name, { timer, delayMs });
  }

  stop(name: Name): void {
    this.running.get(name)?.timer.cancel();
    this.running.delete(name);
  }

  stopAll(): void {
    for (const { timer } of this.running.values()) timer.cancel();
    this.running.clear();
  }

  isRunning(name: Name): boolean {
    return this.running.has(name);
  }
}
