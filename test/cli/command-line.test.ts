import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { prepareWords } from '../../src/cli/command/ctl.js';
import { commands } from '../../src/cli/command/index.js';
import { VERSION } from '../../src/util/version.js';

const program = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function run(words: readonly string[], input = '') {
  return spawnSync(process.execPath, [program, ...words], { input, encoding: 'utf8', env: { PATH: process.env.PATH } });
}

test('the version is that of the package', (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  t.is(VERSION, version);
});

const prints = test.macro((t, words: readonly string[], status: number, out: RegExp, err: RegExp) => {
  const result = run(words);
  t.regex(result.stdout, out);
  t.regex(result.stderr, err);
  t.is(result.status, status);
});

test('version', prints, ['version'], 0, /^crier \d+\.\d+\.\d+\n$/, /^$/);
test('--version', prints, ['--version'], 0, /^crier \d/, /^$/);
test('--help', prints, ['--help'], 0, /crier ctl/, /^$/);
test('no command', prints, [], 2, /^$/, /a command is expected/);
test('an unknown command', prints, ['frobnicate'], 2, /^$/, /frobnicate|--help/);
test('an unknown option', prints, ['run', '--frobnicate'], 2, /^$/, /frobnicate/);
test('a missing file', prints, ['run', '/nonexistent/crier.json5'], 1, /^$/, /crier\.json5: no such file/);
test(
  'no daemon',
  prints,
  ['ctl', '--socket', '/nonexistent/sock', 'help'],
  1,
  /^$/,
  /\/nonexistent\/sock does not exist/,
);
test('completion', prints, ['completion'], 0, /crier/, /^$/);

for (const name of Object.keys(commands).filter((name) => name !== 'healthcheck')) {
  test(`${name} --help`, prints, [name, '--help'], 0, new RegExp(`crier ${name}`), /^$/);
}

test('the version loads neither yargs nor zod nor koffi nor pino', (t) => {
  const result = spawnSync(process.execPath, [program, 'version'], {
    encoding: 'utf8',
    env: { NODE_DEBUG: 'esm,module' },
  });
  t.is(result.stdout, `crier ${VERSION}\n`);
  t.notRegex(result.stderr, /node_modules/);
});

const words = test.macro((t, given: readonly string[], expected: readonly string[]) => {
  t.deepEqual(prepareWords(given), expected);
});
test('a command is one word', words, ['ctl', 'announce', 'route'], ['ctl', ' announce route']);
test(
  'options may stand anywhere',
  words,
  ['ctl', 'help', '--socket', 'x', '--json'],
  ['ctl', '--socket', 'x', '--json', ' help'],
);
test('a hyphen alone reads standard input', words, ['ctl', '-'], ['ctl', '-']);
test('no word is the console', words, ['ctl', '--json'], ['ctl', '--json']);
