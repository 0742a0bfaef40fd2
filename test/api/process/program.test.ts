/** Words of a command line, and where its program is found. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { findProgram, splitWords } from '../../../src/api/process/program.js';

const splits = test.macro((t, line: string, expected: string[]) => {
  t.deepEqual(splitWords(line), expected);
});
test('blanks', splits, '  a  b\tc ', ['a', 'b', 'c']);
test('nothing', splits, ' ', []);
test('quotes', splits, `a 'b "c' "d 'e" f"g h"i`, ['a', 'b "c', "d 'e", 'fg hi']);
test('empty words', splits, `a '' ""`, ['a', '', '']);
test('backslashes', splits, `a\\ b "c\\"d\\\\e\\f" '\\'`, ['a b', 'c"d\\e\\f', '\\']);
test('nothing else means anything', splits, '$HOME * ~ | a;b #c', ['$HOME', '*', '~', '|', 'a;b', '#c']);
test('a quote without end', (t) => {
  t.throws(() => splitWords('a "b'), { message: 'a quote has no end' });
});

test('programs are found beside the file, then in the path', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'crier-program-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'run'));
  for (const [name, mode] of [
    ['run/x.run', 0o755],
    ['sh', 0o755],
    ['plain', 0o644],
    ['suid', 0o4755],
  ] as const) {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), mode);
  }
  t.deepEqual(findProgram(['./run/x.run', '-a'], folder), [join(folder, 'run/x.run'), '-a']);
  t.deepEqual(findProgram(['run/x.run'], folder), [join(folder, 'run/x.run')]);
  t.deepEqual(findProgram(['sh'], folder), [join(folder, 'sh')]);
  t.regex(findProgram(['sh', '-c', 'x'], '/nowhere')[0]!, /^\/.*\/sh$/);
  t.deepEqual(findProgram(['/bin/sh'], folder), ['/bin/sh']);
  t.throws(() => findProgram(['suid'], folder), { message: /setuid/ });
  t.throws(() => findProgram(['plain'], folder), { message: /may not be executed/ });
  t.throws(() => findProgram(['run'], folder), { message: 'cannot find the program "run"' });
  t.throws(() => findProgram([], folder), { message: 'the command is empty' });
});

test('folders for helpers come first, in their order', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'crier-program-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const [ours, theirs, beside] = ['crier', 'exabgp', 'beside'].map((name) => join(root, name)) as [string, ...string[]];
  for (const [folder, names] of [
    [ours, ['one']],
    [theirs!, ['one', 'two', 'run/three']],
    [beside!, ['one', 'two', 'four']],
  ] as const) {
    mkdirSync(join(folder, 'run'), { recursive: true });
    for (const name of names) writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
  }
  const find = (name: string): string => findProgram([name], beside!, [ours, theirs!])[0]!;
  t.is(find('one'), join(ours, 'one'));
  t.is(find('two'), join(theirs!, 'two'));
  t.is(find('./run/three'), join(theirs!, 'run/three'));
  t.is(find('four'), join(beside!, 'four'));
});

test('crier is this program', (t) => {
  const [program, main, ...rest] = findProgram(['crier', 'healthcheck'], '/nowhere');
  t.is(program, process.execPath);
  t.regex(main!, /\/src\/cli\/main\.js$/);
  t.deepEqual(rest, ['healthcheck']);
});
