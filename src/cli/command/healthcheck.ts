/** `crier healthcheck …`: hands all its arguments, untouched, to the health-check helper. */
import type { CommandModule } from 'yargs';

/** @param words the arguments behind `healthcheck` */
export async function runHealthcheck(words: readonly string[]): Promise<void> {
  const { main } = await import('../../../helpers/healthcheck/main.js');
  process.exitCode = await main(words);
}

/** For the list of commands only: main.ts calls runHealthcheck before yargs sees any option. */
export const command: CommandModule = {
  command: 'healthcheck',
  describe: 'announce service addresses while a check succeeds (its own options: crier healthcheck --help)',
  handler: () => runHealthcheck(process.argv.slice(3)),
};
