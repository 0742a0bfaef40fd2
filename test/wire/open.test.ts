import test from 'ava';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/util/bytes.js';
import { NotificationError } from '../../src/wire/errors.js';
import { asOf, decodeOpen, encodeOpen, fixedFieldAs } from '../../src/wire/open.js';

const HEADER = 'ff'.repeat(16);

/** A whole OPEN from version to the end of its parameters. */
function openOf(body: string): Uint8Array {
  const length = (19 + body.length / 2).toString(16).padStart(4, '0');
  return fromHex(`${HEADER}${length}01${body}`)!;
}

const FIXED = '04fde900b4c0000201';
const MP_AND_AS = '01040001000141040000fde9';

const refused = test.macro<[body: string, expected: string]>({
  exec(t, body, expected) {
    const error = t.throws(() => decodeOpen(openOf(body)), { instanceOf: NotificationError })!;
    t.is(`${error.code}/${error.subcode} ${toHex(error.data)}`.trim(), expected);
  },
  title: (title, body, expected) => `${title ?? body}: ${expected}`,
});

test('version 3', refused, `03fde900b4c000020110020e${MP_AND_AS}0200`, '2/1 0004');
test('version 255', refused, `fffde900b4c000020110020e${MP_AND_AS}0200`, '2/1 0004');
test('parameter type 0', refused, `${FIXED}13020e${MP_AND_AS}0200000100`, '2/4');
test('parameter type 1', refused, `${FIXED}13020e${MP_AND_AS}0200010100`, '2/4');
test('parameter type 255 behind another', refused, `${FIXED}13020e${MP_AND_AS}0200ff0100`, '2/4');
test('a capability longer than its parameter', refused, `${FIXED}120210${MP_AND_AS}02000209`, '2/0');
test('parameters length 0, octets follow', refused, `${FIXED}00020e${MP_AND_AS}0200`, '2/0');
test('parameters length too long', refused, `${FIXED}20020e${MP_AND_AS}0200`, '2/0');
test('one stray octet of parameters', refused, `${FIXED}0102`, '2/0');
test('multiprotocol of 0 octets', refused, `${FIXED}10020e41040000fde90104000100010100`, '2/0');
test('multiprotocol of 5 octets', refused, `${FIXED}0902070105000100010 0`.replace(/ /g, ''), '2/0');
test('four-octet AS of 3 octets', refused, `${FIXED}0d020b01040001000141030000fd`, '2/0');
test('two different four-octet AS numbers', refused, `${FIXED}10020e41040000fde941040000fdea0200`, '2/2');
test('extended: octets left over', refused, `${FIXED}ffff000302000e${MP_AND_AS}0200`, '2/0');
test('extended: a parameter runs over', refused, `${FIXED}ffff00110200ff${MP_AND_AS}0200`, '2/0');
test('extended: a parameter header is cut', refused, `${FIXED}ffff001302000e${MP_AND_AS}02000200`, '2/0');
test('extended: its length is cut', refused, `${FIXED}ffff00`, '2/0');

const accepted = test.macro<[body: string, as: number, capabilities: string]>({
  exec(t, body, as, capabilities) {
    const open = decodeOpen(openOf(body));
    t.is(asOf(open), as);
    t.is(open.capabilities.map(({ code, value }) => `${code}:${toHex(value)}`).join(' '), capabilities);
  },
  title: (title, body) => title ?? body,
});

const BOTH = '1:00010001 65:0000fde9';
test('no parameters at all', accepted, `${FIXED}00`, 65001, '');
test('one parameter', accepted, `${FIXED}0e020c${MP_AND_AS}`, 65001, BOTH);
test('an empty parameter', accepted, `${FIXED}10020c${MP_AND_AS}0200`, 65001, BOTH);
test('a parameter for each', accepted, `${FIXED}10020601040001000102064104 0000fde9`.replace(/ /g, ''), 65001, BOTH);
test('AS_TRANS in the fixed field', accepted, `045ba000b4c00002010e020c${MP_AND_AS}`, 65001, BOTH);
test('the extended form with a short list', accepted, `${FIXED}ffff000f02000c${MP_AND_AS}`, 65001, BOTH);
test('the extended form, any outer length', accepted, `${FIXED}07ff000f02000c${MP_AND_AS}`, 65001, BOTH);
test('unknown capabilities are kept', accepted, `${FIXED}0802 06c8040a0b0c0d`.replace(/ /g, ''), 65001, '200:0a0b0c0d');
test('a malformed capability that does not matter', accepted, `${FIXED}050203020101`, 65001, '2:01');

test('what is encoded is decoded, in the short and the extended form', (t) => {
  const capability = fc.record({
    // Known ones with checks of their own are left to their tests.
    code: fc.integer({ min: 100, max: 120 }),
    value: fc.uint8Array({ maxLength: 255 }),
  });
  fc.assert(
    fc.property(
      fc.record({
        version: fc.constant(4),
        as: fc.nat(0xffff),
        holdTimeSeconds: fc.nat(0xffff),
        routerId: fc.uint8Array({ minLength: 4, maxLength: 4 }),
        capabilities: fc.array(capability, { maxLength: 12 }),
      }),
      (open) => {
        t.deepEqual(decodeOpen(encodeOpen(open)), open);
      },
    ),
  );
});

test('one parameter for all where each cannot have one; the extended form begins above 255 octets', (t) => {
  const open = (size: number): Uint8Array =>
    encodeOpen({
      version: 4,
      as: 1,
      holdTimeSeconds: 90,
      routerId: Uint8Array.of(1, 1, 1, 1),
      capabilities: [
        { code: 100, value: new Uint8Array(120) },
        { code: 101, value: new Uint8Array(size) },
      ],
    });
  t.is(open(127)[28], 255);
  t.is(open(127).length, 29 + 255);
  t.is(toHex(open(128).subarray(28, 33)), 'fe02fc6478');
  t.is(open(129).length, 29 + 255);
  t.is(toHex(open(129).subarray(28, 31)), 'ff02fd');
  t.is(decodeOpen(open(129)).capabilities.length, 2);
  t.is(toHex(open(130).subarray(28, 32)), 'ffff0104');
});

test('random octets give an OPEN or a NOTIFICATION', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 80 }), (body) => {
      const octets = openOf(`04${toHex(body.subarray(1))}`);
      try {
        decodeOpen(octets);
      } catch (error) {
        t.true(error instanceof NotificationError);
      }
      t.pass();
    }),
    { numRuns: 2000 },
  );
});

test('an AS number of four octets leaves AS_TRANS in the fixed field', (t) => {
  t.is(fixedFieldAs(65535), 65535);
  t.is(fixedFieldAs(65536), 23456);
});
