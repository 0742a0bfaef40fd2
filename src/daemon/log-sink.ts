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

export interface LogSink {
  /**
   * Takes one line with its newline. Never waits, never throws.
   * @returns false when there was no room: the line is lost
   */
  write(line: string): boolean;
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

/** Files, terminals and pipes: one write at a time in the thread pool, on a descriptor that does not wait. */
class DescriptorSink implements LogSink {
  private waiting: string[] = [];
  private waitingLength = 0;
  private isWriting = false;
  private onIdle: (() => void) | undefined;

  constructor(
    private fd: number,
    private readonly file: string | undefined,
  ) {}

  write(line: string): boolean {
    if (this.waitingLength + line.length > MAX_WAITING) return false;
    this.waiting.push(line);
    this.waitingLength += line.length;
    if (!this.isWriting) this.writeNext();
    return true;
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
    const text = this.waiting.splice(0, BATCH_LINES).join('');
    this.writeRest(Buffer.from(text), text.length);
  }

  private writeRest(rest: Buffer, length: number): void {
    write(this.fd, rest, 0, rest.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.writeRest(rest, length), RETRY_MS).unref();
        return;
      }
      // A reader that went away, or a full disk: the lines are lost, nothing else happens.
      if (!error && written < rest.length) {
        this.writeRest(rest.subarray(written), length);
        return;
      }
      this.waitingLength -= length;
      this.writeNext();
    });
  }
}

/** A socket (the journal): it cannot be opened again, so it is handed to the event loop. */
class SocketSink implements LogSink {
  private readonly socket: Socket;

  constructor(fd: number) {
    this.socket = new Socket({ fd, readable: false, writable: true });
    this.socket.on('error', () => undefined);
    this.socket.unref();
  }

  write(line: string): boolean {
    if (this.socket.writableLength > MAX_WAITING || !this.socket.writable) return false;
    this.socket.write(line);
    return true;
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
