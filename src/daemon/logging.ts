/**
 * The daemon's log, and the only file that knows pino: one line an event, NDJSON, or pretty on a terminal. Lines go to a
 * sink that never waits (log-sink.ts); keys and passwords are cut out wherever they stand.
 */
import { isatty } from 'node:tty';
import { type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import type { Logger } from '../util/log.js';
import { type LogSink, openLogSink } from './log-sink.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  /** "stderr", "stdout" or a file name. */
  readonly destination: string;
  readonly format: 'auto' | 'json' | 'pretty';
}

/** Members whose values never appear in a line, at any place that a log line of ours nests them. */
const SECRETS = ['password', 'key'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The log of a process: its root, and what is needed to change and to end it. */
export interface Log {
  readonly logger: Logger;
  setLevel(level: LogLevel): void;
  /** Log rotation: opens a file anew. */
  reopen(): void;
  /** Waits for the reader, at most that long. */
  flush(timeoutMs: number): Promise<void>;
}

/** @throws the system's error when a file cannot be opened */
export async function openLog(options: LogOptions): Promise<Log> {
  const sink = openLogSink(options.destination);
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS, censor: '[redacted]' },
    },
    { write: await lineWriter(sink, options) },
  );
  return {
    logger: new RootedLogger(root, {}),
    setLevel: (level) => {
      root.level = level;
    },
    reopen: () => sink.reopen(),
    flush: (timeoutMs) => sink.flush(timeoutMs),
  };
}

/** Formats each line and tells of lost ones in front of the first that goes through again. */
async function lineWriter(sink: LogSink, options: LogOptions): Promise<(line: string) => void> {
  const fd = options.destination === 'stdout' ? 1 : options.destination === 'stderr' ? 2 : undefined;
  const isTerminal = fd !== undefined && isatty(fd);
  const isPretty = options.format === 'pretty' || (options.format === 'auto' && isTerminal);
  const format = isPretty ? await prettyFormat(isTerminal) : (line: string) => line;
  return (line) => {
    const lines = sink.takeLost();
    if (lines > 0) {
      const notice = { level: 'warn', time: new Date().toISOString(), lines, msg: 'log lines were lost' };
      sink.write(format(`${JSON.stringify(notice)}\n`), lines);
    }
    sink.write(format(line));
  };
}

async function prettyFormat(colorize: boolean): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ colorize, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' });
  return (line) => pretty(line) ?? '';
}

/** Children keep no level of their own, so that a reload can change it for all. */
class RootedLogger implements Logger {
  constructor(
    private readonly root: PinoLogger,
    private readonly fields: object,
  ) {}

  debug(fields: object, message: string): void {
    if (this.root.isLevelEnabled('debug')) this.root.debug({ ...this.fields, ...fields }, message);
  }

  info(fields: object, message: string): void {
    if (this.root.isLevelEnabled('info')) this.root.info({ ...this.fields, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.root.warn({ ...this.fields, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.root.error({ ...this.fields, ...fields }, message);
  }

  child(fields: object): Logger {
    return new RootedLogger(this.root, { ...this.fields, ...fields });
  }
}
