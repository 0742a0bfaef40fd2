/**
 * A new configuration in the place of the old one: touches only what changed. What can fail (a new listener) comes
 * first, and nothing else has happened by then. What changed is found by config/diff.ts; here it is carried out, in an
 * order in which nothing refers to what is not there yet.
 */
import { type ConfigDiff, diffConfigs, diffNeighbors, isEqual } from '../config/diff.js';
import type { CrierConfig } from '../config/root.js';
import type { PeerConfig } from '../session/peer-config.js';
import type { Logger } from '../util/log.js';
import { ListenerChange, type ListenerSet } from './listener-change.js';
import type { Neighbors } from './neighbors.js';

/** What a reload is carried out on. */
export interface Reloadable {
  readonly log: Logger;
  readonly neighbors: Neighbors;
  readonly listeners: ListenerSet;
  /** From here on the new configuration holds: what depends on nothing else is taken over by the caller. */
  begin(): void;
  /** Neighbors or keys changed. */
  updateKeys(): void;
  /** Starts, restarts and ends helpers. */
  applyProcesses(diff: ConfigDiff['processes']): void;
}

/**
 * Takes the configuration over.
 * @param runtime neighbors that were added at run time: they stay, but the file wins for those it names
 * @returns the neighbors added at run time that are left
 * @throws Error that says why the old configuration stays
 */
export async function takeOver(
  daemon: Reloadable,
  before: CrierConfig,
  after: CrierConfig,
  runtime: readonly PeerConfig[],
): Promise<readonly PeerConfig[]> {
  const { neighbors, log } = daemon;
  const diff = diffConfigs(before, after);
  const named = new Set(after.neighbors.map(({ name }) => name));
  const left = runtime.filter(({ name }) => !named.has(name));
  const wanted = [...after.neighbors, ...left];
  const listeners = await ListenerChange.begin(daemon.listeners, diff.listeners, neighbors.configs, wanted);
  daemon.begin();
  // The level is taken over at once (run-daemon.ts).
  const isLevelOnly = isEqual({ ...before.log, level: after.log.level }, after.log);
  const needsStart = diff.needsStart.filter((part) => part !== 'log' || !isLevelOnly);
  for (const part of needsStart) log.warn({ part }, 'this part of the configuration changes at the next start only');
  // For a neighbor that the file names now the file wins.
  const present = new Set(neighbors.configs.map(({ name }) => name));
  const known = [...before.neighbors, ...runtime].filter(({ name }) => present.has(name));
  const changes = diffNeighbors(known, wanted);
  for (const { name } of changes.removed) neighbors.remove(name);
  daemon.applyProcesses(diff.processes);
  neighbors.refreshReach();
  for (const change of changes.changed) await neighbors.change(change);
  let otherRoutes = 0;
  for (const pair of changes.kept) {
    if (pair.before.routes.length + pair.after.routes.length > 0 && (await neighbors.change(pair))) otherRoutes++;
  }
  for (const config of changes.added) await neighbors.add(config);
  // Keys are on the listeners before a neighbor may connect.
  daemon.updateKeys();
  await listeners.finish();
  neighbors.setOrder(after.neighbors.map(({ name }) => name));
  neighbors.startAdded(changes.added.map(({ name }) => name));
  const counts = {
    added: changes.added.length,
    changed: changes.changed.length + otherRoutes,
    removed: changes.removed.length,
  };
  log.info({ neighbors: inWords(counts), processes: inWords(sizesOf(diff.processes)) }, 'configuration reloaded');
  return left;
}

interface Counts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

function sizesOf({ added, changed, removed }: ConfigDiff['processes']): Counts {
  return { added: added.length, changed: changed.length, removed: removed.length };
}

function inWords({ added, changed, removed }: Counts): string {
  return `${added} added, ${changed} changed, ${removed} removed`;
}
