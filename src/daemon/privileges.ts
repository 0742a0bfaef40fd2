/**
 * Gives up root: once listeners and the control socket are there, and before any helper runs. Group first, then user;
 * afterwards there is no way back.
 */
import { readFileSync } from 'node:fs';

type Process = NodeJS.Process & { initgroups(user: string, group: number): void };

/** What could not be done, for the log: the daemon does not run then. */
export class PrivilegeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PrivilegeError';
  }
}

/**
 * Becomes the configured user and group when started as root; does nothing otherwise.
 * @returns what it did, for the log; undefined when nothing
 * @throws PrivilegeError when user or group do not exist
 */
export function dropPrivileges(user: string | undefined, group: string | undefined): string | undefined {
  if (process.geteuid?.() !== 0 || (user === undefined && group === undefined)) return undefined;
  try {
    const gid = group === undefined ? primaryGroup(user!) : groupId(group);
    // @types/node 20 lacks it.
    if (user !== undefined) (process as Process).initgroups(user, gid);
    process.setgid!(gid);
    if (user !== undefined) process.setuid!(user);
  } catch (error) {
    throw new PrivilegeError(
      `cannot become user ${user ?? '(unchanged)'}, group ${group ?? '(its own)'}: ${(error as Error).message}`,
    );
  }
  return `user ${user ?? 'root'}, group ${group ?? 'its own'}`;
}

/** @param group name or number @throws PrivilegeError when there is none */
export function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const entry = entries('/etc/group').find(([name]) => name === group);
  if (entry === undefined) throw new PrivilegeError(`there is no group "${group}"`);
  return Number(entry[2]);
}

/** @param user name or number @throws PrivilegeError when there is none */
export function userId(user: string): number {
  return Number(account(user)[2]);
}

function primaryGroup(user: string): number {
  return Number(account(user)[3]);
}

function account(user: string): string[] {
  const entry = entries('/etc/passwd').find(([name, , id]) => name === user || id === user);
  if (entry === undefined) throw new PrivilegeError(`there is no user "${user}"`);
  return entry;
}

function entries(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
}
