/**
 * Routes that end by themselves when they are not announced again in time. Deadlines are kept by the second; a renewed
 * lease only leaves a stale entry behind, which is checked against the view when its second comes.
 */
import type { Clock, RunningTimer } from '../util/timers.js';
import type { TurnTask } from '../util/turn.js';
import type { View } from './view.js';

const MS_PER_SECOND = 1000;
/** Routes handled between two looks at the clock. */
const BATCH = 64;

export class Leases {
  private readonly bySecond = new Map<number, { views: View[]; ids: number[] }>();
  private timer: RunningTimer | undefined;
  private timerSecond = Number.POSITIVE_INFINITY;

  /** @param onExpired told a view and an NLRI id whose lease ran out @param begin runs long work in turns */
  constructor(
    private readonly clock: Clock,
    private readonly onExpired: (view: View, id: number) => void,
    private readonly begin: (task: TurnTask) => void,
  ) {}

  /** The route `id` of `view` ends after `seconds`. Replaces an earlier lease. */
  set(view: View, id: number, seconds: number): void {
    this.setUntil(view, id, this.clock.nowMs() + seconds * MS_PER_SECOND);
  }

  /** A view was copied: its leases hold for the copy too. */
  adopt(view: View): void {
    for (const [id, until] of view.leases) this.setUntil(view, id, until);
  }

  private setUntil(view: View, id: number, untilMs: number): void {
    view.leases.set(id, untilMs);
    const second = Math.ceil(untilMs / MS_PER_SECOND);
    let entry = this.bySecond.get(second);
    if (entry === undefined) {
      entry = { views: [], ids: [] };
      this.bySecond.set(second, entry);
    }
    entry.views.push(view);
    entry.ids.push(id);
    if (second < this.timerSecond) this.arm(second);
  }

  private arm(second: number): void {
    this.timer?.cancel();
    this.timerSecond = second;
    const delayMs = Math.max(0, second * MS_PER_SECOND - this.clock.nowMs());
    this.timer = this.clock.start(delayMs, () => this.expire());
  }

  private expire(): void {
    const nowMs = this.clock.nowMs();
    let nextSecond = Number.POSITIVE_INFINITY;
    for (const [second, { views, ids }] of [...this.bySecond]) {
      if (second * MS_PER_SECOND > nowMs) {
        nextSecond = Math.min(nextSecond, second);
        continue;
      }
      this.bySecond.delete(second);
      this.begin(this.expiryOf(second, views, ids));
    }
    this.timerSecond = Number.POSITIVE_INFINITY;
    this.timer = undefined;
    if (nextSecond !== Number.POSITIVE_INFINITY) this.arm(nextSecond);
  }

  private expiryOf(second: number, views: readonly View[], ids: readonly number[]): TurnTask {
    let at = 0;
    return {
      step: (deadlineMs) => {
        while (at < ids.length) {
          const view = views[at]!;
          const id = ids[at++]!;
          const until = view.leases.get(id);
          if (until !== undefined && Math.ceil(until / MS_PER_SECOND) <= second) this.onExpired(view, id);
          if (at % BATCH === 0 && performance.now() >= deadlineMs) return at < ids.length;
        }
        return false;
      },
    };
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.bySecond.clear();
  }
}
