/** The options of one helper process, checked and complete. Read from the file by config/. */
import type { Dialect } from '../../wire/family/types.js';

/** Options that hold for a running helper from its next line on; every other one needs a new life. */
export const OPTIONS_WITHOUT_RESTART: ReadonlySet<string> = new Set<keyof ProcessConfig>([
  'respawn',
  'strict',
  'onExit',
]);

export interface ProcessConfig {
  readonly name: string;
  /** Program and arguments; the program is resolved to an absolute path. */
  readonly argv: readonly string[];
  readonly encoder: 'json' | 'text';
  readonly dialect: Dialect;
  /** Answers: none, `done`/`error`, or `error: WHY`. */
  readonly ack: boolean | 'reasons';
  readonly respawn: boolean;
  /** A command whose matched neighbors are all skipped answers `error`. */
  readonly strict: boolean;
  readonly onExit: 'keep' | { readonly withdrawAfterSeconds: number };
  readonly queue: { readonly bytes: number; readonly stallSeconds: number };
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}
