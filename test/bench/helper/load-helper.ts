/**
 * The helper program of the benchmark, run by the daemon under test. It does one job (see `HelperJob`) when the benchmark
 * says so over a Unix socket, and says there when it began and what came. It ends when that socket or its job's input does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, readSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, Told } from '../channel.js';
import { monotonicMs } from '../monotonic.js';
import { attributeText, commandLines, prefixText } from '../work-routes.js';
import { Collector } from './collector.js';

export type HelperJob =
  /** Prints a file; answers are counted (`read`), not expected (`off`) or never read (`unread`). */
  | {
      readonly do: 'inject';
      readonly file: string;
      readonly answers: 'off' | 'read' | 'unread';
      readonly lines: number;
    }
  /** Prints a file, the next line only when the one before was answered. */
  | { readonly do: 'lockStep'; readonly file: string }
  /** Announces `count` routes, one each `intervalMs`. */
  | { readonly do: 'single'; readonly count: number; readonly intervalMs: number }
  /** Prints a file again and again until told to `stop`. */
  | { readonly do: 'flood'; readonly file: string }
  /**
   * Announces `routes` routes, each time with attributes that no route had before, and withdraws them all, `rounds` times;
   * then announces them as `each` of work-routes.ts. Every line is answered before the next kind of lines begins.
   */
  | { readonly do: 'churn'; readonly routes: number; readonly rounds: number }
  /** Takes the events of a table of `routes` prefixes; announces one route first. */
  | { readonly do: 'collect'; readonly form: 'json' | 'text'; readonly routes: number }
  /** Announces one route and says nothing more. */
  | { readonly do: 'one' };

export interface HelperOptions {
  readonly name: string;
  readonly socket: string;
  readonly job: HelperJob;
}

const NEWLINE = 10;

const { name, socket, job } = JSON.parse(process.argv[2] ?? '{}') as HelperOptions;
const control = connect(socket);
const tell = (what: Told): void => {
  control.write(`${JSON.stringify(what)}\n`);
};
const begun = (): void => tell({ event: 'begun', at: monotonicMs() });
let child: ChildProcess | undefined;

/** `cat` writes as fast as the pipe takes it, while this process reads. */
function print(file: string): Promise<void> {
  const running = spawn('cat', [file], { stdio: ['ignore', 'inherit', 'inherit'] });
  child = running;
  return new Promise((resolve) => running.once('exit', () => resolve()));
}

function countAnswers(lines: number): void {
  let text = '';
  let count = 0;
  let wrong = 0;
  process.stdin.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    const whole = text.lastIndexOf('\n');
    for (const line of whole < 0 ? [] : text.slice(0, whole).split('\n')) {
      count++;
      if (line !== 'done') wrong++;
    }
    text = text.slice(whole + 1);
    if (count === lines) tell({ event: 'answered', at: monotonicMs(), count, wrong });
  });
}

function lockStep(file: string): void {
  const lines = readFileSync(file, 'latin1').split('\n').slice(0, -1);
  const answer = Buffer.alloc(4096);
  let wrong = 0;
  begun();
  for (const line of lines) {
    writeSync(1, `${line}\n`);
    let length = 0;
    while (length === 0 || answer[length - 1] !== NEWLINE) length += read(answer, length);
    if (answer.toString('latin1', 0, length) !== 'done\n') wrong++;
  }
  tell({ event: 'answered', at: monotonicMs(), count: lines.length, wrong });
}

function read(into: Buffer, at: number): number {
  for (;;) {
    try {
      const count = readSync(0, into, at, into.length - at, null);
      if (count === 0) process.exit(0);
      return count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

async function single(count: number, intervalMs: number): Promise<void> {
  const times: number[] = [];
  begun();
  for (let i = 0; i < count; i++) {
    const line = `announce route ${prefixText(i)} ${attributeText('same', i)}\n`;
    times.push(monotonicMs());
    writeSync(1, line);
    await sleep(intervalMs);
  }
  tell({ event: 'said', times });
}

/** Lines that were answered. */
let answered = 0;
let wrongAnswers = 0;
let onAnswered: () => void = () => undefined;

function readAnswers(): void {
  process.stdin.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
      answered++;
      if (at >= 4 && chunk.toString('latin1', at - 4, at) !== 'done') wrongAnswers++;
    }
    onAnswered();
  });
}

