/** How many log lines of one kind may be written in a while; what was left out is counted, so that the next line can say it. */
import type { Clock } from './timers.js';

export class LogAllowance {
  private windowStartMs = Number.NEGATIVE_INFINITY;
  private lines = 0;
  private leftOut = 0;

  /** @param linesAWindow lines at the most in any `windowMs` milliseconds */
  constructor(
    private readonly clock: Clock,
    private readonly linesAWindow: number,
    private readonly windowMs: number,
  ) {}

  /** @returns undefined when the line must be left out; else how many were since the last one written */
  take(): number | undefined {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.windowStartMs >= this.windowMs) {
      this.windowStartMs = nowMs;
      this.lines = 0;
    }
    if (this.lines >= this.linesAWindow) {
      this.leftOut++;
      return undefined;
    }
    this.lines++;
    const { leftOut } = this;
    this.leftOut = 0;
    return leftOut;
  }
}
