// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of configurations
/** Whatever stands in a configuration: it is good or its mistakes are told; nothing else is thrown, no key is named. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import JSON5 from 'json5';
import { ConfigError } from '../../src/config/errors.js';
import { loadConfig } from '../../src/config/load.js';
import { printConfig } from '../../src/config/print.js';
import { folderOf } from './files.js';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const KEY = 'geheim-4711';
const original = {
  ...JSON5.parse<Record<string, Json>>(readFileSync('test/config-golden/full.json5', 'utf8')),
  templates: { a: { md5: { password: KEY }, holdTime: 9 }, b: { inherit: ['a'], families: ['ipv4 unicast'] } },
};

/** Puts `value` in the place that `turns` lead to; a member that holds a key is left alone. */
function mutate(node: Json, turns: readonly number[], value: Json): Json {
  const [turn = 0, ...rest] = turns;
  if (typeof node !== 'object' || node === null || turns.length === 0) return node === KEY ? node : value;
  if (Array.isArray(node)) return node.map((item, i) => (i === turn % node.length ? mutate(item, rest, value) : item));
  const names = Object.keys(node);
  const chosen = names[turn % names.length];
  return Object.fromEntries(
    names.map((name) => [name, name === chosen ? mutate(node[name]!, rest, value) : node[name]!]),
  );
}

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    0,
    -1,
    1e15,
    1.5,
    '',
    'auto',
    '::',
    '10.0.0.0/8',
    '${X}',
    '${',
    'b',
    [],
    {},
    [[]],
    { inherit: 'b' },
    ['a', 'a'],
    true,
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

test('a configuration with things in wrong places', (t) => {
  const folder = folderOf(t, {});
  const path = join(folder, 'main.json5');
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }), value, (turns, wrong) => {
      writeFileSync(
        path,
        JSON.stringify(mutate(original, turns, wrong))
          .replaceAll('${GOLDEN_AS}', '65001')
          .replaceAll('${GOLDEN_KEY}', KEY),
      );
      let text: string;
      try {
        text = printConfig(loadConfig(path, { environment: {} }));
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        text = error.message;
        t.true(error.problems.length > 0);
        for (const { line, column, message } of error.problems) t.true(line > 0 && column > 0 && message !== '', text);
      }
      t.false(text.includes(KEY), text);
    }),
    { numRuns: 1000 },
  );
});
