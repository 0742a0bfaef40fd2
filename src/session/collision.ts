/**
 * Connection collision detection: which of two connections with one neighbor stays. Pure. RFC 4271 section 6.8, RFC 6286
 * section 2.3 (equal identifiers), RFC 4724 sections 4.2 and 5 (the neighbor restarted).
 */
import { FsmState } from './fsm-types.js';

/** The side whose connection stays is found by these. */
export interface Identities {
  /** 4 octets each. */
  readonly localRouterId: Uint8Array;
  readonly peerRouterId: Uint8Array;
  readonly localAs: number;
  readonly peerAs: number;
}

/**
 * - `keepBoth`: nothing collides yet
 * - `closeNew`, `closeOld`: with Cease, Connection Collision Resolution
 * - `replaceOld`: the old one is dead and is closed without NOTIFICATION
 */
export type CollisionVerdict = 'keepBoth' | 'closeNew' | 'closeOld' | 'replaceOld';

/** Unsigned comparison of two BGP identifiers: negative, 0 or positive. */
function compareIdentifiers(one: Uint8Array, two: Uint8Array): number {
  for (let i = 0; i < 4; i++) if (one[i] !== two[i]) return one[i]! - two[i]!;
  return 0;
}

/**
 * Whose connection stays: that of the higher identifier; with equal ones that of the larger AS number.
 * @returns true when it is ours
 */
export function isOursKept({ localRouterId, peerRouterId, localAs, peerAs }: Identities): boolean {
  const order = compareIdentifiers(localRouterId, peerRouterId);
  return order !== 0 ? order > 0 : localAs > peerAs;
}

/**
 * A valid OPEN came on the connection "new" while "old" exists. Only OpenConfirm and Established collide: in OpenSent
 * nothing is known of the other end of "old" (RFC 4271 section 6.8 leaves it open), and the OPEN that comes there is
 * judged in its turn.
 * @param isNewOurs, isOldOurs we opened that connection
 * @param isRestart graceful restart with at least one family was received on the Established session
 */
export function resolveCollision(
  oldState: FsmState,
  isNewOurs: boolean,
  isOldOurs: boolean,
  isRestart: boolean,
  identities: Identities,
): CollisionVerdict {
  if (oldState === FsmState.established) return isRestart ? 'replaceOld' : 'closeNew';
  if (oldState !== FsmState.openConfirm) return 'keepBoth';
  // Both opened by one side: it would not have opened the second had it still the first.
  if (isNewOurs === isOldOurs) return 'closeOld';
  return isOursKept(identities) === isNewOurs ? 'closeOld' : 'closeNew';
}
