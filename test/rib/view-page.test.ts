/** A page against a map, with few routes and with many. */
import test from 'ava';
import fc from 'fast-check';
import { NO_SET, PAGE_SIZE, ViewPage } from '../../src/rib/view-page.js';

const place = fc.oneof(fc.nat(30), fc.nat(PAGE_SIZE - 1));
const steps = fc.array(
  fc.record({
    act: fc.constantFrom('put', 'put', 'delete'),
    place,
    set: fc.integer({ min: 1, max: 5 }),
    owner: fc.nat(3),
  }),
  { maxLength: 120 },
);

test('a page holds what a map holds, and so does its copy', (t) => {
  fc.assert(
    fc.property(steps, place, (all, from) => {
      let page = new ViewPage();
      const map = new Map<number, [set: number, owner: number]>();
      for (const [i, one] of all.entries()) {
        const before = map.get(one.place)?.[0] ?? NO_SET;
        if (one.act === 'put') {
          t.is(page.put(one.place, one.set, one.owner), before);
          map.set(one.place, [one.set, one.owner]);
        } else if (before !== NO_SET) {
          page.delete(one.place);
          map.delete(one.place);
        }
        t.is(page.count, map.size);
        t.is(page.setAt(one.place), map.get(one.place)?.[0] ?? NO_SET);
        t.is(page.ownerAt(one.place), map.get(one.place)?.[1] ?? 0);
        if (i % 7 === 0) page = page.copy();
      }
      const seen: number[][] = [];
      page.each(from, (...route) => {
        seen.push(route);
        return true;
      });
      const wanted = [...map].filter(([at]) => at >= from).sort(([a], [b]) => a - b);
      t.deepEqual(
        seen,
        wanted.map(([at, [set, owner]]) => [at, set, owner]),
      );
      t.is(
        page.each(from, () => false),
        wanted[0]?.[0],
      );
    }),
  );
  t.pass();
});
