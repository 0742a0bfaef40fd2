/** What the benchmark asks of a daemon: AS 65000 at 127.0.0.1 with neighbors of AS 65001 at the load peer's addresses. */
import type { ChildProcess } from 'node:child_process';
import type { RouteWork } from '../work-routes.js';
import type { RunningDaemon } from './running-daemon.js';

/** A helper program, and what it gets. */
export interface HelperJobSpec {
  readonly name: string;
  /** An executable file. */
  readonly script: string;
  /** UPDATEs are given to it in this form. */
  readonly receive: 'json' | 'text' | undefined;
}

export interface Job {
  /** Everything of this run lies here. */
  readonly folder: string;
  /** Port of the load peer; the two behind it are the daemon's. */
  readonly port: number;
  /** Addresses of the load peer: one neighbor each. */
  readonly peers: readonly string[];
  readonly holdTimeSeconds: number;
  readonly isIpv6: boolean;
  readonly helpers: readonly HelperJobSpec[];
  /** Commands are answered. */
  readonly isAnswering: boolean;
  /** Routes of the configuration itself. */
  readonly staticRoutes: number;
  /** Where the daemon's event loop says when it was late; undefined: it is not watched. */
  readonly loopFile: string | undefined;
}

/** Loads routes into a daemon that no helper commands. */
export interface Loader {
  /** Writes what is to be loaded. */
  prepare(job: Job, routes: number, work: RouteWork): void;
  /** Begins. */
  begin(job: Job): ChildProcess;
}

export interface Daemon {
  readonly name: string;
  /** Programs that must be on the path. */
  readonly programs: readonly string[];
  /** What it is asked to do, as a part of what crier is. */
  readonly sizeShare: number;
  /** Never asked for less, in works of full size. */
  readonly leastRoutes?: number;
  /** Part of the routes that it must bring to the peer (an injector may lose the tail). */
  readonly completeShare: number;
  /** Sends ORIGIN, NEXT_HOP and MULTI_EXIT_DISC as the command has them. */
  readonly isExact: boolean;
  start(job: Job): RunningDaemon;
  /** Absent: helpers command it. */
  readonly loader?: Loader;
  /** Writes the static routes again, ten of them changed, and tells the running daemon. */
  reload?(job: Job, running: RunningDaemon): void;
  /** "crier 0.1.0" */
  version(): string;
}
