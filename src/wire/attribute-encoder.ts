/**
 * A packed attribute set (attribute-set.ts) -> the path attributes of an UPDATE for one profile. Adds what was not said:
 * ORIGIN, AS_PATH, LOCAL_PREF, NEXT_HOP, OTC; converts for peers with two-octet AS numbers. MP_REACH_NLRI and the NLRI are
 * left to update-writer.ts. The injector has no policy: what was asked is sent, with the flags that were asked.
 * RFC 4271 section 5, RFC 6793 section 4.2.2, RFC 9234 section 5.
 */
import { NO_BYTES, readU16, type Writer } from '../util/bytes.js';
import { toAs4Aggregator, toTwoOctetAggregator } from './attribute/aggregator.js';
import { toAs4Path, toTwoOctetPath } from './attribute/as-segments.js';
import { Flag } from './attribute/types.js';
import { AttributeCode, Safi } from './codes.js';
import type { Family } from './family/types.js';
import { type EncodeProfile, Role } from './negotiated.js';
import { resolveNextHop } from './resolve-next-hop.js';

/**
 * Where an UPDATE has its multiprotocol attributes among the others: as ExaBGP, MP_REACH_NLRI behind all of them and
 * MP_UNREACH_NLRI before (RFC 7606 section 5.1 advises the front for both; receivers must take any place).
 */
export const MP_PLACE = { reach: 'last', unreach: 'first' } as const;

const DEFAULT_LOCAL_PREF = 100;
const AS_SEQUENCE = 2;

const WELL_KNOWN = Flag.transitive;
const OPTIONAL_TRANSITIVE = Flag.optional | Flag.transitive;

/** True for the families that RFC 9234 section 5 speaks of. */
function hasRoles(family: Family): boolean {
  return family.safi === Safi.unicast && family.nextHop.addressSize > 0 && family.nextHop.prefixOctets === 0;
}

/** Writes one attribute; the length takes two octets where it must or the flags ask for it. */
function attribute(out: Writer, flags: number, code: number, source: Uint8Array, from: number, to: number): void {
  const length = to - from;
  if (length > 255 || (flags & Flag.extendedLength) !== 0) {
    out
      .u8(flags | Flag.extendedLength)
      .u8(code)
      .u16(length);
  } else out.u8(flags).u8(code).u8(length);
  out.bytes(source, from, to);
}

function writeAsPath(out: Writer, flags: number, path: Uint8Array, profile: EncodeProfile): void {
  const value = profile.asn4 ? path : toTwoOctetPath(path);
  attribute(out, flags, AttributeCode.asPath, value, 0, value.length);
}

/**
 * Writes the path attributes of a set, ascending by code, without MP_REACH_NLRI.
 * @param set packed as in attribute-set.ts
 * @returns false, and nothing written, when the route must not go to this peer: no usable next hop, or a route that roles
 *   keep from it (RFC 9234 section 5)
 */
