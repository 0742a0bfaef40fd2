/**
 * Commands to the daemon and its answers. One line is written, one answer (`done` or `error…`) awaited; events in the same
 * pipe are no answers. Where none comes in time answers are taken to be off, until one comes after all.
 */

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Wait for an answer at the end: a stop is followed by a kill. */
const HURRY_MS = 300;

export interface AnswerOptions {
  /** False: do not wait at all. */
  readonly isAwaited: boolean;
  readonly timeoutMs: number;
}

export class Daemon {
  private owed = 0;
  private isSilent = false;
  private isGone = false;
  private lastLine = '';
  private onAnswer: (() => void) | undefined;
  private timeoutMs: number;
  private readonly lines;

  /**
   * @param onRefused told about a command that was answered `error`
   * @param onGone told once when nobody reads the commands any more
   */
  constructor(
    private readonly input: Readable,
    private readonly output: Writable,
    private readonly options: AnswerOptions,
    private readonly onRefused: (line: string, answer: string) => void,
    onGone: () => void,
  ) {
    this.timeoutMs = options.timeoutMs;
    output.on('error', () => {
      if (this.isGone) return;
      this.isGone = true;
      this.onAnswer?.();
      onGone();
    });
    if (!options.isAwaited) return;
    this.lines = createInterface({ input, terminal: false });
    this.lines.on('line', (line) => this.onLine(line));
    // Nobody answers any more; whether anybody reads is another matter.
    this.lines.on('close', () => {
      this.isSilent = true;
      this.onAnswer?.();
    });
  }

  /** Writes the command and waits for its answer. */
  async command(line: string): Promise<void> {
    if (this.isGone) return;
    this.lastLine = line;
    this.output.write(`${line}\n`);
    if (!this.options.isAwaited || this.isSilent) return;
    this.owed += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.isSilent = true;
        this.onAnswer?.();
      }, this.timeoutMs);
      this.onAnswer = () => {
        clearTimeout(timer);
        this.onAnswer = undefined;
        resolve();
      };
    });
  }

  private onLine(line: string): void {
    const answer = line.trim();
    if (answer !== 'done' && !/^error\b/.test(answer)) return;
    if (this.isSilent) {
      // Late answers to earlier commands; from now on they are waited for again.
      this.owed = 0;
      this.isSilent = false;
      return;
    }
    if (answer !== 'done') this.onRefused(this.lastLine, answer);
    if (this.owed === 0) return;
    this.owed -= 1;
    if (this.owed === 0) this.onAnswer?.();
  }

  /** The end has come: answers are waited for briefly. */
  hurry(): void {
    this.timeoutMs = Math.min(this.timeoutMs, HURRY_MS);
    if (this.onAnswer !== undefined) setTimeout(() => this.onAnswer?.(), HURRY_MS);
  }

  /** Lets go of the pipe, so that the process can end. */
  close(): void {
    this.lines?.close();
    this.input.destroy();
  }
}
