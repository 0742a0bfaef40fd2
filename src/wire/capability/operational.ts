/** Operational messages (draft-ietf-idr-operational-message section 3.1); code 185 is ExaBGP's, IANA never gave one. */
import { CapabilityCode } from '../codes.js';
import { flagCapability } from './flag.js';

export const operational = flagCapability(
  CapabilityCode.operational,
  'operational',
  'exabgp-experimental-operational',
  '"name": "operational"',
  'operational',
);
