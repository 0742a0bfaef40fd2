/** GoBGP as a peer of all families that it has. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRIER_ADDRESSES, DAEMON_ADDRESSES, FAMILY_AS, type FamilyPeer, inOneLine } from './family-peer.js';

/** crier's families with their names in GoBGP's configuration and on its command line, where that has one. */
const FAMILIES: readonly (readonly [string, string, string?])[] = [
  ['l2vpn evpn', 'l2vpn-evpn', 'evpn'],
  ['ipv4 mpls-vpn', 'l3vpn-ipv4-unicast', 'vpnv4'],
  ['ipv6 mpls-vpn', 'l3vpn-ipv6-unicast', 'vpnv6'],
  ['ipv4 nlri-mpls', 'ipv4-labelled-unicast', 'ipv4-mpls'],
  ['ipv6 nlri-mpls', 'ipv6-labelled-unicast', 'ipv6-mpls'],
  ['ipv4 flow', 'ipv4-flowspec', 'ipv4-flowspec'],
  ['ipv6 flow', 'ipv6-flowspec', 'ipv6-flowspec'],
  ['ipv4 flow-vpn', 'l3vpn-ipv4-flowspec', 'ipv4-l3vpn-flowspec'],
  ['ipv6 flow-vpn', 'l3vpn-ipv6-flowspec', 'ipv6-l3vpn-flowspec'],
  ['ipv4 mup', 'ipv4-mup', 'ipv4-mup'],
  ['ipv6 mup', 'ipv6-mup', 'ipv6-mup'],
  ['ipv4 sr-policy', 'ipv4-srpolicy', 'ipv4-srpolicy'],
  ['ipv6 sr-policy', 'ipv6-srpolicy', 'ipv6-srpolicy'],
  ['bgp-ls bgp-ls', 'ls', 'ls'],
  ['l2vpn vpls', 'l2vpn-vpls', 'l2vpn-vpls'],
  ['ipv4 rtc', 'rtc', 'rtc'],
];

function neighbor(address: string, at: number): string {
  const families = FAMILIES.map(
    ([, name]) => `[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = "${name}"`,
  );
  return `[[neighbors]]
[neighbors.config]
neighbor-address = "${address}"
peer-as = ${FAMILY_AS}
[neighbors.transport.config]
local-address = "${DAEMON_ADDRESSES[at]}"
passive-mode = true
[neighbors.route-reflector.config]
route-reflector-client = true
route-reflector-cluster-id = "10.0.0.101"
[neighbors.timers.config]
idle-hold-time-after-reset = 2
${families.join('\n')}
`;
}

const ESI = 'ESI_ARBITRARY | 11:22:33:44:55:66:77:88:99';
const ESI_WORDS = 'arbitrary 11:22:33:44:55:66:77:88:99';

/** It shows EVPN labels as the number of all 24 bits (RFC 7432 section 7: 20 of them are the label). */
function asRaw(label: number): number {
  return (label << 4) | 1;
}

function said(words: string): { say: string; takeBack: string } {
  return { say: `add ${words}`, takeBack: `del ${words}` };
}

