/** EVPN, mobile user planes, SR policies and link state: what identifies a route, what is refused, what is malformed. */
import test from 'ava';
import { parseRoutes } from '../../../src/api/route-text.js';
import { fromHex, NO_BYTES, toHex, Writer } from '../../../src/util/bytes.js';
import { CommandError, Tokens } from '../../../src/util/tokens.js';
import { NotificationError } from '../../../src/wire/errors.js';
import { families, familyByName } from '../../../src/wire/family/index.js';
import { decodeUpdate } from '../../../src/wire/update-decoder.js';
import { makeNegotiated } from '../../support/negotiated.js';

const keyOf = (name: string, words: string): string => toHex(familyByName(name)!.parse(new Tokens(words)).key);

const sameRoute = test.macro({
  title: (_, name: string, one: string, two: string) => `${name}: ${one} is the route of ${two}`,
  exec(t, name: string, one: string, two: string) {
    t.is(keyOf(name, one), keyOf(name, two));
  },
});
const otherRoute = test.macro({
  title: (_, name: string, one: string, two: string) => `${name}: ${one} is not the route of ${two}`,
  exec(t, name: string, one: string, two: string) {
    t.not(keyOf(name, one), keyOf(name, two));
  },
});
const ESI = 'esi 00:11:22:33:44:55:66:77:88:99';
const MAC = 'mac-ip rd 65000:1 mac 00:11:22:33:44:55';
// RFC 7432 section 7, RFC 9136 section 3.1
test(sameRoute, 'l2vpn evpn', `${MAC} label 100`, `${MAC} ${ESI} vni [ 7 8 ]`);
test(otherRoute, 'l2vpn evpn', `${MAC} label 100`, `${MAC} ip 192.0.2.1 label 100`);
test(otherRoute, 'l2vpn evpn', `${MAC} label 100`, `${MAC} ethernet-tag 1 label 100`);
test(sameRoute, 'l2vpn evpn', `ethernet-ad rd 1:1 ${ESI} label 1`, `ethernet-ad rd 1:1 ${ESI} label 2`);
test(otherRoute, 'l2vpn evpn', `ethernet-ad rd 1:1 ${ESI}`, 'ethernet-ad rd 1:1 esi 0');
test(otherRoute, 'l2vpn evpn', `ethernet-segment rd 1:1 ${ESI} ip 1.1.1.1`, 'ethernet-segment rd 1:1 esi 0 ip 1.1.1.1');
test(
  sameRoute,
  'l2vpn evpn',
  'ip-prefix rd 1:1 prefix 10.0.0.0/8 label 1',
  'ip-prefix rd 1:1 prefix 10.0.0.0/8 gateway 1.1.1.1 vni 5',
);
test(sameRoute, 'l2vpn evpn', 'ip-prefix rd 1:1 prefix 10.0.0.0/8', `ip-prefix rd 1:1 prefix 10.0.0.0/8 ${ESI}`);
test(sameRoute, 'l2vpn evpn', `${MAC} label 100`, MAC.replace('rd', 'route-distinguisher'));
test(sameRoute, 'l2vpn evpn', `raw 0x${toHex(rawMacIp('0006'))}`, `raw 0x${toHex(rawMacIp('abcd'))}`);
// draft-ietf-bess-mup-safi section 3.1.3
const T1ST = 'mup-t1st 10.0.0.0/24 rd 1:1';
test(sameRoute, 'ipv4 mup', T1ST, `${T1ST} teid 12345 qfi 9 endpoint 2001:db8::1 source 192.0.2.1`);
test(otherRoute, 'ipv4 mup', 'mup-t2st 10.0.0.1 rd 1:1 teid 1/8', 'mup-t2st 10.0.0.1 rd 1:1 teid 1/9');
// RFC 9830 section 2.1
test(sameRoute, 'ipv4 sr-policy', 'color 1 endpoint 1.1.1.1', 'color 1 endpoint 1.1.1.1 distinguisher 0 preference 7');
test(otherRoute, 'ipv4 sr-policy', 'color 1 endpoint 1.1.1.1', 'color 1 endpoint 1.1.1.1 distinguisher 2');

/** A MAC/IP route with the last octets of its label as given. */
function rawMacIp(label: string): Uint8Array {
  return fromHex(`02210000fde80000000100000000000000000000000000003000112233445500${'00'}${label}`)!;
}

