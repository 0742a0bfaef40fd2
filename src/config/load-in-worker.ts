/**
 * Loads a configuration in a thread of its own, so that a reload of a large one delays no timer: reading, checking and
 * parsing of routes happen there, and the result is taken over in small pieces. What loading means: load.ts.
 */
import { Worker } from 'node:worker_threads';
import { ConfigError, type ConfigProblem } from './errors.js';
import { deepFreeze } from './load.js';
import type { WorkerMessage } from './load-worker.js';
import type { CrierConfig } from './root.js';

/**
 * @param files as for loadConfig
 * @returns the configuration, frozen
 * @throws ConfigError (as a rejection) as loadConfig does
 */
export function loadConfigInWorker(
  files: string | readonly string[],
  onWarning: (warning: ConfigProblem) => void = () => undefined,
): Promise<CrierConfig> {
  const worker = new Worker(new URL('./load-worker.js', import.meta.url), {
    workerData: typeof files === 'string' ? [files] : files,
  });
  let config: CrierConfig | undefined;
  const routes: string[][] = [];
  return new Promise<CrierConfig>((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      switch (message.kind) {
        case 'warning':
          onWarning(message.warning);
          return;
        case 'problems':
          reject(new ConfigError(message.problems));
          return;
        case 'config':
          config = message.config;
          routes.push(...config.neighbors.map(() => []));
          break;
        case 'routes':
          for (const text of message.routes) routes[message.neighbor]!.push(text);
          break;
        case 'end':
          resolve(freezeWith(config!, routes));
          return;
      }
      // Asked for in the next turn: timers and sockets come in between.
      setImmediate(() => worker.postMessage('next'));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the thread that reads the configuration ended (status ${code})`)));
  });
}

function freezeWith(config: CrierConfig, routes: readonly string[][]): CrierConfig {
  // Frozen here: nothing walks over a million texts in one piece.
  const neighbors = config.neighbors.map((neighbor, i) => ({ ...neighbor, routes: Object.freeze(routes[i]!) }));
  return deepFreeze({ ...config, neighbors });
}
