/** `crier version`. The plain form is answered by main.ts before anything is loaded; this one is for help texts. */
import type { CommandModule } from 'yargs';
import { VERSION } from '../../util/version.js';

export const command: CommandModule = {
  command: 'version',
  describe: 'print the version',
  handler() {
    process.stdout.write(`crier ${VERSION}\n`);
  },
};
