/** Laws over the registry of families: write∘split and parse∘print give back what went in. */
import test from 'ava';
import fc from 'fast-check';
import { NO_BYTES, toHex, Writer } from '../../../src/util/bytes.js';
import { CommandError, Tokens } from '../../../src/util/tokens.js';
import { families, familyByCode, familyByName, familyIndex } from '../../../src/wire/family/index.js';
import type { Family, ParsedNlri } from '../../../src/wire/family/types.js';
import {
  packRouteKey,
  routeKeyFamily,
  routeKeyFamilyIndex,
  routeKeyPathId,
  writeRouteKey,
} from '../../../src/wire/route-key.js';
import { nlriOf } from '../../support/nlri.js';

test('families are found by code, name and index', (t) => {
  families.forEach((family, index) => {
    t.is(familyByCode(family.afi, family.safi), family);
    t.is(familyByName(family.name), family);
    t.is(familyIndex(family), index);
  });
  t.is(familyByCode(1, 255), undefined);
  t.is(familyByName('ipv4'), undefined);
  t.deepEqual(
    families.filter(({ isClassic }) => isClassic).map(({ name }) => name),
    ['ipv4 unicast'],
  );
});

const law = test.macro({
  title: (_, family: Family) => `${family.name}: size, split, write, print, parse and JSON agree`,
  exec(t, family: Family) {
    fc.assert(
      fc.property(nlriOf(family), fc.uint8Array({ maxLength: 9 }), (wire, behind) => {
        const source = Uint8Array.of(0xff, ...wire, ...behind);
        const end = 1 + wire.length;
        if (family.sizeOf(source, 1, source.length) !== wire.length) return false;
        if (family.sizeOf(source, 1, wire.length) !== -1) return false;
        const { key, payload } = family.split(source, 1, end);
        const again = rewrite(family, key, payload);
        const withdrawn = rewrite(family, key, NO_BYTES);
        const text = family.print(source, 1, end);
        const tokens = new Tokens(text);
        const parsed = family.parse(tokens);
        const json = JSON.parse(family.toJson(source, 1, end, 16909060, 'exabgp-4'));
        JSON.parse(family.toJson(source, 1, end, undefined, 'exabgp-5', true));
        const isPlain = family.prefixSize !== undefined;
        return (
          toHex(again.key) === toHex(key) &&
          toHex(again.payload) === toHex(payload) &&
          toHex(withdrawn.key) === toHex(key) &&
          toHex(parsed.key) === toHex(key) &&
          (parsed.payload.length === 0 || toHex(parsed.payload) === toHex(payload)) &&
          tokens.isAtEnd() &&
          family.printRoute?.(source, 1, end, '', '') !== '' &&
          (!isPlain || (json.nlri === text && json['path-information'] === '1.2.3.4'))
        );
      }),
    );
    t.pass();
  },
});

/** Key and payload to the wire and back. */
function rewrite(family: Family, key: Uint8Array, payload: Uint8Array): ParsedNlri {
  const out = new Writer();
  family.write(out, Uint8Array.of(7, ...key, 7), 1, 1 + key.length, payload);
  if (family.sizeOf(out.view(), 0, out.length) !== out.length) throw new Error('it has another size now');
  return family.split(out.view(), 0, out.length);
}

for (const family of families) test(law, family);

test('a prefix that is too long has no size', (t) => {
  t.is(familyByName('ipv4 unicast')!.sizeOf(Uint8Array.of(33, 1, 2, 3, 4, 5), 0, 6), -1);
  t.is(familyByName('ipv6 unicast')!.sizeOf(new Uint8Array(40).fill(129), 0, 40), -1);
});

const refuses = test.macro({
  title: (_, name: string, text: string) => `${name} refuses ${text}`,
  exec(t, name: string, text: string, message: RegExp) {
    t.throws(() => familyByName(name)!.parse(new Tokens(text)), { instanceOf: CommandError, message });
  },
});
test(refuses, 'ipv4 unicast', '10.0.0.1/24', /bits set/);
test(refuses, 'ipv4 unicast', '10.0.0.0/33', /over 32/);
test(refuses, 'ipv6 unicast', '2001:db8::/129', /over 128/);
test(refuses, 'ipv4 unicast', '2001:db8::/32', /not of family/);
test(refuses, 'ipv4 unicast', '999.0.0.0/8', /not an IP prefix/);
test(refuses, 'ipv4 unicast', '', /prefix expected/);

test('a route key holds family, path and key', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: families.length - 1 }),
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.uint8Array({ maxLength: 20 }),
      (index, pathId, key) => {
        const packed = packRouteKey(index, pathId, key);
        const scratch = new Uint8Array(64);
        const length = writeRouteKey(scratch, index, pathId, Uint8Array.of(9, ...key, 9), 1, 1 + key.length);
        return (
          routeKeyFamilyIndex(packed) === index &&
          routeKeyFamily(packed) === families[index] &&
          routeKeyPathId(packed) === pathId &&
          toHex(scratch.subarray(0, length)) === toHex(packed)
        );
      },
    ),
  );
  t.pass();
});
