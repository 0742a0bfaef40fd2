/** SR policies with IPv6 endpoints, AFI 2 SAFI 73 (RFC 9830). */
import { srPolicyFamily } from './sr-policy-family.js';

export const ipv6SrPolicy = srPolicyFamily(2);
