/**
 * The log's part of a refused line of a helper: the frozen dialects answer `error` and no more, so the reason stands in
 * the log. So many lines a while; the others are counted. Lines that may hold a key are not repeated.
 */
import type { Logger } from '../util/log.js';
import { LogAllowance } from '../util/log-allowance.js';
import { textLine } from '../util/stranger-text.js';
import type { Clock } from '../util/timers.js';

const LINES_A_WINDOW = 20;
const WINDOW_MS = 10_000;
const MAX_CHARACTERS = 200;
const MAY_HOLD_A_KEY = /md5|password/i;

export class RefusalLog {
  private readonly allowance: LogAllowance;

  constructor(
    private readonly log: Logger,
    clock: Clock,
    private readonly process: string,
  ) {
    this.allowance = new LogAllowance(clock, LINES_A_WINDOW, WINDOW_MS);
  }

  /** @param line undefined: it could not be read as text */
  report(reason: string, line: string | undefined): void {
    const leftOut = this.allowance.take();
    if (leftOut === undefined) return;
    const isShown = line !== undefined && !MAY_HOLD_A_KEY.test(line);
    const fields = {
      process: this.process,
      reason: textLine(reason),
      ...(isShown ? { line: textLine(line.slice(0, MAX_CHARACTERS)) } : {}),
      ...(leftOut > 0 ? { leftOut } : {}),
    };
    this.log.warn(fields, 'a line of a helper was refused');
  }
}
