/** Link state, AFI 16388 SAFI 71 (RFC 9552). */
import { bgpLsFamily } from './bgp-ls-family.js';

export const bgpLs = bgpLsFamily(71, 'bgp-ls bgp-ls');
