/** SR policies with IPv4 endpoints, AFI 1 SAFI 73 (RFC 9830). */
import { srPolicyFamily } from './sr-policy-family.js';

export const ipv4SrPolicy = srPolicyFamily(1);
