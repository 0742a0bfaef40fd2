/**
 * The command line with yargs: loads the module of the command that was named (all of them for help and completion),
 * and turns what goes wrong into an exit status: 2 for wrong usage, 1 for a command that failed.
 */
import { statSync } from 'node:fs';
import yargs, { type CommandModule } from 'yargs';
import { VERSION } from '../util/version.js';
import { commands } from './command/index.js';
import { Failure } from './failure.js';

/** Thrown by yargs' checks: the words of the command line are wrong. */
class UsageError extends Error {}

/**
 * Runs one command line.
 * @param given the arguments behind the program's name; a file in the place of a command is run
 */
export async function runCommandLine(given: readonly string[]): Promise<void> {
  const words = namesFile(given[0]) ? ['run', ...given] : given;
  const named = Object.entries(commands).find(([name]) => name === words[0]);
  const loaders = named === undefined ? Object.values(commands) : [named[1]];
  const parser = yargs()
    .scriptName('crier')
    .usage('crier COMMAND [options]')
    .parserConfiguration({ 'camel-case-expansion': true, 'dot-notation': false, 'populate--': false })
    .version(`crier ${VERSION}`)
    .help('help')
    .alias('help', 'h')
    .alias('version', 'v')
    .completion('completion', 'print a completion script for the shell')
    .demandCommand(1, 'a command is expected')
    .strict()
    .recommendCommands()
    .wrap(Math.min(110, process.stdout.columns ?? 80))
    .exitProcess(false)
    .fail((message: string | null, error: unknown) => {
      // What a check of a command returns comes as the error.
      throw error instanceof Error ? error : new UsageError(message ?? String(error ?? 'wrong usage'));
    });
  const files = await Promise.all(loaders.map((load) => load()));
  for (const { command } of files) parser.command(command as CommandModule);
  try {
    await parser.parseAsync(named === undefined ? words : (files[0]?.prepareWords?.(words) ?? words));
  } catch (error) {
    if (error instanceof Failure) {
      if (error.message !== '') process.stderr.write(`crier: ${error.message}\n`);
      process.exitCode = 1;
    } else if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) {
      process.stderr.write(
        `crier: ${error.message}\nTry "crier ${named === undefined ? '' : `${named[0]} `}--help".\n`,
      );
      process.exitCode = 2;
    } else {
      throw error;
    }
  }
}

/** No command, and a file that is there: `crier exabgp.conf` runs it, as ExaBGP does. */
function namesFile(word: string | undefined): boolean {
  if (word === undefined || word in commands) return false;
  return statSync(word, { throwIfNoEntry: false })?.isFile() === true;
}
