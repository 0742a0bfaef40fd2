/** A work of the benchmark: what a daemon is asked to do, and what is measured of it. */
import type { Daemon } from '../daemons/types.js';
import type { Lab, Scale } from '../lab.js';

/** One run. It exists only when everything that was asked for came out right. */
export interface Measurement {
  readonly seconds: number;
  /** Routes (commands, prefixes) done in that time; 0: the work is not counted in routes. */
  readonly routes: number;
  /** Sum of the peaks of the daemon's processes, helpers aside. */
  readonly peakRssOctets: number;
  /** How late the latest KEEPALIVE was, behind a third of the hold time, or could have been: how long the daemon did one thing. */
  readonly keepaliveDelayMs?: number;
  /** Processor time of the daemon during the work. */
  readonly cpuSeconds?: number;
  /** More numbers, the unit in the name. */
  readonly details?: Readonly<Record<string, number>>;
}

export interface Work {
  /** As `--works` takes it. */
  readonly name: string;
  readonly about: string;
  /** What crier should reach at full size on two cores. */
  readonly goal?: string;
  /** Daemons, by name, that can do it. */
  readonly daemons: readonly string[];
  /** Daemons that do it in `--quick` when no works are chosen. */
  readonly quick: readonly string[];
  /** How much is asked of this daemon. */
  routes(scale: Scale, daemon: Daemon): number;
  /** @throws when the peer or the helper does not hold exactly what was asked for */
  run(lab: Lab, daemon: Daemon, routes: number): Promise<Measurement>;
}

/** Routes of the main works: all for the fast, a part for the slow. */
export const fullSize = (scale: Scale, daemon: Daemon): number =>
  Math.max(daemon.leastRoutes ?? 0, Math.ceil(scale.size * daemon.sizeShare));
/** A tenth of it, for what costs more a route. */
export const tenth = (scale: Scale, daemon: Daemon): number => Math.ceil((scale.size * daemon.sizeShare) / 10);
