/** One clock for all processes of a run: Linux' CLOCK_MONOTONIC, which processes share, read as cheaply as performance.now(). */

const SAMPLES = 100;

/** The hidden origin of performance.now(); the first reads are slow and lie, the best of some does not. */
function origin(): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < SAMPLES; i++) best = Math.max(best, Number(process.hrtime.bigint()) / 1e6 - performance.now());
  return best;
}

const ORIGIN = origin();

/** Milliseconds, with microseconds behind the point, comparable between processes. */
export const monotonicMs = (): number => performance.now() + ORIGIN;
