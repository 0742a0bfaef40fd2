/** IPv6 routes of mobile user planes, AFI 2 SAFI 85 (draft-ietf-bess-mup-safi). */
import { mupFamily } from './mup-family.js';

export const ipv6Mup = mupFamily(2);
