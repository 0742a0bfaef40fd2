/** Well-formed NLRI of each family as octets on the wire, for the laws. A new family is one entry. */
import fc from 'fast-check';
import type { Family } from '../../src/wire/family/types.js';

const octets = (size: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: size, maxLength: size });

/** A prefix, also with bits behind the length. */
function prefix(size: 4 | 16): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.integer({ min: 0, max: size * 8 }), octets(size))
    .map(([length, address]) => Uint8Array.of(length, ...address.subarray(0, (length + 7) >>> 3)));
}

/** A label stack with any traffic class; or one field that means none. */
const labels: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 5, arbitrary: stack() },
  { weight: 1, arbitrary: fc.constantFrom(Uint8Array.of(0x80, 0, 0), Uint8Array.of(0, 0, 0)) },
);

function stack(): fc.Arbitrary<Uint8Array> {
  // Label 0 and the withdraw label end a stack wherever they stand.
  const field = fc.integer({ min: 8, max: 0x7fffff }).filter((bits) => bits !== 0x400000);
  return fc.array(field, { minLength: 1, maxLength: 3 }).map((fields) =>
    Uint8Array.from(
      fields.flatMap((bits, i) => {
        const last = bits * 2 + (i === fields.length - 1 ? 1 : 0);
        return [last >>> 16, (last >>> 8) & 0xff, last & 0xff];
      }),
    ),
  );
}

/** RFC 4364 types and others. */
export const routeDistinguisher: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(0, 1, 2, 2, 0x7fff), octets(6))
  .map(([type, rest]) => Uint8Array.of(type >>> 8, type & 0xff, ...rest));

function labeled(size: 4 | 16, hasRd: boolean): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(labels, hasRd ? routeDistinguisher : fc.constant(new Uint8Array(0)), prefix(size))
    .map(([stacked, rd, [bits = 0, ...address]]) => {
      const front = stacked.length + rd.length;
      const fits = front * 8 + bits <= 255;
      return fits
        ? Uint8Array.of(front * 8 + bits, ...stacked, ...rd, ...address)
        : Uint8Array.of((3 + rd.length) * 8 + bits, 0, 0x12, 0x31, ...rd, ...address);
    });
}

/** An address behind its length in bits. */
const address: fc.Arbitrary<readonly number[]> = fc
  .constantFrom(4, 16)
  .chain((size) => octets(size).map((ip) => [size * 8, ...ip]));

/** RFC 7432 section 7, RFC 9136 section 3.1, and a type nobody knows. */
const evpn: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.integer({ min: 0, max: 5 }), routeDistinguisher, octets(40), address, octets(3))
  .map(([type, rd, some, ip, label]) => {
    const esi = some.subarray(0, 10);
    const tag = some.subarray(10, 14);
    const contents: readonly (readonly number[])[] = [
      [...some],
      [...rd, ...esi, ...tag, ...label],
      [...rd, ...esi, ...tag, 48, ...some.subarray(14, 20), ...ip, ...label],
      [...rd, ...tag, ...ip],
      [...rd, ...esi, ...ip],
      // An IP prefix, with bits behind its length.
      [...rd, ...esi, ...tag, some[39]! % (ip[0]! + 1), ...ip.slice(1), ...ip.slice(1), ...label],
    ];
    const content = contents[type]!;
    return Uint8Array.of(type === 0 ? 99 : type, content.length, ...content);
  });

/** Largest value and largest size in octets of the components with values, by type (RFC 8955 section 4.2.2). */
const FLOW_VALUES: Readonly<Record<1 | 2, Readonly<Record<number, readonly [number, number]>>>> = {
  1: { 3: [255, 8], 4: [65535, 8], 7: [255, 8], 9: [0xfff, 2], 10: [65535, 8], 11: [63, 1], 12: [255, 1] },
  2: { 3: [255, 8], 5: [65535, 8], 8: [255, 8], 9: [0xfff, 2], 11: [255, 1], 12: [255, 1], 13: [0xfffff, 8] },
};

