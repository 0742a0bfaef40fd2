/**
 * What comes in on one TCP connection, in order: messages as input.ts hands them out, and behind those that still wait the
 * end of TCP and the verdict of the hold timer. Reading can be paused; unread input counts as life then. What messages
 * mean is left to received-messages.ts. RFC 4271 section 6.5.
 */
import type { Clock } from '../util/timers.js';
import type { NotificationError } from '../wire/errors.js';
import { MAX_EXTENDED_MESSAGE_SIZE } from '../wire/message.js';
import type { ConnectionTimers } from './connection-timers.js';
import { Input, type InputReader } from './input.js';
import type { Scheduler } from './sender.js';
import type { Transport, TransportFailure } from './transport.js';

/** Told by a stream. Never called after `end`. */
export interface StreamReader {
  /** Messages follow, all in one turn. */
  onTurn(): void;
  /** A whole message: a view, valid during the call only. */
  onMessage(type: number, message: Uint8Array): void;
  /** What came is no message (RFC 4271 section 6.1), or `onMessage` threw: nothing more is read. */
  onError(error: NotificationError): void;
  /** TCP has ended, and nothing that came before will be read any more. */
  onEnd(failure: TransportFailure): void;
  /** The hold timer ran out, and nothing that came in time restarts it. */
  onHoldExpired(): void;
}

export class ReceivedStream implements InputReader {
  private readonly input: Input;
  private isOver = false;
  private isPaused = false;
  /** The hold timer ran out while input waited: what is read next decides. */
  private isHoldDue = false;
  /** TCP has ended behind input that waits. */
  private failure: TransportFailure | undefined;

  /** @param timers of the connection @param transport is paused and resumed */
  constructor(
    private readonly transport: Transport,
    private readonly timers: ConnectionTimers,
    private readonly clock: Clock,
    scheduler: Scheduler,
    private readonly reader: StreamReader,
  ) {
    this.input = new Input(scheduler, this);
  }

  /** @param chunk is kept until it is read */
  push(chunk: Uint8Array): void {
    this.input.push(chunk);
  }

  /** The neighbor may know from our OPEN that we understand these. */
  allow(extendedMessages: boolean, operational: boolean): void {
    // RFC 8654 section 4: who says it must take large messages; OPEN and KEEPALIVE stay small.
    if (extendedMessages) this.input.framer.maxMessageSize = MAX_EXTENDED_MESSAGE_SIZE;
    this.input.framer.takesOperational = operational;
  }

  /** Nothing is read until `resume`. */
  pause(): void {
    this.isPaused = true;
    this.input.pause();
    this.transport.pause();
    if (this.isHoldDue) this.timers.restartHold();
    this.isHoldDue = false;
    // Not in the turn of whoever pauses us. What waits is lost: nobody can say when it would be read.
    if (this.failure !== undefined)
      this.clock.start(0, () => this.failure !== undefined && this.reader.onEnd(this.failure));
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.timers.isRunning('hold')) this.timers.restartHold();
    if (this.input.isWaiting) this.input.resume();
    else this.drained();
  }

  /** TCP has ended: what the neighbor said last comes first. */
  tcpEnded(failure: TransportFailure): void {
    if (this.input.isWaiting && !this.isPaused) this.failure = failure;
    else this.reader.onEnd(failure);
  }

  /**
   * Timers run before sockets are read: input that waited while the process was busy gets one more turn. Input that waits
   * for its share of a turn is read first: the KEEPALIVE may be in it. While we do not read there is nothing to judge by.
   */
  holdTimerExpired(): void {
    if (this.isPaused) {
      this.timers.restartHold();
      return;
    }
    this.clock.start(0, () => {
      if (this.isOver || this.timers.isRunning('hold')) return;
      if (this.input.isWaiting) this.isHoldDue = true;
      else this.reader.onHoldExpired();
    });
  }

  /** The connection is over: what waits is thrown away. */
  end(): void {
    this.isOver = true;
    this.failure = undefined;
    this.input.end();
  }

  // What the input tells (InputReader).

  begin(): void {
    this.reader.onTurn();
  }

  receive(type: number, message: Uint8Array): void {
    this.reader.onMessage(type, message);
  }

  failed(error: NotificationError): void {
    this.reader.onError(error);
  }

  full(): void {
    this.transport.pause();
  }

  drained(): void {
    this.input.resume();
    if (this.failure !== undefined) {
      this.reader.onEnd(this.failure);
      return;
    }
    if (this.isHoldDue) {
      this.isHoldDue = false;
      if (!this.timers.isRunning('hold')) {
        this.reader.onHoldExpired();
        return;
      }
    }
    this.transport.resume();
  }
}
