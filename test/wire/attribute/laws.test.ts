/** Laws over the registry of attributes: decode∘encode and parse∘print give back what went in, JSON is JSON. */
import test from 'ava';
import fc from 'fast-check';
import { toHex } from '../../../src/util/bytes.js';
import { TextWriter } from '../../../src/util/text-writer.js';
import { Tokens } from '../../../src/util/tokens.js';
import { isFault } from '../../../src/wire/attribute/fault.js';
import { attributeByCode, attributeByKeyword, attributes } from '../../../src/wire/attribute/index.js';
import type { AttributeType } from '../../../src/wire/attribute/types.js';
import { packTlvs } from '../../../src/wire/attribute-set.js';
import { attributesToJson, printAttributes, writeAttributes } from '../../../src/wire/attribute-text.js';
import { AttributeCode } from '../../../src/wire/codes.js';
import type { Dialect } from '../../../src/wire/family/types.js';
import { makeNegotiated } from '../../support/negotiated.js';

const DIALECTS: readonly Dialect[] = ['exabgp-4', 'exabgp-5'];
const internal = makeNegotiated({ isExternal: false, aigp: true });

const octets = (min: number, max = min): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: min, maxLength: max });
const items = (size: number): fc.Arbitrary<Uint8Array> =>
  fc
    .array(octets(size), { minLength: 1, maxLength: 6 })
    .map((list) => Uint8Array.from(list.flatMap((one) => [...one])));

/** Segments of different kinds one behind the other, so that text can tell them apart. */
const path = fc
  .array(fc.array(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 1, maxLength: 5 }), { maxLength: 6 })
  .chain((lists) =>
    fc.tuple(
      fc.constant(lists),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: lists.length, maxLength: lists.length }),
    ),
  )
  .map(([lists, types]) => {
    const out: number[] = [];
    let last = 0;
    lists.forEach((numbers, i) => {
      const type = types[i] === 2 && last === 2 ? 1 : types[i]!;
      last = type;
      out.push(type, numbers.length);
      for (const number of numbers) out.push(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
    });
    return Uint8Array.from(out);
  });

/** Sub-TLVs of tunnels: known ones, segment lists, and any content at all. */
const subTlv = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2, 4, 6, 8, 12, 13, 14, 15, 20, 60), octets(0, 30)),
  fc.tuple(fc.constantFrom(128, 129, 130, 200), octets(0, 40)),
  octets(4).map((weight): [number, Uint8Array] => [128, Uint8Array.of(0, 9, 6, 0, 0, ...weight)]),
  octets(20).map((some): [number, Uint8Array] => [
    128,
    Uint8Array.of(0, 1, 6, 0, 0, 0, some[0]!, 0x11, 0, 13, 18, 0, 0, ...some.subarray(4)),
  ]),
  fc.string({ maxLength: 20 }).map((name): [number, Uint8Array] => [130, Uint8Array.of(0, ...Buffer.from(name))]),
);
const tunnel = fc.tuple(fc.constantFrom(8, 15, 4711), fc.array(subTlv, { maxLength: 5 })).map(([type, list]) => {
  const content = list.flatMap(([code, value]) =>
    code < 128 ? [code, value.length, ...value] : [code, value.length >>> 8, value.length & 0xff, ...value],
  );
  return {
    type,
    octets: [0, 0, content.length >>> 8, content.length & 0xff, ...content]
      .fill(type >>> 8, 0, 1)
      .fill(type & 0xff, 1, 2),
  };
});
const tunnels = fc
  .uniqueArray(tunnel, { minLength: 1, maxLength: 3, selector: ({ type }) => type })
  .map((list) => Uint8Array.from(list.flatMap((one) => one.octets)));

