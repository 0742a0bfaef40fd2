/**
 * Route distinguishers: 8 octets that make routes of different VPNs different (RFC 4364 section 4.2). Text and octets; who
 * carries one is left to the families. Unknown types are opaque and written as hexadecimal.
 *
 *   type 0   two-octet AS number, four-octet number     65000:1
 *   type 1   IPv4 address, two-octet number             192.0.2.1:1
 *   type 2   four-octet AS number, two-octet number     4200000000:1, or 65000L:1 where it would read as type 0
 */
import { fromHex, readU16, readU32, toHex, writeU32 } from '../util/bytes.js';
import { parseIpv4, printIpv4 } from '../util/ip.js';
import { parseNumber, type Tokens } from '../util/tokens.js';

/** Octets of a route distinguisher. */
export const RD_SIZE = 8;

/** RFC 4364 section 4.2. */
const RdType = { twoOctetAs: 0, ipv4: 1, fourOctetAs: 2 } as const;

const MAX_U16 = 0xffff;
const MAX_U32 = 0xffffffff;

/** @returns 8 octets, or why `text` is no route distinguisher */
export function parseRouteDistinguisher(text: string): Uint8Array | string {
  const fault = `"${text}" is not a route distinguisher: ASN:N, IP:N or 0x and 16 digits`;
  if (/^0x[0-9a-fA-F]{16}$/.test(text)) return fromHex(text.slice(2))!;
  const colon = text.lastIndexOf(':');
  const administrator = text.slice(0, Math.max(colon, 0));
  const assigned = parseNumber(text.slice(colon + 1));
  if (colon < 0 || assigned === undefined) return fault;
  const out = new Uint8Array(RD_SIZE);
  const address = parseIpv4(administrator);
  const isLong = /^\d+L$/.test(administrator);
  const as = parseNumber(isLong ? administrator.slice(0, -1) : administrator);
  if (address !== undefined) {
    out[1] = RdType.ipv4;
    out.set(address, 2);
  } else if (as === undefined || as > MAX_U32) return fault;
  else if (as <= MAX_U16 && !isLong) {
    if (assigned > MAX_U32) return `behind a two-octet AS number only 0 to ${MAX_U32} fits, not "${text}"`;
    out[2] = as >>> 8;
    out[3] = as;
    writeU32(out, 4, assigned);
    return out;
  } else {
    out[1] = RdType.fourOctetAs;
    writeU32(out, 2, as);
  }
  if (assigned > MAX_U16) {
    return `behind ${address === undefined ? 'a four-octet AS number' : 'an address'} only 0 to ${MAX_U16} fits, not "${text}"`;
  }
  out[6] = assigned >>> 8;
  out[7] = assigned;
  return out;
}

/** Takes a route distinguisher from a line. @throws CommandError */
export function needRouteDistinguisher(tokens: Tokens): Uint8Array {
  const rd = parseRouteDistinguisher(tokens.need('a route distinguisher'));
  if (typeof rd === 'string') throw tokens.error(rd);
  return rd;
}

/** The 8 octets at `at` as events show them; four-octet AS numbers look like two-octet ones. */
export function showRouteDistinguisher(bytes: Uint8Array, at = 0): string {
  switch (readU16(bytes, at)) {
    case RdType.twoOctetAs:
      return `${readU16(bytes, at + 2)}:${readU32(bytes, at + 4)}`;
    case RdType.ipv4:
      return `${printIpv4(bytes, at + 2)}:${readU16(bytes, at + 6)}`;
    case RdType.fourOctetAs:
      return `${readU32(bytes, at + 2)}:${readU16(bytes, at + 6)}`;
    default:
      return `0x${toHex(bytes.subarray(at, at + RD_SIZE)).toUpperCase()}`;
  }
}

/** The 8 octets at `at` as commands take them: what reads back as the same octets. */
export function printRouteDistinguisher(bytes: Uint8Array, at = 0): string {
  const text = showRouteDistinguisher(bytes, at);
  const isShort = readU16(bytes, at) === RdType.fourOctetAs && readU32(bytes, at + 2) <= MAX_U16;
  return isShort ? text.replace(':', 'L:') : text;
}
