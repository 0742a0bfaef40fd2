/** UPDATE decoding: framing, routes, and what each malformed attribute costs (RFC 7606). */
import test from 'ava';
import { fromHex, toHex } from '../../src/util/bytes.js';
import { printAttributes } from '../../src/wire/attribute-text.js';
import { NotificationError } from '../../src/wire/errors.js';
import { type Negotiated, Role } from '../../src/wire/negotiated.js';
import { eachNlri } from '../../src/wire/nlri.js';
import type { NlriRun } from '../../src/wire/update.js';
import { decodeUpdate } from '../../src/wire/update-decoder.js';
import { makeNegotiated } from '../support/negotiated.js';
import { perFamily } from '../support/profile.js';

const external = makeNegotiated();
const internal = makeNegotiated({ isExternal: false, peerAs: 65000, aigp: true });
const oldSpeaker = makeNegotiated({ asn4: false });
const withPaths = makeNegotiated({ addPathReceive: perFamily(['ipv4 unicast', 'ipv6 unicast']) });
const ipv4Only = makeNegotiated({ families: perFamily(['ipv4 unicast']) });
const extendedNextHop = makeNegotiated({ extendedNextHop: perFamily(['ipv4 unicast']) });

const ORIGIN = '40010100';
const PATH = '40020602010000fde9';
const NEXT_HOP = '400304c0000201';
const MANDATORY = ORIGIN + PATH + NEXT_HOP;
const INTERNAL = `${ORIGIN}400200${NEXT_HOP}40050400000064`;
const OLD = `${ORIGIN}4002040201fde9${NEXT_HOP}`;
const NLRI = '18c63364';
const REACH6 = '800e1c0002011020010db8000000000000000000000001003020010db80001';
const UNREACH6 = '800f0a0002013020010db80002';

/** Body of an UPDATE of hexadecimal fields. */
function body(attributes: string, nlri = '', withdrawn = ''): Uint8Array {
  const length = (hex: string): string => (hex.length / 2).toString(16).padStart(4, '0');
  return fromHex(length(withdrawn) + withdrawn + length(attributes) + attributes + nlri)!;
}

function routes(runs: readonly NlriRun[]): string {
  const out: string[] = [];
  for (const run of runs) {
    eachNlri(run, (source, start, end, pathId) => {
      const path = pathId === undefined ? '' : ` path ${pathId}`;
      out.push(`${run.family.print(source, start, end)}${path}`);
    });
  }
  return out.join(' ');
}

/** One line that says everything: "+ routes - routes | attributes | faults", or "reset C/S". */
function summary(octets: Uint8Array, negotiated: Negotiated): string {
  try {
    const update = decodeUpdate(octets, negotiated);
    const checked = decodeUpdate(octets, negotiated, 'check');
    if (routes(checked.announced) !== routes(update.announced)) return 'check mode differs';
    if (update.endOfRib !== undefined) return `end of ${update.endOfRib.name}`;
    const parts = [];
    if (update.announced.length > 0) parts.push(`+ ${routes(update.announced)}`);
    if (update.withdrawn.length > 0) parts.push(`- ${routes(update.withdrawn)}`);
    return parts.join(' ');
  } catch (error) {
    if (error instanceof NotificationError) return `reset ${error.code}/${error.subcode}`;
    throw error;
  }
}

const decodes = test.macro({
  title: (name) => name!,
  exec(t, octets: Uint8Array, expected: string, negotiated: Negotiated = external) {
    t.is(summary(octets, negotiated), expected);
  },
});