/** Operators with any bits, and values in as many octets as may be. */
function flowValues([max, maxOctets]: readonly [number, number]): fc.Arbitrary<readonly number[]> {
  const value = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max }), fc.integer({ min: 0, max: 3 }));
  return fc.array(value, { minLength: 1, maxLength: 4 }).map((values) =>
    values.flatMap(([bits, number, extra], i) => {
      const least = number > 0xffff ? 2 : number > 0xff ? 1 : 0;
      const sizeCode = Math.min(least + extra, Math.log2(maxOctets));
      const all = Buffer.alloc(8);
      all.writeUInt32BE(number, 4);
      const end = i === values.length - 1 ? 0x80 : 0;
      return [(bits & 0x4f) | end | (sizeCode << 4), ...all.subarray(8 - (1 << sizeCode))];
    }),
  );
}

/** A prefix of a rule; for IPv6 with an offset below the length, or both 0 (RFC 8956 section 3.1). */
function flowPrefix(afi: 1 | 2): fc.Arbitrary<readonly number[]> {
  if (afi === 1) return prefix(4).map((one) => [...one]);
  return fc
    .tuple(fc.integer({ min: 0, max: 128 }), fc.integer({ min: 0, max: 128 }), octets(16))
    .map(([length, some, address]) => {
      const offset = length === 0 ? 0 : some % length;
      return [length, offset, ...address.subarray(0, (length - offset + 7) >>> 3)];
    });
}

/** Rules of one to all components, some longer than 239 octets. */
function flow(afi: 1 | 2, hasRd: boolean): fc.Arbitrary<Uint8Array> {
  const parts = [
    ...[1, 2].map((type) => flowPrefix(afi).map((body) => [type, ...body])),
    ...Object.entries(FLOW_VALUES[afi]).map(([type, limits]) =>
      fc
        .oneof(
          { weight: 9, arbitrary: flowValues(limits) },
          {
            weight: 1,
            arbitrary: fc.constant(
              Array.from({ length: 250 }, (_, i) => (i === 248 ? 0x81 : i % 2 === 0 ? 1 : i % 64)),
            ),
          },
        )
        .map((body) => [Number(type), ...body]),
    ),
  ];
  const some = fc.tuple(...parts.map((part) => fc.tuple(fc.boolean(), part)));
  return fc
    .tuple(hasRd ? routeDistinguisher : fc.constant(new Uint8Array(0)), some, fc.nat(parts.length - 1))
    .map(([rd, chosen, always]) => {
      const rule = [...rd, ...chosen.flatMap(([isIn, part], i) => (isIn || i === always ? part : []))];
      return Uint8Array.from(
        rule.length < 240 ? [rule.length, ...rule] : [0xf0 | (rule.length >> 8), rule.length & 0xff, ...rule],
      );
    });
}

/** RFC 4684 section 4: nothing, or a prefix of origin AS and route target. */
const rtc: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(0, 32, 33, 48, 80, 95, 96), octets(12))
  .map(([bits, value]) => Uint8Array.of(bits, ...value.subarray(0, (bits + 7) >>> 3)));

/** RFC 4761 section 3.2.2, with label blocks that fit. */
const vpls: fc.Arbitrary<Uint8Array> = fc
  .tuple(routeDistinguisher, octets(6), fc.integer({ min: 0, max: 0xf0000 }), fc.integer({ min: 0, max: 15 }))
  .map(([rd, numbers, base, low]) => {
    const field = base * 16 + low;
    return Uint8Array.of(0, 17, ...rd, ...numbers, field >>> 16, (field >>> 8) & 0xff, field & 0xff);
  });

/** RFC 6514 section 4: joins and active sources; other types are opaque. */
function mcastVpn(size: 4 | 16): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.integer({ min: 4, max: 8 }), routeDistinguisher, octets(4), octets(size), octets(size))
    .map(([type, rd, as, source, group]) => {
      const addresses = [size * 8, ...source, size * 8, ...group];
      const content = type === 5 ? [...rd, ...addresses] : type < 5 ? [...as] : [...rd, ...as, ...addresses];
      return Uint8Array.of(type, content.length, ...content);
    });
}

