/**
 * A daemon as a process group: started, looked at through /proc, and ended, by process id and whatever happened. Helpers
 * have groups of their own; those that outlive their daemon are ended as well.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TICKS_PER_SECOND = 100;
const STOP_MS = 5000;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly cpuTicks: number;
  /** Tells a process from a later one with the same id. */
  readonly startTicks: number;
}

/** Fields of /proc/PID/stat, behind the name in parentheses (proc_pid_stat(5)). */
const Field = { parent: 1, group: 2, userTicks: 11, systemTicks: 12, startTicks: 19 } as const;

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      pid,
      parent: fields[Field.parent]!,
      group: fields[Field.group]!,
      cpuTicks: fields[Field.userTicks]! + fields[Field.systemTicks]!,
      startTicks: fields[Field.startTicks]!,
    };
  } catch {
    return undefined; // it ended meanwhile
  }
}

function allStats(): Stat[] {
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (statOf(Number(entry)) ?? []) : []));
}

/** Peak and present resident set in /proc/PID/status (proc_pid_status(5)). */
const LINE = { VmHWM: /^VmHWM:\s+(\d+) kB$/m, VmRSS: /^VmRSS:\s+(\d+) kB$/m } as const;

function residentOctets(pid: number, kind: 'VmHWM' | 'VmRSS'): number {
  try {
    const found = LINE[kind].exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return found === null ? 0 : Number(found[1]) * 1024;
  } catch {
    return 0;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it ended meanwhile
  }
}

export class RunningDaemon {
  readonly child: ChildProcess;
  private readonly group: number;
  private readonly log: string;
  private isStopping = false;

  /** @param argv program and arguments @param folder its working directory, where its log goes */
  constructor(argv: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}) {
    this.log = join(folder, 'daemon.log');
    const log = openSync(this.log, 'a');
    this.child = spawn(argv[0]!, argv.slice(1), {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    });
    closeSync(log);
    this.child.on('error', () => undefined);
    this.group = this.child.pid ?? 0;
  }

  /** Rejects when the daemon ends although nobody stopped it. */
  get unexpectedEnd(): Promise<never> {
    return new Promise((_resolve, reject) => {
      const end = (): void => {
        if (!this.isStopping) reject(new Error(`the daemon ended: ${this.logTail()}`));
      };
      if (this.hasEnded) end();
      else this.child.once('exit', end).once('error', end);
    });
  }

  private get hasEnded(): boolean {
    return this.group === 0 || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The end of what it logged. */
  logTail(): string {
    try {
      return readFileSync(this.log, 'utf8').trim().slice(-500);
    } catch {
      return '';
    }
  }

  private processes(): Stat[] {
    return allStats().filter(({ group }) => group === this.group);
  }

  /** Sum of the present resident sets of its processes, helpers aside, in octets. */
  get rssOctets(): number {
    return this.processes().reduce((sum, { pid }) => sum + residentOctets(pid, 'VmRSS'), 0);
  }

  /** Sum of the peak resident sets of its processes, helpers aside, in octets. */
  get peakRssOctets(): number {
    return this.processes().reduce((sum, { pid }) => sum + residentOctets(pid, 'VmHWM'), 0);
  }

  /** Processor seconds that its processes used so far. */
  get cpuSeconds(): number {
    return this.processes().reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / TICKS_PER_SECOND;
  }

  signal(name: NodeJS.Signals): void {
    signal(this.group, name);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.group === 0) return;
    const started = this.descendants();
    if (!this.hasEnded) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      signal(-this.group, 'SIGTERM');
      const timer = setTimeout(() => signal(-this.group, 'SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    }
    for (const { pid, startTicks } of started) if (statOf(pid)?.startTicks === startTicks) signal(pid, 'SIGKILL');
  }

  /** Its processes and all that they started. */
  private descendants(): Stat[] {
    const all = allStats();
    const found = new Map(all.filter(({ group }) => group === this.group).map((stat) => [stat.pid, stat]));
    for (let before = -1; before !== found.size; ) {
      before = found.size;
      for (const stat of all) if (found.has(stat.parent)) found.set(stat.pid, stat);
    }
    return [...found.values()];
  }
}

/** True when the program is on the path. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** First line that the program prints of its version, on stdout or stderr. */
export function versionLine(command: string): string {
  try {
    const text = execFileSync('/bin/sh', ['-c', `${command} 2>&1`], { encoding: 'utf8' });
    return text.split('\n')[0]!.trim();
  } catch {
    return 'unknown';
  }
}