test('an End-of-RIB of IPv4', decodes, body(''), 'end of ipv4 unicast');
test('an End-of-RIB of another family', decodes, body('800f03000201'), 'end of ipv6 unicast');
test('with the extended length bit', decodes, body('900f0003000202'), 'end of ipv6 multicast');
test('an End-of-RIB of a family not negotiated', decodes, body('800f03000201'), '', ipv4Only);
test('routes', decodes, body(MANDATORY, `${NLRI}19cb007100`), '+ 198.51.100.0/24 203.0.113.0/25');
test('withdrawals', decodes, body('', '', NLRI), '- 198.51.100.0/24');
test('both, of different prefixes', decodes, body(MANDATORY, NLRI, '19cb007100'), '+ 198.51.100.0/24 - 203.0.113.0/25');
test(
  'the same prefix in both is announced',
  decodes,
  body(MANDATORY, '18c63364', '19cb00710018c63364'),
  '+ 198.51.100.0/24 - 203.0.113.0/25',
);
test(
  'bits behind the length mean nothing, there too',
  decodes,
  body(MANDATORY, '17c633ff', '17c633fe'),
  '+ 198.51.254.0/23',
);
test(
  'with path identifiers',
  decodes,
  body(MANDATORY, `00000001${NLRI}ffffffff${NLRI}`, `00000001${NLRI}00000009${NLRI}`),
  '+ 198.51.100.0/24 path 1 198.51.100.0/24 path 4294967295 - 198.51.100.0/24 path 9',
  withPaths,
);
test('IPv6 routes', decodes, body(REACH6 + UNREACH6 + ORIGIN + PATH), '+ 2001:db8:1::/48 - 2001:db8:2::/48');
test(
  'all four fields',
  decodes,
  body(REACH6 + UNREACH6 + MANDATORY, NLRI, '19cb007100'),
  '+ 2001:db8:1::/48 198.51.100.0/24 - 203.0.113.0/25 2001:db8:2::/48',
);
test(
  'IPv4 routes with an IPv6 next hop',
  decodes,
  body(`800e190001011020010db80000000000000000000000010018c63364${ORIGIN}${PATH}`),
  '+ 198.51.100.0/24',
  extendedNextHop,
);
test(
  'MP_REACH_NLRI without routes',
  decodes,
  body(`800e150002011020010db80000000000000000000000010 0${ORIGIN}${PATH}`.replace(' ', '')),
  '',
);
test(
  'a family not negotiated is not looked at',
  decodes,
  body(`800e0d00194604c000020100ffffffff${ORIGIN}${PATH}`),
  '',
  ipv4Only,
);
/** Whether a prefix SID is kept with the routes of an MP_REACH_NLRI. */
const keepsPrefixSid = test.macro((t, reach: string, value: string, expected: boolean) => {
  const size = (value.length / 2).toString(16).padStart(2, '0');
  const octets = body(`${reach}${ORIGIN}${PATH}c028${size}${value}`);
  const { attributes, announced, faults } = decodeUpdate(octets, external);
  t.is(announced.length, 1);
  t.is(findCode(attributes!, 40), expected);
  t.is(faults.length === 0, expected);
  t.deepEqual(decodeUpdate(octets, external, 'check').faults, faults);
});
const LABELED = '800e10000104 04c0000201 00 30000641c63364'.replaceAll(' ', '');
const SRGB = '0300080000003e80001f40';
const LABEL_INDEX = '01000700000000000064';
test('a labeled route: an SRGB without a label index is dropped', keepsPrefixSid, LABELED, SRGB, false);
test('a labeled route: a label index alone', keepsPrefixSid, LABELED, LABEL_INDEX, true);
test('a labeled route: an SRGB with a label index', keepsPrefixSid, LABELED, LABEL_INDEX + SRGB, true);
test('an unlabeled route: its prefix SID needs no label index', keepsPrefixSid, REACH6, SRGB, true);

test('attributes without routes', decodes, body(MANDATORY), '');

