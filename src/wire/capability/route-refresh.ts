/** Route Refresh: codes 2 (RFC 2918 section 2) and 128, which Cisco used before it. */
import { CapabilityCode } from '../codes.js';
import { flagCapability } from './flag.js';

export const routeRefresh = flagCapability(
  CapabilityCode.routeRefresh,
  'route-refresh',
  'route-refresh',
  '"name": "route-refresh", "variant": "RFC"',
  'route refresh',
);

export const routeRefreshCisco = flagCapability(
  CapabilityCode.routeRefreshCisco,
  'route-refresh',
  'cisco-route-refresh',
  '"name": "route-refresh", "variant": "Cisco"',
  'cisco route refresh',
);
