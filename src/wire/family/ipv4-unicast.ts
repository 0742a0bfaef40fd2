/** IPv4 unicast, AFI 1 SAFI 1: the one family whose routes go in the NLRI field of an UPDATE (RFC 4271 section 4.3). */
import { prefixFamily } from './prefix-family.js';

export const ipv4Unicast = prefixFamily(1, 1, 'ipv4 unicast');
