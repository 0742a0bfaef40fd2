/** IPv6 multicast (routes for reverse path checks), AFI 2 SAFI 2. RFC 4760, 2545. */
import { prefixFamily } from './prefix-family.js';

export const ipv6Multicast = prefixFamily(2, 2, 'ipv6 multicast');
