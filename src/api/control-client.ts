/**
 * One connection of a control client: its lines go through a dispatcher like a helper's, its answers come back in order.
 * A client that does not read its answers is not read either. Where connections come from is left to control-socket.ts
 * and control-pipes.ts.
 */
import { CONTROL_OWNER } from '../rib/types.js';
import type { ApiContext } from './context.js';
import { Dispatcher } from './dispatch.js';
import { type LineHandler, LineReader } from './process/line-reader.js';
import type { AckMode, Requester } from './requester.js';

/** Octets that wait to be read by the client before a listing stops, and before its own lines wait. */
const LISTING_OCTETS = 256 * 1024;
const LINES_OCTETS = 1024 * 1024;

/** The writing half of a connection. */
export interface AnswerSink {
  /** Octets that the other side has not taken. */
  readonly waitingOctets: number;
  write(text: string): void;
  /** Calls back once when nothing waits any more. */
  onceDrained(callback: () => void): void;
}

/** Lines in, answers out. */
export class ControlClient {
  private readonly dispatcher: Dispatcher;
  private readonly reader: LineReader;
  private isOwing = false;
  private isBehind = false;
  private isCut = false;

  /**
   * @param name for the log
   * @param enabledAck `error` with or without reasons
   * @param onRoom more input can be taken
   * @param onFinished the input had ended and everything is answered
   */
  constructor(
    context: ApiContext,
    name: string,
    enabledAck: true | 'reasons',
    private readonly sink: AnswerSink,
    onRoom: () => void,
    onFinished: () => void,
  ) {
    const client = this;
    let ack: AckMode = enabledAck;
    const requester: Requester = {
      name,
      process: undefined,
      owner: CONTROL_OWNER,
      dialect: 'exabgp-4',
      strict: false,
      get ack() {
        return ack;
      },
      set ack(mode) {
        ack = mode;
      },
      enabledAck,
      write: (lines) => client.write(lines),
      isFull: () => sink.waitingOctets > LISTING_OCTETS,
      onDrain: (callback) => sink.onceDrained(callback),
      pause() {
        client.isOwing = true;
        client.settle();
      },
      resume() {
        client.isOwing = false;
        client.settle();
      },
    };
    this.dispatcher = new Dispatcher(context, requester);
    const handler: LineHandler = {
      onLine: (line, octets) => this.dispatcher.line(line, octets),
      onBadLine: (reason) => this.dispatcher.badLine(reason),
      onBatch: () => this.dispatcher.endBatch(),
      onRoom,
      onEnd: () => {
        if (this.isCut) this.dispatcher.badLine('the last line has no end');
        this.dispatcher.whenIdle(onFinished);
      },
    };
    this.reader = new LineReader(context.scheduler, handler);
  }

  /** @returns false when no more should be read until `onRoom` */
  push(chunk: Buffer): boolean {
    return this.reader.push(chunk);
  }

  /** The client says no more. A line without its newline may be half of one: it is refused. */
  end(): void {
    this.isCut = this.reader.end(false);
  }

  /** The connection is gone. */
  close(): void {
    this.reader.end(false);
    this.reader.drop();
    this.dispatcher.close();
  }

  private write(lines: string): void {
    this.sink.write(lines);
    if (this.isBehind || this.sink.waitingOctets <= LINES_OCTETS) return;
    this.isBehind = true;
    this.settle();
    this.sink.onceDrained(() => {
      this.isBehind = false;
      this.settle();
    });
  }

  private settle(): void {
    if (this.isOwing || this.isBehind) this.reader.pause();
    else this.reader.resume();
  }
}
