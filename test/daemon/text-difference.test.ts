/** What came and what went, held against sets. */
import test from 'ava';
import fc from 'fast-check';
import { textDifference } from '../../src/daemon/text-difference.js';

function difference(before: readonly string[], after: readonly string[]) {
  const work = textDifference(before, after);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Few different texts, so that some stand twice. */
const lines = fc.array(fc.nat(12).map((n) => `route 10.0.${n}.0/24 next-hop self`));

test('the difference of two lists is that of the sets of their lines', (t) => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const { come, gone } = difference(before, after);
      t.deepEqual(
        come,
        after.filter((line) => !before.includes(line)),
      );
      t.deepEqual(
        gone,
        before.filter((line) => !after.includes(line)),
      );
    }),
  );
  t.pass();
});

test('it yields at least once in 256 lines', (t) => {
  const before = Array.from({ length: 20_000 }, (_, i) => `route 10.${i >> 8}.${i & 255}.0/24 next-hop self`);
  for (const after of [before.slice(), before.toReversed(), before.slice(1), []]) {
    let steps = 0;
    for (const work = textDifference(before, after); work.next().done !== true; ) steps++;
    t.true(steps >= 20_000 / 256, `${steps} steps`);
  }
});
