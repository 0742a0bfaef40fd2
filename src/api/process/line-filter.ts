/**
 * Octets of a helper's stdout -> slices of whole lines that a line reader may have. `\n` is the only line end; lines
 * over the bound and lines with invalid octets come out as what is wrong with them. Complete lines wait here as octets,
 * the incomplete last one apart, so that a line in a million small pieces costs no more than its length. Cutting the
 * slices into lines and the budget of a turn are left to line-reader.ts.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { Writer } from '../../util/bytes.js';

/** Octets of a line, its end not counted. */
export const LINE_MAX = 1 << 20;
/** Octets of lines that are handed out at once: some hundred lines, well below the budget of a turn. */
const SLICE = 8192;
/** Memory that is kept for the line that has no end yet. */
const PARTIAL = 1024;

const LF = 0x0a;
const CR = 0x0d;

/** What waits: lines for readline; one line that readline would split; a line that is none. */
export type Slice =
  | { readonly kind: 'lines'; readonly bytes: Buffer }
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** Ends of lines to readline, but not to us. */
const READLINE_ENDS = /[\r\u2028\u2029]/;
/** C1 controls: no text of a command has them (NEL, U+0085, is one). */
const CONTROLS = /[\u0080-\u009f]/;

export class LineFilter {
  /** Whole lines, and reasons of dropped ones, in order. */
  private waiting: (Buffer | string)[] = [];
  /** The first of `waiting` that is not done, and where it goes on. */
  private head = 0;
  private offset = 0;
  /** The line that has no end yet. */
  private partial = new Writer(PARTIAL);
  private isDroppingLine = false;
  /** Octets of `waiting`. */
  private octets = 0;

  /** @param lineMax octets of a line that are still accepted */
  constructor(private readonly lineMax = LINE_MAX) {}

  /** Octets of whole lines that wait. */
  get waitingOctets(): number {
    return this.octets;
  }

  get isEmpty(): boolean {
    return this.head === this.waiting.length;
  }

  /** Takes a chunk; keeps views of it. */
  push(chunk: Buffer): void {
    let from = 0;
    if (this.isDroppingLine || this.partial.length > 0) {
      const end = chunk.indexOf(LF);
      if (end < 0) {
        this.keepPartial(chunk);
        return;
      }
      this.keepPartial(chunk.subarray(0, end));
      this.endPartial();
      from = end + 1;
    }
    const last = chunk.lastIndexOf(LF);
    if (last >= from) {
      this.add(chunk.subarray(from, last + 1));
      from = last + 1;
    }
    if (from < chunk.length) this.keepPartial(chunk.subarray(from));
  }

  /** The stream has ended: a last line without end counts when `isWhole`. @returns whether one was thrown away */
  end(isWhole: boolean): boolean {
    const hasPartial = this.isDroppingLine || this.partial.length > 0;
    if (hasPartial && isWhole) this.endPartial();
    this.partial.reset();
    this.isDroppingLine = false;
    return hasPartial && !isWhole;
  }

  private keepPartial(bytes: Buffer): void {
    if (this.isDroppingLine) return;
    if (this.partial.length + bytes.length > this.lineMax + 1) {
      this.isDroppingLine = true;
      this.partial = new Writer(PARTIAL);
    } else this.partial.bytes(bytes);
  }

  private endPartial(): void {
    // One octet more than the bound was kept, so that a carriage return at the end does not count.
    const isTooLong =
      this.isDroppingLine ||
      (this.partial.length > this.lineMax && this.partial.view()[this.partial.length - 1] !== CR);
    if (isTooLong) this.waiting.push(`line is longer than ${this.lineMax} octets`);
    else if (this.partial.length > 0) this.add(Buffer.from(this.partial.u8(LF).view()));
    else this.add(Buffer.from('\n'));
    this.isDroppingLine = false;
    if (this.partial.length > PARTIAL) this.partial = new Writer(PARTIAL);
    else this.partial.reset();
  }

  private add(bytes: Buffer): void {
    // A chunk may be longer than the bound on lines when that is small: then look at each line.
    if (bytes.length > this.lineMax) this.addChecked(bytes);
    else {
      this.waiting.push(bytes);
      this.octets += bytes.length;
    }
  }

  private addChecked(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(LF, from);
      const length = end - from - (end > from && bytes[end - 1] === CR ? 1 : 0);
      if (length > this.lineMax) this.waiting.push(`line is longer than ${this.lineMax} octets`);
      else {
        this.waiting.push(bytes.subarray(from, end + 1));
        this.octets += end + 1 - from;
      }
      from = end + 1;
    }
  }

  /** @returns what comes next, or undefined when nothing waits */
  next(): Slice | undefined {
    const first = this.waiting[this.head];
    if (first === undefined) return undefined;
    if (typeof first === 'string') {
      this.takeHead();
      return { kind: 'bad', reason: first };
    }
    let end = first.length;
    if (end - this.offset > SLICE) end = first.lastIndexOf(LF, this.offset + SLICE) + 1;
    if (end <= this.offset) end = first.indexOf(LF, this.offset) + 1;
    const bytes = first.subarray(this.offset, end);
    if (isAscii(bytes) && !bytes.includes(CR) && !bytes.includes(0)) {
      this.advance(end);
      return { kind: 'lines', bytes };
    }
    return this.nextOddLine(first);
  }

  /** One line at a time where anything but plain ASCII is near. */
  private nextOddLine(first: Buffer): Slice {
    const end = first.indexOf(LF, this.offset);
    const bytes = first.subarray(this.offset, end);
    this.advance(end + 1);
    if (bytes.includes(0)) return { kind: 'bad', reason: 'line holds an octet 0x00' };
    if (!isUtf8(bytes)) return { kind: 'bad', reason: 'line is not valid UTF-8' };
    let text = bytes.toString();
    if (text.endsWith('\r')) text = text.slice(0, -1);
    if (CONTROLS.test(text)) return { kind: 'bad', reason: 'line holds a control character' };
    if (READLINE_ENDS.test(text)) return { kind: 'line', text };
    return { kind: 'lines', bytes: first.subarray(end - bytes.length, end + 1) };
  }

  private advance(to: number): void {
    const first = this.waiting[this.head] as Buffer;
    this.octets -= to - this.offset;
    this.offset = to;
    if (to < first.length) return;
    this.offset = 0;
    this.takeHead();
  }

  private takeHead(): void {
    this.waiting[this.head++] = '';
    if (this.head < this.waiting.length && this.head < 1024) return;
    this.waiting = this.waiting.slice(this.head);
    this.head = 0;
  }

  /** Throws away what waits, but not the line that has no end yet. @returns how many lines that were */
  drop(): number {
    let count = 0;
    for (let i = this.head; i < this.waiting.length; i++) {
      const item = this.waiting[i]!;
      if (typeof item === 'string') count += 1;
      else count += countLines(i === this.head ? item.subarray(this.offset) : item);
    }
    this.waiting = [];
    this.head = 0;
    this.offset = 0;
    this.octets = 0;
    return count;
  }
}

/** Number of line ends. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count += 1;
  return count;
}
