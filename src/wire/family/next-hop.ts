/**
 * Next hops of all families: where they stand, and how addresses and wire octets of MP_REACH_NLRI become each
 * other. RFC 4760 section 3, 2545 section 3 (two IPv6 addresses), 4364 section 4.3.2 (route distinguisher in front), 8950.
 */
import { NO_BYTES, type Writer } from '../../util/bytes.js';
import type { PerFamily } from '../negotiated.js';
import type { Family, NextHopRule } from './types.js';

/** The families of plain IPv4 prefixes (RFC 4760; 16 or 32 octets by RFC 8950). */
export const IPV4_NEXT_HOP: NextHopRule = {
  addressSize: 4,
  lengths: [4],
  extendedLengths: [16, 32],
  prefixOctets: 0,
  isAlsoAttribute: true,
};

/**
 * The families of plain IPv6 prefixes (RFC 2545: a global address, and maybe a link-local one). RFC 8950 has no IPv4 next
 * hops for them; who negotiates that nevertheless gets it.
 */
export const IPV6_NEXT_HOP: NextHopRule = {
  addressSize: 16,
  lengths: [16, 32],
  extendedLengths: [4],
  prefixOctets: 0,
  isAlsoAttribute: true,
};

/** VPN-IPv4: a zero route distinguisher in front of the address (RFC 4364 section 4.3.2; 24 or 48 octets by RFC 8950). */
export const VPN_IPV4_NEXT_HOP: NextHopRule = {
  addressSize: 4,
  lengths: [12],
  extendedLengths: [24, 48],
  prefixOctets: 8,
  isAlsoAttribute: true,
};

/** Labeled IPv6. Over an IPv4 backbone the next hop is an IPv4-mapped address (RFC 4798 section 2). */
export const LABELED_IPV6_NEXT_HOP: NextHopRule = { ...IPV6_NEXT_HOP, mapsIpv4: true };

/** VPN-IPv6 (RFC 4659 section 3.2); over an IPv4 backbone as labeled IPv6 (section 3.2.1.2). */
export const VPN_IPV6_NEXT_HOP: NextHopRule = {
  addressSize: 16,
  lengths: [24, 48],
  extendedLengths: [],
  prefixOctets: 8,
  isAlsoAttribute: true,
  mapsIpv4: true,
};

/** @returns true when a next hop of 4, 16 or 32 octets of addresses needs nothing negotiated in this family (without RFC 8950) */
export function isPlainNextHop({ addressSize, lengths, prefixOctets, mapsIpv4 }: NextHopRule, size: number): boolean {
  return (
    addressSize === 0 ||
    (size === 4 && mapsIpv4 === true) ||
    lengths.includes(size + prefixOctets * (size > 16 ? 2 : 1))
  );
}

/** @returns true when routes with this next hop go in MP_REACH_NLRI, false for the NLRI field (RFC 4271, 4760, 8950) */
export function usesMpReach(family: Family, nextHop: Uint8Array): boolean {
  return !family.isClassic || nextHop.length !== 4;
}

/** Writes length and octets of the next hop field of MP_REACH_NLRI. @param nextHop 0, 4, 16 or 32 octets of addresses */
export function writeNextHop(out: Writer, rule: NextHopRule, nextHop: Uint8Array): void {
  if (rule.prefixOctets === 0) {
    out.u8(nextHop.length).bytes(nextHop);
    return;
  }
  const size = Math.min(nextHop.length, 16);
  const count = size === 0 ? 0 : nextHop.length / size;
  out.u8(count * (rule.prefixOctets + size));
  for (let i = 0; i < count; i++) {
    out
      .u32(0)
      .u32(0)
      .bytes(nextHop, i * size, (i + 1) * size);
  }
}

/** @returns true when a received next hop field may have this length (RFC 4760, 2545, 4364, 8950) */
export function isNextHopLength(
  family: Family,
  familyIndex: number,
  length: number,
  extendedNextHop: PerFamily,
): boolean {
  const { addressSize, lengths, extendedLengths } = family.nextHop;
  if (addressSize === 0 || lengths.includes(length)) return true;
  return extendedNextHop[familyIndex] === true && extendedLengths.includes(length);
}

/**
 * Takes the route distinguishers out of a received next hop field whose length was accepted.
 * @returns addresses of 4, 16 or 32 octets, or none; a view where nothing has to be taken out
 */
export function nextHopFromWire(rule: NextHopRule, field: Uint8Array): Uint8Array {
  if (rule.addressSize === 0) return optionalNextHop(field);
  if (rule.prefixOctets === 0) return field;
  const skip = rule.prefixOctets;
  if (field.length <= skip + 16) return field.subarray(skip);
  const half = field.length / 2;
  const out = new Uint8Array(2 * (half - skip));
  out.set(field.subarray(skip, half));
  out.set(field.subarray(half + skip), half - skip);
  return out;
}

/**
 * A family that needs no next hop may have one: flow rules that redirect to it (RFC 8955 section 4,
 * draft-simpson-idr-flowspec-redirect). Of any other size it means nothing.
 */
function optionalNextHop(field: Uint8Array): Uint8Array {
  return field.length === 4 || field.length === 16 ? field : NO_BYTES;
}
