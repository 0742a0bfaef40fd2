/**
 * What waits for a helper's stdin, bounded in octets, and what gives way when the helper reads too slowly: above the mark
 * its sources are asked to pause; after `stallSeconds` without reading, at the bound, or when it has never read, updates
 * and events are dropped by whole lines and counted, and it is told when it reads again. Answers are kept for a helper
 * that reads; for one that does not, beyond a share of the bound, they are counted. Equal answers in a row are stored
 * once. The pipe is behind Sink (child.ts); what a caught-up helper is told is left to the observer.
 *
 * Clever for speed (test/bench/update-events.ts): lines are copied one behind the other into large blocks, which go to the
 * pipe as they are and are used again.
 */
import type { Clock, RunningTimer } from '../../util/timers.js';
import type { LineKind } from './types.js';

/** Where octets go. */
export interface Sink {
  /**
   * Writes all of it, at once or later; called again only after `done`. The octets are valid until then, or until it
   * returns when it returns true.
   * @param done called when the system took all of it later; not when true is returned
   * @returns true when the system took all of it at once
   */
  write(bytes: Buffer, done: () => void): boolean;
  /** Octets that the system holds and the helper has not read, where that can be known. */
  unread?(): number | undefined;
}

/** Told by the queue. */
export interface QueueObserver {
  onPressure(sources: readonly string[], isAbove: boolean): void;
  onCaughtUp(count: number): void;
  /** Answers fill the queue of a helper that reads (true), or no longer do: its lines wait meanwhile. */
  onAnswersFull(isFull: boolean): void;
  /** Events are dropped from now on, for the log. */
  onOverflow(reason: string): void;
}

export interface QueueLimits {
  readonly bytes: number;
  readonly stallSeconds: number;
}

/** Lines of one kind, as a stretch of a block. Text that came several times in a row is there once. */
interface Segment {
  readonly kind: LineKind;
  readonly block: Buffer;
  from: number;
  to: number;
  repeat: number;
  /** The text of an answer that came alone, to know it when it comes again. */
  text: string | undefined;
}

/** Octets that one segment takes beside its text. */
const SEGMENT_COST = 128;
const BLOCK_OCTETS = 65536;
/** Octets of UTF-8 for one unit of a string, at most. */
const UTF8_MAX = 3;
/** Above this much the peers that feed a helper pause, however large its bound: more would only be memory. */
const PRESSURE_OCTETS = 4 * 1024 * 1024;
/** Octets of one write: many while the helper keeps up; below the size of a page its progress can be seen. */
const WRITE_OCTETS = 65536;
const WRITE_OCTETS_SLOW = 4096;
const LF = 0x0a;

export class StdinQueue {
  private segments: Segment[] = [];
  private head = 0;
  /** Where lines go, and how much of it is taken. */
  private block: Buffer | undefined;
  private blockUsed = 0;
  /** A block that the sink has done with. */
  private spare: Buffer | undefined;
  /** A block that may be used again when the sink is done. */
  private retiring: Buffer | undefined;
  /** Memory of all segments, and of answers among them. */
  private octets = 0;
  private answerOctets = 0;
  private isFlushPlanned = false;
  private isWriting = false;
  private isSlow = false;
  private isClosed = false;
  private hasRead = false;
  private isStalled = false;
  private isAbove = false;
  private isAnswersFull = false;
  /** Events are dropped until the helper reads. */
  private isOverflowing = false;
  private droppedLines = 0;
  private answersNotKept = 0;
  private readonly sources = new Set<string>();
  private stallTimer: RunningTimer | undefined;
  private unreadBefore: number | undefined;
  /** What was handed to the sink begins the line that the first segment goes on with. */
  private isMidLine = false;
  private writtenOctets = 0;
  private inFlightOctets = 0;

  constructor(
    private readonly sink: Sink,
    private readonly limits: QueueLimits,
    private readonly clock: Clock,
    private readonly observer: QueueObserver,
  ) {}

  /** Octets that wait, with those that the sink holds. */
  get queuedOctets(): number {
    return this.octets + this.inFlightOctets;
  }

  /** Answers that a helper which does not read was owed and will not get. */
  get lostAnswers(): number {
    return this.answersNotKept;
  }

  /** Lines of events that were dropped since it last caught up. */
  get lostLines(): number {
    return this.droppedLines;
  }

