/**
 * IP addresses and prefixes: text <-> packed octets (4 or 16). IPv6 text is RFC 5952's (lower case, longest run of
 * zeros shortened). Prefixes are packed as on the wire: one octet of length in bits, then the octets that it covers.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** @returns 4 octets, or undefined when `text` is not dotted quad without leading zeros */
export function parseIpv4(text: string): Uint8Array | undefined {
  const out = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 46;
    if (c === 46) {
      if (value < 0 || value > 255 || part > 3) return undefined;
      out[part++] = value;
      value = -1;
    } else if (c >= 48 && c <= 57) {
      if (value === 0) return undefined;
      value = value < 0 ? c - 48 : value * 10 + c - 48;
    } else return undefined;
  }
  return part === 4 ? out : undefined;
}

/** @returns 16 octets, or undefined when `text` is not an IPv6 address (a zone `%eth0` is refused) */
export function parseIpv6(text: string): Uint8Array | undefined {
  if (text.includes('%') || !isIPv6(text)) return undefined;
  const out = new Uint8Array(16);
  let head = text;
  const quad = text.lastIndexOf(':');
  if (text.includes('.')) {
    const v4 = parseIpv4(text.slice(quad + 1));
    if (v4 === undefined) return undefined;
    head = `${text.slice(0, quad + 1)}${((v4[0]! << 8) | v4[1]!).toString(16)}:${((v4[2]! << 8) | v4[3]!).toString(16)}`;
  }
  const gap = head.indexOf('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((g) => Number.parseInt(g, 16)));
  const before = groups(gap < 0 ? head : head.slice(0, gap));
  const after = gap < 0 ? [] : groups(head.slice(gap + 2));
  before.forEach((g, i) => {
    out[2 * i] = g >>> 8;
    out[2 * i + 1] = g;
  });
  after.forEach((g, i) => {
    const at = 16 - 2 * (after.length - i);
    out[at] = g >>> 8;
    out[at + 1] = g;
  });
  return out;
}

/** @returns 4 or 16 octets, or undefined */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** @param bytes 4 or 16 octets at `at` (missing ones count as zero) */
export function printIp(bytes: Uint8Array, at = 0, size = bytes.length - at): string {
  return size === 16 ? printIpv6(bytes, at) : printIpv4(bytes, at);
}

/** Dotted quad of the 4 octets at `at`. */
export function printIpv4(bytes: Uint8Array, at = 0): string {
  return `${bytes[at] ?? 0}.${bytes[at + 1] ?? 0}.${bytes[at + 2] ?? 0}.${bytes[at + 3] ?? 0}`;
}

/** Text of the 16 octets at `at` (RFC 5952; ::ffff:0:0/96 with a dotted quad). */
export function printIpv6(bytes: Uint8Array, at = 0, present = 16): string {
  const octet = (i: number): number => (i < present ? (bytes[at + i] ?? 0) : 0);
  let best = -1;
  let bestLength = 1;
  for (let i = 0, start = -1; i <= 8; i++) {
    if (i < 8 && octet(2 * i) === 0 && octet(2 * i + 1) === 0) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      if (i - start > bestLength) {
        best = start;
        bestLength = i - start;
      }
      start = -1;
    }
  }
  if (best === 0 && bestLength === 5 && octet(10) === 0xff && octet(11) === 0xff) {
    return `::ffff:${octet(12)}.${octet(13)}.${octet(14)}.${octet(15)}`;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === best) {
      text += '::';
      i += bestLength - 1;
    } else {
      if (text !== '' && !text.endsWith(':')) text += ':';
      text += ((octet(2 * i) << 8) | octet(2 * i + 1)).toString(16);
    }
  }
  return text;
}

/** A prefix as on the wire: length in bits, then ceil(length / 8) octets. */
export type PackedPrefix = Uint8Array;

/** Why a prefix text was refused. */
export type PrefixFault = 'syntax' | 'length' | 'host-bits';

/**
 * @param text `10.0.0.0/8`, `2001:db8::/32`, or an address alone (host prefix)
 * @returns the packed prefix and its address size in octets, or why not
 */
export function parsePrefix(text: string): { packed: PackedPrefix; size: 4 | 16 } | PrefixFault {
  const slash = text.indexOf('/');
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return 'syntax';
  const size = address.length as 4 | 16;
  let bits = size * 8;
  if (slash >= 0) {
    const length = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(length)) return 'syntax';
    bits = Number(length);
    if (bits > size * 8) return 'length';
  }
  const octets = (bits + 7) >>> 3;
  for (let i = 0; i < size; i++) {
    const mask = i < octets - 1 || (i === octets - 1 && bits % 8 === 0) ? 0 : i >= octets ? 0xff : 0xff >>> (bits % 8);
    if ((address[i]! & mask) !== 0) return 'host-bits';
  }
  const packed = new Uint8Array(1 + octets);
  packed[0] = bits;
  packed.set(address.subarray(0, octets), 1);
  return { packed, size };
}

/** `0.` to `255.` and `/0` to `/255`: listings and events print addresses by the million. */
const DOTTED: readonly string[] = Array.from({ length: 256 }, (_, octet) => `${octet}.`);
const SLASHED: readonly string[] = Array.from({ length: 256 }, (_, bits) => `/${bits}`);

/** @param bytes packed prefix at `at` @param size 4 or 16: the family's address size. Host bits print as they are. */
export function printPrefix(bytes: Uint8Array, at: number, size: 4 | 16): string {
  const bits = bytes[at]!;
  const octets = (bits + 7) >>> 3;
  if (size === 4) {
    const one = octets > 0 ? bytes[at + 1]! : 0;
    const two = octets > 1 ? bytes[at + 2]! : 0;
    const three = octets > 2 ? bytes[at + 3]! : 0;
    const four = octets > 3 ? bytes[at + 4]! : 0;
    return DOTTED[one]! + DOTTED[two]! + DOTTED[three]! + four + SLASHED[bits]!;
  }
  return `${printIpv6(bytes, at + 1, octets)}/${bits}`;
}

/** True for text that is an IPv4 or IPv6 address, with or without a zone. */
export function isIpText(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}
