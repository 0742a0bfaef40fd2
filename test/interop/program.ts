/**
 * One started program of a test: its output is kept, it is awaited by conditions, and it is ended by its own process id.
 * Knows nothing of BGP.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A running program and everything it printed so far. */
export class Program {
  output = '';
  readonly #child: ChildProcess;
  #ended: string | undefined;

  constructor(
    readonly name: string,
    argv: readonly string[],
    options: ProgramOptions,
  ) {
    const [file = '', ...rest] = argv;
    this.#child = spawn(file, rest, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.on('error', (error) => {
      this.#ended = String(error);
    });
    this.#child.on('exit', (code, signal) => {
      this.#ended = signal ?? `exit status ${code}`;
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** How it ended; undefined while it runs. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Sends a signal, if it still runs. */
  signal(name: NodeJS.Signals): void {
    if (this.#ended === undefined) this.#child.kill(name);
  }

  /** Asks it to end, waits, and kills it when it takes longer than `graceMs`. */
  async stop(name: NodeJS.Signals = 'SIGTERM', graceMs = 5000): Promise<void> {
    if (this.#ended !== undefined) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill(name);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await exit;
    clearTimeout(timer);
  }

  /**
   * Waits until it does what `ask` asks for.
   * @throws Error at once, with its output, when it ended instead
   */
  async ready(ask: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
    const isReady = async (): Promise<boolean> => this.#ended !== undefined || (await ask());
    await waitFor(`${this.name} to be ready`, isReady, timeoutMs, 50);
    if (this.#ended !== undefined) throw new Error(`${this.name} ended with ${this.#ended}:\n${this.output}`);
  }

  /** Waits until it ended by itself. */
  async exit(timeoutMs: number): Promise<string> {
    await waitFor(`${this.name} to end`, () => this.#ended !== undefined, timeoutMs);
    return this.#ended ?? '';
  }
}

/**
 * Asks again and again until the answer is neither undefined nor false, and gives it.
 * @throws Error that names what was waited for, with the last error of the question if there was one
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 30_000,
  intervalMs = 100,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > until) throw new Error(`waited ${timeoutMs} ms for ${what}${lastError ? `: ${lastError}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
