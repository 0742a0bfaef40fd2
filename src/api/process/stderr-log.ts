/**
 * What a helper prints on stderr, line by line into the log: lines cut at a bound, so many a while and no more (what was
 * left out is counted), control characters made visible so that no line forges another.
 */
import type { Logger } from '../../util/log.js';
import type { Clock } from '../../util/timers.js';

const LINE_MAX = 2048;
/** Lines that are logged within WINDOW_MS. */
const LINES = 200;
const WINDOW_MS = 10_000;
const LF = 0x0a;

export class StderrLog {
  private partial = '';
  private isCut = false;
  private windowEnd = 0;
  private count = 0;
  private leftOut = 0;

  constructor(
    private readonly log: Logger,
    private readonly clock: Clock,
  ) {}

  push(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(LF, from);
      const to = end < 0 ? chunk.length : end;
      if (this.partial.length < LINE_MAX) this.partial += chunk.toString('latin1', from, Math.min(to, from + LINE_MAX));
      if (this.partial.length > LINE_MAX || to - from > LINE_MAX) this.isCut = true;
      if (end >= 0) this.endLine();
      from = to + 1;
    }
  }

  /** The stream has ended: what was begun and what was left out are logged too. */
  end(): void {
    if (this.partial !== '') this.endLine();
    this.tellLeftOut();
  }

  private endLine(): void {
    const line = this.partial;
    const isCut = this.isCut;
    this.partial = '';
    this.isCut = false;
    const now = this.clock.nowMs();
    if (now >= this.windowEnd) {
      this.windowEnd = now + WINDOW_MS;
      this.count = 0;
      this.tellLeftOut();
    }
    if (this.count >= LINES) {
      this.leftOut += 1;
      return;
    }
    this.count += 1;
    this.log.info({ stream: 'stderr' }, printable(line.slice(0, LINE_MAX)) + (isCut ? ' [cut]' : ''));
  }

  private tellLeftOut(): void {
    if (this.leftOut === 0) return;
    this.log.warn({ stream: 'stderr', lines: this.leftOut }, 'lines of stderr were left out: too many');
    this.leftOut = 0;
  }
}

/** Octets (as Latin-1 text) of UTF-8 -> text with its control characters as \xNN. */
function printable(octets: string): string {
  const text = Buffer.from(octets, 'latin1').toString('utf8').replace(/\r$/, '');
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) =>
    c === '\t' ? ' ' : `\\x${c.codePointAt(0)!.toString(16).padStart(2, '0')}`,
  );
}
