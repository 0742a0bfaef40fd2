/** Labeled, VPN and multicast families: what is refused in commands and on the wire, and how stacks of labels are read. */
import test from 'ava';
import { nextHopText } from '../../../src/api/encoder/update-text.js';
import { parseRoutes, type RouteForm } from '../../../src/api/route-text.js';
import { fromHex } from '../../../src/util/bytes.js';
import { CommandError, Tokens } from '../../../src/util/tokens.js';
import { NotificationError } from '../../../src/wire/errors.js';
import { families, familyByName } from '../../../src/wire/family/index.js';
import { eachNlri } from '../../../src/wire/nlri.js';
import { decodeUpdate } from '../../../src/wire/update-decoder.js';
import { makeNegotiated } from '../../support/negotiated.js';

const refuses = test.macro({
  title: (_, form: string, text: string) => `refused: announce ${form} ${text}`,
  exec(t, form: RouteForm, text: string, message: RegExp, column: number) {
    const error = t.throws(() => parseRoutes(new Tokens(text), form, 'announce'), {
      instanceOf: CommandError,
      message,
    });
    t.is((error as CommandError).column, column);
  },
});
test(refuses, 'ipv4', 'nlri-mpls 10.0.0.0/24 next-hop self', /needs a label/, 11);
test(refuses, 'ipv4', 'nlri-mpls 10.0.0.0/24 label [ ] next-hop self', /needs a label/, 11);
test(refuses, 'ipv4', 'nlri-mpls 10.0.0.0/24 label 1048576 next-hop self', /0 to 1048575/, 29);
test(refuses, 'ipv4', 'nlri-mpls 10.0.0.0/24 label 1 rd 1:1 next-hop self', /have no "rd"/, 11);
test(refuses, 'ipv4', 'unicast 10.0.0.0/24 label 1 next-hop self', /have no "label"/, 9);
test(refuses, 'ipv4', 'mpls-vpn 10.0.0.0/24 label 1 next-hop self', /needs an rd/, 10);
test(refuses, 'ipv4', 'mpls-vpn 10.0.0.0/24 rd 65536:65536 label 1 next-hop self', /four-octet/, 25);
test(refuses, 'ipv4', 'mpls-vpn 10.0.0.1/24 rd 1:1 label 1 next-hop self', /bits set/, 10);
test(refuses, 'ipv4', 'mpls-vpn 10.0.0.0/24 rd 1:1 label 1', /next-hop/, 10);
test(refuses, 'ipv6', 'mpls-vpn 2001:db8::/64 rd 1:1 label [ 1 2 3 4 5 6 ] next-hop 2001:db8::1', /more than 255/, 10);
test(refuses, 'ipv6', 'mpls-vpn 2001:db8::/112 rd 1:1 label [ 1 2 3 ] next-hop ::1 split /126', /too long/, 10);
test(refuses, 'route', '10.0.0.0/24 rd 1:1 next-hop self', /needs a label/, 1);
test(refuses, 'ipv4', 'rtc next-hop self', /origin-as is missing/, 18);
test(refuses, 'ipv4', 'rtc default origin-as 1 next-hop self', /has no origin-as/, 13);
test(refuses, 'ipv4', 'rtc origin-as 1 length 31 next-hop self', /32 to 96/, 17);
test(refuses, 'ipv4', 'rtc origin-as 1 route-target bogus next-hop self', /not an extended community/, 30);
test(refuses, 'vpls', 'rd 1:1 endpoint 1 offset 1 size 8 next-hop 1.2.3.4', /base is missing/, 51);
test(refuses, 'vpls', 'rd 1:1 endpoint 1 offset 1 next-hop 1.2.3.4', /needs a base and size/, 1);
test(refuses, 'vpls', 'rd 1:1 endpoint 65536 offset 1 size 8 base 1 next-hop 1.2.3.4', /0 to 65535/, 17);
test(refuses, 'vpls', 'rd 1:1 endpoint 1 offset 1 size 8 base 1048575 next-hop 1.2.3.4', /beyond label/, 35);
test(refuses, 'ipv4', 'mcast-vpn source 192.0.2.1 group 233.252.0.1 rd 1:1 next-hop 1.2.3.4', /begins with/, 46);
test(refuses, 'ipv4', 'mcast-vpn source-ad source 2001:db8::1 group 233.252.0.1 rd 1:1', /not an address of/, 28);
test(refuses, 'ipv4', 'mcast-vpn source-ad rp 192.0.2.1 group 233.252.0.1 rd 1:1 next-hop 1.2.3.4', /has no rp/, 21);
test(refuses, 'ipv4', 'mcast-vpn source-ad source 1.1.1.1 rd 1:1 next-hop 1.2.3.4', /group is missing/, 59);
test(refuses, 'ipv4', 'mcast-vpn raw 0x0500 next-hop 1.2.3.4', /no well-formed/, 15);
test(refuses, 'ipv4', 'mcast-vpn raw 0x0101 next-hop 1.2.3.4', /type, length, value/, 15);
test(refuses, 'route', '10.0.0.0/24 next-hop self pmsi ingressreplication:0:1:0x00', /identifier of 1 octets/, 32);
test(refuses, 'route', '10.0.0.0/24 next-hop self pmsi bogus:0:1:', /TYPE:FLAGS/, 32);
test(refuses, 'route', '10.0.0.0/24 next-hop self pmsi 14:0:1:', /not defined/, 32);
test(refuses, 'route', '10.0.0.0/24 next-hop self pmsi notunnel:0:62(1):', /label of the field/, 48);

