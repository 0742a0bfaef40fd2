/** See below: filled by the UPDATE decoder. RFC 4271 section 4.3 and 6.3, RFC 4760, RFC 7606. */
import type { AttributeFault } from './errors.js';
import type { Family } from './family/types.js';

/** A stretch of NLRI of one family as it stands in the message. A view: valid while the message is. */
export interface NlriRun {
  readonly family: Family;
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly addPath: boolean;
  /** Next hop as addresses of the family's size (4, 16 or 32 octets; 0 for none); empty in withdrawals. */
  readonly nextHop: Uint8Array;
}

/** An UPDATE, checked. Nothing in it exists per route. */
export interface DecodedUpdate {
  /** Canonical attribute TLVs (attribute-set.ts) without MP_*, NEXT_HOP and discarded ones; undefined when the message has none. */
  readonly attributes: Uint8Array | undefined;
  /** NEXT_HOP where nothing is announced; absent when there is none. */
  readonly spareNextHop?: Uint8Array;
  readonly announced: readonly NlriRun[];
  /** Also what RFC 7606 turns into withdrawals. */
  readonly withdrawn: readonly NlriRun[];
  /** Set when the message is an End-of-RIB marker (RFC 4724 section 2). */
  readonly endOfRib: Family | undefined;
  /** Survivable faults, for the log. */
  readonly faults: readonly AttributeFault[];
  /** The faults turned the announcements into withdrawals. */
  readonly isTreatedAsWithdraw: boolean;
}
