/** Route distinguishers: each type both ways, limits, and that print and parse agree on any octets. */
import test from 'ava';
import fc from 'fast-check';
import { toHex } from '../../src/util/bytes.js';
import {
  parseRouteDistinguisher,
  printRouteDistinguisher,
  showRouteDistinguisher,
} from '../../src/wire/route-distinguisher.js';

const reads = test.macro({
  title: (_, text: string) => `${text} reads and prints`,
  exec(t, text: string, hex: string, shown?: string) {
    const rd = parseRouteDistinguisher(text);
    if (typeof rd === 'string') return t.fail(rd);
    t.is(toHex(rd), hex);
    t.is(printRouteDistinguisher(rd), text);
    t.is(showRouteDistinguisher(rd), shown ?? text);
  },
});
test(reads, '65000:1', '0000fde800000001');
test(reads, '0:4294967295', '00000000ffffffff');
test(reads, '192.0.2.1:65535', '0001c0000201ffff');
test(reads, '65536:1', '0002000100000001');
test(reads, '4294967295:65535', '0002ffffffffffff');
test(reads, '100L:5', '0002000000640005', '100:5');
test(reads, '0x7FFF000000000001', '7fff000000000001');

const refuses = test.macro({
  title: (_, text: string) => `"${text}" is refused`,
  exec(t, text: string, reason: RegExp) {
    const rd = parseRouteDistinguisher(text);
    if (typeof rd !== 'string') return t.fail(toHex(rd));
    t.regex(rd, reason);
  },
});
test(refuses, '65000', /ASN:N/);
test(refuses, '65000:', /ASN:N/);
test(refuses, ':1', /ASN:N/);
test(refuses, 'a:1', /ASN:N/);
test(refuses, '1:2:3', /ASN:N/);
test(refuses, '4294967296:1', /ASN:N/);
test(refuses, '65000:4294967296', /4294967295/);
test(refuses, '65536:65536', /four-octet AS number only 0 to 65535/);
test(refuses, '192.0.2.1:65536', /an address only 0 to 65535/);
test(refuses, '0x00', /16 digits/);

test('any 8 octets print as what reads back as them', (t) => {
  const octets = fc.uint8Array({ minLength: 8, maxLength: 8 });
  const typed = fc.tuple(fc.integer({ min: 0, max: 3 }), octets).map(([type, rd]) => {
    rd[0] = 0;
    rd[1] = type;
    return rd;
  });
  fc.assert(
    fc.property(fc.oneof(octets, typed), (rd) => {
      const again = parseRouteDistinguisher(printRouteDistinguisher(rd));
      return typeof again !== 'string' && toHex(again) === toHex(rd);
    }),
  );
  t.pass();
});
