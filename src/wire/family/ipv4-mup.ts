/** IPv4 routes of mobile user planes, AFI 1 SAFI 85 (draft-ietf-bess-mup-safi). */
import { mupFamily } from './mup-family.js';

export const ipv4Mup = mupFamily(1);
