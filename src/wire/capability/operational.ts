/** Operational messages (an abandoned draft, code 185): named in events, never negotiated. */
import { CapabilityCode } from '../codes.js';
import { flagCapability } from './flag.js';

export const operational = flagCapability(
  CapabilityCode.operational,
  'operational',
  'exabgp-experimental-operational',
  '"name": "operational"',
  'operational',
);
