/**
 * Families whose NLRI is a plain prefix: length in bits, then the octets that it covers (RFC 4271 section 4.3, RFC 4760
 * section 5). The NLRI itself is the key, there is no payload. Bits behind the length are irrelevant and masked.
 */
import { NO_BYTES, type Writer } from '../../util/bytes.js';
import { parsePrefix, printIpv4, printPrefix } from '../../util/ip.js';
import type { Tokens } from '../../util/tokens.js';
import { IPV4_NEXT_HOP, IPV6_NEXT_HOP } from './next-hop.js';
import type { Dialect, Family, ParsedNlri } from './types.js';

/** Address octets by AFI. */
const SIZES: Readonly<Record<1 | 2, 4 | 16>> = { 1: 4, 2: 16 };

/** Makes a family of plain prefixes. @param afi 1 IPv4, 2 IPv6 @param safi 1 unicast, 2 multicast */
export function prefixFamily(afi: 1 | 2, safi: number, name: string): Family {
  const size = SIZES[afi];
  const maxBits = size * 8;

  const print = (source: Uint8Array, start: number, end: number): string => {
    const bits = source[start]!;
    if ((bits & 7) !== 0 && (source[end - 1]! & (0xff >> (bits & 7))) !== 0) {
      return printPrefix(mask(source, start, end), 0, size);
    }
    return printPrefix(source, start, size);
  };

  return {
    afi,
    safi,
    name,
    nextHop: size === 4 ? IPV4_NEXT_HOP : IPV6_NEXT_HOP,
    isClassic: afi === 1 && safi === 1,
    prefixSize: size,

    sizeOf(source: Uint8Array, offset: number, end: number): number {
      const bits = source[offset]!;
      const octets = 1 + ((bits + 7) >>> 3);
      return offset < end && bits <= maxBits && offset + octets <= end ? octets : -1;
    },
    split: (source: Uint8Array, start: number, end: number): ParsedNlri => ({
      key: mask(source, start, end),
      payload: NO_BYTES,
    }),
    write(out: Writer, key: Uint8Array, start: number, end: number): void {
      out.bytes(key, start, end);
    },
    parse(tokens: Tokens): ParsedNlri {
      const word = tokens.need('prefix');
      const prefix = parsePrefix(word);
      if (prefix === 'host-bits') throw tokens.error(`"${word}" has bits set behind its length`);
      if (prefix === 'length') throw tokens.error(`the length of "${word}" is over ${word.includes(':') ? 128 : 32}`);
      if (prefix === 'syntax') throw tokens.error(`"${word}" is not an IP prefix`);
      if (prefix.size !== size) throw tokens.error(`"${word}" is not of family ${name}`);
      return { key: prefix.packed, payload: NO_BYTES };
    },
    print,
    toJson(source: Uint8Array, start: number, end: number, pathId: number | undefined, _dialect: Dialect): string {
      const prefix = print(source, start, end);
      return pathId === undefined
        ? `{ "nlri": "${prefix}" }`
        : `{ "nlri": "${prefix}", "path-information": "${printPathId(pathId)}" }`;
    },
  };
}

/** A path identifier as dotted quad (RFC 7911 leaves its form open; ExaBGP's). */
export function printPathId(pathId: number): string {
  return printIpv4(Uint8Array.of(pathId >>> 24, pathId >>> 16, pathId >>> 8, pathId));
}

/** A copy of the prefix with the bits behind its length cleared. */
function mask(source: Uint8Array, start: number, end: number): Uint8Array {
  const key = source.slice(start, end);
  const spare = key[0]! & 7;
  if (spare !== 0) key[key.length - 1]! &= 0xff << (8 - spare);
  return key;
}
