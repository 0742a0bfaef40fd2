/**
 * What a reload has to touch: neighbors, processes and listeners that were added, changed or removed. A configuration is
 * plain data, so this is a comparison. Acting on it is left to the daemon, and so are the routes, of which there may be a
 * million: they are compared in slices while they are applied.
 */
import { OPTIONS_WITHOUT_RESTART, type ProcessConfig } from '../api/process/process-config.js';
import { OPTIONS_WITHOUT_RESET, type PeerConfig } from '../session/peer-config.js';
import type { CrierConfig, ListenerConfig } from './root.js';

/** Parts of the configuration that a running daemon cannot change. */
const AT_START: readonly (keyof CrierConfig)[] = ['user', 'group', 'log', 'control'];

/** Compared by the daemon. */
const ROUTES: ReadonlySet<string> = new Set<keyof PeerConfig>(['routes', 'routesFiles']);

/** A neighbor that was and is there. */
export interface NeighborPair {
  readonly before: PeerConfig;
  readonly after: PeerConfig;
}

export interface NeighborChange extends NeighborPair {
  /** The options that differ, routes aside. The name is one of them when an AS number or localAddress changed. */
  readonly options: readonly string[];
  readonly needsReset: boolean;
}

export interface ProcessChange {
  readonly before: ProcessConfig;
  readonly after: ProcessConfig;
  readonly options: readonly string[];
  readonly needsRestart: boolean;
}

export interface NeighborDiff {
  readonly added: readonly PeerConfig[];
  readonly changed: readonly NeighborChange[];
  /** Nothing but routes may have changed. */
  readonly kept: readonly NeighborPair[];
  readonly removed: readonly PeerConfig[];
}

export interface ConfigDiff {
  readonly processes: {
    readonly added: readonly ProcessConfig[];
    readonly changed: readonly ProcessChange[];
    readonly removed: readonly ProcessConfig[];
  };
  readonly listeners: { readonly added: readonly ListenerConfig[]; readonly removed: readonly ListenerConfig[] };
  /** Names of changed parts that only a new start takes over. */
  readonly needsStart: readonly string[];
}

/** Compares two configurations but for the neighbors. */
export function diffConfigs(before: CrierConfig, after: CrierConfig): ConfigDiff {
  const processes = pair(before.processes, after.processes, ({ name }) => name);
  const listeners = pair(before.listen, after.listen, ({ address, port }) => `${address} ${port}`);
  return {
    processes: {
      added: processes.added,
      removed: processes.removed,
      changed: changesOf(processes.kept, NOTHING).map((change) => ({
        ...change,
        needsRestart: change.options.some((option) => !OPTIONS_WITHOUT_RESTART.has(option)),
      })),
    },
    listeners: { added: listeners.added, removed: listeners.removed },
    needsStart: AT_START.filter((part) => !isEqual(before[part], after[part])),
  };
}

/** Compares neighbors: those of a file, and those added at run time. */
export function diffNeighbors(before: readonly PeerConfig[], after: readonly PeerConfig[]): NeighborDiff {
  const byName = pair(before, after, ({ name }) => name);
  // A neighbor whose AS number or local address changed is still the same neighbor.
  const byAddress = pair(onlyOnes(byName.removed), onlyOnes(byName.added), ({ remoteAddress }) => remoteAddress);
  const renamed = new Set(byAddress.kept.flat());
  const pairs = [...byName.kept, ...byAddress.kept];
  const changed = changesOf(pairs, ROUTES);
  const changedNow = new Set(changed.map((change) => change.after));
  return {
    added: byName.added.filter((config) => !renamed.has(config)),
    removed: byName.removed.filter((config) => !renamed.has(config)),
    kept: pairs.flatMap(([old, now]) => (changedNow.has(now) ? [] : { before: old, after: now })),
    changed: changed.map((change) => ({
      ...change,
      needsReset: change.options.some((option) => !OPTIONS_WITHOUT_RESET.has(option)),
    })),
  };
}

/** Those whose remote address no other one has. */
function onlyOnes(configs: readonly PeerConfig[]): PeerConfig[] {
  const counts = new Map<string, number>();
  for (const { remoteAddress } of configs) counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
  return configs.filter(({ remoteAddress }) => counts.get(remoteAddress) === 1);
}

function pair<Item>(before: readonly Item[], after: readonly Item[], keyOf: (item: Item) => string) {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const now = new Map(after.map((item) => [keyOf(item), item]));
  return {
    added: after.filter((item) => !old.has(keyOf(item))),
    removed: before.filter((item) => !now.has(keyOf(item))),
    kept: after.flatMap((item): [Item, Item][] => {
      const match = old.get(keyOf(item));
      return match === undefined ? [] : [[match, item]];
    }),
  };
}

const NOTHING: ReadonlySet<string> = new Set();

function changesOf<Item extends object>(pairs: readonly (readonly [Item, Item])[], except: ReadonlySet<string>) {
  return pairs
    .map(([before, after]) => ({ before, after, options: differences(before, after, except) }))
    .filter(({ options }) => options.length > 0);
}

function differences<Item extends object>(before: Item, after: Item, except: ReadonlySet<string>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Item & string>;
  return [...names].filter((name) => !except.has(name) && !isEqual(before[name], after[name]));
}

/** Equal plain data: order counts in lists, not in objects; a member that is undefined is none. */
export function isEqual(one: unknown, two: unknown): boolean {
  if (Object.is(one, two)) return true;
  if (typeof one !== 'object' || typeof two !== 'object' || one === null || two === null) return false;
  if (Array.isArray(one) !== Array.isArray(two)) return false;
  if (Array.isArray(one) || ArrayBuffer.isView(one)) {
    const [first, second] = [one as unknown[], two as unknown[]];
    if (first.length !== second.length) return false;
    for (let i = 0; i < first.length; i++) if (!isEqual(first[i], second[i])) return false;
    return true;
  }
  const [first, second] = [one as Record<string, unknown>, two as Record<string, unknown>];
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  for (const name of names) if (!isEqual(first[name], second[name])) return false;
  return true;
}