test('a withdrawn length over the end', decodes, fromHex('00c80000')!, 'reset 3/1');
test('one octet left for the attribute length', decodes, fromHex('000100 00'.replace(' ', ''))!, 'reset 3/1');
test('an attribute length over the end', decodes, fromHex('00000005')!, 'reset 3/1');
test('no lengths at all', decodes, fromHex('00')!, 'reset 3/1');
test('a prefix over 32 bits', decodes, body(MANDATORY, '21c633640000'), 'reset 3/10');
test('a withdrawn prefix that is cut', decodes, body('', '', '18c6'), 'reset 3/10');
test('a path identifier that is cut', decodes, body(MANDATORY, '000001'), 'reset 3/10', withPaths);
test(
  'a bad prefix outweighs a bad attribute',
  decodes,
  body(`40010109${PATH}${NEXT_HOP}`, '21c633640000'),
  'reset 3/10',
);
test('MP_REACH_NLRI twice', decodes, body(REACH6 + REACH6 + ORIGIN + PATH), 'reset 3/1');
test('MP_UNREACH_NLRI twice', decodes, body(UNREACH6 + UNREACH6), 'reset 3/1');
test('MP_REACH_NLRI that is too short', decodes, body('800e0200 02'.replace(' ', '')), 'reset 3/9');
test('MP_REACH_NLRI over the end', decodes, body('800eff000201'), 'reset 3/9');
test('MP_REACH_NLRI with a wrong next hop', decodes, body('800e100002010420010db8003020010db80001'), 'reset 3/9');
test(
  'MP_REACH_NLRI with an IPv6 next hop for IPv4',
  decodes,
  body('800e190001011020010db80000000000000000000000010018c63364'),
  'reset 3/9',
);
test('MP_UNREACH_NLRI that is too short', decodes, body('800f020002'), 'reset 3/9');
test('MP_UNREACH_NLRI with a bad prefix', decodes, body('800f05000201 8120'.replace(' ', '')), 'reset 3/9');
test('MP_REACH_NLRI with wrong flags', decodes, body(REACH6.replace('800e', 'c00e') + ORIGIN + PATH), 'reset 3/9');
test('MP_UNREACH_NLRI with wrong flags', decodes, body(UNREACH6.replace('800f', '400f')), 'reset 3/9');
test('an unknown well-known attribute', decodes, body(`${MANDATORY}406301aa`, NLRI), 'reset 3/2');

/** What an attribute costs: the routes are "kept", without it ("discarded") or with, "withdrawn", or "reset C/S". */
const costs = test.macro({
  title: (name, attributes) => `${name ?? ''} ${attributes}`.trim(),
  exec(t, attributes: string, expected: string, negotiated: Negotiated = external, code?: number) {
    const octets = body(attributes.replaceAll(' ', ''), NLRI);
    const got = summary(octets, negotiated);
    if (expected === 'withdrawn') return t.is(got, '- 198.51.100.0/24');
    if (expected.startsWith('reset')) return t.is(got, expected);
    t.is(got, '+ 198.51.100.0/24');
    const { attributes: tlvs, faults } = decodeUpdate(octets, negotiated);
    t.is(faults.length > 0, expected === 'discarded');
    if (code !== undefined) {
      const text = printAttributes(tlvs!, 'exabgp-4');
      t.is(findCode(tlvs!, code), expected !== 'discarded', text);
    }
  },
});

function findCode(tlvs: Uint8Array, code: number): boolean {
  for (let at = 0; at < tlvs.length; at += 4 + (tlvs[at + 2]! << 8) + tlvs[at + 3]!)
    if (tlvs[at + 1] === code) return true;
  return false;
}

