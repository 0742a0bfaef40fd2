/** IPv6 labeled unicast, AFI 2 SAFI 4; over an IPv4 backbone with IPv4-mapped next hops. RFC 8277, 4798. */
import { Afi, Safi } from '../codes.js';
import { labeledFamily } from './labeled-family.js';
import { LABELED_IPV6_NEXT_HOP } from './next-hop.js';

export const ipv6NlriMpls = labeledFamily({
  afi: Afi.ipv6,
  safi: Safi.nlriMpls,
  name: 'ipv6 nlri-mpls',
  nextHop: LABELED_IPV6_NEXT_HOP,
  hasRd: false,
});
