/** IPv6 flow rules, AFI 2 SAFI 133. RFC 8956. */
import { flowFamily } from './flow-family.js';

export const ipv6Flow = flowFamily(2, false);
