/** IPv4 flow rules of a VPN, AFI 1 SAFI 134. RFC 8955. */
import { flowFamily } from './flow-family.js';

export const ipv4FlowVpn = flowFamily(1, true);