/** Prints lines as fast as they are taken, then waits for all answers. */
async function printAll(lines: Iterable<string>): Promise<void> {
  let wanted = answered;
  let block: string[] = [];
  const flush = async (): Promise<void> => {
    if (!process.stdout.write(block.join(''))) await new Promise((resolve) => process.stdout.once('drain', resolve));
    block = [];
  };
  for (const line of lines) {
    block.push(`${line}\n`);
    wanted++;
    if (block.length === 1000) await flush();
  }
  await flush();
  await new Promise<void>((resolve) => {
    onAnswered = () => {
      if (answered >= wanted) resolve();
    };
    onAnswered();
  });
}

function* churnAnnounces(routes: number, round: number): Generator<string> {
  for (let i = 0; i < routes; i++) {
    const words = `as-path [65000 ${1 + round} ${1 + (i % 60000)}] med ${Math.floor(i / 60000)}`;
    yield `announce route ${prefixText(i)} next-hop 192.0.2.1 ${words}`;
  }
}

function* withdrawals(routes: number): Generator<string> {
  for (let i = 0; i < routes; i++) yield `withdraw route ${prefixText(i)}`;
}

async function churn(routes: number, rounds: number): Promise<void> {
  begun();
  for (let round = 0; round < rounds; round++) {
    await printAll(churnAnnounces(routes, 2 * round));
    await printAll(withdrawals(routes));
    await printAll(churnAnnounces(routes, 2 * round + 1));
    tell({ event: 'churned', at: monotonicMs(), count: answered, wrong: wrongAnswers });
    await new Promise<void>((resolve) => {
      onGoOn = resolve;
    });
    await printAll(withdrawals(routes));
  }
  await printAll(commandLines('each', routes, false));
  tell({ event: 'answered', at: monotonicMs(), count: answered, wrong: wrongAnswers });
}

let onGoOn: () => void = () => undefined;
let isStopped = false;

async function flood(file: string): Promise<void> {
  begun();
  let count = 0;
  while (!isStopped) {
    await print(file);
    count++;
  }
  tell({ event: 'stopped', count });
}

function announceOne(): void {
  writeSync(1, `announce route ${prefixText(0)} ${attributeText('same', 0)}\n`);
}

async function go(): Promise<void> {
  switch (job.do) {
    case 'inject':
      begun();
      await print(job.file);
      return;
    case 'lockStep':
      lockStep(job.file);
      return;
    case 'single':
      await single(job.count, job.intervalMs);
      return;
    case 'flood':
      await flood(job.file);
      return;
    case 'churn':
      await churn(job.routes, job.rounds);
      return;
    default:
      begun();
  }
}

/** What is due from the start on, before `go`. */
function prepare(): (() => void) | undefined {
  if (job.do === 'one' || job.do === 'collect') announceOne();
  if (job.do === 'inject' && job.answers === 'read') countAnswers(job.lines);
  if (job.do === 'churn') readAnswers();
  if (job.do !== 'collect') return undefined;
  const collector = new Collector(job.form, job.routes, () => tell({ event: 'collected', at: monotonicMs() }));
  process.stdin.on('data', (chunk: Buffer) => collector.push(chunk));
  return () => tell({ event: 'checked', ...collector.check() });
}

const check = prepare();
createInterface({ input: control })
  .on('line', (line) => {
    const { do: word } = JSON.parse(line) as Command;
    if (word === 'go') void go();
    if (word === 'check') check?.();
    if (word === 'goOn') onGoOn();
    if (word === 'stop') {
      isStopped = true;
      child?.kill();
    }
  })
  .on('close', () => {
    child?.kill();
    process.exit(0);
  });
control.on('error', () => process.exit(1));
tell({ event: 'hello', name });
