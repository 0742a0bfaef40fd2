/** FRR's bgpd as a peer of the families that it has. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRIER_ADDRESSES, DAEMON_ADDRESSES, FAMILY_AS, type FamilyPeer, inOneLine } from './family-peer.js';
import type { Host } from './network.js';

/** crier's families with their names in FRR's configuration. */
const FAMILIES: readonly (readonly [string, string])[] = [
  ['l2vpn evpn', 'l2vpn evpn'],
  ['ipv4 mpls-vpn', 'ipv4 vpn'],
  ['ipv6 mpls-vpn', 'ipv6 vpn'],
  ['ipv4 nlri-mpls', 'ipv4 labeled-unicast'],
  ['ipv6 nlri-mpls', 'ipv6 labeled-unicast'],
  ['ipv4 flow', 'ipv4 flowspec'],
  ['ipv6 flow', 'ipv6 flowspec'],
];

const ESI = '00:11:22:33:44:55:66:77:88:99';

/** It shows EVPN labels as the number of all 24 bits (RFC 7432 section 7: 20 of them are the label). */
function asRaw(label: number): number {
  return (label << 4) | 1;
}

function said(family: string, words: string): { say: string; takeBack: string } {
  return {
    say: `address-family ${family}; ${words}`,
    takeBack: `address-family ${family}; no ${words.replace(/ routermac .*/, '')}`,
  };
}

/** Labels are shown for one prefix at a time. */
const LISTINGS = [
  'show bgp l2vpn evpn route detail',
  ...['198.51.100.0/24', '198.51.100.0/25', '198.51.100.128/25', '0.0.0.0/0'].map(
    (prefix) => `show bgp ipv4 vpn rd all ${prefix}`,
  ),
  ...['2001:db8:1::/48', '2001:db8:2::/64', '2001:db8:3::1/128', '2001:db8:4::/48'].map(
    (prefix) => `show bgp ipv6 vpn rd all ${prefix}`,
  ),
  ...['198.51.100.0/24', '203.0.113.7/32'].map((prefix) => `show bgp ipv4 labeled-unicast ${prefix}`),
  'show bgp ipv6 labeled-unicast 2001:db8:1::/48',
  'show bgp ipv4 flowspec detail',
  'show bgp ipv6 flowspec detail',
];

function vtysh(host: Host, folder: string, ...commands: string[]): Promise<string> {
  const options = commands.flatMap((command) => ['-c', command]);
  return host.run(['vtysh', '--vty_socket', folder, '-d', 'bgpd', ...options]);
}

