/**
 * Where log lines go: a file, a terminal, a pipe or a socket, none of which is ever waited for. What a reader does not
 * take in time waits in a bounded buffer; beyond it lines are lost and counted. Formatting is left to logging.ts.
 */
import { closeSync, constants, fstatSync, openSync, write } from 'node:fs';
import { Socket } from 'node:net';

/** Characters that may wait for a slow reader. */
const MAX_WAITING = 1 << 20;
/** Lines handed to the system at once. */
const BATCH_LINES = 256;
/** A full pipe is tried again after this time. */
const RETRY_MS = 50;
const LF = 0x0a;

export interface LogSink {
  /**
   * Takes one line with its newline. Never waits, never throws.
   * @param weight lines that are lost when this one is: more than one for a notice of lost lines
   */
  write(line: string, weight?: number): void;
  /** Lines lost since this was asked last: no room, a reader that went away, a full disk. */
  takeLost(): number;
  /** Resolves when all that waits was taken, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Opens a file of the same name anew (log rotation); nothing for other destinations. */
  reopen(): void;
}

/** @param target "stderr", "stdout" or a file name @throws the system's error when a file cannot be opened */
export function openLogSink(target: string): LogSink {
  if (target !== 'stderr' && target !== 'stdout') return new DescriptorSink(openSync(target, 'a', 0o640), target);
  const fd = target === 'stdout' ? 1 : 2;
  const kind = fstatSync(fd);
  if (kind.isSocket()) return new SocketSink(fd);
  // A file never blocks, and others who share it (the shell that redirected us) go on where we are.
  if (kind.isFile()) return new DescriptorSink(fd, undefined);
  return new DescriptorSink(openAgain(fd), undefined);
}

/**
 * A description of its own for a pipe or terminal, so that making it non-blocking changes nothing for the other
 * processes that share it.
 */
function openAgain(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}

interface WaitingLine {
  readonly line: string;
  readonly weight: number;
}

/** Lines of a batch that end in its unwritten rest. */
function weightOfLast(batch: readonly WaitingLine[], rest: Buffer): number {
  let lines = 0;
  for (let at = rest.indexOf(LF); at >= 0; at = rest.indexOf(LF, at + 1)) lines++;
  return batch.slice(batch.length - lines).reduce((sum, { weight }) => sum + weight, 0);
}

/** Files, terminals and pipes: one write at a time in the thread pool, on a descriptor that does not wait. */
class DescriptorSink implements LogSink {
  private waiting: WaitingLine[] = [];
  private waitingLength = 0;
  private lost = 0;
  private isWriting = false;
  private onIdle: (() => void) | undefined;

  constructor(
    private fd: number,
    private readonly file: string | undefined,
  ) {}

  write(line: string, weight = 1): void {
    if (this.waitingLength + line.length > MAX_WAITING) {
      this.lost += weight;
      return;
    }
    this.waiting.push({ line, weight });
    this.waitingLength += line.length;
    if (!this.isWriting) this.writeNext();
  }

  takeLost(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }

  async flush(timeoutMs: number): Promise<void> {
    if (!this.isWriting) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  reopen(): void {
    if (this.file === undefined) return;
    const before = this.fd;
    this.fd = openSync(this.file, 'a', 0o640);
    // What is being written goes to the old file; the descriptor must live until then.
    setTimeout(() => closeSync(before), 5000).unref();
  }

  private writeNext(): void {
    if (this.waiting.length === 0) {
      this.isWriting = false;
      this.onIdle?.();
      this.onIdle = undefined;
      return;
    }
    this.isWriting = true;
    const batch = this.waiting.splice(0, BATCH_LINES);
    const text = batch.map(({ line }) => line).join('');
    this.writeRest(Buffer.from(text), text.length, batch);
  }

  private writeRest(rest: Buffer, length: number, batch: readonly WaitingLine[]): void {
    write(this.fd, rest, 0, rest.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.writeRest(rest, length, batch), RETRY_MS).unref();
        return;
      }
      if (!error && written < rest.length) {
        this.writeRest(rest.subarray(written), length, batch);
        return;
      }
      // A reader that went away, or a full disk: the lines are lost, nothing else happens.
      if (error) this.lost += weightOfLast(batch, rest);
      this.waitingLength -= length;
      this.writeNext();
    });
  }
}

/** A socket (the journal): it cannot be opened again, so it is handed to the event loop. */
class SocketSink implements LogSink {
  private readonly socket: Socket;
  private lost = 0;

  constructor(fd: number) {
    this.socket = new Socket({ fd, readable: false, writable: true });
    this.socket.on('error', () => undefined);
    this.socket.unref();
  }

  write(line: string, weight = 1): void {
    if (this.socket.writableLength > MAX_WAITING || !this.socket.writable) {
      this.lost += weight;
      return;
    }
    this.socket.write(line, (error) => {
      if (error != null) this.lost += weight;
    });
  }

  takeLost(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }

  async flush(timeoutMs: number): Promise<void> {
    if (this.socket.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.socket.once('drain', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  reopen(): void {}
}
