/** The worker's side of load-in-worker.ts: loads the files it was given and hands the result over when asked, in pieces. */
import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError, type ConfigProblem } from './errors.js';
import { loadConfig } from './load.js';
import type { CrierConfig } from './root.js';

/** Routes in one message: few enough to be taken in about a millisecond. */
const PIECE = 2000;

/** What the worker says. After `config` and each `routes` it waits to be asked for more. */
export type WorkerMessage =
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] }
  | { readonly kind: 'warning'; readonly warning: ConfigProblem }
  /** The configuration with the routes of all neighbors left out. */
  | { readonly kind: 'config'; readonly config: CrierConfig }
  /** Some more routes of the neighbor with this index. */
  | { readonly kind: 'routes'; readonly neighbor: number; readonly routes: readonly string[] }
  | { readonly kind: 'end' };

function* messages(files: readonly string[]): Generator<WorkerMessage> {
  let config: CrierConfig;
  try {
    config = loadConfig(files, { onWarning: (warning) => say({ kind: 'warning', warning }) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield { kind: 'problems', problems: error.problems };
    return;
  }
  yield { kind: 'config', config: { ...config, neighbors: config.neighbors.map((each) => ({ ...each, routes: [] })) } };
  for (const [neighbor, { routes }] of config.neighbors.entries()) {
    for (let from = 0; from < routes.length; from += PIECE) {
      yield { kind: 'routes', neighbor, routes: routes.slice(from, from + PIECE) };
    }
  }
  yield { kind: 'end' };
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

const sequence = messages(workerData as readonly string[]);
const step = (): void => {
  const { value, done } = sequence.next();
  if (done === true) parentPort?.close();
  else {
    say(value);
    if (value.kind === 'problems' || value.kind === 'end') parentPort?.close();
  }
};
parentPort?.on('message', step);
step();
