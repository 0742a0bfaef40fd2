/** JSON lines between the benchmark and its load peers and helpers: events are waited for by name, with a limit. */

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What a load peer says of one session. */
export interface SessionReport {
  /** Routes that should be held at the end. */
  readonly wanted: number;
  /** Routes held. */
  readonly held: number;
  /** Of these, wanted and with the right attributes. */
  readonly right: number;
  /** Announced or withdrawn prefixes that no work has. */
  readonly unknown: number;
  /** The first prefix that was unknown or had wrong attributes, and these; empty when there was none. */
  readonly firstFault: string;
  readonly messages: number;
  readonly octets: number;
  /** Longest time without KEEPALIVE or UPDATE since `observe`. */
  readonly worstGapMs: number;
}

/** A session in words. */
export function inWords({ wanted, held, right, unknown, firstFault }: SessionReport): string {
  const fault = firstFault === '' ? '' : `; first fault: ${firstFault}`;
  return `${wanted} routes wanted, ${held} held, ${right} of them right, ${unknown} prefixes nobody asked for${fault}`;
}

/** An event; `at` is the moment in milliseconds of the common clock. */
export interface Told {
  readonly event: string;
  readonly at?: number;
  readonly name?: string;
  readonly sessions?: readonly SessionReport[];
  readonly times?: readonly number[];
  readonly count?: number;
  readonly wrong?: number;
  readonly text?: string;
}

/** What is said to a load peer or a helper. */
export interface Command {
  readonly do: string;
}

interface Waiter {
  readonly event: string;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (told: Told) => void;
}

export class Channel {
  private readonly waiting: Waiter[] = [];
  private readonly early: Told[] = [];
  private isClosed = false;

  /** @param onTold sees every event before those who wait */
  constructor(
    input: Readable,
    private readonly output: Writable,
    onTold: (told: Told) => void = () => undefined,
  ) {
    output.on('error', () => undefined);
    input.on('error', () => undefined);
    createInterface({ input }).on('line', (line) => {
      if (this.isClosed) return;
      const told = JSON.parse(line) as Told;
      onTold(told);
      const at = this.waiting.findIndex(({ event }) => event === told.event);
      if (at < 0) {
        this.early.push(told);
        return;
      }
      const waiter = this.waiting.splice(at, 1)[0]!;
      clearTimeout(waiter.timer);
      waiter.resolve(told);
    });
  }

  say(word: string): void {
    this.output.write(`${JSON.stringify({ do: word } satisfies Command)}\n`);
  }

  /** The next event of this name that nobody had. @throws when it does not come in time */
  wait(event: string, seconds: number): Promise<Told> {
    const at = this.early.findIndex((one) => one.event === event);
    if (at >= 0) return Promise.resolve(this.early.splice(at, 1)[0]!);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no "${event}" within ${seconds} s`)), seconds * 1000);
      this.waiting.push({ event, timer, resolve });
    });
  }

  /** Forgets the events of this name that came already. */
  forget(event: string): void {
    for (let at = this.early.length - 1; at >= 0; at--) if (this.early[at]!.event === event) this.early.splice(at, 1);
  }

  /** Nobody waits any more. */
  close(): void {
    this.isClosed = true;
    for (const { timer } of this.waiting.splice(0)) clearTimeout(timer);
    this.output.end();
  }
}
