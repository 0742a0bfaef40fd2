/** IPv4 labeled unicast, AFI 1 SAFI 4. RFC 8277. */
import { Afi, Safi } from '../codes.js';
import { labeledFamily } from './labeled-family.js';
import { IPV4_NEXT_HOP } from './next-hop.js';

export const ipv4NlriMpls = labeledFamily({
  afi: Afi.ipv4,
  safi: Safi.nlriMpls,
  name: 'ipv4 nlri-mpls',
  nextHop: IPV4_NEXT_HOP,
  hasRd: false,
});
