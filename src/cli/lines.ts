/** Lines of standard input, for commands that take `-`. */
import { createInterface } from 'node:readline';

/** Calls `handle` for each line and writes what it returns, waiting for a slow reader. */
export async function eachInputLine(handle: (line: string) => string | Promise<string>): Promise<void> {
  const input = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of input) {
    if (!process.stdout.write(await handle(line)))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

/** True where the command line says `-`: yargs hands that word to nobody. */
export function asksForInput(commandLine: readonly string[] = process.argv): boolean {
  return commandLine.includes('-', 3);
}
