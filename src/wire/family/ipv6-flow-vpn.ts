/** IPv6 flow rules of a VPN, AFI 2 SAFI 134. RFC 8956. */
import { flowFamily } from './flow-family.js';

export const ipv6FlowVpn = flowFamily(2, true);
