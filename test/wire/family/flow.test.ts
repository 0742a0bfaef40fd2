/** Flow rules: the RFCs' examples, text both ways, malformed rules, and mistakes in commands. */
import test from 'ava';
import { parseRoutes } from '../../../src/api/route-text.js';
import { fromHex, toHex, Writer } from '../../../src/util/bytes.js';
import { CommandError, Tokens } from '../../../src/util/tokens.js';
import { families, familyByName } from '../../../src/wire/family/index.js';
import { isNextHopLength, nextHopFromWire } from '../../../src/wire/family/next-hop.js';
import { ROUTE_KEY_HEADER } from '../../../src/wire/route-key.js';
import { decodeUpdate } from '../../../src/wire/update-decoder.js';
import { makeNegotiated } from '../../support/negotiated.js';

const octets = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', ''))!;
const IPV4 = 'ipv4 flow';
const IPV6 = 'ipv6 flow';

const both = test.macro({
  title: (_, name: string, text: string) => `${name}: ${text}`,
  exec(t, name: string, text: string, hex: string) {
    const family = familyByName(name)!;
    const wire = octets(hex);
    t.is(family.sizeOf(wire, 0, wire.length), wire.length);
    t.false(family.isMalformed!(wire, 0, wire.length));
    t.is(family.print(wire, 0, wire.length), text);
    const tokens = new Tokens(text);
    t.is(toHex(family.parse(tokens).key), toHex(wire));
    t.true(tokens.isAtEnd());
  },
});
// RFC 8955 section 4.3, RFC 8956 section 3.8
test(both, IPV4, 'destination-ipv4 192.0.2.0/24 protocol =tcp port =25', '0b 0118c00002 038106 048119');
test(
  both,
  IPV4,
  'destination-ipv4 192.0.2.0/24 source-ipv4 203.0.113.0/24 port [ >=137&<=139 =8080 ]',
  '12 0118c00002 0218cb0071 04 0389 458b 911f90',
);
test(both, IPV4, 'destination-ipv4 192.0.2.1/32 fragment dont-fragment+first-fragment', '09 0120c0000201 0c8005');
test(
  both,
  IPV6,
  'destination-ipv6 2001:db8::/32/0 source-ipv6 ::1234:5678:9a00:0/104/64 next-header =tcp',
  '12 01200020010db8 026840123456789a 038106',
);
test(
  both,
  IPV6,
  'destination-ipv6 2001:db8::/32/0 source-ipv6 ::1234:5678:9a00:0/104/65',
  '0f 01200020010db8 0268412468acf134',
);
test(both, IPV6, 'destination-ipv6 ::/0/0 flow-label [ =5 >300&<70000 ]', '0e 010000 0d 0105 12012c e400011170');
test(both, IPV4, 'port [ >80&<90 ]', '05 04 0250 c45a');
test(both, IPV4, 'port [ true false !=5 ]', '07 04 0700 0000 8605');
test(both, IPV4, 'tcp-flags [ syn+ack&!=rst =ns !fin ]', '0a 09 0012 4304 110100 8201');
test(both, IPV4, 'fragment [ last-fragment !is-fragment 0x10 0x0 ]', '09 0c 0008 0202 0010 8000');
test(both, IPV4, 'protocol [ =23 =icmp !=tcp ] dscp =63', '0a 03 0117 0101 8606 0b813f');
test(both, IPV6, 'icmp-type [ =echo-request =unreachable&=200 ] icmp-code =3', '0a 07 0180 0101 c1c8 088103');
test(both, IPV6, 'raw 0x060da1ffffffff', '06 0da1ffffffff');
test(both, IPV4, 'raw 0x0a04b10000000100000000', '0a 04b1 0000000100000000');
test(both, 'ipv4 flow-vpn', 'destination-ipv4 10.0.0.0/8 rd 65000:1', '0b 0000fde800000001 01080a');
test(both, 'ipv6 flow-vpn', 'next-header =udp rd 1L:2', '0b 0002000000010002 038111');

test('a length from 240 on takes two octets', (t) => {
  const family = familyByName(IPV4)!;
  const size = (ports: number): { key: Uint8Array; length: number } => {
    const list = Array.from({ length: ports }, () => '=1').join(' ');
    const { key } = family.parse(new Tokens(`protocol =tcp port [ ${list} ] packet-length =1`));
    return { key, length: family.sizeOf(key, 0, key.length) };
  };
  // 3 + 1 + 2 n + 3 octets of components
  t.is(toHex(size(116).key.subarray(0, 2)), 'ef03');
  t.is(size(116).length, 240);
  const long = size(117);
  t.is(toHex(long.key.subarray(0, 3)), 'f0f103');
  t.is(long.length, 243);
  t.throws(() => size(2045), { instanceOf: CommandError, message: /4095/ });
  t.is(family.sizeOf(octets('f0'), 0, 1), -1);
  t.is(family.sizeOf(octets('f003 0381'), 0, 4), -1);
});

