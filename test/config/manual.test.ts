/** The manual names every key of the configuration, and the JSON Schema is one. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { configJsonSchema } from '../../src/config/json-schema.js';

const page = readFileSync('man/crier.json5.5', 'utf8');

/** Names of all keys below a schema; keys of free choice (names of processes, families) have none. */
function keysOf(schema: unknown, keys = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return keys;
  for (const [name, member] of Object.entries(schema)) {
    if (name === 'properties') for (const key of Object.keys(member as object)) keys.add(key);
    keysOf(member, keys);
  }
  return keys;
}

const keys = [...keysOf(configJsonSchema())];

test('the schema has keys', (t) => {
  t.true(keys.length > 70, String(keys.length));
  for (const key of [
    'include',
    'routerId',
    'processes',
    'afterSeconds',
    'gracefulRestart',
    'passwordFile',
    'restartSeconds',
    'quietSeconds',
  ])
    t.true(keys.includes(key), key);
});

/** A key's paragraph begins with its name in bold. */
for (const key of keys) {
  test(`the manual explains ${key}`, (t) => {
    t.regex(page, new RegExp(`^\\.B[IR]? (?:.*", ")?(?:.*" )?${key}(?: |$)`, 'm'));
  });
}

test('the JSON Schema refuses unknown keys and names what is required', (t) => {
  const schema = configJsonSchema() as {
    additionalProperties: boolean;
    properties: { neighbors: { items: { required: string[]; additionalProperties: boolean } } };
  };
  t.false(schema.additionalProperties);
  t.deepEqual(schema.properties.neighbors.items.required, ['remoteAddress', 'localAs', 'peerAs']);
  t.false(schema.properties.neighbors.items.additionalProperties);
  t.notThrows(() => JSON.stringify(schema));
});