const ATTRIBUTES = '40010100400206020100 00fde9'.replace(' ', '');
const all = families.map(() => true);

function octet(size: number): string {
  return size.toString(16).padStart(2, '0');
}

/** The body of an UPDATE that announces, or withdraws where there is no next hop. */
function body(afiSafi: string, nextHop: string | undefined, nlri: string): Uint8Array {
  const hop = nextHop === undefined ? '' : `${octet(nextHop.length / 2)}${nextHop}00`;
  const value = `${afiSafi}${hop}${nlri}`;
  const attribute = `80${nextHop === undefined ? '0f' : '0e'}${octet(value.length / 2)}${value}`;
  const attributes = nextHop === undefined ? attribute : ATTRIBUTES + attribute;
  return fromHex(`0000${octet(attributes.length / 2).padStart(4, '0')}${attributes}`)!;
}

const reads = test.macro({
  title: (_, what: string) => what,
  exec(t, _: string, afiSafi: string, hop: string | undefined, nlri: string, isStack: boolean, expected: string[]) {
    const negotiated = makeNegotiated({ families: all, multipleLabels: families.map(() => isStack) });
    const update = decodeUpdate(body(afiSafi, hop, nlri), negotiated);
    const seen: string[] = [];
    for (const run of [...update.announced, ...update.withdrawn]) {
      const nextHop = nextHopText(run);
      eachNlri(run, (source, start, end) => {
        seen.push(run.family.print(source, start, end) + (nextHop === undefined ? '' : ` next-hop ${nextHop}`));
      });
    }
    t.deepEqual(seen, expected);
  },
});
const VPN_HOP = '0000000000000000c0000201';
test(reads, 'one label: S means nothing', '000180', VPN_HOP, '700006400000fde800000001c63364', false, [
  '198.51.100.0/24 label 100 rd 65000:1 next-hop 192.0.2.1',
]);
test(reads, 'several labels: up to S', '000104', 'c0000201', '48000640000c81c63364', true, [
  '198.51.100.0/24 label [ 100 200 ] next-hop 192.0.2.1',
]);
test(reads, 'a withdrawal has three octets in place of labels', '000104', undefined, '30000640c63364', true, [
  '198.51.100.0/24 label 100',
]);
test(reads, 'the label of withdrawals is none', '000104', undefined, '30800000c63364', false, ['198.51.100.0/24']);
test(reads, 'bits behind the length are cleared', '000104', 'c0000201', '29000641c633ff', false, [
  '198.51.128.0/17 label 100 next-hop 192.0.2.1',
]);
test(reads, 'unknown types of route distinguishers stay', '000180', VPN_HOP, '700006417fff000000000001c63364', false, [
  '198.51.100.0/24 label 100 rd 0x7FFF000000000001 next-hop 192.0.2.1',
]);
test(
  reads,
  'malformed joins are dropped, unknown types kept',
  '000105',
  'c0000201',
  `0502000007020000${'6302aabb'}`,
  false,
  ['raw 0x6302aabb next-hop 192.0.2.1'],
);
test(reads, 'auto-discovery of VPLS is dropped', '001941', 'c0000201', '000c0000fde800000001c0000209', false, []);

const resets = test.macro({
  title: (_, name: string, what: string) => `${name}: ${what} ends the session`,
  exec(t, name: string, _: string, nextHop: string, nlri: string) {
    const { afi, safi } = familyByName(name)!;
    const head = `${afi.toString(16).padStart(4, '0')}${octet(safi)}`;
    const negotiated = makeNegotiated({ families: all });
    const error = t.throws(() => decodeUpdate(body(head, nextHop, nlri), negotiated), {
      instanceOf: NotificationError,
    });
    t.deepEqual([(error as NotificationError).code, (error as NotificationError).subcode], [3, 9]);
  },
});
test(resets, 'ipv4 nlri-mpls', 'no room for a label', 'c0000201', '00');
test(resets, 'ipv4 nlri-mpls', 'a prefix of 33 bits', 'c0000201', '39000641c633640000');
test(resets, 'ipv4 mpls-vpn', 'no room for a route distinguisher', VPN_HOP, '20000641c6');
test(resets, 'ipv4 mpls-vpn', 'a next hop without one', 'c0000201', '700006410000fde800000001c63364');
test(resets, 'ipv6 mpls-vpn', 'a next hop of 32 octets', '00'.repeat(32), '580006410000fde800000001');
test(resets, 'ipv4 rtc', 'a length of 31 bits', 'c0000201', '1f00000000');
test(resets, 'ipv4 rtc', 'a length of 97 bits', 'c0000201', `61${'00'.repeat(13)}`);
test(resets, 'l2vpn vpls', 'a length that runs over', 'c0000201', '00110000');
test(resets, 'ipv4 mcast-vpn', 'a length that runs over', 'c0000201', '0512');
