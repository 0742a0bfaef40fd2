/**
 * The environment of helpers: the daemon's own, less what concerns the daemon alone, and a mark of the daemon that a
 * later one knows its predecessor's helpers by (left-overs.ts).
 */
import { readFileSync } from 'node:fs';

/** Names of the mark: which daemon (its control socket), and which life of it. */
export const DAEMON_VARIABLE = 'CRIER_DAEMON';
export const DAEMON_LIFE_VARIABLE = 'CRIER_DAEMON_LIFE';
export const HELPER_VARIABLE = 'CRIER_HELPER';

/** What a service manager tells the daemon alone. */
const OWN_VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC', 'LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES'];

/**
 * @param daemon identity of the daemon, the same in its next life
 * @param base usually process.env
 * @param configured wins over everything but the mark
 */
export function helperEnvironment(
  daemon: string,
  helper: string,
  base: Readonly<Record<string, string | undefined>>,
  configured: Readonly<Record<string, string>>,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(base))
    if (value !== undefined && !OWN_VARIABLES.includes(name)) out[name] = value;
  return {
    ...out,
    TERM: 'dumb',
    ...configured,
    [DAEMON_VARIABLE]: daemon,
    [DAEMON_LIFE_VARIABLE]: daemonLife(),
    [HELPER_VARIABLE]: helper,
  };
}

/** This process, told apart from a later one with the same id: `PID:START`. */
export function daemonLife(): string {
  return `${process.pid}:${startTime(process.pid) ?? 0}`;
}

/** Is that life still going on? */
export function isLifeGoing(life: string): boolean {
  const [pid, start] = life.split(':').map(Number);
  return pid !== undefined && start !== undefined && startTime(pid) === start;
}

/** When a process started, in clock ticks since the system's start (proc(5): field 22 of stat); undefined: no such one. */
function startTime(pid: number): number | undefined {
  return statFields(pid)?.[19];
}

/** @returns numbers of /proc/PID/stat from the fourth field (parent) on, with NaN before them for the state */
export function statFields(pid: number): number[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold anything.
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return undefined;
  }
}
