/** Bits against a set. */
import test from 'ava';
import fc from 'fast-check';
import { IdBits } from '../../src/rib/id-bits.js';

const id = fc.oneof(fc.nat(40), fc.nat(20_000), fc.nat(5_000_000));
const steps = fc.array(fc.tuple(fc.constantFrom('add' as const, 'add' as const, 'delete' as const), id));

test('bits hold what a set holds', (t) => {
  fc.assert(
    fc.property(steps, id, fc.integer({ min: 1, max: 9 }), (all, from, limit) => {
      const bits = new IdBits();
      const set = new Set<number>();
      for (const [act, one] of all) {
        if (act === 'add') {
          t.is(bits.add(one), !set.has(one));
          set.add(one);
        } else t.is(bits.delete(one), set.delete(one));
        t.is(bits.has(one), set.has(one));
        t.is(bits.count, set.size);
      }
      const out = new Uint32Array(limit);
      const count = bits.collect(from, out, limit);
      const wanted = [...set].filter((one) => one >= from).sort((a, b) => a - b);
      t.deepEqual([...out.subarray(0, count)], wanted.slice(0, limit));
    }),
  );
  t.pass();
});