/** draft-ietf-bess-mup-safi section 3.1, and a type nobody knows. */
function mup(size: 4 | 16): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.integer({ min: 0, max: 4 }), routeDistinguisher, prefix(size), octets(16), address, fc.option(address))
    .chain(([type, rd, [bits = 0, ...route], some, endpoint, source]) =>
      fc.integer({ min: 0, max: 32 }).map((teidBits) => {
        const teid = some.slice(0, (teidBits + 7) >>> 3);
        if ((teidBits & 7) !== 0) teid[0]! &= 0xff >>> (8 - (teidBits & 7));
        const contents: readonly (readonly number[])[] = [
          [...some],
          [...rd, bits, ...route],
          [...rd, ...some.subarray(0, size)],
          [...rd, bits, ...route, ...some.subarray(0, 4), some[4]! & 63, ...endpoint, ...(source ?? [])],
          [...rd, size * 8 + teidBits, ...some.subarray(0, size), ...teid],
        ];
        const content = contents[type]!;
        return Uint8Array.of(1, 0, type === 0 ? 99 : type, content.length, ...content);
      }),
    );
}

/** RFC 9830 section 2.1. */
function srPolicy(size: 4 | 16): fc.Arbitrary<Uint8Array> {
  return octets(8 + size).map((content) => Uint8Array.of(content.length * 8, ...content));
}

function tlv(type: number, content: readonly number[]): number[] {
  return [type >>> 8, type & 0xff, content.length >>> 8, content.length & 0xff, ...content];
}

/** RFC 9552 section 5.2, RFC 9514 section 6, and a type nobody knows. */
function linkState(hasRd: boolean): fc.Arbitrary<Uint8Array> {
  const rd = hasRd ? routeDistinguisher : fc.constant(new Uint8Array(0));
  return fc
    .tuple(fc.constantFrom(1, 2, 3, 4, 6, 77), rd, octets(9), octets(24), fc.constantFrom(4, 6, 7, 8))
    .map(([type, distinguisher, fixed, some, idSize]) => {
      const node = [...tlv(512, [...some.subarray(0, 4)]), ...tlv(515, [...some.subarray(4, 4 + idSize)])];
      const descriptors: Readonly<Record<number, readonly number[]>> = {
        1: [],
        2: [...tlv(257, node), ...tlv(258, [...some.subarray(0, 8)]), ...tlv(259, [...some.subarray(8, 12)])],
        3: [...tlv(263, [0, 2]), ...tlv(264, [1]), ...tlv(265, [24, ...some.subarray(0, 3)])],
        4: tlv(265, [64, ...some.subarray(0, 8)]),
        6: tlv(518, [...some.subarray(0, 16)]),
        77: tlv(9, []),
      };
      const content = [...distinguisher, ...fixed, ...tlv(256, node), ...descriptors[type]!];
      return Uint8Array.of(...tlv(type, content));
    });
}

/** By family name. */
export const nlriGenerators: Readonly<Record<string, fc.Arbitrary<Uint8Array>>> = {
  'ipv4 unicast': prefix(4),
  'ipv6 unicast': prefix(16),
  'ipv4 multicast': prefix(4),
  'ipv6 multicast': prefix(16),
  'l2vpn evpn': evpn,
  'ipv4 sr-policy': srPolicy(4),
  'ipv6 sr-policy': srPolicy(16),
  'bgp-ls bgp-ls': linkState(false),
  'bgp-ls bgp-ls-vpn': linkState(true),
  'ipv4 mup': mup(4),
  'ipv6 mup': mup(16),
  'ipv4 rtc': rtc,
  'l2vpn vpls': vpls,
  'ipv4 mcast-vpn': mcastVpn(4),
  'ipv6 mcast-vpn': mcastVpn(16),
  'ipv4 nlri-mpls': labeled(4, false),
  'ipv6 nlri-mpls': labeled(16, false),
  'ipv4 mpls-vpn': labeled(4, true),
  'ipv6 mpls-vpn': labeled(16, true),
  'ipv4 flow': flow(1, false),
  'ipv6 flow': flow(2, false),
  'ipv4 flow-vpn': flow(1, true),
  'ipv6 flow-vpn': flow(2, true),
};

/** @throws when the family has no entry */
export function nlriOf({ name }: Family): fc.Arbitrary<Uint8Array> {
  const generator = nlriGenerators[name];
  if (generator === undefined) throw new Error(`test/support/nlri.ts has no NLRI of ${name}`);
  return generator;
}
