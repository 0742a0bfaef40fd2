/**
 * Records what a neighbor's connections saw, one JSON object a line: opened, connected, octets in and out, closed. Played
 * back on a clock that is moved by hand it shows the same session again without waiting, so that a session that went
 * wrong in the field can become a test. Keys and passwords are not on a connection, so they are not in a record.
 */
import { toHex } from '../util/bytes.js';
import type { Clock } from '../util/timers.js';
import type { Transport, TransportFactory, TransportFailure, TransportHandler } from './transport.js';

/** One line. `connection` counts from 1 in the order of opening; `atMs` from the first line. */
export type RecordedEvent = {
  readonly atMs: number;
  readonly connection: number;
} & (
  | { readonly event: 'connect' | 'accept' | 'connected' | 'end' }
  | { readonly event: 'in' | 'out'; readonly hex: string }
  | { readonly event: 'closed'; readonly kind: TransportFailure['kind']; readonly text: string }
);

type What = RecordedEvent extends infer Line
  ? Line extends RecordedEvent
    ? Omit<Line, 'atMs' | 'connection'>
    : never
  : never;

export class Recorder {
  private firstMs: number | undefined;
  private connections = 0;

  /** @param write takes one line, without its end */
  constructor(
    private readonly clock: Clock,
    private readonly write: (line: string) => void,
  ) {}

  /** The same connections, recorded. */
  recording(factory: TransportFactory): TransportFactory {
    return {
      connect: (handler) => {
        const connection = this.begin('connect');
        const recorded = this.handler(connection, handler);
        return this.transport(connection, factory.connect(recorded));
      },
    };
  }

  /** An accepted connection, recorded. */
  accepted(transport: Transport): Transport {
    return this.transport(this.begin('accept'), transport);
  }

  private begin(event: 'connect' | 'accept'): number {
    const connection = ++this.connections;
    this.note(connection, { event });
    return connection;
  }

  private note(connection: number, what: What): void {
    const nowMs = this.clock.nowMs();
    this.firstMs ??= nowMs;
    const atMs = Math.round(nowMs - this.firstMs);
    this.write(JSON.stringify({ atMs, connection, ...what }));
  }

  private handler(connection: number, inner: TransportHandler): TransportHandler {
    return {
      onConnected: () => {
        this.note(connection, { event: 'connected' });
        inner.onConnected();
      },
      onData: (chunk) => {
        this.note(connection, { event: 'in', hex: toHex(chunk) });
        inner.onData(chunk);
      },
      onWritable: () => inner.onWritable(),
      onTaken: (isAll) => inner.onTaken(isAll),
      onClosed: (failure) => {
        this.note(connection, { event: 'closed', ...failure });
        inner.onClosed(failure);
      },
    };
  }

  private transport(connection: number, inner: Transport): Transport {
    const { note } = { note: (what: What) => this.note(connection, what) };
    const wrap = (handler: TransportHandler): TransportHandler => this.handler(connection, handler);
    return {
      set handler(handler: TransportHandler) {
        inner.handler = wrap(handler);
      },
      get handler() {
        return inner.handler;
      },
      get localAddress() {
        return inner.localAddress;
      },
      get hasPending() {
        return inner.hasPending;
      },
      write(chunk) {
        note({ event: 'out', hex: toHex(chunk) });
        return inner.write(chunk);
      },
      pause: () => inner.pause(),
      resume: () => inner.resume(),
      end(lastWords) {
        if (lastWords !== undefined) note({ event: 'out', hex: toHex(lastWords) });
        note({ event: 'end' });
        inner.end(lastWords);
      },
    };
  }
}

/** @returns the lines of a record @throws SyntaxError for a line that is no JSON */
export function readRecord(text: string): RecordedEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedEvent);
}
