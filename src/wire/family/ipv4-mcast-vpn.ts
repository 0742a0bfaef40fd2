/** IPv4 multicast VPN, AFI 1 SAFI 5. RFC 6514. */
import { Afi } from '../codes.js';
import { mcastVpnFamily } from './mcast-vpn-family.js';

export const ipv4McastVpn = mcastVpnFamily(Afi.ipv4, 'ipv4 mcast-vpn');
