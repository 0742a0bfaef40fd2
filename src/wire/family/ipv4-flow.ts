/** IPv4 flow rules, AFI 1 SAFI 133. RFC 8955. */
import { flowFamily } from './flow-family.js';

export const ipv4Flow = flowFamily(1, false);
