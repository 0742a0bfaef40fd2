/** The routes of the benchmarks: prefix number i, its text and octets, and the attributes that each work gives it. */

export type AttributeWork = 'same' | 'thousand' | 'each';

/** First octets 1 to 126 and from 128 on, /24s: the first million are 1.0.0.0/24 to 17.66.63.0/24 and so on. */
const FIRST = 1 << 24;
const LOOPBACK = 127;

function address(index: number): number {
  const value = FIRST + (index << 8);
  return value >>> 24 >= LOOPBACK ? value + FIRST : value;
}

/** "1.0.0.0/24" or "2001:db8:0:1::/64" style: text of prefix number `index`. */
export function prefixText(index: number, isIpv6 = false): string {
  if (isIpv6) return `2001:${(index >>> 16).toString(16)}:${(index & 0xffff).toString(16)}::/48`;
  const a = address(index);
  return `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.0/24`;
}

/** As on the wire. */
export function prefixOctets(index: number, isIpv6: boolean): Uint8Array {
  if (isIpv6) return Uint8Array.of(48, 0x20, 0x01, index >>> 24, index >>> 16, index >>> 8, index);
  const a = address(index);
  return Uint8Array.of(24, a >>> 24, a >>> 16, a >>> 8);
}

/** @returns the number of the prefix at `at`, or -1 when it is none of ours */
export function prefixIndex(data: Uint8Array, at: number, isIpv6: boolean): number {
  if (isIpv6) {
    if (data[at] !== 48 || data[at + 1] !== 0x20 || data[at + 2] !== 0x01) return -1;
    return (data[at + 3]! << 24) | (data[at + 4]! << 16) | (data[at + 5]! << 8) | data[at + 6]!;
  }
  if (data[at] !== 24) return -1;
  const first = data[at + 1]!;
  const a = ((first > LOOPBACK ? first - 1 : first) << 16) | (data[at + 2]! << 8) | data[at + 3]!;
  return a - (1 << 16);
}

/** MED of prefix `index`; also what a sink checks. */
export function expectedMed(work: AttributeWork, index: number): number {
  return work === 'same' ? 0 : index % 100;
}

/** What stands behind the prefix in a command. */
export function attributeText(work: AttributeWork, index: number): string {
  if (work === 'same') return 'next-hop self';
  if (work === 'thousand') return `next-hop self med ${index % 100} community [65000:${index % 1000}]`;
  return `next-hop 192.0.2.1 as-path [65000 ${1000 + (index % 50000)} ${(index % 60000) + 1}] med ${index % 100} community [65000:${index % 1000} 65001:${Math.floor(index / 1000)}]`;
}
