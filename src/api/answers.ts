/**
 * The answers of one requester: in the order of its lines, whatever comes later (`sync`, listings, reload). Commands run at
 * once, only answers wait. What is said within one batch of lines is written together. When too many answers are owed the
 * requester is paused. How an answer looks is left to answer-form.ts.
 */
import type { AnswerForm } from './answer-form.js';
import type { Completion, LaterAnswer } from './command/types.js';
import type { Requester } from './requester.js';

/** Answers that may wait before the requester's lines do. */
export const MAX_OWED_ANSWERS = 10_000;
const WRITE_CHARACTERS = 65_536;

interface Slot {
  readonly form: AnswerForm | undefined;
  readonly skipped: readonly string[];
  text: string;
  /** Answers in the text, or 1 for the one that comes. */
  owed: number;
  isDone: boolean;
  /** Not started yet: its turn has to come. */
  waiting: LaterAnswer | undefined;
  cancel: (() => void) | undefined;
}

export class Answers {
  private readonly slots: Slot[] = [];
  private head = 0;
  private owed = 0;
  private isPaused = false;
  private isAdvancing = false;
  private isClosed = false;
  /** What is to be written: this text, then the last answer so often. */
  private buffer = '';
  private repeated = '';
  private times = 0;
  private isArmed = false;
  private onIdle: (() => void) | undefined;

  /** @param onBatch called once after each batch of lines, before its answers are written */
  constructor(
    private readonly requester: Requester,
    private readonly onBatch: () => void = () => undefined,
  ) {}

  /** Text of a whole answer (may be empty: answers are off), behind all that is owed. */
  give(text: string): void {
    if (this.head === this.slots.length) {
      this.out(text);
      return;
    }
    const tail = this.slots[this.slots.length - 1]!;
    if (tail.isDone) {
      tail.text += text;
      tail.owed++;
    } else
      this.slots.push({
        form: undefined,
        skipped: [],
        text,
        owed: 1,
        isDone: true,
        waiting: undefined,
        cancel: undefined,
      });
    this.owe(1);
  }

  /** An answer that comes later. @param text lines said already @param skipped neighbors left out */
  giveLater(text: string, form: AnswerForm, skipped: readonly string[], later: LaterAnswer): void {
    const slot: Slot = { form, skipped, text, owed: 1, isDone: false, waiting: later, cancel: undefined };
    this.slots.push(slot);
    this.owe(1);
    if (!later.startsInTurn) this.start(slot);
    this.advance();
  }

  /** Ends all that still waits with an error (`reset`). */
  dropWaiting(reason: string): void {
    for (let i = this.head; i < this.slots.length; i++) {
      const slot = this.slots[i]!;
      if (slot.isDone) continue;
      slot.cancel?.();
      slot.cancel = undefined;
      slot.waiting = undefined;
      slot.text += slot.form!.error(reason, undefined);
      slot.isDone = true;
    }
    this.advance();
  }

  /** Calls back once when no answer is owed and all is written; at once when that is so. */
  whenIdle(callback: () => void): void {
    if (this.head < this.slots.length) this.onIdle = callback;
    else {
      this.flush();
      callback();
    }
  }

  /** The requester is gone: nothing more is written. */
  close(): void {
    this.isClosed = true;
    for (let i = this.head; i < this.slots.length; i++) this.slots[i]!.cancel?.();
    this.slots.length = 0;
    this.head = 0;
    this.buffer = '';
    this.times = 0;
  }

  /** Writes what was said so far, now. */
  flush(): void {
    this.isArmed = false;
    if (this.isClosed) return;
    this.onBatch();
    const text = this.buffer + this.repeated.repeat(this.times);
    this.buffer = '';
    this.times = 0;
    if (text !== '') this.requester.write(text);
  }

  private out(text: string): void {
    if (text !== this.repeated) {
      this.buffer += this.repeated.repeat(this.times);
      this.repeated = text;
      this.times = 0;
    }
    this.times++;
    if (this.buffer.length + this.times * text.length >= WRITE_CHARACTERS) this.flush();
    if (this.isArmed) return;
    this.isArmed = true;
    queueMicrotask(() => this.flush());
  }

  private owe(count: number): void {
    this.owed += count;
    if (this.owed < MAX_OWED_ANSWERS || this.isPaused) return;
    this.isPaused = true;
    this.requester.pause();
  }

  private start(slot: Slot): void {
    const later = slot.waiting!;
    slot.waiting = undefined;
    const form = slot.form!;
    const say = (text: string): void => {
      if (slot.isDone || this.isClosed) return;
      if (this.slots[this.head] === slot) this.out(text);
      else slot.text += text;
    };
    const end = (text: string): void => {
      if (slot.isDone || this.isClosed) return;
      say(text);
      slot.isDone = true;
      slot.cancel = undefined;
      this.advance();
    };
    const completion: Completion = {
      line: (text) => say(form.line(text)),
      data: (json) => say(form.data(json)),
      done: () => end(form.done(slot.skipped)),
      fail: (reason) => end(form.error(reason, undefined)),
      isFull: () => this.requester.isFull?.() ?? false,
      onDrain: (callback) => this.requester.onDrain?.(callback),
    };
    const cancel = later.start(completion);
    if (!slot.isDone) slot.cancel = cancel;
  }

  /** Writes answers whose turn has come; starts a listing whose turn has come. */
  private advance(): void {
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    while (this.head < this.slots.length) {
      const slot = this.slots[this.head]!;
      if (slot.text !== '') {
        this.out(slot.text);
        slot.text = '';
      }
      if (!slot.isDone && slot.waiting !== undefined) this.start(slot);
      if (!slot.isDone) break;
      if (slot.text !== '') continue;
      this.head++;
      this.owed -= slot.owed;
    }
    if (this.head === this.slots.length || this.head >= 1024) {
      this.slots.splice(0, this.head);
      this.head = 0;
    }
    this.isAdvancing = false;
    if (this.slots.length === 0 && this.onIdle !== undefined) {
      const callback = this.onIdle;
      this.onIdle = undefined;
      this.flush();
      callback();
    }
    if (!this.isPaused || this.owed > MAX_OWED_ANSWERS / 2) return;
    this.isPaused = false;
    this.requester.resume();
  }
}
