/**
 * What two OPENs agree on; ours is made in offer.ts. Checks of the peer's OPEN that depend on our side: AS number,
 * identifier, hold time, families, role (RFC 4271 section 6.2; RFC 4724, 4760, 5492, 6286, 6793, 7607, 7911, 8654, 8950,
 * 9234, 9494). Syntax was checked by open.ts.
 */
import { equalBytes, NO_BYTES, Writer } from '../util/bytes.js';
import { AddPathMode, addPath } from './capability/add-path.js';
import { asn4 } from './capability/asn4.js';
import { enhancedRouteRefresh } from './capability/enhanced-route-refresh.js';
import { extendedMessage } from './capability/extended-message.js';
import { extendedNextHop } from './capability/extended-next-hop.js';
import { gracefulRestart } from './capability/graceful-restart.js';
import { readCapability } from './capability/index.js';
import { linkLocalNextHop } from './capability/link-local-next-hop.js';
import { longLivedGracefulRestart } from './capability/long-lived-graceful-restart.js';
import { multipleLabels } from './capability/multiple-labels.js';
import { type FamilyNumbers, multiprotocol } from './capability/multiprotocol.js';
import { multisession, multisessionCisco } from './capability/multisession.js';
import { operational } from './capability/operational.js';
import { pathsLimit } from './capability/paths-limit.js';
import { role } from './capability/role.js';
import { routeRefresh, routeRefreshCisco } from './capability/route-refresh.js';
import type { CapabilityType } from './capability/types.js';
import { Afi, AS_TRANS, CapabilityCode, ErrorCode, OpenError, Safi } from './codes.js';
import { NotificationError } from './errors.js';
import { families } from './family/index.js';
import type { Family } from './family/types.js';
import { MAX_EXTENDED_MESSAGE_SIZE, MAX_MESSAGE_SIZE } from './message.js';
import { type Negotiated, type PerFamily, Role } from './negotiated.js';
import type { CapabilityOptions } from './offer.js';
import { asOf, type OpenMessage } from './open.js';

/** What the peer's OPEN is held to. */
export interface PeerExpectation {
  /** "auto": any. A list: one of them. */
  readonly peerAs: number | 'auto' | readonly number[];
  readonly capabilities: Pick<CapabilityOptions, 'role' | 'roleStrict' | 'aigp'>;
  /** Smallest hold time that is accepted besides 0 (RFC 4271 section 6.2: at least 3). */
  readonly minimumHoldTimeSeconds?: number;
}

const SMALLEST_HOLD_TIME_SECONDS = 3;

/** RFC 8950 section 4: NLRI families that may have IPv6 next hops. */
const EXTENDED_NEXT_HOP_SAFIS: readonly number[] = [Safi.unicast, Safi.multicast, Safi.nlriMpls, Safi.mplsVpn, 129];

/**
 * Holds the peer's OPEN against what we expect and sent.
 * @throws NotificationError 2/2, 2/3, 2/6, 2/7 or 2/11
 */
