/** What the sections of one file share while it is migrated. */
import type { Findings } from './mistake.js';
import type { Settings } from './settings.js';

export interface MigrationContext {
  readonly findings: Findings;
  /** From exabgp.env and the environment. */
  readonly settings: Settings;
  /** Accept sessions on this address; told again it counts once. */
  listen(address: string, port: number): void;
  /** Is there an address on which this neighbor's connections come in? */
  isListening(remote: string, localAddress: string | undefined): boolean;
}