  /**
   * @param lines whole lines, each with its newline; octets are copied
   * @param source who can be asked to pause
   */
  push(kind: LineKind, lines: string | Uint8Array, source?: string): void {
    if (this.isClosed || lines.length === 0) return;
    if (kind === 'answer' ? !this.admitAnswer(lines) : !this.admitEvent(kind, lines)) return;
    this.append(kind, lines);
    if (kind === 'update' && source !== undefined) this.noteSource(source);
    this.checkPressure();
    if (this.isWriting) return;
    if (this.octets >= BLOCK_OCTETS && kind === 'update') {
      this.flush();
      return;
    }
    if (this.isFlushPlanned) return;
    this.isFlushPlanned = true;
    queueMicrotask(() => this.flush());
  }

  /** Hands the system what it takes now. */
  flush(): void {
    this.isFlushPlanned = false;
    while (!this.isWriting && !this.isClosed && this.head < this.segments.length) {
      if (!this.hasRead) this.probeReading();
      const bytes = this.take(this.isSlow ? WRITE_OCTETS_SLOW : Math.min(WRITE_OCTETS, this.limits.bytes >>> 3));
      this.isWriting = true;
      if (this.sink.write(bytes, () => this.onWritten())) {
        this.isWriting = false;
        this.isSlow = false;
        this.inFlightOctets = 0;
        this.reuse();
      } else {
        this.isSlow = true;
        this.startStallTimer();
      }
    }
    this.checkPressure();
  }

  /** The pipe or the helper is gone: everything is forgotten, everybody may go on. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.segments = [];
    this.head = 0;
    this.block = undefined;
    this.spare = undefined;
    this.retiring = undefined;
    this.octets = 0;
    this.answerOctets = 0;
    this.inFlightOctets = 0;
    this.stallTimer?.cancel();
    this.checkPressure();
  }

  private get mark(): number {
    return this.limits.bytes / 2;
  }

  private get isReading(): boolean {
    return this.hasRead && !this.isStalled;
  }

  private admitAnswer(lines: string | Uint8Array): boolean {
    // Equal answers cost nothing, so that a million of them for a helper that reads only at its end are all kept.
    if (this.isReading || this.answerOctets < this.limits.bytes / 8 || this.isRepeat(lines)) return true;
    this.answersNotKept += countEnds(lines);
    return false;
  }

  private admitEvent(kind: LineKind, lines: string | Uint8Array): boolean {
    const isUpdateLike = kind === 'update' || kind === 'event';
    // Much in one turn: first see what the system takes.
    if (!this.isOverflowing && !this.isWriting && this.queuedOctets + lines.length > this.mark) this.flush();
    if (!this.isOverflowing && isUpdateLike) {
      if (this.queuedOctets + lines.length > this.limits.bytes) this.overflow('its queue is full');
      else if (!this.hasRead && this.queuedOctets > this.mark && !this.probeReading())
        this.overflow('it has never read');
    }
    if (this.isOverflowing && isUpdateLike) {
      this.droppedLines += countEnds(lines);
      return false;
    }
    if (kind === 'state' && this.queuedOctets + lines.length > this.limits.bytes) {
      this.overflow('its queue is full');
      if (this.queuedOctets + lines.length <= this.limits.bytes) return true;
      this.droppedLines += countEnds(lines);
      return false;
    }
    // A shutdown line comes once in a life; older states make room for it.
    if (kind === 'shutdown' && this.queuedOctets > this.limits.bytes) this.dropKinds(['update', 'event', 'state']);
    return true;
  }

  private isRepeat(lines: string | Uint8Array): boolean {
    const last = this.segments.at(-1);
    return last !== undefined && last.text !== undefined && last.text === lines;
  }

  private append(kind: LineKind, lines: string | Uint8Array): void {
    const last = this.head < this.segments.length ? this.segments.at(-1) : undefined;
    if (last !== undefined && kind === 'answer' && this.isRepeat(lines)) {
      last.repeat += 1;
      return;
    }
    const block = this.blockFor(lines);
    const from = this.blockUsed;
    if (typeof lines === 'string') this.blockUsed += block.write(lines, from);
    else {
      block.set(lines, from);
      this.blockUsed += lines.length;
    }
    const to = this.blockUsed;
    if (last !== undefined && last.kind === kind && last.repeat === 1 && last.block === block && last.to === from) {
      last.to = to;
      last.text = undefined;
      this.count(kind, to - from);
      return;
    }
    const text = kind === 'answer' && typeof lines === 'string' ? lines : undefined;
    this.segments.push({ kind, block, from, to, repeat: 1, text });
    this.count(kind, to - from + SEGMENT_COST);
  }

  /** @returns the block that has room for these lines behind `blockUsed` */
  private blockFor(lines: string | Uint8Array): Buffer {
    const { block } = this;
    let size = typeof lines === 'string' ? lines.length * UTF8_MAX : lines.length;
    if (block !== undefined && this.blockUsed + size <= block.length) return block;
    if (typeof lines === 'string') size = Buffer.byteLength(lines);
    if (block !== undefined && this.blockUsed + size <= block.length) return block;
    this.blockUsed = 0;
    if (size <= BLOCK_OCTETS && this.spare !== undefined) {
      this.block = this.spare;
      this.spare = undefined;
    } else this.block = Buffer.allocUnsafeSlow(Math.max(size, BLOCK_OCTETS));
    return this.block;
  }

