/** The page crier(1) knows every command and every option that `--help` tells. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { commands } from '../../src/cli/command/index.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const page = readFileSync('man/crier.1', 'utf8').replaceAll('\\-', '-');

/** Options that a command's help names, without the dashes. */
function optionsOf(command: string): string[] {
  const { stdout } = spawnSync(process.execPath, [MAIN, command, '--help'], { encoding: 'utf8' });
  return [...stdout.matchAll(/^\s+(?:-\w, )?\s*--([a-z0-9-]+)/gm)].map(([, name]) => name!);
}

for (const command of Object.keys(commands)) {
  test(`crier(1) has ${command} and its options`, (t) => {
    t.regex(page, new RegExp(`^\\.[A-Z]{1,2} .*\\b${command}\\b`, 'm'), command);
    // The health check has a page of its own.
    if (command === 'healthcheck') return;
    const options = optionsOf(command);
    t.true(options.includes('help'), 'the help was read');
    for (const option of options) t.regex(page, new RegExp(`--(?:no-)?${option}\\b`), `--${option}`);
  });
}
