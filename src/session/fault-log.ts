/**
 * One log line for each malformed UPDATE that did not end its session: what was wrong and the whole message (RFC 7606
 * section 6), so many a minute and no more; what was left out is counted.
 */
import { toHex } from '../util/bytes.js';
import type { Logger } from '../util/log.js';
import { LogAllowance } from '../util/log-allowance.js';
import type { Clock } from '../util/timers.js';
import type { DecodedUpdate } from '../wire/update.js';

const LINES_A_WINDOW = 10;
const WINDOW_MS = 60_000;
const MAX_HEX_OCTETS = 4096;

export class FaultLog {
  private readonly allowance: LogAllowance;

  constructor(
    private readonly log: Logger,
    clock: Clock,
  ) {
    this.allowance = new LogAllowance(clock, LINES_A_WINDOW, WINDOW_MS);
  }

  /** @param message the whole message, header included */
  report(update: DecodedUpdate, message: Uint8Array): void {
    const leftOut = this.allowance.take();
    if (leftOut === undefined) return;
    const reasons = update.faults.map(({ code, reason }) => `attribute ${code}: ${reason}`);
    const prefixes: string[] = [];
    for (const run of update.withdrawn) {
      let at = run.start + (run.addPath ? 4 : 0);
      while (at < run.end && prefixes.length < 8) {
        const size = run.family.sizeOf(run.source, at, run.end);
        if (size < 0) break;
        prefixes.push(run.family.print(run.source, at, at + size));
        at += size + (run.addPath ? 4 : 0);
      }
    }
    const fields = {
      reasons,
      ...(update.isTreatedAsWithdraw ? { withdrawn: prefixes } : {}),
      ...(leftOut > 0 ? { leftOut } : {}),
      message: toHex(message.subarray(0, MAX_HEX_OCTETS)),
    };
    this.log.error(fields, update.isTreatedAsWithdraw ? 'malformed UPDATE: treated as withdraw' : 'malformed UPDATE');
  }
}
