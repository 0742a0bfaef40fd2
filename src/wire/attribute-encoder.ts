/**
 * A packed attribute set (attribute-set.ts) -> the path attributes of an UPDATE for one profile. Adds what was not said:
 * ORIGIN, AS_PATH, LOCAL_PREF, NEXT_HOP, OTC; converts for peers with two-octet AS numbers. MP_REACH_NLRI and the NLRI are
 * left to update-writer.ts. The injector has no policy: what was asked is sent, with the flags that were asked.
 * RFC 4271 section 5, RFC 6793 section 4.2.2, RFC 9234 section 5.
 */
import { NO_BYTES, readU16, type Writer } from '../util/bytes.js';
import { toAs4Aggregator, toTwoOctetAggregator } from './attribute/aggregator.js';
import { packSegments, SegmentType, toAs4Path, toTwoOctetPath } from './attribute/as-segments.js';
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

const WELL_KNOWN = Flag.transitive;
const OPTIONAL_TRANSITIVE = Flag.optional | Flag.transitive;

/** Whole attributes that are the same for everybody. */
const ORIGIN_IGP = Uint8Array.of(WELL_KNOWN, AttributeCode.origin, 1, 0);
const LOCAL_PREF_100 = Uint8Array.of(WELL_KNOWN, AttributeCode.localPref, 4, 0, 0, 0, 100);

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

/**
 * Writes the path attributes of a set, ascending by code, without MP_REACH_NLRI.
 * @param set packed as in attribute-set.ts
 * @param nextHop as resolve-next-hop.ts gives it for this set, family and profile
 * @returns false, and nothing written, when the route must not go to this peer: no usable next hop, or a route that roles
 *   keep from it (RFC 9234 section 5)
 */
export function encodeAttributes(
  out: Writer,
  set: Uint8Array,
  family: Family,
  profile: EncodeProfile,
  nextHop = resolveNextHop(set, family, profile),
): boolean {
  return nextHop !== undefined && encode(out, set, nextHop, family, profile, true);
}

/**
 * Writes the path attributes that go with a withdrawal as ExaBGP sends it, without MP_UNREACH_NLRI. Receivers have no use
 * for them (RFC 4760 section 4). Plain prefixes get only what was asked for.
 */
export function encodeWithdrawnAttributes(out: Writer, set: Uint8Array, family: Family, profile: EncodeProfile): void {
  const nextHop = resolveNextHop(set, family, profile) ?? NO_BYTES;
  const isNone = nextHop.every((octet) => octet === 0);
  encode(out, set, isNone ? NO_BYTES : nextHop, family, profile, family.prefixSize === undefined);
}

/** @param hasDefaults false: nothing is added to what the set has */
function encode(
  out: Writer,
  set: Uint8Array,
  nextHop: Uint8Array,
  family: Family,
  profile: EncodeProfile,
  hasDefaults: boolean,
): boolean {
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

  // What is owed besides the TLVs, a bit per code; each is written before the first TLV with a higher code.
  const defaults = defaultsOf(profile);
  let owed = hasDefaults ? ((1 << AttributeCode.origin) | (1 << AttributeCode.asPath)) & ~present : 0;
  if (hasDefaults && !profile.isExternal) owed |= (1 << AttributeCode.localPref) & ~present;
  if (nextHop.length === 4 && (family.isClassic || family.nextHop.isAlsoAttribute)) {
    owed |= (1 << AttributeCode.nextHop) & ~present;
  }
  let as4Path: Uint8Array | undefined;
  let as4Aggregator: Uint8Array | undefined;
  if (!profile.asn4) {
    as4Path = path === undefined ? defaults.as4Path : toAs4Path(path);
    if (as4Path !== undefined) owed |= (1 << AttributeCode.as4Path) & ~present;
    if (aggregator !== undefined) as4Aggregator = toAs4Aggregator(aggregator);
    if (as4Aggregator !== undefined) owed |= (1 << AttributeCode.as4Aggregator) & ~present;
  }
  for (let at = first; at + 4 <= set.length; ) {
    const flags = set[at]!;
    const code = set[at + 1]!;
    const from = at + 4;
    at = from + readU16(set, at + 2);
    const due = code < 32 ? owed & ((1 << code) - 1) : owed;
    if (due !== 0) {
      writeOwed(out, due, defaults, nextHop, as4Path, as4Aggregator);
      owed &= ~due;
    }
    if (addOtc && code > AttributeCode.onlyToCustomer) {
      writeOtc(out, profile);
      addOtc = false;
    }
    if (code === AttributeCode.localPref && profile.isExternal) continue; // RFC 4271 section 5.1.5
    // RFC 7311 section 3.3. With other flags it is a raw attribute, sent as it was asked.
    if (code === AttributeCode.aigp && profile.isExternal && !profile.aigp && flags === Flag.optional) continue;
    if (code === AttributeCode.asPath && !profile.asn4) {
      const value = toTwoOctetPath(set.subarray(from, at));
      attribute(out, flags, code, value, 0, value.length);
    } else if (code === AttributeCode.aggregator && !profile.asn4) {
      const value = toTwoOctetAggregator(set.subarray(from, at));
      attribute(out, flags, code, value, 0, value.length);
    } else attribute(out, flags, code, set, from, at);
  }
  if (owed !== 0) writeOwed(out, owed, defaults, nextHop, as4Path, as4Aggregator);
  if (addOtc) writeOtc(out, profile);
  return true;
}

