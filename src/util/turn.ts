/**
 * One budget a turn of the event loop for all long work together: helpers' lines, replays, drains, reloads, listings.
 * Tasks take turns in slices; what is left when the budget is spent goes on in the next turn, behind timers and sockets,
 * so no keepalive waits longer than one budget.
 */

/** A piece of long work. */
export interface TurnTask {
  /**
   * Works until done or until `performance.now()` passes `deadlineMs`.
   * @returns true when there is more to do
   */
  step(deadlineMs: number): boolean;
}

/** Milliseconds that all tasks together may take of one turn. */
export const TURN_BUDGET_MS = 10;
const SLICE_MS = 2;

/** Runs tasks round robin. */
export class TurnScheduler {
  private readonly queue: TurnTask[] = [];
  private readonly queued = new Set<TurnTask>();
  private isArmed = false;

  /** Puts the task in line; a task that waits already keeps its place. */
  schedule(task: TurnTask): void {
    if (this.queued.has(task)) return;
    this.queued.add(task);
    this.queue.push(task);
    this.arm();
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    setImmediate(() => this.runTurn());
  }

  private runTurn(): void {
    this.isArmed = false;
    const end = performance.now() + TURN_BUDGET_MS;
    let now = end - TURN_BUDGET_MS;
    while (this.queue.length > 0 && now < end) {
      const task = this.queue.shift()!;
      this.queued.delete(task);
      // Alone in line a task may have the whole budget: fewer, larger batches.
      const slice = this.queue.length === 0 ? end : Math.min(end, now + SLICE_MS);
      if (task.step(slice) && !this.queued.has(task)) {
        this.queued.add(task);
        this.queue.push(task);
      }
      now = performance.now();
    }
    if (this.queue.length > 0) this.arm();
  }
}