const refuses = test.macro({
  title: (_, line: string) => `refused: ${line}`,
  exec(t, line: string, message: RegExp) {
    const [form = '', ...rest] = line.split(' ');
    const error = t.throws(() => parseRoutes(new Tokens(rest.join(' ')), form as 'l2vpn', 'announce'), {
      instanceOf: CommandError,
      message,
    });
    t.true(error!.column >= 0);
  },
});
test(refuses, 'l2vpn evpn next-hop 1.1.1.1', /route type expected/);
test(refuses, 'l2vpn evpn mac-ip rd 1:1 next-hop 1.1.1.1', /mac-ip needs mac/);
test(refuses, 'l2vpn evpn mac-ip mac 00:11:22:33:44:55 next-hop 1.1.1.1', /mac-ip needs rd/);
test(refuses, 'l2vpn evpn mac-ip rd 1:1 mac 00:11:22:33:44 next-hop 1.1.1.1', /not a MAC address/);
test(refuses, 'l2vpn evpn mac-ip rd 1:1 mac 00:11:22:33:44:55', /needs a next-hop/);
test(refuses, 'l2vpn evpn mac-ip rd 1:1 mac 00:11:22:33:44:55 label [ 1 2 3 ] next-hop 1.1.1.1', /one label or two/);
test(refuses, 'l2vpn evpn mac-ip rd 1:1 mac 00:11:22:33:44:55 label 1048576 next-hop 1.1.1.1', /0 to 1048575/);
test(refuses, 'l2vpn evpn mac-ip rd 1:1 mac 00:11:22:33:44:55 prefix 10.0.0.0/8 next-hop 1.1.1.1', /has no prefix/);
test(refuses, 'l2vpn evpn ethernet-ad rd 1:1 esi 00:11 next-hop 1.1.1.1', /segment identifier/);
test(refuses, 'l2vpn evpn ethernet-ad rd 1:1 esi 0 label [ 1 2 ] next-hop 1.1.1.1', /one label/);
test(refuses, 'l2vpn evpn multicast rd 1:1 ip 1.1.1 next-hop 1.1.1.1', /not an IP address/);
test(refuses, 'l2vpn evpn ip-prefix rd 1:1 prefix 10.0.0.1/8 next-hop 1.1.1.1', /bits set/);
test(
  refuses,
  'l2vpn evpn ip-prefix rd 1:1 prefix 10.0.0.0/8 gateway 2001:db8::1 next-hop 1.1.1.1',
  /one address family/,
);
test(refuses, 'l2vpn evpn ip-prefix rd 1:1 prefix 10.0.0.0/8 next-hop 1.1.1.1', /needs a label, a gateway or an esi/);
test(
  refuses,
  `l2vpn evpn ip-prefix rd 1:1 prefix 10.0.0.0/8 label 3 gateway 1.1.1.1 ${ESI} next-hop 1.1.1.1`,
  /not both/,
);
test(refuses, 'l2vpn evpn mac-ip rd 1:1 mac 00:11:22:33:44:55 label 1 vni 2 next-hop 1.1.1.1', /not both/);
test(refuses, 'l2vpn evpn raw 0x0203aabbcc next-hop 1.1.1.1', /no well-formed route of type 2/);
test(refuses, 'l2vpn evpn raw 0x0604aabbcc next-hop 1.1.1.1', /type, length, value/);
test(refuses, 'ipv4 mup mup-isd 10.0.0.1/24 rd 1:1 next-hop 1.1.1.1', /bits set/);
test(refuses, 'ipv4 mup mup-isd 2001:db8::/32 rd 1:1 next-hop 1.1.1.1', /not an IPv4 prefix/);
test(refuses, 'ipv4 mup mup-t1st 10.0.0.0/24 rd 1:1 next-hop 1.1.1.1', /needs teid/);
test(refuses, 'ipv4 mup mup-t2st 10.0.0.1 rd 1:1 teid 256/8 next-hop 1.1.1.1', /N fits in/);
test(refuses, 'ipv4 mup mup-dsd 10.0.0.1 rd 1:1 teid 1 next-hop 1.1.1.1', /has no teid/);
test(refuses, 'ipv4 sr-policy color 1 next-hop 1.1.1.1', /needs an endpoint/);
test(refuses, 'ipv4 sr-policy color 1 endpoint 2001:db8::1 next-hop 1.1.1.1', /not an IPv4 address/);
test(refuses, 'ipv4 sr-policy color 1 endpoint 1.1.1.1 binding-sid 7 next-hop 1.1.1.1', /mpls or null/);
test(
  refuses,
  'ipv4 sr-policy color 1 endpoint 1.1.1.1 next-hop 1.1.1.1 segment-list weight 1 segment type-z 1',
  /no segment type/,
);
test(refuses, 'bgp-ls bgp-ls raw 0x00010001 next-hop 1.1.1.1', /type, length, value/);
test(refuses, 'bgp-ls bgp-ls node next-hop 1.1.1.1', /"raw" expected/);
test(
  refuses,
  'ipv4 unicast 10.0.0.0/8 next-hop 1.1.1.1 tunnel-encap ( sr-policy ) ( sr-policy )',
  /more than one SR policy/,
);
test(refuses, 'ipv4 unicast 10.0.0.0/8 next-hop 1.1.1.1 bgp-prefix-sid [ 4294967296 ]', /0 to 4294967295/);
test(refuses, 'ipv4 unicast 10.0.0.0/8 next-hop 1.1.1.1 bgp-prefix-sid-srv6 ( l3-service 1.1.1.1 )', /not an SRv6 SID/);

