/**
 * Ends a process group: TERM, a time of grace, KILL. A group may outlive its leader (a helper's own children), and ends
 * with its last process; the timers end with it.
 */
import type { Clock } from '../../util/timers.js';

/** Time between two looks at a group that is asked to end. */
const LOOK_MS = 50;

/**
 * @param group the leader's process id
 * @returns false when nobody of the group is left (or none of it is ours)
 */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // 0, 1 and negative numbers mean other groups than one of ours.
  if (!Number.isInteger(group) || group <= 1) return false;
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Asks the group to end and makes it end.
 * @param graceMs from TERM to KILL
 * @returns resolved when nobody of the group is left, or after KILL
 */
export function endGroup(group: number, graceMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const killAt = clock.nowMs() + graceMs;
    if (!signalGroup(group, 'SIGTERM')) return resolve();
    const look = (): void => {
      if (!signalGroup(group, 0)) resolve();
      else if (clock.nowMs() < killAt) clock.start(Math.min(LOOK_MS, killAt - clock.nowMs()), look);
      else {
        signalGroup(group, 'SIGKILL');
        resolve();
      }
    };
    clock.start(Math.min(LOOK_MS, graceMs), look);
  });
}