/** TLVs of BGP Prefix-SID that are right, and unknown ones. */
const sidTlv = fc.oneof(
  octets(7).map((value) => ({ type: 1, value })),
  octets(4).map((value) => ({ type: 1, value: Uint8Array.of(0, 0, 0, ...value) })),
  octets(14).map((value) => ({ type: 3, value })),
  octets(12).map((value) => ({ type: 3, value: Uint8Array.of(0, 0, ...value) })),
  octets(19).map((value) => ({ type: 4, value })),
  fc.tuple(fc.constantFrom(5, 6), octets(16), octets(8)).map(([type, sid, rest]) => ({
    type,
    value: Uint8Array.of(0, 1, 0, 30, 0, ...sid, 0, ...rest.subarray(0, 2), 0, 1, 0, 6, ...rest.subarray(2)),
  })),
  fc
    .tuple(fc.constantFrom(5, 6), octets(21))
    .map(([type, rest]) => ({ type, value: Uint8Array.of(7, 1, 0, 21, ...rest) })),
  octets(0, 9).map((value) => ({ type: 99, value })),
);
const sidTlvs = fc
  .array(sidTlv, { minLength: 1, maxLength: 4 })
  .map((list) => Uint8Array.from(list.flatMap(({ type, value }) => [type, 0, value.length, ...value])));

/** TLVs of link state: any content behind any known type. */
const linkStateTlvs = fc
  .array(fc.tuple(fc.oneof(fc.integer({ min: 1020, max: 1260 }), fc.integer({ min: 0, max: 0xffff })), octets(0, 40)), {
    maxLength: 6,
  })
  .map((list) => Uint8Array.from(list.flatMap(([type, value]) => [type >>> 8, type & 255, 0, value.length, ...value])));

/** Values that are right from an internal peer, by attribute. */
const VALUES: Readonly<Record<number, fc.Arbitrary<Uint8Array>>> = {
  [AttributeCode.origin]: fc.integer({ min: 0, max: 2 }).map((value) => Uint8Array.of(value)),
  [AttributeCode.asPath]: path,
  [AttributeCode.multiExitDisc]: octets(4),
  [AttributeCode.localPref]: octets(4),
  [AttributeCode.atomicAggregate]: octets(0),
  [AttributeCode.aggregator]: octets(8).filter((value) => value.subarray(0, 4).some((octet) => octet !== 0)),
  [AttributeCode.communities]: items(4),
  [AttributeCode.originatorId]: octets(4),
  [AttributeCode.clusterList]: items(4),
  [AttributeCode.extendedCommunities]: items(8),
  [AttributeCode.pmsiTunnel]: fc
    .tuple(fc.constantFrom([0, 0], [1, 12], [2, 9], [3, 32], [4, 8], [6, 4], [6, 16], [10, 7], [11, 0]), octets(44))
    .map(([[type = 0, size = 0], rest]) => Uint8Array.of(rest[0]!, type, ...rest.subarray(1, 4 + size))),
  [AttributeCode.ipv6ExtendedCommunities]: items(20),
  [AttributeCode.aigp]: octets(8)
    .filter((value) => value.some((octet) => octet !== 255))
    .map((value) => Uint8Array.of(1, 0, 11, ...value)),
  [AttributeCode.tunnelEncapsulation]: tunnels,
  [AttributeCode.bgpLs]: linkStateTlvs,
  [AttributeCode.prefixSid]: sidTlvs,
  [AttributeCode.largeCommunity]: items(12),
  [AttributeCode.onlyToCustomer]: octets(4),
};

const spoken = attributes.filter((type) => type.keyword !== undefined);

test('codes and keywords are found, and only once', (t) => {
  t.is(new Set(attributes.map(({ code }) => code)).size, attributes.length);
  t.deepEqual(
    attributes.map(({ code }) => code),
    attributes.map(({ code }) => code).sort((one, two) => one - two),
  );
  for (const type of attributes) t.is(attributeByCode(type.code), type);
  for (const type of spoken) t.is(attributeByKeyword(type.keyword!), type);
  t.is(attributeByCode(0), undefined);
  t.is(attributeByKeyword('bogus'), undefined);
});