export function negotiate(sent: OpenMessage, received: OpenMessage, expected: PeerExpectation): Negotiated {
  const localAs = asOf(sent);
  const peerAs = asOf(received);
  checkPeerAs(peerAs, expected.peerAs, received);
  checkRouterId(sent.routerId, received.routerId, localAs !== peerAs);
  const holdTimeSeconds = checkHoldTime(
    sent.holdTimeSeconds,
    received.holdTimeSeconds,
    expected.minimumHoldTimeSeconds,
  );

  const has = <Value>(open: OpenMessage, type: CapabilityType<Value>): boolean =>
    readCapability(open.capabilities, type) !== undefined;
  const both = <Value>(type: CapabilityType<Value>): boolean => has(sent, type) && has(received, type);

  const common = commonFamilies(sent, received);
  if (!common.includes(true)) throw noCommonFamily(sent);
  const isExternal = localAs !== peerAs;
  // Roles belong to eBGP sessions (RFC 9234 section 4).
  const roles = isExternal
    ? checkRole(expected.capabilities, readCapability(received.capabilities, role) ?? [])
    : { localRole: undefined, peerRole: undefined };
  const peerRefreshes = has(received, routeRefresh) || has(received, routeRefreshCisco);
  const restart = readCapability(received.capabilities, gracefulRestart);
  const ownRestart = readCapability(sent.capabilities, gracefulRestart);
  const addPathSend = addPathFamilies(sent, received, common);
  const hasMultisession = (open: OpenMessage): boolean => has(open, multisession) || has(open, multisessionCisco);

  return {
    localAs,
    peerAs,
    localRouterId: sent.routerId,
    peerRouterId: received.routerId,
    isExternal,
    asn4: both(asn4),
    holdTimeSeconds,
    // The peer takes large messages if it said so; we must take them if we said so (RFC 8654 section 4).
    sendMessageSize: has(received, extendedMessage) ? MAX_EXTENDED_MESSAGE_SIZE : MAX_MESSAGE_SIZE,
    receiveMessageSize: has(sent, extendedMessage) ? MAX_EXTENDED_MESSAGE_SIZE : MAX_MESSAGE_SIZE,
    families: common,
    addPathSend,
    addPathReceive: addPathFamilies(received, sent, common),
    extendedNextHop: extendedNextHopFamilies(sent, received, common),
    multipleLabels: multipleLabelsFamilies(sent, received, common),
    labelLimits: labelLimits(received, multipleLabelsFamilies(sent, received, common)),
    refresh: both(enhancedRouteRefresh) ? 'enhanced' : peerRefreshes ? 'normal' : 'absent',
    ...roles,
    aigp: expected.capabilities.aigp,
    peerGracefulRestart: restart !== undefined,
    gracefulNotification: restart?.notification === true && ownRestart?.notification === true,
    // Without the other it is as if it were absent (RFC 9494 section 3.1). A peer that only helps names no family.
    peerLongLived: restart !== undefined && has(received, longLivedGracefulRestart),
    pathsLimit: pathsLimits(received, addPathSend),
    linkLocalNextHop: both(linkLocalNextHop),
    multisession: hasMultisession(sent) && hasMultisession(received),
    operational: both(operational),
  };
}

function openError(subcode: number, reason: string, data: Uint8Array = NO_BYTES): NotificationError {
  return new NotificationError(ErrorCode.open, subcode, data, reason);
}

/** RFC 4271 section 6.2, RFC 7607 (AS 0), RFC 6793 section 4.1 (AS_TRANS is nobody's number). */
function checkPeerAs(peerAs: number, expected: PeerExpectation['peerAs'], received: OpenMessage): void {
  if (received.as === 0 || peerAs === 0) throw openError(OpenError.badPeerAs, 'the AS number is 0');
  const allowed = typeof expected === 'number' ? [expected] : expected;
  if (allowed !== 'auto' && !allowed.includes(peerAs)) {
    throw openError(OpenError.badPeerAs, `AS ${peerAs}, not ${allowed.join(' or ')}`);
  }
  if (peerAs === AS_TRANS) throw openError(OpenError.badPeerAs, `AS ${AS_TRANS} stands for another number`);
}

/** RFC 6286 section 2.2: not zero, and within one AS not our own. */
function checkRouterId(ours: Uint8Array, theirs: Uint8Array, isExternal: boolean): void {
  if (theirs.every((octet) => octet === 0)) throw openError(OpenError.badBgpIdentifier, 'the identifier is 0.0.0.0');
  if (!isExternal && equalBytes(ours, theirs)) throw openError(OpenError.badBgpIdentifier, 'the identifier is our own');
}

/** RFC 4271 section 4.2: the smaller of both, 0 or at least 3. */
function checkHoldTime(ours: number, theirs: number, minimum = SMALLEST_HOLD_TIME_SECONDS): number {
  if (theirs !== 0 && theirs < Math.max(minimum, SMALLEST_HOLD_TIME_SECONDS)) {
    throw openError(OpenError.unacceptableHoldTime, `a hold time of ${theirs} seconds`);
  }
  return Math.min(ours, theirs);
}

/** Whether an OPEN offers a family: without any multiprotocol capability IPv4 unicast is meant (RFC 4760 section 8). */
function offers(open: OpenMessage): (family: Family) => boolean {
  const offered = readCapability(open.capabilities, multiprotocol) ?? [{ afi: Afi.ipv4, safi: Safi.unicast }];
  return (family) => offered.some(({ afi, safi }) => afi === family.afi && safi === family.safi);
}

function commonFamilies(sent: OpenMessage, received: OpenMessage): PerFamily {
  const weOffer = offers(sent);
  const theyOffer = offers(received);
  return families.map((family) => weOffer(family) && theyOffer(family));
}

