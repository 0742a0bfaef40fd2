/** IPv4 multicast (routes for reverse path checks), AFI 1 SAFI 2. RFC 4760. */
import { prefixFamily } from './prefix-family.js';

export const ipv4Multicast = prefixFamily(1, 2, 'ipv4 multicast');
