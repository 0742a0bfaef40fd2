/**
 * `crier migrate`: an ExaBGP configuration as JSON5 on standard output, checked before it is printed. What has no meaning
 * here is told by line on standard error. Exit status 1: ExaBGP would refuse the file, or it cannot be said here.
 */
import { readFileSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { SETTINGS_FILE_VARIABLE } from '../../config/exabgp/settings-file.js';
import { Failure } from '../failure.js';

interface Options {
  readonly file: string;
  readonly env: string | undefined;
}

export const command: CommandModule<object, Options> = {
  command: 'migrate <file>',
  describe: 'turn an ExaBGP configuration into JSON5',
  builder: (args) =>
    args
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'an ExaBGP configuration; - is standard input',
      })
      .option('env', { type: 'string', requiresArg: true, describe: "file of ExaBGP's settings (exabgp.env)" })
      .example('crier migrate /etc/exabgp/exabgp.conf --env /etc/exabgp/exabgp.env > crier.json5', ''),
  async handler({ file, env }) {
    const { ConfigError, printProblem } = await import('../../config/errors.js');
    const { ConfigSource } = await import('../../config/config-node.js');
    const { readSource } = await import('../../config/document.js');
    const { readSettings } = await import('../../config/exabgp/settings.js');
    const { migrateToJson5 } = await import('../../config/exabgp/to-json5.js');
    const warn = (warning: Parameters<typeof printProblem>[0]): void => {
      process.stderr.write(`${printProblem(warning)} (warning)\n`);
    };
    try {
      const source = file === '-' ? new ConfigSource('-', readFileSync(0, 'utf8'), process.cwd()) : readSource(file);
      const settings = readSettings(env ?? process.env[SETTINGS_FILE_VARIABLE], process.env, warn);
      process.stdout.write(migrateToJson5(source, settings, warn));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      process.stderr.write(`${error.message}\n`);
      throw new Failure('');
    }
  },
};
