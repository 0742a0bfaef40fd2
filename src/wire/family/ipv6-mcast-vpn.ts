/** IPv6 multicast VPN, AFI 2 SAFI 5. RFC 6514, 6515. */
import { Afi } from '../codes.js';
import { mcastVpnFamily } from './mcast-vpn-family.js';

export const ipv6McastVpn = mcastVpnFamily(Afi.ipv6, 'ipv6 mcast-vpn');
