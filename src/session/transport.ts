/**
 * One TCP connection as a session sees it: connect or accepted, write with backpressure, pause, and a close that lets a
 * NOTIFICATION arrive and never waits. Messages are left to received-stream.ts, socket options to dialer.ts and listener.ts.
 */
import type { Socket } from 'node:net';
import { getSystemErrorMessage } from '../util/system-error.js';
import type { Clock } from '../util/timers.js';

/** Why a connection ended that we did not close. */
export interface TransportFailure {
  readonly kind: 'closed' | 'reset' | 'timeout' | 'failed';
  /** For the log. */
  readonly text: string;
}

/** Told by a transport. Never called after `end`. */
export interface TransportHandler {
  onConnected(): void;
  /** The octets stay as they are: the handler may keep them. */
  onData(chunk: Uint8Array): void;
  /** There is room again after `write` returned false. */
  onWritable(): void;
  /** The kernel took octets. `isAll`: nothing is left to take. */
  onTaken(isAll: boolean): void;
  /** Once, also when connecting failed. */
  onClosed(failure: TransportFailure): void;
}

export interface Transport {
  /** Set once, before anything else. */
  handler: TransportHandler;
  /** Our address in use, without zone; undefined while not connected. */
  readonly localAddress: string | undefined;
  /** Something written has not been taken by the kernel, or (after `end`) the last words are on their way. */
  readonly hasPending: boolean;
  /** @returns false when the caller should wait for onWritable. What was given is sent in any case. */
  write(chunk: Uint8Array): boolean;
  pause(): void;
  resume(): void;
  /** Sends the last words if given, closes, and calls nobody any more. */
  end(lastWords?: Uint8Array): void;
}

/** Opens connections to one neighbor. */
export interface TransportFactory {
  /** Never throws: what goes wrong is told by onClosed, in a later turn. */
  connect(handler: TransportHandler): Transport;
}

/** Octets that may wait in one connection before the tables must wait. */
export const WRITE_QUEUE_OCTETS = 128 * 1024;
/** How long a closed connection is read, so that unread input does not turn the last words into a reset. */
const LINGER_MS = 1000;

/** @returns text of a system error with its code, such as "connection refused (ECONNREFUSED)" */
function failureOf(error: NodeJS.ErrnoException): TransportFailure {
  const code = error.code ?? '';
  const words = typeof error.errno === 'number' ? getSystemErrorMessage(-error.errno) : undefined;
  const text = words === undefined || words === '' ? error.message : `${words} (${code})`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset', text };
  if (code === 'ETIMEDOUT') return { kind: 'timeout', text };
  return { kind: 'failed', text };
}

/** A transport over a socket of node:net with `allowHalfOpen`, connecting or connected. */
export class SocketTransport implements Transport {
  handler: TransportHandler = NOBODY;
  private isEnding = false;
  private isOver = false;
  /** Kept because a closed socket forgets it. */
  private local: string | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
  ) {
    socket.setNoDelay(true);
    if (!socket.connecting) this.remember();
    socket.on('connect', this.onConnect);
    socket.on('data', this.onData);
    socket.on('drain', this.onDrain);
    socket.on('end', this.onEnd);
    socket.on('error', this.onError);
    socket.on('close', this.onClose);
  }

  get localAddress(): string | undefined {
    return this.local;
  }

  get hasPending(): boolean {
    return this.isEnding ? !this.socket.destroyed : this.socket.writableLength > 0;
  }

  write(chunk: Uint8Array): boolean {
    if (this.isOver || this.isEnding) return false;
    return this.socket.write(chunk, this.onTaken);
  }

  pause(): void {
    if (!this.isEnding) this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(lastWords?: Uint8Array): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.handler = NOBODY;
    if (this.isOver || this.socket.connecting || lastWords === undefined) {
      this.socket.destroy();
      return;
    }
    // Half-close behind the last words; what the neighbor still sends is read and thrown away, until it closes too.
    this.socket.end(lastWords);
    this.socket.resume();
    const timer = this.clock.start(LINGER_MS, () => this.socket.destroy());
    this.socket.once('close', () => timer.cancel());
  }

  private remember(): void {
    this.local = this.socket.localAddress?.split('%')[0];
  }

  private readonly onConnect = (): void => {
    this.remember();
    this.handler.onConnected();
  };

  private readonly onData = ({ buffer, byteOffset, length }: Buffer): void => {
    // Plain octets: what is cut out of a Buffer with `slice` is no copy, and changing it would change the message.
    if (!this.isEnding) this.handler.onData(new Uint8Array(buffer, byteOffset, length));
  };

  private readonly onDrain = (): void => this.handler.onWritable();

  private readonly onTaken = (error?: Error | null): void => {
    if (!error) this.handler.onTaken(this.socket.writableLength === 0);
  };

  private readonly onEnd = (): void => {
    this.over({ kind: 'closed', text: 'the TCP connection was closed by the remote end' });
    this.socket.destroy();
  };

  private readonly onError = (error: NodeJS.ErrnoException): void => this.over(failureOf(error));

  private readonly onClose = (): void => this.over({ kind: 'closed', text: 'the TCP connection was closed' });

  private over(failure: TransportFailure): void {
    if (this.isOver) return;
    this.isOver = true;
    this.handler.onClosed(failure);
  }
}

const NOBODY: TransportHandler = {
  onConnected: () => undefined,
  onData: () => undefined,
  onWritable: () => undefined,
  onTaken: () => undefined,
  onClosed: () => undefined,
};