export const frr: FamilyPeer = {
  name: 'frr',
  programs: ['/usr/lib/frr/bgpd', '/usr/lib/frr/zebra', 'vtysh'],
  families: FAMILIES.map(([name]) => name),
  configure(folder) {
    const neighbors = CRIER_ADDRESSES.map(
      (address, at) => ` neighbor ${address} remote-as ${FAMILY_AS}
 neighbor ${address} update-source ${DAEMON_ADDRESSES[at]}
 neighbor ${address} passive
`,
    );
    const families = FAMILIES.map(([, name]) => {
      const lines = CRIER_ADDRESSES.map(
        (address) => `  neighbor ${address} activate\n  neighbor ${address} route-reflector-client\n`,
      );
      return ` address-family ${name}\n${lines.join('')} exit-address-family\n`;
    });
    writeFileSync(
      join(folder, 'frr.conf'),
      `hostname frr
router bgp ${FAMILY_AS}
 bgp router-id ${DAEMON_ADDRESSES[0]}
 no bgp default ipv4-unicast
${neighbors.join('')}${families.join('')}`,
    );
    // zebra, which knows what next hops can be reached, gives up root for the user of the package.
    chmodSync(folder, 0o777);
    const common = ['-z', join(folder, 'zserv.api'), '-P', '0', '--vty_socket', folder, '--log', 'stdout'];
    return [
      ['/usr/lib/frr/zebra', ...common, '-i', join(folder, 'zebra.pid')],
      [
        '/usr/lib/frr/bgpd',
        ...common,
        '-f',
        join(folder, 'frr.conf'),
        '-S',
        '-p',
        '179',
        '-i',
        join(folder, 'frr.pid'),
      ],
    ];
  },
  isReady: async (host, folder) => (await vtysh(host, folder, 'show version')).includes('FRRouting'),
  isEstablished: async (host, folder, which) =>
    (await vtysh(host, folder, `show bgp neighbors ${CRIER_ADDRESSES[which]}`)).includes('BGP state = Established'),
  // Every entry becomes one line.
  listing: async (host, folder) =>
    (await vtysh(host, folder, ...LISTINGS)).replace(/\n(?!BGP )/g, ' ').replace(/[ \t]+/g, ' '),
  tell: async (host, folder, words) => {
    await vtysh(host, folder, 'configure terminal', `router bgp ${FAMILY_AS}`, ...words.split('; '));
  },
  cannotTake: {
    'flow: unequal': 'it ends the session: "less than or greater than" is an error to it (RFC 8955 section 4.2.1.1)',
    'flow6: offset':
      'it ends the session: it takes whole octets of an address for the pattern of a prefix with an offset (RFC 8956 section 3.1)',
  },
  shows: {
    'a-d per segment': [inOneLine(`Route [1]:[4294967295]:[${ESI}]:`, '10.0.0.9 from', 'RT:65001:1 ESI-label-Rt:AA')],
    'a-d per instance': [inOneLine(`Route [1]:[7]:[${ESI}]:`, '10.0.0.9 from', 'RT:65001:1')],
    'mac-ip': [inOneLine('Route [2]:[0]:[48]:[00:11:22:33:44:55]:[32]:[192.0.2.10] VNI 10000 ', 'RT:65001:1 ET:8')],
    'mac-ip with IPv6': [
      inOneLine('Route [2]:[0]:[48]:[00:11:22:33:44:55]:[128]:[2001:db8::10] VNI 10000 ', 'RT:65001:1 ET:8'),
    ],
    'mac alone with segment and mobility': [
      inOneLine(`Route [2]:[9]:[48]:[00:11:22:33:44:66] VNI ${asRaw(200)} `, `ESI ${ESI}`, 'RT:65001:1 MM:7'),
    ],
    'mac with two labels': [
      inOneLine(
        `Route [2]:[0]:[48]:[00:11:22:33:44:77]:[32]:[192.0.2.77] VNI ${asRaw(300)}/${asRaw(301)} `,
        'RT:65001:1 RT:65001:2',
      ),
    ],
    'inclusive multicast': [
      inOneLine('entry for 65001:1:[3]:[5]:[32]:[10.0.0.9]', 'Tunnel Type: Ingress Replication, label: 1600'),
    ],
    'ethernet segment': [inOneLine(`entry for 10.0.0.9:0:[4]:[${ESI}]:[32]:[10.0.0.9]`, 'RT:65001:1')],
    'ip-prefix': [inOneLine('Route [5]:[0]:[24]:[198.51.100.0] VNI 30000 ', 'RT:65001:1 ET:8')],
    'ip-prefix with gateway': [inOneLine(`Route [5]:[3]:[25]:[203.0.113.128] VNI ${asRaw(400)} `)],
    'ip-prefix with IPv6': [inOneLine('Route [5]:[0]:[48]:[2001:db8:5::] VNI 30000 ', 'RT:65001:1 ET:8')],

    'vpnv4, RD type 0': [
      inOneLine(
        'entry for 65001:1:198.51.100.0/24,',
        '10.0.0.9 from',
        'RT:65001:1 RT:10.0.0.9:2 RT:4200000000:3',
        'Remote label: 1000 ',
      ),
    ],
    'vpnv4, RD type 1': [
      inOneLine('entry for 10.0.0.9:2:198.51.100.0/25,', 'RT:65001:1 SoO:65001:7', 'Remote label: 1001 '),
    ],
    'vpnv4, RD type 2': [
      inOneLine('entry for 4200000000:3:198.51.100.128/25,', 'metric 5,', 'RT:65001:1', 'Remote label: 1002 '),
    ],
    'vpnv4 default route': [inOneLine('entry for 65001:1:0.0.0.0/0,', 'RT:65001:1', 'Remote label: 1003 ')],
    'vpnv6, RD type 0': [
      inOneLine(
        'entry for 65001:1:2001:db8:1::/48,',
        'fd00::9 from',
        'RT:65001:1 RT:10.0.0.9:2 RT:4200000000:3',
        'Remote label: 2000 ',
      ),
    ],
    'vpnv6, RD type 1': [inOneLine('entry for 10.0.0.9:2:2001:db8:2::/64,', 'Remote label: 2001 ')],
    'vpnv6, RD type 2': [inOneLine('entry for 4200000000:3:2001:db8:3::1/128,', 'Remote label: 2002 ')],
    'vpnv6, IPv4-mapped next hop': [
      inOneLine('entry for 65001:1:2001:db8:4::/48,', '::ffff:a00:9 from', 'Remote label: 2003 '),
    ],

    'labeled IPv4': [inOneLine('entry for 198.51.100.0/24,', '10.0.0.9 from', 'Remote label: 800001 ')],
    'labeled IPv4 host': [inOneLine('entry for 203.0.113.7/32,', 'Community: 65001:5', 'Remote label: 3 ')],
    'labeled IPv6': [inOneLine('entry for 2001:db8:1::/48,', 'fd00::9 from', 'Remote label: 17 ')],

    'flow: ports': [
      inOneLine('Source Address 10.0.0.0/8 IP Protocol = 6 Port = 80 , > 8080 , < 8088 ', '65001:1 FS:rate 0.000000'),
    ],
    'flow: destination ports': [
      inOneLine(
        'Destination Address 192.0.2.0/24 IP Protocol = 17 , = 47 Destination Port = 53 , >= 1024 , <= 65535 ',
        'FS:rate 9600.000000',
      ),
    ],
    'flow: flags and fragments': [
      inOneLine(
        'Destination Address 192.0.2.0/25 TCP Flags ∋ 2,&∋ ! 16,|∋ 4 Packet Fragment ∋ 2 ',
        'FS:redirect VRF RT:65001:100',
      ),
    ],
    'flow: lengths and DSCP': [
      inOneLine(
        'Destination Address 192.0.2.128/25 Packet Length > 200 , < 300 , = 1500 DSCP field = 10 , = 20 ',
        'FS:marking 12',
      ),
    ],
    'flow: ICMP': [inOneLine('IP Protocol = 1 ICMP Type = 8 ICMP Code = 0 ', 'FS:action eval stops')],
    'flow6: label': [
      inOneLine('Source Address 2001:db8::/32/off 0 IP Protocol = 17 Packet Flow Label = 77 ', 'FS:rate 0.000000'),
    ],
    'flow6: ports and ICMP': [
      inOneLine(
        'Destination Address 2001:db8:5::/48/off 0 IP Protocol = 58 ICMP Type = 128 DSCP field = 20 ',
        'FS:rate 9600.000000',
      ),
    ],
  },
  cannotShow: {},
  cannotRelay: {
    'a-d per instance': 'it sends label 0 in place of what came',
    'ip-prefix with gateway': 'it sends gateway 0.0.0.0 in place of what came',
  },
  // It has no configuration for flow rules of its own, and EVPN routes but those of type 5 need devices.
  originated: [
    {
      family: 'ipv4 mpls-vpn',
      ...said('ipv4 vpn', 'network 10.9.9.0/24 rd 65001:9 label 501'),
      nlri: { nlri: '10.9.9.0/24', rd: '65001:9', label: [[501]] },
    },
    {
      family: 'ipv6 mpls-vpn',
      ...said('ipv6 vpn', 'network 2001:db8:99::/48 rd 65001:9 label 502'),
      nlri: { nlri: '2001:db8:99::/48', rd: '65001:9', label: [[502]] },
    },
    {
      family: 'l2vpn evpn',
      ...said(
        'l2vpn evpn',
        'network 10.9.8.0/24 rd 65001:9 ethtag 0 label 600 esi 00:00:00:00:00:00:00:00:00:00 gwip 10.9.8.1 routermac 00:00:5e:00:53:01',
      ),
      nlri: { code: 5, rd: '65001:9', ip: '10.9.8.0', iplen: 24 },
    },
  ],
};