const canonical = test.macro({
  title: (_, what: string) => `canonical: ${what}`,
  exec(t, _what: string, name: string, hex: string, expected: string) {
    const family = familyByName(name)!;
    const wire = octets(hex);
    const { key } = family.split(wire, 0, wire.length);
    t.is(toHex(key), toHex(octets(expected)));
    const out = new Writer();
    family.write(out, key, 0, key.length, new Uint8Array(0));
    t.is(toHex(out.finish()), toHex(key));
  },
});
test(canonical, 'a small length in two octets', IPV4, 'f003 038106', '03 038106');
test(canonical, 'host bits', IPV4, '04 0109ffff', '04 0109ff80');
test(canonical, 'bits behind an IPv6 pattern', IPV6, '04 010904 ff', '04 010904 f8');
test(canonical, 'a value in more octets than it needs', IPV4, '0a 04b10000000000000019', '03 048119');
test(canonical, 'reserved bits and an AND in front', IPV4, '03 03c906', '03 038106');
test(canonical, 'a value that is not looked at', IPV4, '04 049701ff', '03 048700');

const malformed = test.macro({
  title: (_, what: string) => `malformed: ${what}`,
  exec(t, _what: string, name: string, hex: string) {
    const family = familyByName(name)!;
    const wire = octets(hex);
    t.is(family.sizeOf(wire, 0, wire.length), wire.length);
    t.true(family.isMalformed!(wire, 0, wire.length));
    t.is(family.print(wire, 0, wire.length), `raw 0x${toHex(wire)}`);
    JSON.parse(family.toJson(wire, 0, wire.length, undefined, 'exabgp-4'));
    t.is(toHex(family.split(wire, 0, wire.length).key), toHex(wire));
  },
});
test(malformed, 'no component', IPV4, '00');
test(malformed, 'a route distinguisher alone', 'ipv4 flow-vpn', '08 0000fde800000001');
test(malformed, 'half a route distinguisher', 'ipv4 flow-vpn', '02 0000');
test(malformed, 'type 0', IPV4, '03 008106');
test(malformed, 'an unknown type', IPV4, '03 0e8106');
test(malformed, 'a flow label for IPv4', IPV4, '03 0d8106');
test(malformed, 'types descend', IPV4, '06 048119 038106');
test(malformed, 'a type twice', IPV4, '06 038106 038111');
test(malformed, 'a prefix of 33 bits', IPV4, '07 0121c000020100');
test(malformed, 'a prefix that is cut', IPV4, '04 0118c000');
test(malformed, 'no prefix', IPV4, '01 01');
test(malformed, 'a list without end', IPV4, '03 030106');
test(malformed, 'a list without values', IPV4, '01 03');
test(malformed, 'a value that is cut', IPV4, '03 049119');
test(malformed, 'TCP flags in four octets', IPV4, '06 09a000000002');
test(malformed, 'a DSCP in two octets', IPV4, '04 0b91000a');
test(malformed, 'a fragment in two octets', IPV4, '04 0c900001');
test(malformed, 'an IPv6 prefix of 129 bits', IPV6, `14 018100${'00'.repeat(17)}`);
test(malformed, 'an offset that is the length', IPV6, '03 012020');
test(malformed, 'an offset with length 0', IPV6, '03 010001');
test(malformed, 'no offset', IPV6, '02 0120');

test('a malformed rule is dropped alone', (t) => {
  const attributes = '40010100 400200 40050400000064';
  const update = (rules: string): Uint8Array => {
    const mp = `000185 00 00 ${rules}`.replaceAll(' ', '');
    const all = `800e${(mp.length / 2).toString(16).padStart(2, '0')}${mp}${attributes.replaceAll(' ', '')}`;
    return octets(`0000${(all.length / 2).toString(16).padStart(4, '0')}${all}`);
  };
  const internal = makeNegotiated({ isExternal: false });
  const some = decodeUpdate(update('03 038106 03 008106 03 038111'), internal);
  t.deepEqual(
    some.announced.map(({ source, start, end }) => toHex(source.subarray(start, end))),
    ['0303810603038111'],
  );
  t.is(some.faults.length, 1);
  t.deepEqual(decodeUpdate(update('03 008106'), internal).announced, []);
});

test('a next hop of any size is taken, and shown where it is an address', (t) => {
  const family = familyByName(IPV4)!;
  const off = families.map(() => false);
  for (const size of [0, 4, 7, 16, 24]) t.true(isNextHopLength(family, families.indexOf(family), size, off));
  t.is(nextHopFromWire(family.nextHop, octets('01020304')).length, 4);
  t.is(nextHopFromWire(family.nextHop, octets('010203')).length, 0);
});

