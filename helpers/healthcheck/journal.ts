/** The log: standard error (which a daemon puts into its own log), and syslog by logger(1) where it is asked for. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface JournalOptions {
  readonly isSilent: boolean;
  readonly isDebug: boolean;
  readonly syslogFacility: string | undefined;
  readonly name: string | undefined;
}

/** Priorities of syslog (RFC 5424 section 6.2.1). */
const SEVERITY = { error: 3, warning: 4, info: 6, debug: 7 } as const;

export class Journal {
  private readonly logger: ChildProcess | undefined;
  private readonly tag: string;

  constructor(private readonly options: JournalOptions) {
    this.tag = `healthcheck${options.name === undefined ? '' : `-${options.name}`}[${process.pid}]`;
    // The daemon that reads it may be gone.
    process.stderr.on('error', () => undefined);
    if (options.syslogFacility === undefined) return;
    const words = ['--prio-prefix', '--priority', `${options.syslogFacility}.info`, '--tag', this.tag];
    // A process group of its own: what is said at the end arrives too.
    this.logger = spawn('logger', words, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.logger.on('error', () => undefined);
    this.logger.stdin?.on('error', () => undefined);
  }

  write(severity: keyof typeof SEVERITY, message: string): void {
    if (severity === 'debug' && !this.options.isDebug) return;
    // One message, one line, whatever a command printed.
    const line = message.replace(/\p{Cc}+/gu, ' ').trim();
    if (!this.options.isSilent) process.stderr.write(`${this.tag}: ${line}\n`);
    this.logger?.stdin?.write(`<${SEVERITY[severity]}>${line}\n`);
  }

  close(): void {
    this.logger?.stdin?.end();
    this.logger?.unref();
  }
}
