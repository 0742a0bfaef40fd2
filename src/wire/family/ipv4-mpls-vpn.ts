/** VPN-IPv4, AFI 1 SAFI 128. RFC 4364 section 4.3, 8277. */
import { Afi, Safi } from '../codes.js';
import { labeledFamily } from './labeled-family.js';
import { VPN_IPV4_NEXT_HOP } from './next-hop.js';

export const ipv4MplsVpn = labeledFamily({
  afi: Afi.ipv4,
  safi: Safi.mplsVpn,
  name: 'ipv4 mpls-vpn',
  nextHop: VPN_IPV4_NEXT_HOP,
  hasRd: true,
});
