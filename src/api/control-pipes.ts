/**
 * ExaBGP's command line pipes: commands are read from NAME.in, answers written to NAME.out, both made beforehand by the
 * administrator (mkfifo). One client at a time; answers that nobody reads are dropped, so that the next client does not
 * get them.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { ApiContext } from './context.js';
import { type AnswerSink, ControlClient } from './control-client.js';

/** Opens without waiting for the other side. */
const READ = constants.O_RDWR | constants.O_NONBLOCK;
const WRITE = constants.O_WRONLY | constants.O_NONBLOCK;

export class ControlPipes {
  private readonly input: Socket;
  private readonly client: ControlClient;

  private constructor(context: ApiContext, name: string) {
    // Open for writing too, or the end of each client's visit would be the end of the file.
    this.input = new Socket({ fd: openFifo(`${name}.in`, READ), readable: true, writable: false });
    const sink = new PipeSink(`${name}.out`);
    this.client = new ControlClient(
      context,
      'command line pipe',
      true,
      sink,
      () => this.input.resume(),
      () => undefined,
    );
    this.input.on('data', (chunk: Buffer) => {
      if (!this.client.push(chunk)) this.input.pause();
    });
    this.input.on('error', (error) =>
      context.log.warn({ pipe: `${name}.in`, reason: error.message }, 'command pipe failed'),
    );
  }

  /**
   * @param name path without ".in" and ".out"
   * @throws Error with the pipe that is missing or is no pipe
   */
  static open(context: ApiContext, name: string): ControlPipes {
    closeSync(openFifo(`${name}.out`, READ));
    return new ControlPipes(context, name);
  }

  close(): void {
    this.input.destroy();
    this.client.close();
  }
}

function openFifo(path: string, flags: number): number {
  let fd: number;
  try {
    fd = openSync(path, flags);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(isMissing ? `${path} does not exist: make it with mkfifo` : `${path}: ${(error as Error).message}`);
  }
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new Error(`${path} is no named pipe`);
}

/** The answering pipe, open while somebody reads it. */
class PipeSink implements AnswerSink {
  private output: Socket | undefined;

  constructor(private readonly path: string) {}

  get waitingOctets(): number {
    return this.output?.writableLength ?? 0;
  }

  write(text: string): void {
    this.output ??= this.open();
    this.output?.write(text);
  }

  onceDrained(callback: () => void): void {
    const { output } = this;
    if (output === undefined || output.destroyed || !output.writableNeedDrain) {
      setImmediate(callback);
      return;
    }
    const go = (): void => {
      output.off('drain', go).off('close', go);
      callback();
    };
    output.on('drain', go).on('close', go);
  }

  private open(): Socket | undefined {
    let fd: number;
    try {
      fd = openSync(this.path, WRITE);
    } catch {
      // Nobody reads (ENXIO), or the pipe was removed.
      return undefined;
    }
    const output = new Socket({ fd, readable: false, writable: true });
    output.on('error', () => output.destroy());
    output.on('close', () => {
      if (this.output === output) this.output = undefined;
    });
    return output;
  }
}
