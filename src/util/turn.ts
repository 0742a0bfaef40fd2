/**
 * One budget a turn of the event loop for all long work together: helpers' lines, replays, drains, reloads, listings.
 * Tasks take turns in slices; what is left when the budget is spent goes on in the next turn, behind timers and sockets,
 * so no keepalive waits longer than one budget. What just came goes before what is at work for long already, so that a
 * small job does not wait for large ones; and what takes work away from others has every second slice, once there is enough.
 */

/** A piece of long work. */
export interface TurnTask {
  /**
   * Works until done or until `performance.now()` passes `deadlineMs`.
   * @returns true when there is more to do
   */
  step(deadlineMs: number): boolean;
  /** True: takes away what others bring, so that it does not pile up (routes on their way to a peer). */
  readonly isDrain?: boolean;
  /** Asked of a drain while others have more to bring: true when it had better wait for that, but not forever. */
  gathers?(nowMs: number): boolean;
}

/** Milliseconds that all tasks together may take of one turn. */
export const TURN_BUDGET_MS = 10;
const SLICE_MS = 2;
/** Who just came has this much at first: most have no more to do. */
const FIRST_SLICE_MS = 0.5;
/** A task that took longer than its first slice counts as large for so many turns: it is no small job when it comes again. */
const LARGE_TURNS = 10;
/** What just came may take this much before what waits for longer has its share. */
const ARRIVALS_MS = TURN_BUDGET_MS / 2;

/** Without work for so long the daemon is quiet. */
const QUIET_MS = 1;

/** Runs tasks round robin. */
export class TurnScheduler {
  /** Tasks that were scheduled and have not had a slice since. */
  private readonly arrived: TurnTask[] = [];
  /** Tasks with more to do: those that drain, and the others. */
  private readonly drains: TurnTask[] = [];
  private readonly others: TurnTask[] = [];
  private readonly queued = new Set<TurnTask>();
  /** Turn in which a task was large the last time. */
  private readonly largeAt = new WeakMap<TurnTask, number>();
  private turn = 0;
  private isArmed = false;
  private wasDrain = false;
  private ranNowAtMs = Number.NEGATIVE_INFINITY;
  private awakeUntilMs = Number.NEGATIVE_INFINITY;
  private isStayingAwake = false;
  /** The longest turn so far, in milliseconds. */
  longestTurnMs = 0;

  /** @param nowMs the clock that tasks look at @param inNextTurn calls back when timers and sockets had their turn */
  constructor(
    private readonly nowMs: () => number = () => performance.now(),
    private readonly inNextTurn: (callback: () => void) => void = (callback) => void setImmediate(callback),
  ) {}

  /** Puts the task in line; a task that waits already keeps its place. */
  schedule(task: TurnTask, isTurnComing = false): void {
    if (this.queued.has(task)) return;
    this.queued.add(task);
    const largeAt = this.largeAt.get(task);
    if (largeAt === undefined || this.turn - largeAt > LARGE_TURNS) this.arrived.push(task);
    else (task.isDrain === true ? this.drains : this.others).push(task);
    if (!isTurnComing) this.arm();
  }

  /**
   * As `schedule`, but at once, for a moment, when nobody else has work: what comes to a quiet daemon does not wait for
   * the loop to come round. Not again right behind, so that many who come together have one turn.
   */
  scheduleNow(task: TurnTask): void {
    const isQuiet = !this.isArmed && this.queued.size === 0 && this.nowMs() - this.ranNowAtMs >= QUIET_MS;
    this.schedule(task, isQuiet);
    if (!isQuiet) return;
    this.isArmed = true;
    this.runTurn(SLICE_MS);
    this.ranNowAtMs = this.nowMs();
  }

  /**
   * Until then the loop looks for input without going to sleep: who waits for an answer to go on is heard at once. Waking
   * a core that slept takes longer than all the rest of a line; so this is for moments in which more is expected.
   */
  stayAwake(untilMs: number): void {
    this.awakeUntilMs = Math.max(this.awakeUntilMs, untilMs);
    if (this.isStayingAwake) return;
    this.isStayingAwake = true;
    this.inNextTurn(this.lookAgain);
  }

  private readonly lookAgain = (): void => {
    this.isStayingAwake = this.nowMs() < this.awakeUntilMs;
    if (this.isStayingAwake) this.inNextTurn(this.lookAgain);
  };

  /** Others have long work before them: what is left to the end of the turn may wait for some time. */
  get isBusy(): boolean {
    return this.others.length > 0;
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    this.inNextTurn(() => this.runTurn(TURN_BUDGET_MS));
  }

  private runTurn(budgetMs: number): void {
    this.turn++;
    const begin = this.nowMs();
    const end = begin + budgetMs;
    let now = begin;
    while (this.queued.size > 0 && now < end) {
      const task = this.next(now, now < begin + ARRIVALS_MS);
      this.queued.delete(task);
      const from = now;
      const hasMore = task.step(Math.min(end, now + this.sliceOf(task)));
      now = this.nowMs();
      if (hasMore || now - from > FIRST_SLICE_MS) this.largeAt.set(task, this.turn);
      if (hasMore && !this.queued.has(task)) {
        this.queued.add(task);
        (task.isDrain === true ? this.drains : this.others).push(task);
      }
    }
    this.longestTurnMs = Math.max(this.longestTurnMs, now - begin);
    // Not before: what was scheduled meanwhile had its slice in this turn.
    this.isArmed = false;
    if (this.queued.size > 0) this.arm();
  }

  private sliceOf(task: TurnTask): number {
    // Alone in line a task may have the whole budget: fewer, larger batches.
    if (this.queued.size === 0) return TURN_BUDGET_MS;
    return this.largeAt.has(task) ? SLICE_MS : FIRST_SLICE_MS;
  }

  private next(nowMs: number, areArrivalsFirst: boolean): TurnTask {
    const { arrived, drains, others } = this;
    while (arrived.length > 0 && (areArrivalsFirst || drains.length + others.length === 0)) {
      const task = arrived.shift()!;
      if (others.length === 0 || task.gathers?.(nowMs) !== true) return task;
      drains.push(task);
    }
    this.wasDrain = others.length === 0 || (!this.wasDrain && this.hasDueDrain(nowMs));
    return (this.wasDrain ? drains : others).shift()!;
  }

  /** Brings a drain that is not gathering to the front, if there is one. */
  private hasDueDrain(nowMs: number): boolean {
    const { drains } = this;
    for (let i = drains.length; i > 0; i--) {
      if (drains[0]!.gathers?.(nowMs) !== true) return true;
      drains.push(drains.shift()!);
    }
    return false;
  }
}

/**
 * Long work as a generator: wherever it yields it may be interrupted, so it should yield about every tenth of a millisecond.
 * @returns what the generator returns, when it has
 */
export function inTurns<Result>(
  scheduler: Pick<TurnScheduler, 'schedule'>,
  work: Generator<void, Result, void>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    scheduler.schedule({
      step(deadlineMs) {
        try {
          do {
            const { done, value } = work.next();
            if (done === true) {
              resolve(value);
              return false;
            }
          } while (performance.now() < deadlineMs);
          return true;
        } catch (error) {
          reject(error);
          return false;
        }
      },
    });
  });
}
