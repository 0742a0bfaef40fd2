#!/usr/bin/env node
/**
 * The `crier` program: finds the command and runs it. `crier version` loads nothing else; every other command loads
 * yargs and its own module only. Exit status: 0 done, 1 failed, 2 wrong usage.
 */
import { VERSION } from '../util/version.js';

// A reader that has seen enough (`crier … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

const words = process.argv.slice(2);
if ((words[0] === 'version' || words[0] === '--version' || words[0] === '-v') && words.length === 1) {
  process.stdout.write(`crier ${VERSION}\n`);
} else if (words[0] === 'healthcheck') {
  const { runHealthcheck } = await import('./command/healthcheck.js');
  await runHealthcheck(words.slice(1));
} else {
  const { runCommandLine } = await import('./command-line.js');
  await runCommandLine(words);
}