const NEGOTIATED = makeNegotiated({ families: families.map(() => true) });
const ATTRIBUTES = '400101004002060201 0000fde9'.replace(' ', '');

/** An UPDATE whose MP_REACH_NLRI holds these NLRI. */
function reach(afi: string, safi: string, nlri: string): Uint8Array {
  const value = `${afi}${safi}04c000020100${nlri}`;
  const attributes = `${ATTRIBUTES}900e${(value.length / 2).toString(16).padStart(4, '0')}${value}`;
  return fromHex(`0000${(attributes.length / 2).toString(16).padStart(4, '0')}${attributes}`)!;
}

const GOOD_MULTICAST = '03110000fde8000000010000000020c0000201';
const NODE = '01000008020000040000fde9';
const GOOD_NODE = `00010015020000000000000002${NODE}`;

const drops = test.macro({
  title: (_, what: string) => `dropped, and the routes around it kept: ${what}`,
  exec(t, _: string, afi: string, safi: string, bad: string, good: string) {
    const update = decodeUpdate(reach(afi, safi, good + bad + good), NEGOTIATED);
    t.is(update.announced.length, 1);
    const [run] = update.announced;
    t.is(toHex(run!.source.subarray(run!.start, run!.end)), good + good);
    t.is(update.faults.length, 1);
    const alone = decodeUpdate(reach(afi, safi, bad), NEGOTIATED);
    t.deepEqual(alone.announced, []);
  },
});
test(drops, 'EVPN of type 1 with 26 octets', '0019', '46', `011a${'00'.repeat(26)}`, GOOD_MULTICAST);
test(
  drops,
  'EVPN of type 2 with MAC length 255',
  '0019',
  '46',
  `0221${'00'.repeat(22)}ff${'00'.repeat(10)}`,
  GOOD_MULTICAST,
);
test(drops, 'EVPN of type 3 with IP length 24', '0019', '46', `0310${'00'.repeat(12)}18000000`, GOOD_MULTICAST);
test(
  drops,
  'EVPN of type 5 with prefix length 33',
  '0019',
  '46',
  `0522${'00'.repeat(22)}21${'00'.repeat(11)}`,
  GOOD_MULTICAST,
);
test(drops, 'a node shorter than its fixed part', '4004', '47', '0001000203 00'.replace(' ', ''), GOOD_NODE);
test(drops, 'a node without descriptors', '4004', '47', `0001000d02${'00'.repeat(8)}01080000`, GOOD_NODE);
test(drops, 'TLVs that do not ascend', '4004', '47', `00020019020000000000000002${'01010000'}${NODE}`, GOOD_NODE);
test(
  drops,
  'a session of mobile users without an endpoint',
  '0001',
  '55',
  `0100030e${'00'.repeat(9)}0000000109`,
  '0100020c0000fde8000000010a000001',
);

const ends = test.macro({
  title: (_, what: string) => `ends the session: ${what}`,
  exec(t, _: string, afi: string, safi: string, nlri: string) {
    const error = t.throws(() => decodeUpdate(reach(afi, safi, nlri), NEGOTIATED), { instanceOf: NotificationError });
    t.deepEqual([error!.code, error!.subcode], [3, 9]);
  },
});
test(ends, 'an EVPN type without a length', '0019', '46', '02');
test(ends, 'EVPN that runs past the attribute', '0019', '46', '0321000000');
test(ends, 'an SR policy of 95 bits', '0001', '49', `5f${'00'.repeat(12)}`);
test(ends, 'a cut head of link state', '4004', '47', '000100');

