import test from 'ava';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/util/bytes.js';
import { CommandError, Tokens } from '../../src/util/tokens.js';
import { families } from '../../src/wire/family/index.js';
import { buildMessage } from '../../src/wire/message.js';
import {
  decodeOperational,
  encodeOperational,
  OPERATIONAL_LAYOUTS,
  type OperationalMessage,
  type OperationalName,
} from '../../src/wire/operational.js';
import { parseOperational, printOperational } from '../../src/wire/operational-text.js';

const ROUTER_ID = Uint8Array.of(192, 0, 2, 254);

const u32 = fc.nat(0xffffffff);
const names = Object.keys(OPERATIONAL_LAYOUTS) as OperationalName[];
const anyMessage: fc.Arbitrary<OperationalMessage> = fc
  .record({
    name: fc.constantFrom(...names),
    family: fc.constantFrom(...families),
    advisory: fc.stringMatching(/^[ -!#-~]*$/),
    routerId: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    sequence: u32,
    counter: u32,
  })
  .map(({ name, family: { afi, safi }, advisory, routerId, sequence, counter }) => {
    const layout = OPERATIONAL_LAYOUTS[name];
    if (layout === 'advisory') return { name, layout, afi, safi, advisory };
    if (layout === 'query') return { name, layout, afi, safi, routerId, sequence };
    return { name, layout, afi, safi, routerId, sequence, counter };
  });

test('decode∘encode and parse∘print', (t) => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      t.deepEqual(decodeOperational(encodeOperational(message, ROUTER_ID)), message);
      t.deepEqual(parseOperational(new Tokens(printOperational(message, (text) => `"${text}"`))), message);
    }),
  );
});

test('the identifier is that of the session where none is named', (t) => {
  const message = parseOperational(new Tokens('rpcq afi ipv4 safi unicast sequence 7'));
  t.is(toHex(encodeOperational(message, ROUTER_ID)).slice(38), '0003000b000101c00002fe00000007');
});

const leftOut = test.macro({
  title: (title, body: string) => `left out: ${title} (${body})`,
  exec(t, body: string) {
    t.is(decodeOperational(buildMessage(6, fromHex(body)!)), undefined);
  },
});
test('no TLV', leftOut, '');
test('a TLV without a length', leftOut, '000200');
test('the length runs over', leftOut, '00020004000101');
test('an advisory without a family', leftOut, '000200020001');
test('a query without a sequence', leftOut, '0003000700010101020304');
test('a counter without its number', leftOut, '0004000b0001010102030400000001');
test('an unknown type', leftOut, '00090003000101');
test('"not satisfied"', leftOut, 'ffff0009000101000000010001');

test('octets behind the TLV mean nothing', (t) => {
  const message = buildMessage(6, fromHex('000200050001014142ffff')!);
  t.deepEqual(decodeOperational(message), { name: 'ASM', layout: 'advisory', afi: 1, safi: 1, advisory: 'AB' });
});

test('what a stranger wrote holds no control characters', (t) => {
  const message = decodeOperational(buildMessage(6, fromHex('00020008000101410d0a42ff')!));
  t.is(message?.layout === 'advisory' && message.advisory, 'AB\ufffd');
});

const refused = test.macro({
  title: (_, text: string) => `refused: ${text}`,
  exec(t, text: string, column: number, message: RegExp) {
    const error = t.throws(() => parseOperational(new Tokens(text)), { instanceOf: CommandError, message })!;
    t.is(error.column, column);
  },
});
test(refused, '', 1, /kind of operational message/);
test(refused, 'bogus afi ipv4', 1, /expected one of adm, asm, rpcq/);
test(refused, 'constructor afi ipv4', 1, /expected one of/);
test(refused, 'asm safi unicast', 5, /"afi" expected/);
test(refused, 'asm afi ipv4 safi bogus advisory x', 19, /no family/);
test(refused, 'asm afi ipv4 safi unicast sequence 1', 27, /"advisory" expected/);
test(refused, 'asm afi ipv4 safi unicast advisory', 35, /a text expected/);
test(refused, 'asm afi ipv4 safi unicast advisory a b', 38, /./);
test(refused, `asm afi ipv4 safi unicast advisory ${'x'.repeat(2049)}`, 36, /2048 octets/);
test(refused, 'rpcq afi ipv4 safi unicast', 27, /"sequence" expected/);
test(refused, 'rpcq afi ipv4 safi unicast sequence 4294967296', 37, /0 to 4294967295/);
test(refused, 'rpcq afi ipv4 safi unicast sequence -1', 37, /0 to 4294967295/);
test(refused, 'rpcq afi ipv4 safi unicast sequence 1 counter 2', 39, /./);
test(refused, 'rpcp afi ipv4 safi unicast sequence 1', 38, /"counter" expected/);
test(refused, 'rpcp afi ipv4 safi unicast sequence 1 counter 18446744073709551615', 47, /0 to 4294967295/);
test(refused, 'rpcp afi ipv4 safi unicast sequence 1 counter 1 router-id ::1', 59, /IPv4 address/);
