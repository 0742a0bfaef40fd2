/** BIRD 2 as a peer of flow rules, VPN and labeled routes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CRIER_ADDRESSES,
  DAEMON_ADDRESSES,
  FAMILY_AS,
  type FamilyPeer,
  inOneLine,
  type Originated,
} from './family-peer.js';
import type { Host } from './network.js';

const ORIGINATED = `protocol static vpns4 { vpn4; route 65001:9 10.9.9.0/24 via 10.0.0.102 mpls 501; }
protocol static vpns6 { vpn6; route 10.0.0.101:9 2001:db8:99::/48 via fd00::101 mpls 502; }
protocol static rules4 { flow4;
  route flow4 { dst 10.9.0.0/24; proto = 6; dport 80, 8000..8080; tcp flags 0x02/0x12; };
  route flow4 { src 10.9.1.7/32; fragment is_fragment && !first_fragment; dscp 10; };
}
protocol static rules6 { flow6;
  route flow6 { dst 2001:db8:9::/48; next header 17; length 100..200; label 5; };
  route flow6 { dst ::1234:5678:9a00:0/104 offset 72; };
}
`;

function config(isOriginating: boolean): string {
  const channel = (name: string, extra = ''): string =>
    `${name} { ${extra} import all; export where source = RTS_STATIC || proto = "to_crier0"; };`;
  const session = (at: 0 | 1): string => `protocol bgp to_crier${at} {
  local ${DAEMON_ADDRESSES[at]} port 179 as ${FAMILY_AS}; neighbor ${CRIER_ADDRESSES[at]} as ${FAMILY_AS};
  strict bind on; passive on; rr client; connect retry time 1; error wait time 1, 2;
  ${channel('vpn4 mpls', 'next hop keep;')} ${channel('vpn6 mpls', 'next hop keep;')}
  ${channel('ipv4 mpls', 'next hop keep;')} ${channel('ipv6 mpls', 'next hop keep;')}
  ${channel('flow4')} ${channel('flow6')}
}
`;
  return `log stderr all; router id ${DAEMON_ADDRESSES[0]};
vpn4 table vpntab4; vpn6 table vpntab6; flow4 table flowtab4; flow6 table flowtab6;
protocol device {}
protocol direct { ipv4; ipv6; }
${isOriginating ? ORIGINATED : ''}${session(0)}${session(1)}`;
}

function birdc(host: Host, folder: string, command: string): Promise<string> {
  return host.run(['birdc', '-s', join(folder, 'bird.sock'), ...command.split(' ')]);
}

function originated(family: string, nlri: Readonly<Record<string, unknown>>): Originated {
  return { family, say: 'originate', takeBack: 'originate nothing', nlri };
}

export const bird: FamilyPeer = {
  name: 'bird',
  programs: ['bird', 'birdc'],
  families: ['ipv4 mpls-vpn', 'ipv6 mpls-vpn', 'ipv4 nlri-mpls', 'ipv6 nlri-mpls', 'ipv4 flow', 'ipv6 flow'],
  configure(folder) {
    writeFileSync(join(folder, 'bird.conf'), config(false));
    return [['bird', '-f', '-c', 'bird.conf', '-s', 'bird.sock', '-P', 'bird.pid']];
  },
  isReady: async (host, folder) => (await birdc(host, folder, 'show status')).includes('up and running'),
  isEstablished: async (host, folder, which) =>
    (await birdc(host, folder, `show protocols to_crier${which}`)).includes('Established'),
  // Every route becomes one line.
  async listing(host, folder) {
    let text = '';
    for (const table of ['vpntab4', 'vpntab6', 'master4', 'master6', 'flowtab4', 'flowtab6']) {
      text += await birdc(host, folder, `show route all table ${table} protocol to_crier0`);
    }
    return text.replace(/\n[ \t]+/g, ' ');
  },
  tell: async (host, folder, words) => {
    writeFileSync(join(folder, 'bird.conf'), config(words === 'originate'));
    await birdc(host, folder, 'configure');
  },
  cannotTake: {
    'vpnv6, IPv4-mapped next hop':
      'it withdraws the route: it takes the mapped address for one of another family, which RFC 4659 section 3.2.1.2 asks for',
  },
  shows: {
    'vpnv4, RD type 0': [
      inOneLine(
        '65001:1 198.51.100.0/24 ',
        'next_hop: 10.0.0.9 ',
        '(rt, 65001, 1) (rt, 10.0.0.9, 2) (rt, 4200000000, 3) BGP.mpls_label_stack: 1000',
      ),
    ],
    'vpnv4, RD type 1': [
      inOneLine('10.0.0.9:2 198.51.100.0/25 ', '(rt, 65001, 1) (ro, 65001, 7) BGP.mpls_label_stack: 1001'),
    ],
    'vpnv4, RD type 2': [inOneLine('4200000000:3 198.51.100.128/25 ', 'med: 5 ', 'mpls_label_stack: 1002')],
    'vpnv4 default route': [inOneLine('65001:1 0.0.0.0/0 ', 'mpls_label_stack: 1003')],
    'vpnv6, RD type 0': [
      inOneLine(
        '65001:1 2001:db8:1::/48 ',
        'next_hop: fd00::9 ',
        '(rt, 65001, 1) (rt, 10.0.0.9, 2) (rt, 4200000000, 3) BGP.mpls_label_stack: 2000',
      ),
    ],
    'vpnv6, RD type 1': [inOneLine('10.0.0.9:2 2001:db8:2::/64 ', 'mpls_label_stack: 2001')],
    'vpnv6, RD type 2': [inOneLine('4200000000:3 2001:db8:3::1/128 ', 'mpls_label_stack: 2002')],

    'labeled IPv4': [inOneLine('\n198.51.100.0/24 ', 'next_hop: 10.0.0.9 ', 'mpls_label_stack: 800001')],
    'labeled IPv4 host': [inOneLine('\n203.0.113.7/32 ', 'community: (65001,5) ', 'mpls_label_stack: 3')],
    'labeled IPv6': [inOneLine('\n2001:db8:1::/48 ', 'next_hop: fd00::9 ', 'mpls_label_stack: 17')],

    'flow: ports': [
      inOneLine('flow4 { src 10.0.0.0/8; proto 6; port 80 || > 8080 && < 8088; }', '(generic, 0x80060000, 0x0)'),
    ],
    'flow: destination ports': [
      inOneLine('flow4 { dst 192.0.2.0/24; proto 17,47; dport 53,1024..65535; }', '(generic, 0x80060000, 0x46160000)'),
    ],
    'flow: unequal': [inOneLine('flow4 { dst 203.0.113.0/24; sport != 123; }', '(generic, 0x80060000, 0x447a0000)')],
    'flow: flags and fragments': [
      inOneLine(
        'flow4 { dst 192.0.2.0/25; tcp flags !0x0/0x2 && 0x0/0x10 || !0x0/0x4; fragment !!is_fragment; }',
        '(generic, 0x8008fde9, 0x64)',
      ),
    ],
    'flow: lengths and DSCP': [
      inOneLine(
        'flow4 { dst 192.0.2.128/25; length > 200 && < 300 || 1500; dscp 10,20; }',
        '(generic, 0x80090000, 0xc)',
      ),
    ],
    'flow: ICMP': [
      inOneLine('flow4 { dst 198.51.100.1/32; proto 1; icmp type 8; icmp code 0; }', '(generic, 0x80070000, 0x3)'),
    ],
    'flow6: label': [inOneLine('flow6 { src 2001:db8::/32; next header 17; label 77; }', '(generic, 0x80060000, 0x0)')],
    'flow6: ports and ICMP': [
      inOneLine(
        'flow6 { dst 2001:db8:5::/48; next header 58; icmp type 128; dscp 20; }',
        '(generic, 0x80060000, 0x46160000)',
      ),
    ],
    'flow6: offset': [inOneLine('flow6 { dst ::1234:5678:9a00:0/104 offset 64; }')],
  },
  cannotShow: {},
  cannotRelay: {},
  originated: [
    originated('ipv4 mpls-vpn', { nlri: '10.9.9.0/24', rd: '65001:9', label: [[501]] }),
    originated('ipv6 mpls-vpn', { nlri: '2001:db8:99::/48', rd: '10.0.0.101:9', label: [[502]] }),
    originated('ipv4 flow', {
      'destination-ipv4': ['10.9.0.0/24'],
      protocol: ['=tcp'],
      'destination-port': ['=80', '>=8000&<=8080'],
      'tcp-flags': ['=syn&!ack'],
    }),
    originated('ipv4 flow', {
      'source-ipv4': ['10.9.1.7/32'],
      dscp: ['=10'],
      fragment: ['=is-fragment&!first-fragment'],
    }),
    originated('ipv6 flow', {
      'destination-ipv6': ['2001:db8:9::/48/0'],
      'next-header': ['=udp'],
      'packet-length': ['>=100&<=200'],
      'flow-label': ['=5'],
    }),
    originated('ipv6 flow', { 'destination-ipv6': ['::34:5678:9a00:0/104/72'] }),
  ],
};