/** RFC 5492 section 3: the capabilities that are missing are the data. */
function noCommonFamily(sent: OpenMessage): NotificationError {
  const data = new Writer(64);
  for (const { code, value } of sent.capabilities) {
    if (code === CapabilityCode.multiprotocol) data.u8(code).u8(value.length).bytes(value);
  }
  return openError(OpenError.unsupportedCapability, 'no address family in common', data.finish());
}

/** Families where `sender` may send path identifiers to `receiver` (RFC 7911 section 4). */
function addPathFamilies(sender: OpenMessage, receiver: OpenMessage, common: PerFamily): PerFamily {
  const sends = readCapability(sender.capabilities, addPath) ?? [];
  const receives = readCapability(receiver.capabilities, addPath) ?? [];
  return families.map(
    (family, index) =>
      common[index] === true &&
      sends.some((s) => s.afi === family.afi && s.safi === family.safi && (s.mode & AddPathMode.send) !== 0) &&
      receives.some((r) => r.afi === family.afi && r.safi === family.safi && (r.mode & AddPathMode.receive) !== 0),
  );
}

/** What the peer asks for, in families where we send path identifiers. */
function pathsLimits(received: OpenMessage, addPathSend: PerFamily): number[] {
  const limits = readCapability(received.capabilities, pathsLimit) ?? [];
  return families.map((family, index) => {
    const asked = limits.find(({ afi, safi }) => afi === family.afi && safi === family.safi);
    return addPathSend[index] === true ? (asked?.limit ?? 0) : 0;
  });
}

function extendedNextHopFamilies(sent: OpenMessage, received: OpenMessage, common: PerFamily): PerFamily {
  const speaks = (open: OpenMessage, family: Family): boolean =>
    (readCapability(open.capabilities, extendedNextHop) ?? []).some(
      ({ afi, safi, nextHopAfi }) => afi === family.afi && safi === family.safi && nextHopAfi === Afi.ipv6,
    );
  return families.map(
    (family, index) =>
      common[index] === true &&
      family.afi === Afi.ipv4 &&
      EXTENDED_NEXT_HOP_SAFIS.includes(family.safi) &&
      speaks(sent, family) &&
      speaks(received, family),
  );
}

/** Families where both said how many labels they take (RFC 8277 section 2.1). */
function multipleLabelsFamilies(sent: OpenMessage, received: OpenMessage, common: PerFamily): PerFamily {
  const ours = readCapability(sent.capabilities, multipleLabels) ?? [];
  const theirs = readCapability(received.capabilities, multipleLabels) ?? [];
  const isIn = (counts: readonly FamilyNumbers[], { afi, safi }: Family): boolean =>
    counts.some((one) => one.afi === afi && one.safi === safi);
  return families.map((family, index) => common[index] === true && isIn(ours, family) && isIn(theirs, family));
}

/** How many labels the peer takes: one where not both have the capability, else what it said, at least one. */
function labelLimits(received: OpenMessage, hasMultiple: PerFamily): number[] {
  const theirs = readCapability(received.capabilities, multipleLabels) ?? [];
  return families.map(({ afi, safi }, index) => {
    if (hasMultiple[index] !== true) return 1;
    return Math.max(1, theirs.find((one) => one.afi === afi && one.safi === safi)?.count ?? 1);
  });
}

/** Which role the other side must have (RFC 9234 section 4.2). */
const COUNTERPART: Readonly<Record<Role, Role>> = {
  [Role.provider]: Role.customer,
  [Role.customer]: Role.provider,
  [Role.rs]: Role.rsClient,
  [Role.rsClient]: Role.rs,
  [Role.peer]: Role.peer,
};

function checkRole(
  ours: PeerExpectation['capabilities'],
  theirs: readonly number[],
): Pick<Negotiated, 'localRole' | 'peerRole'> {
  const { role: localRole, roleStrict } = ours;
  if (localRole === undefined) return { localRole: undefined, peerRole: undefined };
  if (theirs.length > 1) throw openError(OpenError.roleMismatch, `several roles: ${theirs.join(', ')}`);
  const [theirRole] = theirs;
  if (theirRole === undefined) {
    if (roleStrict) throw openError(OpenError.roleMismatch, 'the peer has no role');
    return { localRole, peerRole: undefined };
  }
  const peerRole = COUNTERPART[localRole];
  if (theirRole !== peerRole) throw openError(OpenError.roleMismatch, `role ${theirRole} against our ${localRole}`);
  return { localRole, peerRole };
}
