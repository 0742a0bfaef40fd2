/** What a changed configuration means for a neighbor that runs: nothing, options to take over, or a new session. */
import { OPTIONS_WITHOUT_RESET, type PeerConfig } from './peer-config.js';

/** What a new configuration means for a running neighbor. */
export type Change = 'none' | 'soft' | 'reset';

function plain(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? Array.from(part) : part)) ?? '';
}

/** Routes are no matter of the session, and there may be a million of them. */
const ROUTES: ReadonlySet<string> = new Set<keyof PeerConfig>(['routes', 'routesFiles']);

/** Compares two configurations of one neighbor, routes aside. */
export function compareConfigs(before: PeerConfig, after: PeerConfig): Change {
  let change: Change = 'none';
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof PeerConfig>;
  for (const key of keys) {
    if (ROUTES.has(key) || plain(before[key]) === plain(after[key])) continue;
    if (!OPTIONS_WITHOUT_RESET.has(key)) return 'reset';
    change = 'soft';
  }
  return change;
}
