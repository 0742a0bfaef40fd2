/**
 * What a route's next hop is towards one peer: `self` becomes the session's address, and a next hop that the peer could
 * not read is refused. RFC 4271 section 5.1.3, RFC 4760 section 3, RFC 8950 section 4.
 */
import { NO_BYTES } from '../util/bytes.js';
import { nextHopOf } from './attribute-set.js';
import { familyIndex } from './family/index.js';
import { isNextHopLength, isPlainNextHop } from './family/next-hop.js';
import type { Family } from './family/types.js';
import type { EncodeProfile } from './negotiated.js';

/**
 * @param set a packed attribute set
 * @returns the addresses to send (0, 4, 16 or 32 octets), or undefined when the route cannot go to this peer
 */
export function resolveNextHop(set: Uint8Array, family: Family, profile: EncodeProfile): Uint8Array | undefined {
  const asked = nextHopOf(set);
  const { addressSize, mapsIpv4 = false } = family.nextHop;
  const hasExtended = profile.extendedNextHop[familyIndex(family)] === true;
  if (asked === undefined) return addressSize === 0 ? NO_BYTES : undefined;
  if (asked === 'self') {
    if (addressSize === 16)
      return selfIpv6(family, profile) ?? (mapsIpv4 && profile.self4 ? mapped(profile.self4) : undefined);
    return profile.self4 ?? (hasExtended || isPlainNextHop(family.nextHop, 16) ? selfIpv6(family, profile) : undefined);
  }
  if (mapsIpv4 && asked.length === 4) return mapped(asked);
  return hasExtended || isPlainNextHop(family.nextHop, asked.length) ? asked : undefined;
}

/** Our IPv6 address; the link-local one behind it only in families that have room for two (RFC 2545 section 3, RFC 8950). */
function selfIpv6(family: Family, { self6, extendedNextHop }: EncodeProfile): Uint8Array | undefined {
  if (self6?.length !== 32) return self6;
  const { addressSize, prefixOctets } = family.nextHop;
  const hasRoom =
    addressSize > 0 && isNextHopLength(family, familyIndex(family), 32 + 2 * prefixOctets, extendedNextHop);
  return hasRoom ? self6 : self6.subarray(0, 16);
}

/** An IPv4 address as ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). */
function mapped(address: Uint8Array): Uint8Array {
  const out = new Uint8Array(16);
  out.fill(0xff, 10, 12);
  out.set(address, 12);
  return out;
}
