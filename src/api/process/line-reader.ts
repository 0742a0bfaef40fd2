/**
 * A helper's lines, in order, within the budget of a turn. Octets come in whenever the pipe has some and wait in the
 * filter; slices of whole lines then go synchronously through node:readline. Handling can be paused and what waits can be
 * thrown away in the middle of a slice. The pipe is left to the caller, who reads on while `hasRoom`.
 */
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import type { TurnScheduler, TurnTask } from '../../util/turn.js';
import type { LineOctets } from '../line-octets.js';
import { countLines, LineFilter } from './line-filter.js';

const LF = 0x0a;
/** Octets that may wait before the pipe is no longer read. */
const ROOM = 1 << 20;

/** Told in order, synchronously, from a turn's budget. */
export interface LineHandler {
  /** @param octets where its octets stand; undefined: nowhere any more */
  onLine(line: string, octets: LineOctets | undefined): void;
  onBadLine(reason: string): void;
  /** Some lines were handled, and other work comes next: their answers had better not wait for it. */
  onBatch(): void;
  /** There is room again after `push` said that there is none. */
  onRoom(): void;
  /** The stream had ended and its last line was handled. */
  onEnd(): void;
}

/** As little of a stream as readline needs. */
class Feed extends EventEmitter {
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }
}

export class LineReader implements TurnTask {
  private readonly filter: LineFilter;
  private readonly feed = new Feed();
  private readonly lines;
  /** Lines that readline cut while handling was paused. */
  private held: string[] = [];
  private heldDone = 0;
  private isPaused = false;
  private isFull = false;
  private hasEnded = false;
  private isClosed = false;
  /** The slice that readline is cutting, where the next line of it begins, and what became of it. */
  private slice: Buffer | undefined;
  private readonly octets: LineOctets = { bytes: new Uint8Array(0), from: 0, to: -1 };
  private sliceDone = 0;
  private isSliceDropped = false;

  /** @param lineMax octets of a line that are still accepted */
  constructor(
    private readonly scheduler: TurnScheduler,
    private readonly handler: LineHandler,
    lineMax?: number,
  ) {
    this.filter = new LineFilter(lineMax);
    this.lines = createInterface({
      input: this.feed as unknown as NodeJS.ReadableStream,
      terminal: false,
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    this.lines.on('line', (line) => this.onCut(line));
  }

  /** Takes octets. @returns false when the caller should read no more until `onRoom` */
  push(chunk: Buffer): boolean {
    if (this.hasEnded) return true;
    this.filter.push(chunk);
    if (this.filter.waitingOctets >= ROOM) this.isFull = true;
    if (!this.filter.isEmpty && !this.isPaused) this.scheduler.scheduleNow(this);
    return !this.isFull;
  }

  /**
   * No more octets will come.
   * @param isWhole a last line without newline counts
   * @returns whether such a line was thrown away
   */
  end(isWhole: boolean): boolean {
    if (this.hasEnded) return false;
    this.hasEnded = true;
    const isLost = this.filter.end(isWhole);
    this.schedule();
    return isLost;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.schedule();
  }

  /** Throws away every complete line that was read and not handled. @returns how many */
  drop(): number {
    let count = this.held.length - this.heldDone + this.filter.drop();
    this.clearHeld();
    if (this.slice !== undefined && !this.isSliceDropped) {
      count += countLines(this.slice) - this.sliceDone;
      this.isSliceDropped = true;
    }
    this.tellRoom();
    return count;
  }

  private schedule(): void {
    if (!this.isPaused) this.scheduler.schedule(this);
  }

  /** One turn's work, see TurnTask. */
  step(deadlineMs: number): boolean {
    const hasMore = this.work(deadlineMs);
    // In a quiet turn the routes go first: the answer comes right behind them all the same.
    if (hasMore || this.scheduler.isBusy) this.handler.onBatch();
    return hasMore;
  }

  private work(deadlineMs: number): boolean {
    do {
      if (this.isPaused) return false;
      if (this.held.length > 0) this.flushHeld();
      else if (!this.handleNext()) {
        this.finish();
        return false;
      }
      this.tellRoom();
    } while (performance.now() < deadlineMs);
    return true;
  }

  private handleNext(): boolean {
    const next = this.filter.next();
    if (next === undefined) return false;
    if (next.kind === 'bad') this.handler.onBadLine(next.reason);
    else if (next.kind === 'line') this.handler.onLine(next.text, undefined);
    else {
      this.slice = next.bytes;
      this.octets.bytes = next.bytes;
      this.octets.to = -1;
      this.sliceDone = 0;
      this.isSliceDropped = false;
      try {
        this.feed.emit('data', next.bytes);
      } finally {
        this.slice = undefined;
      }
    }
    return true;
  }

  private onCut(line: string): void {
    this.sliceDone += 1;
    const { octets } = this;
    octets.from = octets.to + 1;
    octets.to = octets.from + line.length;
    if (this.isSliceDropped) return;
    if (this.isPaused || this.held.length > 0) this.held.push(line);
    // Beyond ASCII a line has more octets than characters; such lines come alone.
    else this.handler.onLine(line, octets.bytes[octets.to] === LF ? octets : undefined);
  }

  private flushHeld(): void {
    // A handler may pause, and may throw away what is held.
    while (!this.isPaused && this.heldDone < this.held.length)
      this.handler.onLine(this.held[this.heldDone++]!, undefined);
    if (this.heldDone === this.held.length) this.clearHeld();
  }

  private clearHeld(): void {
    this.held = [];
    this.heldDone = 0;
  }

  private tellRoom(): void {
    if (!this.isFull || this.filter.waitingOctets >= ROOM / 2) return;
    this.isFull = false;
    this.handler.onRoom();
  }

  private finish(): void {
    if (!this.hasEnded || this.isClosed) return;
    this.isClosed = true;
    this.lines.close();
    this.handler.onEnd();
  }
}
