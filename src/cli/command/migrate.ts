/**
 * `crier migrate`: an ExaBGP configuration as JSON5 on standard output, checked before it is printed. What has no meaning
 * here is told by line on standard error. Exit status 1: ExaBGP would refuse the file, or its routes cannot be said here.
 */
import { readFileSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import type { ConfigProblem } from '../../config/errors.js';
import { SETTINGS_FILE_VARIABLE } from '../../config/exabgp/settings-file.js';
import { Failure } from '../failure.js';

interface Options {
  readonly file: string;
  readonly env: string | undefined;
}

/** A program may be on another machine: the file is good all the same. */
const IS_ABOUT_PROGRAM = /^processes\b.*\brun\b/;

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
    const warn = (warning: ConfigProblem): void => {
      process.stderr.write(`${printProblem(warning)} (warning)\n`);
    };
    try {
      process.stdout.write(await migrateFile(file, env ?? process.env[SETTINGS_FILE_VARIABLE], warn));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      process.stderr.write(`${error.message}\n`);
      throw new Failure('');
    }
  },
};

/** @returns the JSON5 text @throws ConfigError */
async function migrateFile(
  file: string,
  env: string | undefined,
  warn: (warning: ConfigProblem) => void,
): Promise<string> {
  const { ConfigError } = await import('../../config/errors.js');
  const { ConfigSource } = await import('../../config/config-node.js');
  const { readSource } = await import('../../config/document.js');
  const { loadDocument } = await import('../../config/load.js');
  const { toNode } = await import('../../config/exabgp/draft.js');
  const { printDraft } = await import('../../config/exabgp/draft-text.js');
  const { migrate } = await import('../../config/exabgp/migrate.js');
  const { readSettings } = await import('../../config/exabgp/settings.js');
  const source = file === '-' ? new ConfigSource('-', readFileSync(0, 'utf8'), process.cwd()) : readSource(file);
  const migration = migrate(source, readSettings(env, process.env, warn));
  migration.warnings.forEach(warn);
  try {
    loadDocument(toNode(migration.draft, source), [], { onWarning: warn });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) if (IS_ABOUT_PROGRAM.test(problem.path)) warn(problem);
    const others = error.problems.filter(({ path }) => !IS_ABOUT_PROGRAM.test(path));
    if (others.length > 0) throw new ConfigError(others);
  }
  return printDraft(migration.draft, migration.header);
}
