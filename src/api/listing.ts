/**
 * Long listings in slices: so many lines a turn as the budget allows, fewer while the reader is behind. Nothing of a
 * listing is stored; it shows the table as it is when each line's turn comes.
 */
import type { TurnScheduler } from '../util/turn.js';
import type { Completion, LaterAnswer } from './command/types.js';

/** Lines made between two looks at the clock. */
const BATCH_LINES = 128;

/** Makes the next lines. @returns false at the end */
export type ListingStep = (completion: Completion, limit: number) => boolean;

/** @param step called until it returns false @returns the answer of a listing */
export function listing(scheduler: TurnScheduler, step: ListingStep): LaterAnswer {
  return {
    startsInTurn: true,
    start(completion) {
      let isCanceled = false;
      const task = {
        step(deadlineMs: number): boolean {
          while (!isCanceled) {
            if (completion.isFull()) {
              completion.onDrain(() => scheduler.schedule(task));
              return false;
            }
            if (!step(completion, BATCH_LINES)) {
              completion.done();
              return false;
            }
            if (performance.now() >= deadlineMs) return true;
          }
          return false;
        },
      };
      scheduler.schedule(task);
      return () => {
        isCanceled = true;
      };
    },
  };
}
