/**
 * Ends helpers that a killed daemon left behind. They are known by the mark in their environment: this daemon's identity,
 * and a life of it that is over. Only processes of the same user, never our own group or ancestors, and only groups that
 * were made for a helper. Where there is no /proc nothing is found.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Logger } from '../../util/log.js';
import type { Clock } from '../../util/timers.js';
import {
  DAEMON_LIFE_VARIABLE,
  DAEMON_VARIABLE,
  HELPER_VARIABLE,
  isLifeGoing,
  statFields,
} from './helper-environment.js';
import { endGroup } from './kill.js';

/** A process group of a former life's helper. */
interface LeftOver {
  readonly group: number;
  readonly helper: string;
}

/**
 * Call it when no other daemon of this identity can run (its control socket is ours).
 * @param daemon the identity that `Supervisor` was or will be given
 * @param graceMs from TERM to KILL
 * @returns number of groups that were ended, when they are
 */
export async function endLeftOvers(daemon: string, graceMs: number, clock: Clock, log: Logger): Promise<number> {
  const found = findLeftOvers(daemon);
  for (const { group, helper } of found)
    log.warn({ process: helper, pid: group }, 'a helper of a former daemon is still there and is ended');
  await Promise.all(found.map(({ group }) => endGroup(group, graceMs, clock)));
  return found.length;
}

function findLeftOvers(daemon: string): LeftOver[] {
  const groups = new Map<number, LeftOver>();
  const spared = ownGroups();
  const isOver = new Map<string, boolean>();
  for (const name of listProcesses()) {
    const pid = Number(name);
    const variables = environmentOf(pid);
    if (variables?.get(DAEMON_VARIABLE) !== daemon) continue;
    const life = variables.get(DAEMON_LIFE_VARIABLE) ?? '';
    if (!isOver.has(life)) isOver.set(life, /^\d+:\d+$/.test(life) && !isLifeGoing(life));
    const group = statFields(pid)?.[2];
    if (!isOver.get(life) || group === undefined || group <= 1 || spared.has(group)) continue;
    groups.set(group, { group, helper: variables.get(HELPER_VARIABLE) ?? '' });
  }
  return [...groups.values()];
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Groups of this process and its ancestors. */
function ownGroups(): Set<number> {
  const groups = new Set<number>();
  for (let pid = process.pid; pid > 0; ) {
    const fields = statFields(pid);
    if (fields === undefined) break;
    groups.add(fields[2]!);
    pid = fields[1]!;
  }
  return groups;
}

/** The environment a process was started with, when it is one of ours and lives. */
function environmentOf(pid: number): Map<string, string> | undefined {
  try {
    const path = `/proc/${pid}/environ`;
    if (pid === process.pid || statSync(`/proc/${pid}`).uid !== process.geteuid?.()) return undefined;
    const pairs = readFileSync(path, 'utf8').split('\0');
    return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  } catch {
    return undefined;
  }
}