  /** The sink is done with what it was handed. */
  private reuse(): void {
    if (this.head === this.segments.length) this.blockUsed = 0;
    if (this.retiring !== undefined && this.retiring.length === BLOCK_OCTETS) this.spare = this.retiring;
    this.retiring = undefined;
    if (this.block !== undefined && this.blockUsed === 0 && this.block.length > BLOCK_OCTETS) this.block = undefined;
  }

  private count(kind: LineKind, octets: number): void {
    this.octets += octets;
    if (kind === 'answer') this.answerOctets += octets;
  }

  /** Takes up to `size` octets, but at least one octet, from the front. */
  private take(size: number): Buffer {
    const pieces: Buffer[] = [];
    let left = size;
    // A block goes out as it is; the next one is not worth copying both for.
    while (left > 0 && this.head < this.segments.length && (pieces.length === 0 || left > size / 2)) {
      const segment = this.segments[this.head]!;
      left -= segment.repeat > 1 ? this.takeRepeated(segment, left, pieces) : this.takeStretch(segment, left, pieces);
    }
    if (this.head > 256 && this.head * 2 > this.segments.length) {
      this.segments = this.segments.slice(this.head);
      this.head = 0;
    }
    if (this.head === this.segments.length) {
      this.segments = [];
      this.head = 0;
    }
    const taken = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    this.isMidLine = taken[taken.length - 1] !== LF;
    this.writtenOctets += taken.length;
    this.inFlightOctets = taken.length;
    return taken;
  }

  /** All but the last time; the last one then goes the usual way. @returns octets taken */
  private takeRepeated(segment: Segment, left: number, pieces: Buffer[]): number {
    const { block, from, to } = segment;
    const times = Math.max(1, Math.min(segment.repeat - 1, Math.floor(left / (to - from))));
    const once = block.subarray(from, to);
    pieces.push(times === 1 ? once : Buffer.alloc(times * once.length, once));
    segment.repeat -= times;
    return times * once.length;
  }

  /** Segments that stand one behind the other in a block. @returns octets taken */
  private takeStretch(first: Segment, left: number, pieces: Buffer[]): number {
    const { block, from } = first;
    let to = from;
    while (this.head < this.segments.length) {
      const segment = this.segments[this.head]!;
      if (segment.block !== block || segment.from !== to || segment.repeat > 1) break;
      const octets = Math.min(segment.to - segment.from, left - (to - from));
      to += octets;
      segment.from = to;
      segment.text = undefined;
      this.count(segment.kind, -octets);
      if (segment.from < segment.to) break;
      this.count(segment.kind, -SEGMENT_COST);
      this.head += 1;
      if (block !== this.block && block !== this.segments[this.head]?.block) this.retiring = block;
    }
    pieces.push(block.subarray(from, to));
    return to - from;
  }

  /** The system took what waited in the sink: the helper reads. */
  private onWritten(): void {
    if (this.isClosed) return;
    this.isWriting = false;
    this.inFlightOctets = 0;
    this.reuse();
    this.hasRead = true;
    this.isStalled = false;
    this.stallTimer?.cancel();
    this.stallTimer = undefined;
    this.flush();
    if (!this.isOverflowing || this.queuedOctets > this.mark / 4) return;
    this.isOverflowing = false;
    const count = this.droppedLines;
    this.droppedLines = 0;
    this.observer.onCaughtUp(count);
  }

