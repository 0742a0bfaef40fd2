/** IPv6 unicast, AFI 2 SAFI 1. RFC 4760, 2545. */
import { prefixFamily } from './prefix-family.js';

export const ipv6Unicast = prefixFamily(2, 1, 'ipv6 unicast');