const countsAsWithdrawn = test.macro({
  title: (_, what: string) => `counts as withdrawn, and the routes around it are announced: ${what}`,
  exec(t, _: string, family: string, nlri: string, good: string, communities: string) {
    const { afi, safi } = familyByName(family)!;
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
    const extended = communities === '' ? '' : `c010${hex(communities.length / 2, 2)}${communities}`;
    const value = `${hex(afi, 4)}${hex(safi, 2)}${afi === 25 ? '04c0000201' : '00'}00${good}${nlri}`;
    const attributes = `${ATTRIBUTES}${extended}900e${hex(value.length / 2, 4)}${value}`;
    const update = decodeUpdate(fromHex(`0000${hex(attributes.length / 2, 4)}${attributes}`)!, NEGOTIATED);
    const octetsOf = (runs: typeof update.announced): string[] =>
      runs.map(({ source, start, end }) => toHex(source.subarray(start, end)));
    t.deepEqual(octetsOf(update.announced), good === '' ? [] : [good]);
    t.deepEqual(octetsOf(update.withdrawn), [nlri]);
    t.is(update.faults.length, 1);
    t.false(update.isTreatedAsWithdraw);
  },
});
/** An IP prefix 198.51.100.0/24 with the first octet of its segment identifier, its gateway and its label. */
const ipPrefix = (esi: string, gateway: string, label: string): string =>
  `05220000fde800000001${esi}${'00'.repeat(9)}0000000018c6336400${gateway}${label}`;
// RFC 9136 section 3.1
test(
  countsAsWithdrawn,
  'an IP prefix without label and overlay index',
  'l2vpn evpn',
  ipPrefix('00', '00000000', '000000'),
  GOOD_MULTICAST,
  '',
);
test(countsAsWithdrawn, 'an IP prefix with label 0', 'l2vpn evpn', ipPrefix('00', '00000000', '000001'), '', '');
test(
  countsAsWithdrawn,
  'an IP prefix with two overlay indices',
  'l2vpn evpn',
  ipPrefix('01', '01010101', '000641'),
  GOOD_MULTICAST,
  '',
);
// RFC 8955 section 7: an action that cannot be understood
test(countsAsWithdrawn, 'a flow rule whose rate is no number', 'ipv4 flow', '03038106', '', '800600007fc00000');
test(countsAsWithdrawn, 'a flow rule whose packet rate is no number', 'ipv4 flow', '03038106', '', '800c0000ffc00000');

const isAnnounced = test.macro({
  title: (_, what: string) => `is announced: ${what}`,
  exec(t, _: string, nlri: string, communities: string) {
    const extended =
      communities === '' ? '' : `c010${(communities.length / 2).toString(16).padStart(2, '0')}${communities}`;
    const value = `00194604c000020100${nlri}`;
    const attributes = `${ATTRIBUTES}${extended}900e${(value.length / 2).toString(16).padStart(4, '0')}${value}`;
    const update = decodeUpdate(
      fromHex(`0000${(attributes.length / 2).toString(16).padStart(4, '0')}${attributes}`)!,
      NEGOTIATED,
    );
    t.is(update.announced.length, 1);
    t.deepEqual([update.withdrawn, update.faults], [[], []]);
  },
});
test(isAnnounced, 'an IP prefix that a gateway resolves', ipPrefix('00', '01010101', '000000'), '');
test(isAnnounced, 'an IP prefix that a segment resolves', ipPrefix('01', '00000000', '000000'), '');
test(
  isAnnounced,
  "an IP prefix that a router's MAC resolves",
  ipPrefix('00', '00000000', '000000'),
  '0603001122334455',
);
test(isAnnounced, 'an IP prefix with network identifier 5', ipPrefix('00', '00000000', '000005'), '030c000000000008');

test('an unknown EVPN type is kept as it is', (t) => {
  const evpn = familyByName('l2vpn evpn')!;
  const source = fromHex('0603aabbcc')!;
  const { key, payload } = evpn.split(source, 0, source.length);
  t.deepEqual([toHex(key), payload.length], ['0603aabbcc', 0]);
  t.is(evpn.toJson(source, 0, 5, undefined, 'exabgp-4'), '{ "code": 6, "parsed": false, "raw": "0603AABBCC" }');
  const out = new Writer();
  evpn.write(out, key, 0, key.length, NO_BYTES);
  t.is(toHex(out.view()), '0603aabbcc');
});
