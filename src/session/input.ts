/**
 * What a neighbor sent and was not read yet: octets wait here for their share of a turn, so that a neighbor's table delays
 * nobody's timers, and are handed on message by message. Reading from the socket pauses while much waits. What messages
 * mean is left to received-messages.ts, what waiting input says of the hold timer to received-stream.ts.
 */
import type { TurnTask } from '../util/turn.js';
import { NotificationError } from '../wire/errors.js';
import { Framer } from '../wire/framer.js';
import type { Scheduler } from './sender.js';

/** Told by an input, in turns of its own. */
export interface InputReader {
  /** Messages follow, all in one turn. */
  begin(): void;
  /** A whole message: a view, valid during the call only. */
  receive(type: number, message: Uint8Array): void;
  /** What came is no message (RFC 4271 section 6.1), or `receive` threw: nothing more is read. */
  failed(error: NotificationError): void;
  /** Much waits: nothing should be added before `drained`. */
  full(): void;
  /** Everything that waited was read. */
  drained(): void;
}

/** Octets that may wait before reading from the socket pauses: one chunk of a busy socket. */
const READ_AHEAD_OCTETS = 64 * 1024;
/** The clock is looked at after so many octets of messages; each message counts for some more than it has. */
const LOOK_OCTETS = 4096;
const MESSAGE_COST = 128;

export class Input implements TurnTask {
  readonly framer = new Framer();
  private isPaused = false;
  private isOver = false;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly reader: InputReader,
  ) {
    this.framer.hold();
  }

  /** Some of the stream waits to be read. */
  get isWaiting(): boolean {
    return this.framer.hasHeld;
  }

  /** @param chunk is kept until it is read */
  push(chunk: Uint8Array): void {
    if (this.isOver) return;
    this.framer.push(chunk, NOBODY);
    if (this.framer.heldOctets >= READ_AHEAD_OCTETS) this.reader.full();
    if (!this.isPaused) this.scheduler.schedule(this);
  }

  /** Nothing more is read until `resume`, not even of the chunk at hand. */
  pause(): void {
    this.isPaused = true;
    this.framer.hold();
  }

  /** Goes on in a turn of its own: whoever lets us go on is not told of messages meanwhile. */
  resume(): void {
    this.isPaused = false;
    if (this.isWaiting) this.scheduler.schedule(this);
  }

  /** The connection is over: what waits is thrown away. */
  end(): void {
    this.isOver = true;
    this.framer.stop();
  }

  step(deadlineMs: number): boolean {
    if (this.isOver || this.isPaused) return false;
    let octets = 0;
    this.reader.begin();
    try {
      this.framer.goOn((type, message) => {
        this.reader.receive(type, message);
        octets += message.length + MESSAGE_COST;
        if (octets < LOOK_OCTETS) return !this.isOver;
        octets = 0;
        if (performance.now() >= deadlineMs) this.framer.hold();
        return !this.isOver;
      });
    } catch (error) {
      if (!(error instanceof NotificationError)) throw error;
      if (!this.isOver) this.reader.failed(error);
    }
    if (this.isOver || this.isPaused) return false;
    this.framer.hold();
    if (this.isWaiting) return true;
    this.reader.drained();
    return false;
  }
}

const NOBODY = (): boolean => true;