test('ORIGIN of length 2', costs, `4001020000 ${PATH}${NEXT_HOP}`, 'withdrawn');
test('ORIGIN of value 3', costs, `40010103 ${PATH}${NEXT_HOP}`, 'withdrawn');
test('ORIGIN with wrong flags', costs, `c0010100 ${PATH}${NEXT_HOP}`, 'withdrawn');
test('ORIGIN with the partial bit', costs, `60010100 ${PATH}${NEXT_HOP}`, 'kept');
test('ORIGIN with a long length', costs, `5001000100 ${PATH}${NEXT_HOP}`, 'kept');
test('no ORIGIN', costs, PATH + NEXT_HOP, 'withdrawn');
test('no AS_PATH', costs, ORIGIN + NEXT_HOP, 'withdrawn');
test('no NEXT_HOP', costs, ORIGIN + PATH, 'withdrawn');
test('no LOCAL_PREF from an internal peer', costs, `${ORIGIN}400200${NEXT_HOP}`, 'withdrawn', internal);
test('AS_PATH with an unknown segment', costs, `${ORIGIN}40020605010000fde9${NEXT_HOP}`, 'withdrawn');
test('AS_PATH with an empty segment', costs, `${ORIGIN}4002020200${NEXT_HOP}`, 'withdrawn');
test('AS_PATH over its end', costs, `${ORIGIN}40020602020000fde9${NEXT_HOP}`, 'withdrawn');
test('AS_PATH with an octet left', costs, `${ORIGIN}40020702010000fde902${NEXT_HOP}`, 'withdrawn');
test('AS_PATH with AS 0', costs, `${ORIGIN}400206020100000000${NEXT_HOP}`, 'withdrawn');
test('AS_PATH with AS 0 in two octets', costs, `${ORIGIN}40020402010000${NEXT_HOP}`, 'withdrawn', oldSpeaker);
test('AS_PATH with a set', costs, `${ORIGIN}40020601010000fde9${NEXT_HOP}`, 'kept');
test('a confederation from outside', costs, `${ORIGIN}40020603010000fde9${NEXT_HOP}`, 'withdrawn');
test('a confederation from inside', costs, `${ORIGIN}40020603010000fde9${NEXT_HOP}40050400000064`, 'kept', internal);
test('AS_PATH that is empty', costs, `${ORIGIN}400200${NEXT_HOP}`, 'kept');
test('NEXT_HOP of length 16', costs, `${ORIGIN}${PATH}400310${'c0000201'.repeat(4)}`, 'withdrawn');
test('NEXT_HOP 0.0.0.0', costs, `${ORIGIN}${PATH}40030400000000`, 'withdrawn');
test('NEXT_HOP 224.0.0.1', costs, `${ORIGIN}${PATH}400304e0000001`, 'withdrawn');
test('NEXT_HOP 255.255.255.255', costs, `${ORIGIN}${PATH}400304ffffffff`, 'withdrawn');
test('MED of length 3', costs, `${MANDATORY}800403000001`, 'withdrawn');
test('MED with wrong flags', costs, `${MANDATORY}c00404 0000000a`, 'withdrawn');
test('LOCAL_PREF from an external peer', costs, `${MANDATORY}400504 00000064`, 'discarded', external, 5);
test('LOCAL_PREF of length 3', costs, `${ORIGIN}400200${NEXT_HOP}400503000064`, 'withdrawn', internal);
test('ATOMIC_AGGREGATE with a value', costs, `${MANDATORY}40060101`, 'discarded', external, 6);
test('ATOMIC_AGGREGATE with wrong flags', costs, `${MANDATORY}c00600`, 'withdrawn');
test('AGGREGATOR of length 6', costs, `${MANDATORY}c00706fde90a000001`, 'discarded', external, 7);
test('AGGREGATOR of length 6 from an old speaker', costs, `${OLD}c00706fde90a000001`, 'kept', oldSpeaker, 7);
test('AGGREGATOR with AS 0', costs, `${MANDATORY}c00708000000000a000001`, 'discarded', external, 7);
test('AGGREGATOR with wrong flags', costs, `${MANDATORY}8007080000fde90a000001`, 'withdrawn');
test('COMMUNITIES without a value', costs, `${MANDATORY}c00800`, 'withdrawn');
test('COMMUNITIES of length 5', costs, `${MANDATORY}c00805fde9000101`, 'withdrawn');
test('COMMUNITIES with the partial bit', costs, `${MANDATORY}e00804fde90001`, 'kept', external, 8);
test('ORIGINATOR_ID from an external peer', costs, `${MANDATORY}800904 0a000001`, 'discarded', external, 9);
test('ORIGINATOR_ID of length 3', costs, `${INTERNAL}8009030a0000`, 'withdrawn', internal);
test('CLUSTER_LIST from an external peer', costs, `${MANDATORY}000a04 0a000001`, 'discarded', external, 10);
test('CLUSTER_LIST without a value', costs, `${INTERNAL}800a00`, 'withdrawn', internal);
test('EXTENDED COMMUNITIES of length 7', costs, `${MANDATORY}c01007 0002fde8000000`, 'withdrawn');
test('EXTENDED COMMUNITIES of an unknown kind', costs, `${MANDATORY}c01008 3f3f000000000001`, 'kept', external, 16);
test('AS4_PATH from a new speaker', costs, `${MANDATORY}c0110602010001000f`, 'discarded', external, 17);
test('AS4_PATH that is too short', costs, `${OLD}c011020200`, 'discarded', oldSpeaker, 17);
test('AS4_AGGREGATOR from a new speaker', costs, `${MANDATORY}c012080001000f0a000001`, 'discarded', external, 18);
test('IPv6 extended communities of length 21', costs, `${MANDATORY}c01915${'00'.repeat(21)}`, 'withdrawn');
test('AIGP from an external peer', costs, `${MANDATORY}801a0b01000b000000000000000a`, 'discarded', external, 26);
test('AIGP from an internal peer', costs, `${INTERNAL}801a0b01000b000000000000000a`, 'kept', internal, 26);
test('AIGP without a value', costs, `${INTERNAL}801a00`, 'discarded', internal, 26);
test('AIGP with a TLV of length 2', costs, `${INTERNAL}801a03010002`, 'discarded', internal, 26);
test('AIGP over its end', costs, `${INTERNAL}801a0501000b0000`, 'discarded', internal, 26);
test('AIGP with an infinite metric', costs, `${INTERNAL}801a0b01000bffffffffffffffff`, 'discarded', internal, 26);
test('AIGP with an unknown TLV', costs, `${INTERNAL}801a10090005beef01000b000000000000000a`, 'kept', internal, 26);
test('LARGE_COMMUNITY of length 20', costs, `${MANDATORY}c02014${'00'.repeat(20)}`, 'withdrawn');
test('OTC without a value', costs, `${MANDATORY}c02300`, 'withdrawn');
test('OTC with wrong flags', costs, `${MANDATORY}802304 0000fde9`, 'withdrawn');
test('an attribute twice: the first counts', costs, `${MANDATORY}400101ff`, 'discarded');
test('an attribute twice, the first is bad', costs, `400101ff${PATH}${NEXT_HOP}40010100`, 'withdrawn');
test('an unknown transitive attribute', costs, `${MANDATORY}c0c90100`, 'kept', external, 0xc9);
test('one without a value', costs, `${MANDATORY}c0c900`, 'kept', external, 0xc9);
test('the last attribute over the end', costs, `${MANDATORY}c00828fde90001`, 'withdrawn');
test('one octet behind the last attribute', costs, `${MANDATORY}c0`, 'withdrawn');
test('an extended length that is cut', costs, `${MANDATORY}d00800`, 'withdrawn');

