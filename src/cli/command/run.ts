/** `crier run`: the daemon, in the foreground. */
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { SETTINGS_FILE_VARIABLE } from '../../config/exabgp/settings-file.js';

interface Options {
  readonly files: string[] | undefined;
  readonly env: string | undefined;
}

/** Read when no file is named. */
export const DEFAULT_CONFIG_FILE = '/etc/crier/crier.json5';

export const command: CommandModule<object, Options> = {
  command: 'run [files..]',
  describe: 'run the daemon in the foreground',
  builder: (args) =>
    args
      .positional('files', {
        type: 'string',
        array: true,
        describe: `configuration files, later ones add to earlier ones (default ${DEFAULT_CONFIG_FILE})`,
      })
      .option('env', {
        type: 'string',
        requiresArg: true,
        describe: "of a file in ExaBGP's syntax: its settings (exabgp.env)",
      })
      .example('crier run', `run with ${DEFAULT_CONFIG_FILE}`)
      .example('crier run edge.json5', 'run with another file'),
  async handler({ files, env }) {
    // Read again at each reload, also in the thread that does it.
    if (env !== undefined) process.env[SETTINGS_FILE_VARIABLE] = resolve(env);
    const { runDaemon } = await import('../../daemon/run-daemon.js');
    process.exitCode = await runDaemon(files === undefined || files.length === 0 ? [DEFAULT_CONFIG_FILE] : files);
  },
};
