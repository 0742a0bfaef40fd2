/**
 * A new configuration in the place of the old one: touches only what changed. What changed is found by config/diff.ts;
 * here it is carried out, in an order in which nothing refers to what is not there yet.
 */
import { type ConfigDiff, diffConfigs, diffNeighbors, isEqual } from '../config/diff.js';
import type { CrierConfig, ListenerConfig } from '../config/root.js';
import type { PeerConfig } from '../session/peer-config.js';
import type { Logger } from '../util/log.js';
import type { Neighbors } from './neighbors.js';

/** What a reload is carried out on. */
export interface Reloadable {
  readonly log: Logger;
  readonly neighbors: Neighbors;
  /** @throws Error where the address cannot be had */
  listen(where: ListenerConfig): Promise<void>;
  closeListener(where: ListenerConfig): Promise<void>;
  /** Neighbors or keys changed. */
  updateKeys(): void;
  /** Starts, restarts and ends helpers. */
  applyProcesses(diff: ConfigDiff['processes']): void;
}

/**
 * Takes the configuration over.
 * @param runtime neighbors that were added at run time: they stay, but the file wins for those it names
 * @returns the neighbors added at run time that are left
 */
export async function takeOver(
  daemon: Reloadable,
  before: CrierConfig,
  after: CrierConfig,
  runtime: readonly PeerConfig[],
): Promise<readonly PeerConfig[]> {
  const { neighbors, log } = daemon;
  const diff = diffConfigs(before, after);
  // The level is taken over at once (run-daemon.ts).
  const isLevelOnly = isEqual({ ...before.log, level: after.log.level }, after.log);
  const needsStart = diff.needsStart.filter((part) => part !== 'log' || !isLevelOnly);
  for (const part of needsStart) log.warn({ part }, 'this part of the configuration changes at the next start only');
  const named = new Set(after.neighbors.map(({ name }) => name));
  const left = runtime.filter(({ name }) => !named.has(name));
  // For a neighbor that the file names now the file wins.
  const present = new Set(neighbors.configs.map(({ name }) => name));
  const known = [...before.neighbors, ...runtime].filter(({ name }) => present.has(name));
  const changes = diffNeighbors(known, [...after.neighbors, ...left]);
  for (const { name } of changes.removed) neighbors.remove(name);
  for (const where of diff.listeners.removed) await daemon.closeListener(where);
  daemon.applyProcesses(diff.processes);
  neighbors.refreshReach();
  for (const change of changes.changed) await neighbors.change(change);
  for (const config of changes.added) await neighbors.add(config, false);
  // Keys are on the listeners before a neighbor may connect.
  daemon.updateKeys();
  for (const where of diff.listeners.added) await daemon.listen(where);
  neighbors.setOrder(after.neighbors.map(({ name }) => name));
  for (const { name } of changes.added) neighbors.table.byName(name)?.start();
  log.info(summary(diff, changes), 'configuration reloaded');
  return left;
}

function summary(diff: ConfigDiff, changes: ConfigDiff['neighbors']): object {
  const count = (part: { added: readonly unknown[]; changed: readonly unknown[]; removed: readonly unknown[] }) =>
    `${part.added.length} added, ${part.changed.length} changed, ${part.removed.length} removed`;
  return { neighbors: count(changes), processes: count(diff.processes) };
}
