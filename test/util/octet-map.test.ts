import test from 'ava';
import fc from 'fast-check';
import { hashOctets, OctetMap } from '../../src/util/octet-map.js';

test('finds what a map of texts finds, wherever the octets stand', (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.nat(3))), (asked) => {
      const map = new OctetMap<string>();
      const model = new Map<string, string>();
      for (const [key, offset] of asked) {
        const bytes = Buffer.from(`${'x'.repeat(offset)}${key}xyz`);
        const found = map.get(bytes, offset, offset + key.length);
        t.is(found, model.get(key));
        if (found === undefined) map.add(bytes, offset, offset + key.length, `value of ${key}`);
        model.set(key, `value of ${key}`);
        bytes.fill(0);
      }
      t.is(map.size, model.size);
      t.deepEqual([...map.values()].sort(), [...model.values()].sort());
    }),
  );
});

test('keys with one hash are told apart', (t) => {
  const seen = new Map<number, Buffer>();
  let pair: [Buffer, Buffer] | undefined;
  for (let i = 0; pair === undefined && i < 1_000_000; i++) {
    const key = Buffer.alloc(4);
    key.writeUInt32BE(Math.imul(i, 0x9e3779b1) >>> 0);
    const hash = hashOctets(key, 0, 4);
    const other = seen.get(hash);
    if (other === undefined) seen.set(hash, key);
    else pair = [other, key];
  }
  const [one, two] = pair!;
  const map = new OctetMap<string>();
  map.add(one, 0, 4, 'one');
  t.is(map.get(two, 0, 4), undefined);
  map.add(two, 0, 4, 'two');
  t.is(map.get(one, 0, 4), 'one');
  t.is(map.get(two, 0, 4), 'two');
  map.clear();
  t.is(map.get(one, 0, 4), undefined);
});