/** Writes attributes that are not in the set. @param due a bit per code */
function writeOwed(
  out: Writer,
  due: number,
  defaults: Defaults,
  nextHop: Uint8Array,
  as4Path: Uint8Array | undefined,
  as4Aggregator: Uint8Array | undefined,
): void {
  for (let code = 1; due >>> code !== 0; code++) {
    if ((due & (1 << code)) === 0) continue;
    if (code === AttributeCode.origin) out.bytes(ORIGIN_IGP);
    else if (code === AttributeCode.asPath) out.bytes(defaults.asPath);
    else if (code === AttributeCode.nextHop) out.u8(WELL_KNOWN).u8(code).u8(4).bytes(nextHop);
    else if (code === AttributeCode.localPref) out.bytes(LOCAL_PREF_100);
    else {
      const value = code === AttributeCode.as4Path ? as4Path! : as4Aggregator!;
      attribute(out, OPTIONAL_TRANSITIVE, code, value, 0, value.length);
    }
  }
}

/** RFC 9234 section 5: the local AS, where the route had none. */
function writeOtc(out: Writer, profile: EncodeProfile): void {
  out.u8(OPTIONAL_TRANSITIVE).u8(AttributeCode.onlyToCustomer).u8(4).u32(profile.localAs);
}

/** Where the TLVs of a packed set begin. */
function tlvStart(set: Uint8Array): number {
  const payload = set[0]! > 1 ? 1 + set[0]! : 1;
  return payload + 2 + readU16(set, payload);
}

/** What depends on the profile alone. */
interface Defaults {
  /** The whole AS_PATH attribute of a route whose path was not given. */
  readonly asPath: Uint8Array;
  /** Value of the AS4_PATH that goes with it. */
  readonly as4Path: Uint8Array | undefined;
}

const knownDefaults = new WeakMap<EncodeProfile, Defaults>();

/** AS_PATH when none was given: the local AS on eBGP, empty on iBGP (RFC 4271 section 5.1.2). */
function defaultsOf(profile: EncodeProfile): Defaults {
  let defaults = knownDefaults.get(profile);
  if (defaults === undefined) {
    const { localAs, isExternal, asn4 } = profile;
    const path = isExternal ? packSegments([{ type: SegmentType.sequence, numbers: [localAs] }]) : NO_BYTES;
    const sent = asn4 ? path : toTwoOctetPath(path);
    defaults = {
      asPath: Uint8Array.of(WELL_KNOWN, AttributeCode.asPath, sent.length, ...sent),
      as4Path: toAs4Path(path),
    };
    knownDefaults.set(profile, defaults);
  }
  return defaults;
}
