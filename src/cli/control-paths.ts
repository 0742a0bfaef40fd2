/** Where a daemon's control socket may be, most likely first: the same order in which `run` chooses its place. */
import { join } from 'node:path';

/** @param given the path of `--socket`; nothing else is tried then */
export function controlSocketPaths(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string[] {
  if (given !== undefined) return [given];
  const runtime = environment.XDG_RUNTIME_DIR;
  return ['/run/crier/crier.sock', ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'crier.sock')])];
}
