/** Packed attribute sets as each kind of peer gets them. */
import test from 'ava';
import { fromHex, NO_BYTES, toHex, Writer } from '../../src/util/bytes.js';
import { Tokens } from '../../src/util/tokens.js';
import { attributeByKeyword } from '../../src/wire/attribute/index.js';
import { parseRaw } from '../../src/wire/attribute/raw.js';
import { encodeAttributes } from '../../src/wire/attribute-encoder.js';
import { type CanonicalAttribute, type NextHop, packSet } from '../../src/wire/attribute-set.js';
import { sortCommunities } from '../../src/wire/community-order.js';
import { familyByName } from '../../src/wire/family/index.js';
import { type EncodeProfile, Role } from '../../src/wire/negotiated.js';
import { makeProfile, perFamily } from '../support/profile.js';

const external = makeProfile();
const internal = makeProfile({ isExternal: false });
const old = makeProfile({ asn4: false });
const NEXT_HOP = '400304c0000201';

/** Attributes of a command's words. */
function words(text: string): CanonicalAttribute[] {
  const tokens = new Tokens(text);
  const out: CanonicalAttribute[] = [];
  while (!tokens.isAtEnd()) {
    const word = tokens.next()!;
    if (word === 'attribute') out.push(parseRaw(tokens));
    else {
      const { code, flags } = attributeByKeyword(word)!;
      out.push({ code, flags, value: attributeByKeyword(word)!.parse(tokens) });
    }
  }
  return out;
}

function encode(
  text: string,
  profile: EncodeProfile,
  family = 'ipv4 unicast',
  nextHop: NextHop = fromHex('c0000201')!,
): string {
  const out = new Writer();
  const isSent = encodeAttributes(out, packSet(nextHop, NO_BYTES, words(text)), familyByName(family)!, profile);
  return isSent ? toHex(out.view()) : 'not sent';
}

const encodes = test.macro({
  title: (name) => name!,
  exec(t, text: string, profile: EncodeProfile, expected: string) {
    t.is(encode(text, profile).replaceAll(' ', ''), expected.replaceAll(' ', ''));
  },
});

