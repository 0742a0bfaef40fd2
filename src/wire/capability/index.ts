/** The capabilities that the codec knows: one line each. What is not here is kept as it came and otherwise ignored. */
import { Reader } from '../../util/bytes.js';
import { addPath } from './add-path.js';
import { asn4 } from './asn4.js';
import { enhancedRouteRefresh } from './enhanced-route-refresh.js';
import { extendedMessage } from './extended-message.js';
import { extendedNextHop } from './extended-next-hop.js';
import { fqdn } from './fqdn.js';
import { gracefulRestart } from './graceful-restart.js';
import { linkLocalNextHop } from './link-local-next-hop.js';
import { longLivedGracefulRestart } from './long-lived-graceful-restart.js';
import { multipleLabels } from './multiple-labels.js';
import { multiprotocol } from './multiprotocol.js';
import { multisession, multisessionCisco } from './multisession.js';
import { operational } from './operational.js';
import { pathsLimit } from './paths-limit.js';
import { role } from './role.js';
import { routeRefresh, routeRefreshCisco } from './route-refresh.js';
import { softwareVersion } from './software-version.js';
import type { CapabilityTlv, CapabilityType } from './types.js';

/** All known capabilities. Values are opaque here: use the types by name where their content matters. */
export const capabilityTypes: readonly CapabilityType<unknown>[] = [
  multiprotocol,
  routeRefresh,
  extendedNextHop,
  extendedMessage,
  multipleLabels,
  role,
  gracefulRestart,
  asn4,
  multisession,
  addPath,
  enhancedRouteRefresh,
  fqdn,
  softwareVersion,
  routeRefreshCisco,
  multisessionCisco,
  operational,
  longLivedGracefulRestart,
  pathsLimit,
  linkLocalNextHop,
];

const byCode = new Map(capabilityTypes.map((type) => [type.code, type]));

/** @returns the known capability of this code, or undefined */
export function capabilityType(code: number): CapabilityType<unknown> | undefined {
  return byCode.get(code);
}

/**
 * Folds all TLVs of one code.
 * @returns what they say together; undefined when there is none or none is well-formed
 * @throws NotificationError where the capability's own rule asks for it
 */
export function readCapability<Value>(tlvs: readonly CapabilityTlv[], type: CapabilityType<Value>): Value | undefined {
  let value: Value | undefined;
  for (const tlv of tlvs) if (tlv.code === type.code) value = type.decode(new Reader(tlv.value), value);
  return value;
}

/** @returns the TLVs that say `value` */
export function writeCapability<Value>(type: CapabilityType<Value>, value: Value): CapabilityTlv[] {
  return type.encode(value).map((octets) => ({ code: type.code, value: octets }));
}
