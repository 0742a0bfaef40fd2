/** Link state of VPNs, AFI 16388 SAFI 72 (RFC 9552). */
import { bgpLsFamily } from './bgp-ls-family.js';

export const bgpLsVpn = bgpLsFamily(72, 'bgp-ls bgp-ls-vpn');
