/**
 * The commands of the program. A command is one file that exports `command`, a yargs CommandModule, and one line here.
 * Modules are loaded when they are named; what a handler needs it imports itself.
 */
import type { CommandModule } from 'yargs';

export interface CommandFile {
  /** A CommandModule; what its builder yields is the module's own affair. */
  readonly command: Pick<CommandModule, 'command' | 'describe'>;
  /** Changes the words of the command line before yargs sees them. */
  readonly prepareWords?: (words: readonly string[]) => readonly string[];
}

export const commands: Readonly<Record<string, () => Promise<CommandFile>>> = {
  run: () => import('./run.js'),
  check: () => import('./check.js'),
  migrate: () => import('./migrate.js'),
  encode: () => import('./encode.js'),
  decode: () => import('./decode.js'),
  ctl: () => import('./ctl.js'),
  healthcheck: () => import('./healthcheck.js'),
  demo: () => import('./demo.js'),
  version: () => import('./version.js'),
};