export const gobgp: FamilyPeer = {
  name: 'gobgp',
  programs: ['gobgpd', 'gobgp'],
  families: FAMILIES.map(([name]) => name),
  configure(folder) {
    writeFileSync(
      join(folder, 'gobgpd.toml'),
      `[global.config]
as = ${FAMILY_AS}
router-id = "${DAEMON_ADDRESSES[0]}"
port = 179
local-address-list = [${DAEMON_ADDRESSES.map((address) => `"${address}"`).join(', ')}]
${CRIER_ADDRESSES.map(neighbor).join('')}`,
    );
    return [['gobgpd', '-f', 'gobgpd.toml', '-l', 'debug', '-p', '--api-hosts', '127.0.0.1:50051', '--pprof-disable']];
  },
  isReady: async (host) => (await host.run(['gobgp', '-j', 'global'])).includes('asn'),
  isEstablished: async (host, _folder, which) =>
    JSON.parse(await host.run(['gobgp', '-j', 'neighbor', CRIER_ADDRESSES[which]])).state?.session_state === 6,
  async listing(host) {
    let text = '';
    for (const [, , family] of FAMILIES) {
      if (family === undefined) continue;
      text += `\n== ${family}\n`;
      const words = ['neighbor', CRIER_ADDRESSES[0], 'adj-in', '-a', family];
      text += await host
        .run(['gobgp', ...words])
        .catch(() => host.run(['gobgp', '-j', ...words]))
        .catch(String);
    }
    return text;
  },
  tell: async (host, _folder, words) => {
    await host.run(['gobgp', 'global', 'rib', ...words.split(' ')]);
  },
  // It reads the first NLRI of mobile user planes in a message only.
  neighbor: { groupUpdates: false },
  asks: ['ipv4 rtc origin-as 65001 route-target target:65001:1 next-hop self'],
  cannotTake: {
    'flow6: offset':
      'it takes whole octets of an address for the pattern of a prefix with an offset (RFC 8956 section 3.1), and its command line then ends with a nil dereference',
    'all route targets': 'it ends with a nil dereference at a membership without a target (RFC 4684 section 4)',
  },
  shows: {
    'a-d per segment': [
      inOneLine(`[type:A-D][rd:10.0.0.9:1][esi:${ESI}][etag:4294967295]`, '[65001:1], [esi-label: 0]'),
    ],
    'a-d per instance': [inOneLine(`[type:A-D][rd:65001:1][esi:${ESI}][etag:7]`, `[${asRaw(100)}]`, ' 10.0.0.9 ')],
    'mac-ip': [
      inOneLine(
        '[etag:0][mac:00:11:22:33:44:55][ip:192.0.2.10]',
        '[10000]',
        '[65001:1], [VXLAN]',
        '[ESI: single-homed]',
      ),
    ],
    'mac-ip with IPv6': [inOneLine('[mac:00:11:22:33:44:55][ip:2001:db8::10]', '[10000]', '[65001:1], [VXLAN]')],
    'mac alone with segment and mobility': [
      inOneLine('[etag:9][mac:00:11:22:33:44:66][ip:<nil>]', `[${asRaw(200)}]`, '[mac-mobility: 7]', `[ESI: ${ESI}]`),
    ],
    'mac with two labels': [
      inOneLine('[mac:00:11:22:33:44:77][ip:192.0.2.77]', `[${asRaw(300)},${asRaw(301)}]`, '[65001:1], [65001:2]'),
    ],
    'inclusive multicast': [
      inOneLine('[type:multicast][rd:65001:1][etag:5][ip:10.0.0.9]', 'ingress-repl, label: 1600, tunnel-id: 10.0.0.9'),
    ],
    'ethernet segment': [inOneLine(`[type:esi][rd:10.0.0.9:0][esi:${ESI}][ip:10.0.0.9]`)],
    'ip-prefix': [inOneLine('[etag:0][prefix:198.51.100.0/24]', '[30000]', '[65001:1], [VXLAN]', '[GW: 0.0.0.0]')],
    'ip-prefix with gateway': [inOneLine('[etag:3][prefix:203.0.113.128/25]', `[${asRaw(400)}]`, '[GW: 192.0.2.9]')],
    'ip-prefix with IPv6': [inOneLine('[prefix:2001:db8:5::/48]', '[30000]', '[GW: ::]')],

    'vpnv4, RD type 0': [
      inOneLine(' 65001:1:198.51.100.0/24 ', '[1000]', ' 10.0.0.9 ', '[65001:1], [10.0.0.9:2], [64086.59904:3]'),
    ],
    'vpnv4, RD type 1': [inOneLine(' 10.0.0.9:2:198.51.100.0/25 ', '[1001]', '[65001:1], [65001:7]')],
    'vpnv4, RD type 2': [inOneLine(' 64086.59904:3:198.51.100.128/25 ', '[1002]', '{Med: 5}')],
    'vpnv4 default route': [inOneLine(' 65001:1:0.0.0.0/0 ', '[1003]')],
    'vpnv6, RD type 0': [
      inOneLine(' 65001:1:2001:db8:1::/48 ', '[2000]', ' fd00::9 ', '[65001:1], [10.0.0.9:2], [64086.59904:3]'),
    ],
    'vpnv6, RD type 1': [inOneLine(' 10.0.0.9:2:2001:db8:2::/64 ', '[2001]')],
    'vpnv6, RD type 2': [inOneLine(' 64086.59904:3:2001:db8:3::1/128 ', '[2002]')],
    'vpnv6, IPv4-mapped next hop': [inOneLine(' 65001:1:2001:db8:4::/48 ', '[2003]', ' 10.0.0.9 ')],

    'labeled IPv4': [inOneLine(' 198.51.100.0/24 ', '[800001]', ' 10.0.0.9 ')],
    'labeled IPv4 host': [inOneLine(' 203.0.113.7/32 ', '[3]', '{Communities: 65001:5}')],
    'labeled IPv6': [inOneLine(' 2001:db8:1::/48 ', '[17]', ' fd00::9 ')],

    'flow: ports': [inOneLine('[source: 10.0.0.0/8][protocol: ==tcp][port: ==80 >8080&<8088]', '[discard]')],
    'flow: destination ports': [
      inOneLine(
        '[destination: 192.0.2.0/24][protocol: ==udp ==gre][destination-port: ==53 >=1024&<=65535]',
        '[rate: 9600.000000]',
      ),
    ],
    'flow: unequal': [inOneLine('[destination: 203.0.113.0/24][source-port: !=123]', '[rate: 1000.000000]')],
    'flow: flags and fragments': [
      inOneLine('[destination: 192.0.2.0/25][tcp-flags: S&!A R][fragment: is-fragment]', '[redirect: 65001:100]'),
    ],
    'flow: lengths and DSCP': [
      inOneLine('[destination: 192.0.2.128/25][packet-length: >200&<300 ==1500][dscp: ==10 ==20]', '[remark: 12]'),
    ],
    'flow: ICMP': [inOneLine('[protocol: ==icmp][icmp-type: ==8][icmp-code: ==0]', '[action: terminal-sample]')],
    'flow6: label': [inOneLine('[source: 2001:db8::/32/0][protocol: ==udp][label: ==77]', '[discard]')],
    'flow6: ports and ICMP': [
      inOneLine(
        '[destination: 2001:db8:5::/48/0][protocol: ==58][icmp-type: ==128][dscp: ==20]',
        '[rate: 9600.000000]',
      ),
    ],
    'flow-vpn': [inOneLine('[rd: 65001:1][destination: 198.51.100.0/24][port: ==80]', '[remark: 12]')],
    'flow6-vpn': [inOneLine('[rd: 10.0.0.9:2][destination: 2001:db8:5::/48/0][protocol: ==tcp]', '[discard]')],

    'mup interwork segment': [
      inOneLine('[type:isd][rd:100:100][prefix:10.0.1.0/24]', 'SID: 2001:db8:1:1::', 'Endpoint Behavior: 72'),
    ],
    'mup direct segment': [
      inOneLine('[type:dsd][rd:100:100][prefix:10.0.0.1]', '[65001:1], [10:20]', 'Endpoint Behavior: 71'),
    ],
    'mup type 1 session': [
      inOneLine('[type:t1st][rd:100:100][prefix:192.168.0.1/32]', ' 12345 ', ' 9 ', ' 10.0.0.1 ', ' 10.0.0.9 '),
    ],
    'mup type 2 session': [inOneLine('[type:t2st][rd:100:100][endpoint:10.0.0.1][teid:12345]', '[10:20]')],
    'mup6 interwork segment': [inOneLine('[type:isd][rd:100:100][prefix:2001:db8:9::/48]', 'SID: 2001:db8:1:1::')],
    'mup6 type 1 session': [
      inOneLine('[type:t1st][rd:100:100][prefix:2001:db8:1::1/128]', ' 12345 ', ' 9 ', ' 2001:db8::7 ', ' fd00::9 '),
    ],
    'mup6 type 2 session': [inOneLine('[type:t2st][rd:100:100][endpoint:2001:db8::7][teid:12345]')],

    'link state node': [inOneLine('NODE { AS:65001 BGP-LS ID:0 0000.0000.0013 ISIS-L2:2 }')],
    'link state link': [
      inOneLine('LINK { LOCAL_NODE: 0000.0000.0013 REMOTE_NODE: 0000.0000.0014-03 LINK: 192.0.2.1', '192.0.2.2}'),
    ],
    'link state prefix': [inOneLine('PREFIXv4 { LOCAL_NODE: 0000.0000.0013 PREFIX: [198.51.100.0/24]')],
    'route target': [inOneLine(' 65001:65001:9 ', ' 10.0.0.9 ')],
  },
  cannotShow: {
    'sr-policy, labels': 'its command line has no SR policies',
    'sr-policy, SRv6': 'its command line has no SR policies',
    vpls: 'its command line has no VPLS',
  },
  cannotRelay: {},
  changes: {
    'link state prefix': { members: ['bgp-ls'], reason: 'it does not keep prefix metrics (RFC 9552 section 5.3.3.4)' },
    vpls: {
      members: ['extended-community'],
      reason: 'the preference of layer 2 information is among what it has for reserved (RFC 4761 section 3.2.4)',
    },
    'route target': { members: ['next-hop'], reason: 'memberships leave it with its own address as next hop' },
  },
  originated: [
    {
      family: 'l2vpn evpn',
      ...said(`-a evpn a-d esi ${ESI_WORDS} etag 8 label 700 rd 65001:9 rt 65001:1`),
      nlri: { code: 1, rd: '65001:9', 'ethernet-tag': 8 },
      communities: ['target:65001:1'],
    },
    {
      family: 'l2vpn evpn',
      ...said('-a evpn macadv aa:bb:cc:dd:ee:01 10.9.0.1 etag 0 label 300 rd 65001:9 rt 65001:1 encap vxlan'),
      nlri: { code: 2, mac: 'AA:BB:CC:DD:EE:01', ip: '10.9.0.1', rd: '65001:9' },
      communities: ['target:65001:1', 'encap:VXLAN'],
    },
    {
      family: 'l2vpn evpn',
      ...said('-a evpn multicast 10.9.0.2 etag 4 rd 65001:9 rt 65001:1'),
      nlri: { code: 3, 'ethernet-tag': 4, ip: '10.9.0.2' },
    },
    {
      family: 'l2vpn evpn',
      ...said(`-a evpn esi 10.9.0.3 esi ${ESI_WORDS} rd 65001:9 rt 65001:1`),
      nlri: { code: 4, ip: '10.9.0.3' },
    },
    {
      family: 'l2vpn evpn',
      ...said('-a evpn prefix 10.9.9.0/24 gw 10.9.0.3 etag 0 label 500 rd 65001:9 rt 65001:1'),
      nlri: { code: 5, ip: '10.9.9.0', iplen: 24, gateway: '10.9.0.3' },
    },
    {
      family: 'ipv4 mpls-vpn',
      ...said('-a vpnv4 10.9.9.0/24 label 501 rd 65001:9 rt 65001:1 nexthop 10.0.0.101'),
      nlri: { nlri: '10.9.9.0/24', rd: '65001:9', label: [[501]] },
      communities: ['target:65001:1'],
    },
    {
      family: 'ipv6 mpls-vpn',
      ...said('-a vpnv6 2001:db8:99::/48 label 502 rd 10.0.0.101:9 rt 65001:1 nexthop fd00::101'),
      nlri: { nlri: '2001:db8:99::/48', rd: '10.0.0.101:9', label: [[502]] },
      communities: ['target:65001:1'],
    },
    {
      family: 'ipv4 flow-vpn',
      ...said(
        '-a ipv4-l3vpn-flowspec rd 65001:9 match source 10.9.0.0/16 port >=1000&<=2000 then redirect 65001:9 rt 65001:1',
      ),
      nlri: { rd: '65001:9', 'source-ipv4': ['10.9.0.0/16'], port: ['>=1000&<=2000'] },
      communities: ['redirect:65001:9', 'target:65001:1'],
    },
    {
      family: 'ipv4 mup',
      ...said('-a ipv4-mup t1st 10.9.1.1/32 rd 65001:9 rt 65001:1 teid 77 qfi 5 endpoint 10.9.0.9'),
      nlri: { code: 3, prefix_ip: '10.9.1.1', teid: '77', qfi: '5', endpoint_ip: '10.9.0.9' },
    },
    {
      family: 'ipv4 mup',
      ...said('-a ipv4-mup t2st 10.9.1.2 rd 65001:9 rt 65001:1 teid 78 mup 10:20'),
      nlri: { code: 4, endpoint_ip: '10.9.1.2' },
      communities: ['mup:10:20'],
    },
    {
      family: 'ipv4 mup',
      ...said(
        '-a ipv4-mup isd 10.9.3.0/24 rd 65001:9 prefix 2001:db8:9:1::/64 locator-node-length 24 function-length 16 behavior ENDM_GTP4E rt 65001:1 nexthop 2001:db8::101',
      ),
      nlri: { code: 1, prefix_ip: '10.9.3.0', prefix_ip_len: 24 },
    },
    {
      family: 'ipv4 mup',
      ...said(
        '-a ipv4-mup dsd 10.9.4.1 rd 65001:9 prefix 2001:db8:9:2::/64 locator-node-length 24 function-length 16 behavior END_DT4 rt 65001:1 mup 10:20 nexthop 2001:db8::101',
      ),
      nlri: { code: 2, ip: '10.9.4.1' },
      communities: ['mup:10:20'],
    },
  ],
};