const reads = test.macro({
  title: (_, text: string) => text,
  exec(t, text: string, name: string, hex: string) {
    const { routes } = parseRoutes(new Tokens(text), 'flow', 'announce');
    t.deepEqual(
      routes.map(({ familyIndex, key }) => [families[familyIndex]!.name, toHex(key.subarray(ROUTE_KEY_HEADER))]),
      [[name, toHex(octets(hex))]],
    );
  },
});
test(reads, 'route source 10.0.0.1/24 discard', IPV4, '05 02180a0000');
test(reads, 'route { match { port =80; port [ =443 ]; } then { accept; } }', IPV4, '06 040150 9101bb');
test(reads, 'route any-name { match { port http; } then { discard; } }', IPV4, '03 048150');
test(reads, 'route { match { tcp-flags SYN FIN; } then { discard; } }', IPV4, '03 098002');
test(reads, 'route { match { fragment not-a-fragment; } }', IPV4, '03 0c8202');
test(
  reads,
  'route { rd 65000:1; match { next-header tcp; } then { discard; } }',
  'ipv6 flow-vpn',
  '0b 0000fde800000001 038106',
);
test(reads, 'route icmp-type echo-request source 2001:db8::/32', IPV6, '0a 02200020010db8 078180');
test(reads, 'route icmp-type echo-request source 10.0.0.0/8', IPV4, '06 02080a 078108');
test(reads, 'route redirect [2001:db8::1] port [=3128 >=8080&<=8088]', IPV4, '0a 04 110c38 131f90 d51f98');

const refuses = test.macro({
  title: (_, text: string) => `refused: ${text}`,
  exec(t, text: string, at: string, form: 'flow' | 'ipv4' = 'flow') {
    const error = t.throws(() => parseRoutes(new Tokens(text), form, 'announce'), { instanceOf: CommandError });
    if (at === '') t.is(error!.column, text.length + 1);
    else t.is(text.slice(error!.column - 1, error!.column - 1 + at.length), at, error?.message);
  },
});
test(refuses, 'route', '');
test(refuses, 'route { match { } then { discard; } }', '');
test(refuses, 'route discard', '');
test(refuses, 'route { match { bogus 1; } }', 'bogus');
test(refuses, 'route { match { source 10.0.0.0; } }', '10.0.0.0');
test(refuses, 'route { match { source 10.0.0.0/33; } }', '10.0.0.0/33');
test(refuses, 'route { match { source 10.0.0.0/8/4; } }', '10.0.0.0/8/4');
test(refuses, 'route { match { source 2001:db8::/32/32; } }', '2001:db8::/32/32');
test(refuses, 'route { match { source 10.0.0.0/8; source 11.0.0.0/8; } }', 'source 11');
test(refuses, 'route { match { source 10.0.0.0/8; destination 2001:db8::/32; } }', '2001:db8::/32');
test(refuses, 'route { match { source 10.0.0.0/8; flow-label 5; } }', 'flow-label');
test(refuses, 'route { match { port =65536; } }', '=65536');
test(refuses, 'route { match { port [ =1 =x ]; } }', '=x');
test(refuses, 'route { match { port [ ]; } }', ']');
test(refuses, 'route { match { port >=1&; } }', '>=1&');
test(refuses, 'route { match { dscp 64; } }', '64');
test(refuses, 'route { match { dscp 10; discard; } }', 'discard');
test(refuses, 'route { match { tcp-flags bogus; } }', 'bogus');
test(refuses, 'route { match { tcp-flags syn+; } }', 'syn+');
test(refuses, 'route { match { port 1; } then { port 1; } }', 'port 1; } }');
test(refuses, 'route { match { port 1; } then { mark 64; } }', '64');
test(refuses, 'route { match { port 1; } then { rate-limit fast; } }', 'fast');
test(refuses, 'route { match { port 1; } then { redirect 10.0.0.256; } }', '10.0.0.256');
test(refuses, 'route { match { port 1; } then { action bogus; } }', 'bogus');
test(refuses, 'route { match { port 1; } scope { interface-set both:1:1; } }', 'both:1:1');
test(refuses, 'route { match { port 1; }', '');
test(refuses, 'route { match { port 1; } } x', 'x');
test(refuses, 'route { match { source 2001:db8::/32; fragment dont-fragment; } }', 'dont-fragment');
test(refuses, 'flow source 2001:db8::/32', '2001:db8::/32', 'ipv4');
test(refuses, 'flow-vpn source 10.0.0.0/8', '', 'ipv4');
test(refuses, 'flow raw 0x0438106', '0x0438106', 'ipv4');
test(refuses, 'flow raw 0x04038106', '0x04038106', 'ipv4');
test(refuses, 'route raw 0x03038106', 'raw');

test('the arrays of ExaBGP 4 have the flags of one term one by one', (t) => {
  const family = familyByName(IPV4)!;
  const wire = octets('0c 09 0112 4304 8012 0c 0202 c10c');
  const shown = (dialect: 'exabgp-4' | 'exabgp-5'): unknown =>
    JSON.parse(family.toJson(wire, 0, wire.length, undefined, dialect));
  const string = 'flow tcp-flags [ =syn+ack&!=rst syn+ack ] fragment [ !is-fragment&=first-fragment+last-fragment ]';
  t.deepEqual(shown('exabgp-4'), {
    'tcp-flags': ['=syn', '=ack&!=rst', 'syn', 'ack'],
    fragment: ['not-a-fragment&=first-fragment', '&=last-fragment'],
    string,
  });
  t.deepEqual(shown('exabgp-5'), {
    'tcp-flags': ['=syn+ack&!=rst', 'syn+ack'],
    fragment: ['!is-fragment&=first-fragment+last-fragment'],
    string,
  });
});
