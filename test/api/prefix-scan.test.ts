/** The fast reader of prefixes against the plain one: it may leave a prefix alone, but never read another one. */
import test from 'ava';
import fc from 'fast-check';
import { scanned, scanPrefix } from '../../src/api/prefix-scan.js';
import { parsePrefix } from '../../src/util/ip.js';

const out = new Uint8Array(32);

function scan(text: string): { packed: Uint8Array; rest: string } | undefined {
  out.fill(0xee);
  // What stands behind the line must not be looked at.
  const line = Buffer.from(`x ${text}::1/24`);
  const end = line.length - 6;
  if (!scanPrefix(line, 2, end, out, 3)) return undefined;
  return { packed: out.slice(3, 3 + scanned.size), rest: line.subarray(scanned.end, end).toString() };
}

const reads = test.macro({
  title: (_, text: string) => `reads ${JSON.stringify(text)}`,
  exec(t, text: string) {
    const [prefix] = text.split(/[ \t]/, 1);
    const plain = parsePrefix(prefix!);
    t.true(typeof plain === 'object');
    const fast = scan(text);
    t.deepEqual(fast?.packed, (plain as { packed: Uint8Array }).packed);
    t.is(fast?.rest, text.slice(prefix!.length));
  },
});

for (const text of [
  ...['10.0.0.0/24', '10.0.0.1', '0.0.0.0/0', '255.255.255.255/32 med 5', '128.0.0.0/1\tx', '10.1.2.0/23  next-hop'],
  ...['::/0', '::1', '2001:db8::/32', '2001:DB8:0:1::/64 x', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8'],
  ...['fe80::1/128', '1::8', '0:0:0:0:0:0:0:0/0', 'ff00::/8'],
])
  test(reads, text);

const leaves = test.macro({
  title: (_, text: string) => `leaves ${JSON.stringify(text)} to the family`,
  exec: (t, text: string) => t.is(scan(text), undefined),
});

for (const text of [
  ...['', ' ', '/', '10', '10.0.0', '10.0.0.0.0', '256.0.0.0', '01.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.1/24'],
  ...['10.0.0.0/24;', '10.0.0.0/24,', '1.2.3.x', '1:2:3', ':', ':::', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', 'g::'],
  ...[
    '1:2:3:4:5:6:7:8::',
    '::1/129',
    '2001:db8::1/32',
    '::1.2.3.4',
    'fe80::1%eth0',
    '1:',
    '10.0.0.0/2x',
    '4294967306.0.0.0',
  ],
])
  test(leaves, text);

test('what it reads is what the plain reader reads', (t) => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: fc.constantFrom(...'0123456789abf:./ ') }));
  fc.assert(
    fc.property(address, fc.option(fc.integer({ min: 0, max: 130 }), { nil: undefined }), (text, bits) => {
      const prefix = bits === undefined ? text : `${text}/${bits}`;
      const fast = scan(prefix);
      if (fast === undefined) return true;
      const [word] = prefix.split(/[ \t]/, 1);
      const plain = parsePrefix(word!);
      return typeof plain === 'object' && Buffer.from(plain.packed).equals(Buffer.from(fast.packed));
    }),
    { numRuns: 3000 },
  );
  t.pass();
});
