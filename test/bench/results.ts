/** From runs to medians, to the table and to JSON. */
import { arch, cpus, release, totalmem } from 'node:os';
import type { BenchOptions } from './options.js';
import type { Measurement } from './works/types.js';

export type Run = Measurement | { readonly error: string };

/** All runs of one daemon on one work. */
export interface Result {
  readonly work: string;
  readonly about: string;
  readonly goal: string | undefined;
  readonly daemon: string;
  readonly routes: number;
  readonly runs: readonly Run[];
  /** Absent when no run counts. */
  readonly summary: Summary | undefined;
}

export interface Summary {
  readonly seconds: number;
  readonly secondsMin: number;
  readonly secondsMax: number;
  readonly routesPerSecond: number | undefined;
  readonly cpuSeconds: number | undefined;
  /** The largest of all runs. */
  readonly peakRssOctets: number;
  readonly keepaliveDelayMs: number | undefined;
  readonly details: Readonly<Record<string, number>>;
  /** How many times crier's rate is of this one (its time, where nothing is counted); 1 for crier. */
  readonly crierIsTimes: number | undefined;
}

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: { readonly size: number; readonly rounds: number; readonly quick: boolean };
  readonly results: readonly Result[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @param crier what crier is compared by: "itself", its summary of the same work, or nothing when it did not do it */
export function summarize(runs: readonly Run[], crier: Summary | 'itself' | undefined): Summary | undefined {
  const good = runs.filter((run): run is Measurement => !('error' in run));
  const [first] = good;
  if (first === undefined) return undefined;
  const middle = (of: (run: Measurement) => number | undefined): number | undefined => {
    const values = good.flatMap((run) => of(run) ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  const delays = good.flatMap(({ keepaliveDelayMs }) => keepaliveDelayMs ?? []);
  const seconds = median(good.map((run) => run.seconds));
  const routesPerSecond = first.routes > 0 ? first.routes / seconds : undefined;
  const times = crier === 'itself' ? 1 : crier === undefined ? Number.NaN : ratio({ seconds, routesPerSecond }, crier);
  return {
    seconds,
    secondsMin: Math.min(...good.map((run) => run.seconds)),
    secondsMax: Math.max(...good.map((run) => run.seconds)),
    routesPerSecond,
    cpuSeconds: middle((run) => run.cpuSeconds),
    peakRssOctets: Math.max(...good.map((run) => run.peakRssOctets)),
    keepaliveDelayMs: delays.length === 0 ? undefined : Math.max(...delays),
    details: Object.fromEntries(
      Object.keys(first.details ?? {}).map((name) => [name, middle((run) => run.details?.[name]) ?? 0]),
    ),
    crierIsTimes: Number.isFinite(times) ? times : undefined,
  };
}

type Rate = Pick<Summary, 'seconds' | 'routesPerSecond'>;

function ratio(one: Rate, crier: Rate): number {
  if (one.routesPerSecond !== undefined && crier.routesPerSecond !== undefined)
    return crier.routesPerSecond / one.routesPerSecond;
  return one.seconds / crier.seconds;
}

export function reportOf(options: BenchOptions, results: readonly Result[]): Report {
  const [cpu] = cpus();
  return {
    machine: {
      cpu: cpu?.model ?? 'unknown',
      cores: cpus().length,
      memoryMb: Math.round(totalmem() / 2 ** 20),
      system: `${process.platform} ${release()} ${arch()}`,
      node: process.version,
    },
    versions: Object.fromEntries(options.daemons.map((daemon) => [daemon.name, daemon.version()])),
    options: { size: options.scale.size, rounds: options.rounds, quick: options.scale.isQuick },
    results,
  };
}

const COLUMNS = [
  'work',
  'daemon',
  'routes',
  'seconds',
  'spread',
  'routes/s',
  'CPU s',
  'peak MB',
  'keepalive',
  'crier is',
  '',
];

/** A KEEPALIVE that is later is marked. */
const MOST_DELAY_MS = 100;

/** The table for people: one row a work and daemon. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => row(result));
  const widths = COLUMNS.map((title, i) => Math.max(title.length, ...rows.map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 2 || i === cells.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(COLUMNS), ...rows.map(line)].join('\n');
}

function row({ work, daemon, routes, runs, summary, goal }: Result): string[] {
  const failed = runs.filter((run) => 'error' in run);
  const note =
    failed.length > 0
      ? `${failed.length} of ${runs.length} failed: ${failed[0]!.error.slice(0, 100).replaceAll('\n', ' ')}`
      : '';
  if (summary === undefined) return [work, daemon, count(routes), '-', '', '', '', '', '', '', note];
  const { seconds, secondsMin, secondsMax, routesPerSecond, cpuSeconds, peakRssOctets, keepaliveDelayMs } = summary;
  const details = Object.entries(summary.details).map(([name, value]) => `${name} ${short(value)}`);
  const goals = daemon === 'crier' && goal !== undefined ? [`goal ${goal}`] : [];
  return [
    work,
    daemon,
    routes > 0 ? count(routes) : '',
    short(seconds),
    `${short(secondsMin)}–${short(secondsMax)}`,
    routesPerSecond === undefined ? '' : count(routesPerSecond),
    cpuSeconds === undefined ? '' : short(cpuSeconds),
    peakRssOctets === 0 ? '' : count(peakRssOctets / 1e6),
    keepaliveDelayMs === undefined
      ? ''
      : `${Math.round(keepaliveDelayMs)} ms${keepaliveDelayMs > MOST_DELAY_MS ? ' !' : ''}`,
    summary.crierIsTimes === undefined || daemon === 'crier' ? '' : `${short(summary.crierIsTimes)}×`,
    [...details, ...goals, ...(note === '' ? [] : [note])].join(', '),
  ];
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const short = (value: number): string => (value === 0 ? '0' : Number(value.toPrecision(3)).toString());
