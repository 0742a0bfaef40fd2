/** Enhanced Route Refresh: begin and end markers around a refresh (RFC 7313 section 3.1). */
import { CapabilityCode } from '../codes.js';
import { flagCapability } from './flag.js';

export const enhancedRouteRefresh = flagCapability(
  CapabilityCode.enhancedRouteRefresh,
  'enhanced-route-refresh',
  'enhanced-route-refresh',
  '"name": "enhanced-route-refresh"',
  'enhanced route refresh',
);