const law = test.macro({
  title: (_, type: AttributeType) => `${type.rfcName}: decode, print, parse and JSON agree`,
  exec(t, type: AttributeType) {
    const values = VALUES[type.code];
    if (values === undefined) return t.fail('no values to try');
    fc.assert(
      fc.property(values, fc.constantFrom(...DIALECTS), (value, dialect) => {
        const decoded = type.decode(value, internal);
        if (isFault(decoded)) throw new Error(decoded.reason);
        // Large communities lose repeats; all others come through as they are.
        if (type.code !== AttributeCode.largeCommunity && toHex(decoded) !== toHex(value)) throw new Error('changed');
        if (!type.hasText(decoded)) throw new Error('no text');
        const text = type.print(decoded, dialect);
        const tokens = new Tokens(text);
        const parsed = type.parse(tokens);
        if (toHex(parsed) !== toHex(decoded)) throw new Error(`${text} reads as ${toHex(parsed)}`);
        tokens.end();
        JSON.parse(`{${type.toJson(decoded, dialect)}}`);
      }),
    );
    return t.pass();
  },
});
for (const type of spoken) test(law, type);

const external = makeNegotiated({ isExternal: true });
const old = makeNegotiated({ isExternal: false, asn4: false });

const plainLaw = test.macro({
  title: (_, type: AttributeType) => `${type.rfcName}: what is plain is what decoding leaves alone`,
  exec(t, type: AttributeType) {
    const right = VALUES[type.code] ?? octets(4);
    const value = fc.oneof(right, right, octets(0, 30));
    fc.assert(
      fc.property(value, fc.constantFrom(internal, external, old), octets(0, 3), (one, negotiated, before) => {
        const source = Uint8Array.of(...before, ...one, 7, 7);
        if (type.isPlain!(source, before.length, before.length + one.length, negotiated) !== true) return true;
        const decoded = type.decode(one, negotiated);
        return !isFault(decoded) && toHex(decoded) === toHex(one);
      }),
    );
    return t.pass();
  },
});
for (const type of attributes.filter(({ isPlain }) => isPlain !== undefined)) test(plainLaw, type);

test('what comes with nearly every route is plain', (t) => {
  const cases: [number, number[]][] = [
    [AttributeCode.origin, [2]],
    [AttributeCode.asPath, [2, 1, 0, 0, 0, 1]],
    [AttributeCode.nextHop, [192, 0, 2, 1]],
    [AttributeCode.localPref, [0, 0, 0, 100]],
    [AttributeCode.communities, [1, 2, 3, 4]],
  ];
  for (const [code, value] of cases) {
    t.true(attributeByCode(code)!.isPlain!(Uint8Array.from(value), 0, value.length, internal), String(code));
  }
});

test('octets of attributes are the text of attributes', (t) => {
  const attribute = fc.constantFrom(...attributes).chain((type) =>
    fc.record({
      code: fc.constant(type.code),
      flags: fc.oneof(fc.constant(type.flags), fc.integer({ min: 0, max: 255 })),
      value: fc.oneof(VALUES[type.code] ?? octets(4), octets(0, 40)),
    }),
  );
  const out = new TextWriter(1);
  fc.assert(
    fc.property(
      fc.uniqueArray(attribute, { selector: ({ code }) => code }),
      fc.constantFrom(...DIALECTS),
      (list, dialect) => {
        const tlvs = packTlvs(list);
        writeAttributes(out.reset(), tlvs, dialect, 'json');
        t.is(out.toString(), attributesToJson(tlvs, dialect));
        writeAttributes(out.reset(), tlvs, dialect, 'text');
        t.is(out.toString(), printAttributes(tlvs, dialect));
      },
    ),
    { numRuns: 500 },
  );
});

test('any packed attributes have text and JSON', (t) => {
  const attribute = fc.record({
    code: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    value: octets(0, 40),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(attribute, { selector: ({ code }) => code }),
      fc.constantFrom(...DIALECTS),
      (list, dialect) => {
        const tlvs = packTlvs(list);
        JSON.parse(`{${attributesToJson(tlvs, dialect)}}`);
        return !printAttributes(tlvs, dialect).includes('undefined');
      },
    ),
  );
  t.pass();
});
