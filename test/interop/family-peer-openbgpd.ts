/** OpenBGPD as a peer of VPN routes, which it keeps and sends on; on Linux it originates none. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRIER_ADDRESSES, DAEMON_ADDRESSES, FAMILY_AS, type FamilyPeer, inOneLine } from './family-peer.js';
import type { Host } from './network.js';

/** The octets are those that BIRD, FRR and GoBGP take the routes back by (RFC 8277 section 2.4). */
const KEPT = '7.7 keeps VPN routes, be the label of the withdrawal 0x800000 or the one that was announced';

function bgpctl(host: Host, folder: string, words: string): Promise<string> {
  return host.run(['bgpctl', '-s', join(folder, 'bgpd.sock'), ...words.split(' ')]);
}

export const openbgpd: FamilyPeer = {
  name: 'openbgpd',
  programs: ['/usr/sbin/bgpd', 'bgpctl'],
  families: ['ipv4 mpls-vpn', 'ipv6 mpls-vpn'],
  configure(folder) {
    const path = join(folder, 'bgpd.conf');
    const neighbors = CRIER_ADDRESSES.map(
      (address, at) => `neighbor ${address} {
  remote-as ${FAMILY_AS}
  local-address ${DAEMON_ADDRESSES[at]}
  passive
  route-reflector
  announce IPv4 unicast
  announce IPv4 vpn
  announce IPv6 vpn
}
`,
    );
    writeFileSync(
      path,
      `AS ${FAMILY_AS}
router-id ${DAEMON_ADDRESSES[0]}
fib-update no
nexthop qualify via default
socket "${join(folder, 'bgpd.sock')}"
${DAEMON_ADDRESSES.map((address) => `listen on ${address}\n`).join('')}${neighbors.join('')}allow from any
allow to any
`,
    );
    // Nobody but root may read its configuration.
    chmodSync(path, 0o600);
    mkdirSync('/run/openbgpd', { recursive: true });
    return [['/usr/sbin/bgpd', '-d', '-v', '-f', path]];
  },
  isReady: async (host, folder) => (await bgpctl(host, folder, 'show summary')).includes('Neighbor'),
  isEstablished: async (host, folder, which) =>
    JSON.parse(await bgpctl(host, folder, `-j show neighbor ${CRIER_ADDRESSES[which]}`)).neighbors?.[0]?.state ===
    'Established',
  // Every entry becomes one line; labels are not shown.
  async listing(host, folder) {
    const text =
      (await bgpctl(host, folder, `show rib in detail vpnv4 neighbor ${CRIER_ADDRESSES[0]}`)) +
      (await bgpctl(host, folder, `show rib in detail vpnv6 neighbor ${CRIER_ADDRESSES[0]}`));
    return text.replace(/\n(?!\nBGP |BGP )/g, ' ').replace(/[ \t]+/g, ' ');
  },
  shows: {
    'vpnv4, RD type 0': [
      inOneLine('rd 65001:1 198.51.100.0/24 ', 'Nexthop 10.0.0.9 ', 'rt 65001:1 rt 10.0.0.9:2 rt 4200000000:3 '),
    ],
    'vpnv4, RD type 1': [inOneLine('rd 10.0.0.9:2 198.51.100.0/25 ', 'rt 65001:1 soo 65001:7 ')],
    'vpnv4, RD type 2': [inOneLine('rd 4200000000:3 198.51.100.128/25 ', 'metric 5,', 'rt 65001:1 ')],
    'vpnv4 default route': [inOneLine('rd 65001:1 0.0.0.0/0 ', 'rt 65001:1 ')],
    'vpnv6, RD type 0': [
      inOneLine('rd 65001:1 2001:db8:1::/48 ', 'Nexthop fd00::9 ', 'rt 65001:1 rt 10.0.0.9:2 rt 4200000000:3 '),
    ],
    'vpnv6, RD type 1': [inOneLine('rd 10.0.0.9:2 2001:db8:2::/64 ', 'rt 65001:1 ')],
    'vpnv6, RD type 2': [inOneLine('rd 4200000000:3 2001:db8:3::1/128 ', 'rt 65001:1 ')],
    'vpnv6, IPv4-mapped next hop': [inOneLine('rd 65001:1 2001:db8:4::/48 ', 'Nexthop ::ffff:10.0.0.9 ')],
  },
  cannotShow: {},
  cannotRelay: {},
  keeps: {
    'vpnv4, RD type 0': KEPT,
    'vpnv4, RD type 1': KEPT,
    'vpnv4, RD type 2': KEPT,
    'vpnv4 default route': KEPT,
    'vpnv6, RD type 0': KEPT,
    'vpnv6, RD type 1': KEPT,
    'vpnv6, RD type 2': KEPT,
    'vpnv6, IPv4-mapped next hop': KEPT,
  },
  originated: [],
};
