/**
 * TLVs of BGP-LS (RFC 9552 section 5.1) and what their values are made of, as JSON. Everything here is total: what does not
 * fit is shown as hexadecimal. Which TLV means what is left to the files beside this one.
 *
 *   2 octets   type
 *   2 octets   length of the value
 *   n octets   value
 */
import { readU16, toHex } from '../../util/bytes.js';

/** Octets of type and length. */
export const TLV_HEAD = 4;

/**
 * Calls `visit` for each TLV between two offsets.
 * @returns false when they do not fill the space exactly
 */
export function eachLsTlv(
  source: Uint8Array,
  from: number,
  to: number,
  visit: (type: number, start: number, end: number) => void,
): boolean {
  for (let at = from; at < to; ) {
    const start = at + TLV_HEAD;
    if (start > to) return false;
    const end = start + readU16(source, at + 2);
    if (end > to) return false;
    visit(readU16(source, at), start, end);
    at = end;
  }
  return true;
}

/** @returns true when TLVs fill the space and ascend by type (RFC 9552 section 5.1) */
export function areAscending(source: Uint8Array, from: number, to: number): boolean {
  let last = -1;
  let isAscending = true;
  const isFramed = eachLsTlv(source, from, to, (type) => {
    if (type < last) isAscending = false;
    last = type;
  });
  return isFramed && isAscending;
}

/** `"0x0A0B"` */
export function hexToJson(octets: Uint8Array): string {
  return `"0x${toHex(octets).toUpperCase()}"`;
}

/** `{ "B": 1, "S": 0, "RSV": 0 }` @param names from the highest bit; the rest of the octet is reserved */
export function flagsToJson(names: readonly string[], octet: number): string {
  const flags = names.map((name, i) => `"${name}": ${(octet >> (7 - i)) & 1}`);
  return `{ ${[...flags, '"RSV": 0'].join(', ')} }`;
}

/** IEEE 754 single precision as a JSON number; null for what is none. */
export function floatToJson(octets: Uint8Array, at: number): string {
  const value = new DataView(octets.buffer, octets.byteOffset + at, 4).getFloat32(0);
  return Number.isFinite(value) ? String(value) : 'null';
}

/** Members of an object or items of an array between brackets with blanks, as ExaBGP's events have them. */
export function arrayToJson(items: readonly string[]): string {
  return items.length === 0 ? '[  ]' : `[ ${items.join(', ')} ]`;
}
