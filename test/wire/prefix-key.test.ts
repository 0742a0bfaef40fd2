/** Keys of plain prefixes that are written where they stand are those that the family gives. */
import test from 'ava';
import fc from 'fast-check';
import { families, familyIndex } from '../../src/wire/family/index.js';
import { packRouteKey, writePrefixKey } from '../../src/wire/route-key.js';

for (const family of families.filter(({ prefixSize }) => prefixSize !== undefined)) {
  test(family.name, (t) => {
    const octets = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const out = new Uint8Array(64);
    fc.assert(
      fc.property(fc.nat(family.prefixSize! * 8), octets, fc.nat(0xffffffff), (bits, address, pathId) => {
        const source = Uint8Array.of(7, bits, ...address.subarray(0, (bits + 7) >>> 3));
        const length = writePrefixKey(out, familyIndex(family), pathId, source, 1, source.length);
        const { key } = family.split(source, 1, source.length);
        t.deepEqual(out.slice(0, length), packRouteKey(familyIndex(family), pathId, key));
      }),
    );
  });
}