export function encodeAttributes(out: Writer, set: Uint8Array, family: Family, profile: EncodeProfile): boolean {
  const nextHop = resolveNextHop(set, family, profile);
  if (nextHop === undefined) return false;

  // One look at the TLVs: which codes are there, and the values that others depend on.
  const first = tlvStart(set);
  let present = 0; // bit per code below 32
  let hasOtc = false;
  let path: Uint8Array | undefined;
  let aggregator: Uint8Array | undefined;
  for (let at = first; at + 4 <= set.length; ) {
    const code = set[at + 1]!;
    const length = readU16(set, at + 2);
    if (code < 32) present |= 1 << code;
    else if (code === AttributeCode.onlyToCustomer) hasOtc = true;
    if (!profile.asn4) {
      if (code === AttributeCode.asPath) path = set.subarray(at + 4, at + 4 + length);
      else if (code === AttributeCode.aggregator) aggregator = set.subarray(at + 4, at + 4 + length);
    }
    at += 4 + length;
  }

  const { localRole } = profile;
  let addOtc = false;
  if (localRole !== undefined && profile.isExternal && hasRoles(family)) {
    const towardsProvider = localRole === Role.customer || localRole === Role.rsClient;
    if (hasOtc && (towardsProvider || localRole === Role.peer)) return false;
    addOtc = !hasOtc && !towardsProvider;
  }

  // What is due besides the TLVs, ascending; each is written before the first TLV with a higher code.
  const owesOrigin = (present & (1 << AttributeCode.origin)) === 0;
  const owesAsPath = (present & (1 << AttributeCode.asPath)) === 0;
  const owesNextHop =
    nextHop.length === 4 &&
    (family.isClassic || family.nextHop.isAlsoAttribute) &&
    (present & (1 << AttributeCode.nextHop)) === 0;
  const owesLocalPref = !profile.isExternal && (present & (1 << AttributeCode.localPref)) === 0;
  let as4Path: Uint8Array | undefined;
  let as4Aggregator: Uint8Array | undefined;
  if (!profile.asn4) {
    if ((present & (1 << AttributeCode.as4Path)) === 0) as4Path = toAs4Path(path ?? defaultPath(profile));
    if (aggregator !== undefined && (present & (1 << AttributeCode.as4Aggregator)) === 0) {
      as4Aggregator = toAs4Aggregator(aggregator);
    }
  }
  let written = 0;
  const catchUp = (code: number): void => {
    if (written < AttributeCode.origin && code > AttributeCode.origin && owesOrigin) {
      out.u8(WELL_KNOWN).u8(AttributeCode.origin).u8(1).u8(0);
    }
    if (written < AttributeCode.asPath && code > AttributeCode.asPath && owesAsPath) {
      writeAsPath(out, WELL_KNOWN, defaultPath(profile), profile);
    }
    if (written < AttributeCode.nextHop && code > AttributeCode.nextHop && owesNextHop) {
      out.u8(WELL_KNOWN).u8(AttributeCode.nextHop).u8(4).bytes(nextHop);
    }
    if (written < AttributeCode.localPref && code > AttributeCode.localPref && owesLocalPref) {
      out.u8(WELL_KNOWN).u8(AttributeCode.localPref).u8(4).u32(DEFAULT_LOCAL_PREF);
    }
    if (written < AttributeCode.as4Path && code > AttributeCode.as4Path && as4Path !== undefined) {
      attribute(out, OPTIONAL_TRANSITIVE, AttributeCode.as4Path, as4Path, 0, as4Path.length);
    }
    if (written < AttributeCode.as4Aggregator && code > AttributeCode.as4Aggregator && as4Aggregator !== undefined) {
      attribute(out, OPTIONAL_TRANSITIVE, AttributeCode.as4Aggregator, as4Aggregator, 0, as4Aggregator.length);
    }
    if (written < AttributeCode.onlyToCustomer && code > AttributeCode.onlyToCustomer && addOtc) {
      out.u8(OPTIONAL_TRANSITIVE).u8(AttributeCode.onlyToCustomer).u8(4).u32(profile.localAs);
    }
    written = code;
  };

  for (let at = first; at + 4 <= set.length; ) {
    const flags = set[at]!;
    const code = set[at + 1]!;
    const from = at + 4;
    at = from + readU16(set, at + 2);
    catchUp(code);
    if (code === AttributeCode.localPref && profile.isExternal) continue; // RFC 4271 section 5.1.5
    // RFC 7311 section 3.3. With other flags it is a raw attribute, sent as it was asked.
    if (code === AttributeCode.aigp && profile.isExternal && !profile.aigp && flags === Flag.optional) continue;
    if (code === AttributeCode.asPath && !profile.asn4) {
      writeAsPath(out, flags, set.subarray(from, at), profile);
    } else if (code === AttributeCode.aggregator && !profile.asn4) {
      const value = toTwoOctetAggregator(set.subarray(from, at));
      attribute(out, flags, code, value, 0, value.length);
    } else attribute(out, flags, code, set, from, at);
  }
  catchUp(256);
  return true;
}

/** Where the TLVs of a packed set begin. */
function tlvStart(set: Uint8Array): number {
  const payload = set[0]! > 1 ? 1 + set[0]! : 1;
  return payload + 2 + readU16(set, payload);
}

/** AS_PATH of a route whose path was not given: the local AS on eBGP, empty on iBGP (RFC 4271 section 5.1.2). */
function defaultPath(profile: EncodeProfile): Uint8Array {
  if (!profile.isExternal) return NO_BYTES;
  const { localAs } = profile;
  return Uint8Array.of(AS_SEQUENCE, 1, localAs >>> 24, localAs >>> 16, localAs >>> 8, localAs);
}