test('an unknown optional attribute that is not transitive is dropped quietly', (t) => {
  const update = decodeUpdate(body(`${MANDATORY}80c90100`, NLRI), external);
  t.false(findCode(update.attributes!, 0xc9));
  t.is(update.faults.length, 0);
});

test('an unknown transitive attribute gets the partial bit', (t) => {
  const { attributes } = decodeUpdate(body(`${MANDATORY}c063020a0b`, NLRI), external);
  t.is(printAttributes(attributes!, 'exabgp-4'), 'origin igp as-path [ 65001 ] attribute [ 0x63 0xE0 0x0a0b ]');
});

test('treat-as-withdraw needs routes that can be reached, else the session ends (RFC 7606 section 5.2)', (t) => {
  const bad = `40010109${PATH}${NEXT_HOP}`;
  t.is(summary(body(bad), external), 'reset 3/6');
  t.is(summary(body(bad, '', NLRI), external), 'reset 3/6');
  t.is(summary(body(bad + UNREACH6), external), 'reset 3/6');
  t.is(summary(body(bad + REACH6), external), '- 2001:db8:1::/48');
  t.is(summary(body(`${MANDATORY}c007020102`), external), '');
});

test('what is withdrawn counts beside treat-as-withdraw', (t) => {
  const octets = body(`40010109${PATH}${NEXT_HOP}${UNREACH6}`, NLRI, '19cb007100');
  t.is(summary(octets, external), '- 203.0.113.0/25 2001:db8:2::/48 198.51.100.0/24');
  const update = decodeUpdate(octets, external);
  t.true(update.isTreatedAsWithdraw);
  t.is(update.attributes, undefined);
});

