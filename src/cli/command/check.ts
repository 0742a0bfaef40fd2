/**
 * `crier check`: validates configuration files and prints their canonical form, and the JSON Schemas of configuration and
 * API. Exit status 0: good, 1: mistakes (all of them on stderr, each with its place), 2: wrong usage.
 */
import type { CommandModule } from 'yargs';
import { SETTINGS_FILE_VARIABLE } from '../../config/exabgp/settings-file.js';
import { Failure } from '../failure.js';

interface Options {
  readonly files: string[] | undefined;
  readonly env: string | undefined;
  readonly print: boolean | undefined;
  readonly secrets: boolean | undefined;
  readonly 'json-schema': boolean | undefined;
  readonly 'api-schema': boolean | undefined;
}

export const command: CommandModule<object, Options> = {
  command: 'check [files..]',
  describe: 'validate configuration files',
  builder: (args) =>
    args
      .positional('files', { type: 'string', array: true, describe: 'configuration files, each checked by itself' })
      .option('env', {
        type: 'string',
        requiresArg: true,
        describe: "of a file in ExaBGP's syntax: its settings (exabgp.env)",
      })
      .option('print', { type: 'boolean', describe: 'print the canonical configuration, which reads back as itself' })
      .option('secrets', { type: 'boolean', describe: 'with --print: write keys in clear', implies: 'print' })
      .option('json-schema', { type: 'boolean', describe: 'print the JSON Schema of the configuration' })
      .option('api-schema', { type: 'boolean', describe: 'print the JSON Schema of JSON commands and events' })
      .check(({ files, 'json-schema': jsonSchema, 'api-schema': apiSchema }) => {
        if ((files ?? []).length > 0 || jsonSchema === true || apiSchema === true) return true;
        // Named like yargs' own, so that it counts as wrong usage.
        throw Object.assign(new Error('a file is expected'), { name: 'YError' });
      })
      .example('crier check /etc/crier/crier.json5', 'tell all mistakes with file, line and column')
      .example('crier check --print edge.json5', 'with includes, variables and templates resolved'),
  async handler(options) {
    const { files, print, secrets, env } = options;
    if (env !== undefined) process.env[SETTINGS_FILE_VARIABLE] = env;
    if (options['json-schema'] === true) {
      const { configJsonSchema } = await import('../../config/json-schema.js');
      printJson(configJsonSchema());
    }
    if (options['api-schema'] === true) {
      const { apiJsonSchema } = await import('../../api/api-schema.js');
      printJson(apiJsonSchema());
    }
    let isGood = true;
    for (const file of files ?? []) {
      isGood = (await checkFile(file, print === true, secrets === true)) && isGood;
    }
    if (!isGood) throw new Failure('');
  },
};

/** @returns false when the file has mistakes */
async function checkFile(file: string, isPrinted: boolean, withSecrets: boolean): Promise<boolean> {
  const { ConfigError, printProblem } = await import('../../config/errors.js');
  const { loadConfig } = await import('../../config/load.js');
  const { printConfig } = await import('../../config/print.js');
  try {
    const config = loadConfig(file, {
      allowsHiddenKeys: true,
      onWarning: (warning) => process.stderr.write(`${printProblem(warning)} (warning)\n`),
    });
    if (isPrinted) process.stdout.write(printConfig(config, { withSecrets }));
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