test('eBGP defaults', encodes, '', external, `40010100 400206 02010000fde8 ${NEXT_HOP}`);
test('iBGP defaults', encodes, '', internal, `40010100 400200 ${NEXT_HOP} 400504 00000064`);
test(
  'an AS_PATH is sent as it is',
  encodes,
  'as-path [ 1 0 ( 2 ) ]',
  external,
  `40010100 400210 0202 00000001 00000000 0101 00000002 ${NEXT_HOP}`,
);
test('an empty AS_PATH too', encodes, 'as-path [ ]', external, `40010100 400200 ${NEXT_HOP}`);
test('LOCAL_PREF stays inside', encodes, 'local-preference 200', external, `40010100 400206 02010000fde8 ${NEXT_HOP}`);
test('LOCAL_PREF on iBGP', encodes, 'local-preference 200', internal, `40010100 400200 ${NEXT_HOP} 400504 000000c8`);
test(
  'ORIGINATOR_ID goes out on eBGP when it is asked for',
  encodes,
  'originator-id 10.0.0.1',
  external,
  `40010100 400206 02010000fde8 ${NEXT_HOP} 800904 0a000001`,
);
test(
  'ascending, whatever the order of the words',
  encodes,
  'community 1:2 med 5 origin egp',
  internal,
  `40010101 400200 ${NEXT_HOP} 800404 00000005 400504 00000064 c00804 00010002`,
);
test(
  'raw flags are kept',
  encodes,
  'attribute [0x99 0x60 0x00000064]',
  internal,
  `40010100 400200 ${NEXT_HOP} 400504 00000064 609904 00000064`,
);
test(
  'also the extended length',
  encodes,
  'attribute [0x99 0x70 0x00000064]',
  internal,
  `40010100 400200 ${NEXT_HOP} 400504 00000064 7099 0004 00000064`,
);
test(
  'a raw attribute takes the place of a default',
  encodes,
  'attribute [0x01 0xc0 0x09] attribute [0x03 0x40 0x01]',
  internal,
  'c0010109 400200 40030101 400504 00000064',
);
test('AIGP is not for external peers', encodes, 'aigp 10', external, `40010100 400206 02010000fde8 ${NEXT_HOP}`);
test(
  'unless they are set up for it',
  encodes,
  'aigp 10',
  makeProfile({ aigp: true }),
  `40010100 400206 02010000fde8 ${NEXT_HOP} 801a0b 01000b 000000000000000a`,
);
test(
  'AIGP on iBGP',
  encodes,
  'aigp 10',
  internal,
  `40010100 400200 ${NEXT_HOP} 400504 00000064 801a0b 01000b 000000000000000a`,
);
test('two-octet AS numbers', encodes, 'as-path [ 1 65535 ]', old, `40010100 400206 0202 0001 ffff ${NEXT_HOP}`);
test(
  'AS_TRANS and AS4_PATH without confederations',
  encodes,
  'as-path [ { 7 } ] [ 1 65551 ]',
  old,
  `40010100 40020a 0301 0007 0202 0001 5ba0 ${NEXT_HOP} c0110a 0202 00000001 0001000f`,
);
test(
  'our own long AS number',
  encodes,
  '',
  makeProfile({ asn4: false, localAs: 65551 }),
  `40010100 400204 0201 5ba0 ${NEXT_HOP} c01106 0201 0001000f`,
);
test(
  'AGGREGATOR in two octets',
  encodes,
  'aggregator 65551:10.0.0.1',
  old,
  `40010100 400204 0201 fde8 ${NEXT_HOP} c00706 5ba0 0a000001 c01208 0001000f 0a000001`,
);
test(
  'OTC is added towards a customer',
  encodes,
  '',
  makeProfile({ localRole: Role.provider }),
  `40010100 400206 02010000fde8 ${NEXT_HOP} c02304 0000fde8`,
);
test(
  'a given OTC stays',
  encodes,
  'otc 1',
  makeProfile({ localRole: Role.rs }),
  `40010100 400206 02010000fde8 ${NEXT_HOP} c02304 00000001`,
);
test(
  'none is added towards a provider',
  encodes,
  '',
  makeProfile({ localRole: Role.customer }),
  `40010100 400206 02010000fde8 ${NEXT_HOP}`,
);
test('a route with OTC is not for a provider', encodes, 'otc 1', makeProfile({ localRole: Role.customer }), 'not sent');
test('and not for a peer', encodes, 'otc 1', makeProfile({ localRole: Role.peer }), 'not sent');
test(
  'without a role OTC is sent as asked',
  encodes,
  'otc 1',
  external,
  `40010100 400206 02010000fde8 ${NEXT_HOP} c02304 00000001`,
);

test('a value over 255 octets has a long length', (t) => {
  const many = Array.from({ length: 64 }, (_, i) => `1:${i}`).join(' ');
  t.regex(encode(`community [ ${many} ]`, internal), /d0080100/);
});

test('an AS_PATH of more than 255 numbers has several segments', (t) => {
  const path = Array.from({ length: 300 }, (_, i) => i + 1).join(' ');
  t.regex(encode(`as-path [ ${path} ]`, internal), /^40010100500204b402ff00000001/);
});

test('NEXT_HOP stands for IPv4 next hops only', (t) => {
  const ipv6 = fromHex('20010db8000000000000000000000001')!;
  const both = makeProfile({ isExternal: false, extendedNextHop: perFamily(['ipv4 unicast', 'ipv6 unicast']) });
  t.is(encode('', both, 'ipv6 unicast', ipv6), '4001010040020040050400000064');
  t.is(encode('', both, 'ipv4 unicast', ipv6), '4001010040020040050400000064');
  t.is(encode('', both, 'ipv4 multicast'), `40010100400200${NEXT_HOP}40050400000064`);
  t.is(encode('', internal, 'ipv4 unicast', 'self'), '40010100400200400304c00002fe40050400000064');
  t.is(encode('', internal, 'ipv6 unicast', 'self'), 'not sent');
});

test('communities are sorted where that is wanted', (t) => {
  const given = packSet(
    'self',
    NO_BYTES,
    words('community [ 2:2 1:1 ] extended-community [ 9:9 target:1:1 ] cluster-list [ 2.2.2.2 1.1.1.1 ]'),
  );
  const sorted = packSet(
    'self',
    NO_BYTES,
    words('community [ 1:1 2:2 ] extended-community [ target:1:1 9:9 ] cluster-list [ 2.2.2.2 1.1.1.1 ]'),
  );
  t.deepEqual(sortCommunities(given), sorted);
  t.is(sortCommunities(sorted), sorted);
});
