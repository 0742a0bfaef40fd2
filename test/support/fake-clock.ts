/** A clock that only moves when it is told to. */
import type { Clock, RunningTimer } from '../../src/util/timers.js';

export class FakeClock implements Clock {
  private now = 0;
  private readonly timers = new Map<object, { atMs: number; delayMs: number; callback: () => void }>();

  nowMs(): number {
    return this.now;
  }

  start(delayMs: number, callback: () => void): RunningTimer {
    const key = {};
    this.timers.set(key, { atMs: this.now + delayMs, delayMs, callback });
    return {
      cancel: () => void this.timers.delete(key),
      refresh: () => void this.timers.set(key, { atMs: this.now + delayMs, delayMs, callback }),
    };
  }

  /** Lets time pass; timers fire in the order of their moments. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      let next: object | undefined;
      let atMs = end;
      for (const [key, timer] of this.timers) {
        if (timer.atMs <= atMs && (next === undefined || timer.atMs < atMs)) {
          next = key;
          atMs = timer.atMs;
        }
      }
      if (next === undefined) break;
      const { callback } = this.timers.get(next)!;
      this.timers.delete(next);
      this.now = Math.max(this.now, atMs);
      callback();
    }
    this.now = end;
  }

  /** Timers that run. */
  get running(): number {
    return this.timers.size;
  }
}
