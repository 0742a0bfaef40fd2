import test from 'ava';
import { complete } from '../../src/cli/completion.js';

const offered = test.macro((t, line: string, expected: readonly string[], last: string) => {
  const [words, replaced] = complete(line, ['192.0.2.1', '2001:db8::1']);
  t.is(replaced, last);
  for (const word of expected) t.true(words.includes(`${word} `), `${word} in ${words.join('|')}`);
  t.true(words.every((word) => word.startsWith(last)));
});

test('first words', offered, '', ['announce', 'withdraw', 'show', 'neighbor', 'exit'], '');
test('the beginning of a word', offered, 'ann', ['announce'], 'ann');
test('the second word', offered, 'announce ', ['route', 'attributes', 'eor'], '');
test('addresses of neighbors', offered, 'neighbor 192', ['192.0.2.1'], '192');
test('a command behind a selector', offered, 'neighbor 192.0.2.1 ann', ['announce'], 'ann');
test('a longer command', offered, 'show adj-rib o', ['out'], 'o');
test('nothing known', (t) => t.deepEqual(complete('nonsense words', []), [[], 'words']));
