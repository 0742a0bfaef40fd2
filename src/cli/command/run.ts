/** `crier run`: the daemon, in the foreground. */
import type { CommandModule } from 'yargs';

interface Options {
  readonly files: string[] | undefined;
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
      .example('crier run', `run with ${DEFAULT_CONFIG_FILE}`)
      .example('crier run edge.json5', 'run with another file'),
  async handler({ files }) {
    const { runDaemon } = await import('../../daemon/run-daemon.js');
    process.exitCode = await runDaemon(files === undefined || files.length === 0 ? [DEFAULT_CONFIG_FILE] : files);
  },
};
