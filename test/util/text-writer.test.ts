import test from 'ava';
import fc from 'fast-check';
import { printIpv4, printIpv6, printPrefix } from '../../src/util/ip.js';
import { octetsOf, TextWriter } from '../../src/util/text-writer.js';

const out = new TextWriter(1);

test('any text, as UTF-8', (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 60 })), (texts) => {
      out.reset();
      for (const text of texts) out.text(text);
      t.is(out.toString(), texts.join(''));
      t.deepEqual(Buffer.from(out.view()), Buffer.from(texts.join('')));
    }),
  );
});

test('numbers', (t) => {
  const numbers = [
    0,
    9,
    10,
    99,
    255,
    256,
    999,
    1000,
    0x7fffffff,
    0x80000000,
    4294967290,
    0xffffffff,
    2 ** 32,
    2 ** 53 - 1,
  ];
  for (const value of numbers) t.is(out.reset().decimal(value).toString(), String(value));
  fc.assert(fc.property(fc.nat(0xffffffff), (value) => out.reset().decimal(value).toString() === String(value)));
});

test('octets, short and long, where they stand', (t) => {
  const long = 'x'.repeat(100);
  t.is(out.reset().bytes(octetsOf('short ')).bytes(octetsOf(long)).code(33).toString(), `short ${long}!`);
  t.is(out.toString(6), `${long}!`);
  t.is(Buffer.from(out.view(100)).toString(), 'xxxxxx!');
});

test('a buffer that had to be huge is not kept', (t) => {
  out.reset().text('x'.repeat(2_000_000));
  t.is(out.length, 2_000_000);
  t.true(out.reset().text('y').buffer.length < 200_000);
  t.is(out.toString(), 'y');
});

const octets = (size: number): fc.Arbitrary<Uint8Array> =>
  fc
    .array(fc.oneof(fc.constant(0), fc.constant(255), fc.nat(255)), { minLength: size, maxLength: size })
    .map((list) => Uint8Array.from(list));

/** The prefix with the bits behind its length cleared. */
function masked(bits: number, address: Uint8Array): Uint8Array {
  const size = (bits + 7) >>> 3;
  const packed = Uint8Array.of(bits, ...address.subarray(0, size));
  if (bits % 8 !== 0) packed[size]! &= 0xff << (8 - (bits % 8));
  return packed;
}

test('IPv4 addresses and prefixes', (t) => {
  fc.assert(
    fc.property(octets(4), fc.nat(32), fc.nat(3), (address, bits, before) => {
      const source = Uint8Array.of(...new Array(before).fill(9), ...address);
      t.is(out.reset().ipv4(source, before).toString(), printIpv4(address));
      const packed = Uint8Array.of(...new Array(before).fill(9), bits, ...address.subarray(0, (bits + 7) >>> 3), 77);
      t.is(out.reset().ipv4Prefix(packed, before), packed.length - 1);
      t.is(out.toString(), printPrefix(masked(bits, address), 0, 4));
    }),
  );
});

test('IPv6 prefixes', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        octets(16),
        octets(4).map((end) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...end)),
      ),
      fc.oneof(fc.nat(128), fc.constant(128)),
      (address, bits) => {
        const packed = Uint8Array.of(bits, ...address.subarray(0, (bits + 7) >>> 3), 77);
        t.is(out.reset().ipv6Prefix(packed, 0), packed.length - 1);
        t.is(out.toString(), printPrefix(masked(bits, address), 0, 16));
        if (bits === 128) t.is(out.toString(), `${printIpv6(address)}/128`);
      },
    ),
    { numRuns: 2000 },
  );
});
