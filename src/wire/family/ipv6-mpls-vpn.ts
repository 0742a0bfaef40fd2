/** VPN-IPv6, AFI 2 SAFI 128; over an IPv4 backbone with IPv4-mapped next hops. RFC 4659. */
import { Afi, Safi } from '../codes.js';
import { labeledFamily } from './labeled-family.js';
import { VPN_IPV6_NEXT_HOP } from './next-hop.js';

export const ipv6MplsVpn = labeledFamily({
  afi: Afi.ipv6,
  safi: Safi.mplsVpn,
  name: 'ipv6 mpls-vpn',
  nextHop: VPN_IPV6_NEXT_HOP,
  hasRd: true,
});
