/**
 * Talks to the daemon's control socket: lines out, answers in, in order. An answer is the lines before `done`, `error`
 * or `error: WHY`. Many commands may be on their way at once; a full socket pauses the sender.
 */
import { connect, type Socket } from 'node:net';

/** What came back for one command. */
export interface Answer {
  /** What was printed before the verdict. */
  readonly lines: readonly string[];
  /** The verdict as it came; empty where answers are off. */
  readonly verdict: string;
  readonly isDone: boolean;
  /** Why not, where the daemon said it. */
  readonly reason: string;
}

/** There is no daemon at the other end, or it went away before it answered. */
export class ControlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ControlError';
  }
}

interface Waiting {
  readonly lines: string[];
  readonly onLine: ((line: string) => void) | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class ControlClient {
  private readonly waiting: Waiting[] = [];
  private nextWaiting = 0;
  private tail = '';
  private isFinishing = false;
  private closedBy: ControlError | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.take(text));
    socket.on('error', (error) => this.fail(error.message));
    socket.on('close', () => this.fail('the daemon closed the connection'));
  }

  /**
   * Connects to the first of the paths that has a daemon behind it.
   * @throws ControlError naming every path that was tried
   */
  static async open(paths: readonly string[]): Promise<ControlClient> {
    const failures: string[] = [];
    for (const path of paths) {
      try {
        return new ControlClient(await connected(path));
      } catch (error) {
        failures.push(explain(path, error as NodeJS.ErrnoException));
      }
    }
    throw new ControlError(`no daemon to talk to: ${failures.join('; ')}`);
  }

  /** True while the socket has no room: wait for `drained` before the next command. */
  get isFull(): boolean {
    return this.socket.writableNeedDrain;
  }

  drained(): Promise<void> {
    if (!this.isFull || this.closedBy !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        this.socket.off('drain', go).off('close', go);
        resolve();
      };
      this.socket.on('drain', go).on('close', go);
    });
  }

  /**
   * Sends one line.
   * @param onLine told each line before the verdict as it comes; such lines are not kept
   * @throws ControlError when the daemon goes away
   */
  send(line: string, onLine?: (line: string) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.closedBy !== undefined) {
        reject(this.closedBy);
        return;
      }
      this.waiting.push({ lines: [], onLine, resolve, reject });
      this.socket.write(`${line}\n`);
    });
  }

  /** Nothing more will be sent: the daemon answers what it has, then closes. */
  finish(): void {
    this.isFinishing = true;
    this.socket.end();
  }

  close(): void {
    this.closedBy ??= new ControlError('closed');
    this.socket.destroy();
  }

  private take(text: string): void {
    const lines = (this.tail + text).split('\n');
    this.tail = lines.pop() ?? '';
    for (const line of lines) this.takeLine(line);
  }

  private takeLine(line: string): void {
    const first = this.waiting[this.nextWaiting];
    if (first === undefined) return;
    const verdict = verdictOf(line);
    if (verdict === undefined) {
      if (first.onLine === undefined) first.lines.push(line);
      else first.onLine(line);
      return;
    }
    this.nextWaiting++;
    if (this.nextWaiting > 1024) {
      this.waiting.splice(0, this.nextWaiting);
      this.nextWaiting = 0;
    }
    first.resolve({ lines: first.lines, verdict: line, ...verdict });
  }

  private fail(reason: string): void {
    this.closedBy ??= new ControlError(reason);
    for (const { lines, resolve, reject } of this.waiting.splice(0).slice(this.nextWaiting)) {
      // Everything was taken and answered: what has no answer had its answers switched off.
      if (this.isFinishing) resolve({ lines, verdict: '', isDone: true, reason: '' });
      else reject(this.closedBy);
    }
    this.nextWaiting = 0;
  }
}

/** @returns the verdict that a line is, or undefined for a line of text */
function verdictOf(line: string): { isDone: boolean; reason: string } | undefined {
  if (line === 'done') return { isDone: true, reason: '' };
  if (line === 'error') return { isDone: false, reason: '' };
  if (line.startsWith('error: ')) return { isDone: false, reason: line.slice(7) };
  if (!line.startsWith('{') || !line.includes('"answer"')) return undefined;
  try {
    const { answer, reason } = JSON.parse(line) as { answer?: unknown; reason?: unknown };
    if (answer !== 'done' && answer !== 'error') return undefined;
    return { isDone: answer === 'done', reason: typeof reason === 'string' ? reason : '' };
  } catch {
    return undefined;
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function explain(path: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return `${path} does not exist`;
    case 'ECONNREFUSED':
      return `nobody listens at ${path}`;
    case 'EACCES':
      return `no permission for ${path}`;
    default:
      return `${path}: ${error.message}`;
  }
}