  private startStallTimer(): void {
    this.unreadBefore = this.sink.unread?.();
    this.stallTimer = this.clock.start(this.limits.stallSeconds * 1000, () => this.onStallTimer());
  }

  private onStallTimer(): void {
    const before = this.unreadBefore;
    this.startStallTimer();
    // Less than a page was read: the system does not take more yet, but it is life.
    if (before !== undefined && this.unreadBefore !== undefined && this.unreadBefore < before) {
      this.hasRead = true;
      this.isStalled = false;
      return;
    }
    this.isStalled = true;
    if ((this.isAbove || this.queuedOctets > this.mark) && !this.isOverflowing) this.overflow(this.whyNotReading());
    this.checkPressure();
  }

  private whyNotReading(): string {
    return this.hasRead ? `it has read nothing for ${this.limits.stallSeconds} s` : 'it has never read';
  }

  /** Has it read anything, though the pipe was never full? */
  private probeReading(): boolean {
    const unread = this.sink.unread?.();
    if (unread !== undefined && unread < this.writtenOctets - this.inFlightOctets) this.hasRead = true;
    return this.hasRead;
  }

  private overflow(reason: string): void {
    const wasOverflowing = this.isOverflowing;
    this.isOverflowing = true;
    this.dropKinds(['update']);
    if (this.queuedOctets > this.mark) this.dropKinds(['event']);
    if (this.queuedOctets > this.mark && wasOverflowing) this.dropKinds(['state']);
    if (!wasOverflowing) this.observer.onOverflow(reason);
    this.checkPressure();
  }

  /** Takes out whole lines; what a line that was begun still needs stays. What stays moves, so that no block is kept for it. */
  private dropKinds(kinds: readonly LineKind[]): void {
    const kept: Segment[] = [];
    let isMidLine = this.isMidLine;
    for (const segment of this.segments.slice(this.head)) {
      const { block, from, to, repeat } = segment;
      const end = isMidLine ? block.indexOf(LF, from) + 1 : from;
      isMidLine = false;
      if (!kinds.includes(segment.kind)) kept.push(segment);
      else {
        this.droppedLines += countEnds(block.subarray(end, to)) * repeat;
        if (end > from) kept.push({ ...segment, to: end, repeat: 1 });
      }
    }
    this.segments = [];
    this.head = 0;
    this.octets = 0;
    this.answerOctets = 0;
    this.block = undefined;
    for (const segment of kept) this.moveBack(segment);
  }

  private moveBack(segment: Segment): void {
    const { kind, block, from, to } = segment;
    const lines = block.subarray(from, to);
    const target = this.blockFor(lines);
    target.set(lines, this.blockUsed);
    this.segments.push({ ...segment, block: target, from: this.blockUsed, to: this.blockUsed + lines.length });
    this.blockUsed += lines.length;
    this.count(kind, lines.length + SEGMENT_COST);
  }

  private noteSource(source: string): void {
    if (this.sources.has(source)) return;
    this.sources.add(source);
    if (this.isAbove) this.observer.onPressure([source], true);
  }

  /** Pauses and releases whoever fills the queue. */
  private checkPressure(): void {
    const isHeld = !this.isClosed && !this.isOverflowing;
    const mark = this.hasRead ? Math.min(this.mark, PRESSURE_OCTETS) : this.mark;
    const isAbove = isHeld && this.queuedOctets > (this.isAbove ? mark / 2 : mark);
    if (isAbove !== this.isAbove) {
      this.isAbove = isAbove;
      const sources = [...this.sources];
      if (!isAbove) this.sources.clear();
      if (sources.length > 0) this.observer.onPressure(sources, isAbove);
    }
    const share = this.isAnswersFull ? this.limits.bytes / 4 : this.limits.bytes / 2;
    const isFull = !this.isClosed && this.isReading && this.answerOctets > share;
    if (isFull !== this.isAnswersFull) {
      this.isAnswersFull = isFull;
      this.observer.onAnswersFull(isFull);
    }
  }
}

/** Line ends of text or octets. */
function countEnds(lines: string | Uint8Array): number {
  let count = 0;
  if (typeof lines === 'string')
    for (let at = lines.indexOf('\n'); at >= 0; at = lines.indexOf('\n', at + 1)) count += 1;
  else for (let at = lines.indexOf(LF); at >= 0; at = lines.indexOf(LF, at + 1)) count += 1;
  return count;
}
