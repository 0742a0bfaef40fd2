import test from 'ava';
import fc from 'fast-check';
import { ByteTable } from '../../src/rib/byte-table.js';

const octets = fc.uint8Array({ minLength: 0, maxLength: 6, max: 3 });

test('agrees with a map, whatever is added and taken away', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(octets, fc.boolean()), { maxLength: 400 }), (steps) => {
      const freed: number[] = [];
      const table = new ByteTable((id) => freed.push(id));
      const model = new Map<string, number>();
      for (const [bytes, isAdd] of steps) {
        const key = bytes.join('.');
        const known = model.get(key);
        if (table.find(bytes, 0, bytes.length) !== (known ?? 0)) return false;
        if (isAdd && known === undefined) {
          const id = table.intern(bytes, 0, bytes.length);
          table.retain(id);
          model.set(key, id);
        } else if (!isAdd && known !== undefined) {
          table.release(known);
          model.delete(key);
          if (freed.at(-1) !== known) return false;
        }
        if (table.size !== model.size) return false;
      }
      for (const [key, id] of model) if (table.bytesOf(id).join('.') !== key) return false;
      return new Set(model.values()).size === model.size;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('reuses ids and memory of what was freed', (t) => {
  const table = new ByteTable();
  const key = new Uint8Array(9);
  for (let round = 0; round < 20; round++) {
    const ids: number[] = [];
    for (let i = 0; i < 2000; i++) {
      key[0] = i;
      key[1] = i >>> 8;
      key[2] = round;
      const id = table.intern(key, 0, key.length);
      table.retain(id);
      ids.push(id);
    }
    for (const id of ids) table.release(id);
  }
  t.is(table.size, 0);
  t.true(table.idLimit <= 2001);
});

test('a string longer than 65535 octets is refused', (t) => {
  t.throws(() => new ByteTable().intern(new Uint8Array(70000), 0, 70000), { instanceOf: RangeError });
});