test('an error names the attribute in its data', (t) => {
  const error = t.throws(() => decodeUpdate(body(`${MANDATORY}406301aa`, NLRI), external), {
    instanceOf: NotificationError,
  });
  t.is(toHex(error!.data), '406301aa');
});

const merges = test.macro({
  title: (name) => `from an old speaker: ${name}`,
  exec(t, attributes: string, expected: string) {
    const update = decodeUpdate(body(`${ORIGIN}${attributes}${NEXT_HOP}`, NLRI), oldSpeaker);
    t.is(printAttributes(update.attributes!, 'exabgp-4'), `origin igp ${expected}`);
  },
});
test('a path that fits', merges, '4002060202fde9fe1a', 'as-path [ 65001 65050 ]');
test(
  'AS_TRANS and AS4_PATH',
  merges,
  '4002080203fde95ba05ba0c0110a02020001000f00010010',
  'as-path [ 65001 65551 65552 ]',
);
test('a shorter AS_PATH', merges, '4002040201fde9c0110a02020001000f00010010', 'as-path [ 65001 ]');
test(
  'a set counts one',
  merges,
  '40020a0201fde901025ba0fe1ac0110a0102 0001000f00010010'.replace(' ', ''),
  'as-path [ 65001 ( 65551 65552 ) ]',
);
test(
  'AS4_AGGREGATOR',
  merges,
  '4002040201fde9c007065ba00a000001c012080001000f0a000002',
  'as-path [ 65001 ] aggregator ( 65551:10.0.0.2 )',
);
test(
  'an AGGREGATOR without AS_TRANS makes both stale',
  merges,
  '4002080203fde95ba05ba0c00706fde90a000001c0110a02020001000f00010010c012080001000f0a000002',
  'as-path [ 65001 23456 23456 ] aggregator ( 65001:10.0.0.1 )',
);

const roles = test.macro({
  title: (name) => `roles: ${name}`,
  exec(t, localRole: Role | undefined, otc: string, expected: string) {
    const update = decodeUpdate(body(`${MANDATORY}${otc}`, NLRI), makeNegotiated({ localRole }));
    if (expected === 'leak') t.true(update.isTreatedAsWithdraw);
    else t.is(printAttributes(update.attributes!, 'exabgp-4'), `origin igp as-path [ 65001 ]${expected}`);
  },
});
const OTC_PEER = 'c023040000fde9';
const OTC_OTHER = 'c023040000fe1a';
test('OTC from a customer is a leak', roles, Role.provider, OTC_PEER, 'leak');
test('OTC from a route server client is a leak', roles, Role.rs, OTC_OTHER, 'leak');
test('OTC of another AS from a peer is a leak', roles, Role.peer, OTC_OTHER, 'leak');
test('OTC of the peer itself is fine', roles, Role.peer, OTC_PEER, ' otc 65001');
test('OTC from a provider is fine', roles, Role.customer, OTC_OTHER, ' otc 65050');
test('OTC is added for routes from a provider', roles, Role.customer, '', ' otc 65001');
test('and from a route server', roles, Role.rsClient, '', ' otc 65001');
test('none is added for routes from a customer', roles, Role.provider, '', '');
test('without a role OTC is only shown', roles, undefined, OTC_OTHER, ' otc 65050');

test('attributes come in the order of their codes, without NEXT_HOP', (t) => {
  const { attributes, announced } = decodeUpdate(
    body(`c00804fde90001${NEXT_HOP}${PATH}80040400000005${ORIGIN}`, NLRI),
    external,
  );
  t.is(printAttributes(attributes!, 'exabgp-4'), 'origin igp as-path [ 65001 ] med 5 community 65001:1');
  t.is(toHex(announced[0]!.nextHop), 'c0000201');
});

test('offline, what only a session can judge is shown', (t) => {
  const odd = body(`${ORIGIN}400200400304ffffffff6099040000006 4`.replace(' ', ''), NLRI);
  const update = decodeUpdate(odd, internal, 'offline');
  t.is(toHex(update.announced[0]!.nextHop), 'ffffffff');
  t.is(printAttributes(update.attributes!, 'exabgp-4'), 'origin igp as-path [ ] attribute [ 0x99 0x60 0x00000064 ]');
});
