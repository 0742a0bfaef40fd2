/**
 * The routes of the benchmarks: prefix number i, its text and octets, the attributes that each work gives it, and the
 * lines that announce them. Both sides know these, so that the peer can check every route without being told.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

/** One set of attributes for all routes, 1,000 in turn, or one of its own for each. */
export type AttributeWork = 'same' | 'thousand' | 'each';
/** `churn`: routes come, change and go; what remains has the attributes of `thousand`. */
export type RouteWork = AttributeWork | 'churn';

export const LOCAL_AS = 65000;
export const PEER_AS = 65001;
export const SETS = 1000;
/** Next hop of routes that name one. */
export const NEXT_HOP = '192.0.2.1';
export const NEXT_HOP_IPV6 = '2001:db8::1';

/** First octets 1 to 126 and from 128 on, /24s: the first million are 1.0.0.0/24 to 17.66.63.0/24 and so on. */
const FIRST = 1 << 24;
const LOOPBACK = 127;
const CHURN_BLOCK = 1000;

function address(index: number): number {
  const value = FIRST + (index << 8);
  return value >>> 24 >= LOOPBACK ? value + FIRST : value;
}

/** "1.0.0.0/24", or "2001:0:1::/48": text of prefix number `index`. */
export function prefixText(index: number, isIpv6 = false): string {
  if (isIpv6) return `2001:${(index >>> 16).toString(16)}:${(index & 0xffff).toString(16)}::/48`;
  const a = address(index);
  return `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.0/24`;
}

/** The prefix as NLRI (RFC 4271 section 4.3). */
export function prefixOctets(index: number): Uint8Array {
  const a = address(index);
  return Uint8Array.of(24, a >>> 24, a >>> 16, a >>> 8);
}

/** @returns the number of the IPv4 prefix at `at`, or -1 when it is none of ours */
export function ipv4Index(data: Uint8Array, at: number): number {
  if (data[at] !== 24) return -1;
  const first = data[at + 1]!;
  return ((((first > LOOPBACK ? first - 1 : first) << 16) | (data[at + 2]! << 8) | data[at + 3]!) - (1 << 16)) | 0;
}

/** @returns the number of the IPv6 prefix at `at`, or -1 when it is none of ours */
export function ipv6Index(data: Uint8Array, at: number): number {
  if (data[at] !== 48 || data[at + 1] !== 0x20 || data[at + 2] !== 0x01) return -1;
  return (data[at + 3]! << 24) | (data[at + 4]! << 16) | (data[at + 5]! << 8) | data[at + 6]!;
}

/** MULTI_EXIT_DISC of a route of `thousand` and `each`. */
export const medOf = (index: number): number => index % 100;

/** The number behind 65000 in the first community; a reload changes that of some. */
export const communityOf = (index: number, isRevised = false): number => (index % SETS) + (isRevised ? SETS : 0);
/** The number behind 65001 in the second one, of `each`. */
export const secondCommunityOf = (index: number): number => Math.floor(index / SETS);

/** The AS numbers behind the first one, of `each`. */
export const secondAs = (index: number): number => 1000 + (index % 50000);
export const thirdAs = (index: number): number => (index % 60000) + 1;

/** What stands behind the prefix in a command. */
export function attributeText(work: AttributeWork, index: number, isIpv6 = false, isRevised = false): string {
  const self = isIpv6 ? NEXT_HOP_IPV6 : 'self';
  const words = `med ${medOf(index)} community [65000:${communityOf(index, isRevised)}`;
  if (work === 'same') return `next-hop ${self}`;
  if (work === 'thousand') return `next-hop ${self} ${words}]`;
  const nextHop = isIpv6 ? NEXT_HOP_IPV6 : NEXT_HOP;
  return `next-hop ${nextHop} as-path [${LOCAL_AS} ${secondAs(index)} ${thirdAs(index)}] ${words} 65001:${secondCommunityOf(index)}]`;
}

/** Whether the route is there at the end of the work. */
export function isWanted(work: RouteWork, index: number): boolean {
  return work !== 'churn' || index % 3 !== 0 || index % 2 === 0;
}

/** The indexes that a reload of `count` routes changes: ten, spread over all. */
export function revisedIndexes(count: number): number[] {
  const changed = Math.min(10, count);
  return Array.from({ length: changed }, (_, i) => Math.floor(((i + 0.5) * count) / changed));
}

/** The command lines of a work in order. */
export function* commandLines(work: RouteWork, routes: number, isIpv6: boolean): Generator<string> {
  if (work === 'churn') {
    yield* churnLines(routes, isIpv6);
    return;
  }
  for (let i = 0; i < routes; i++) yield `announce route ${prefixText(i, isIpv6)} ${attributeText(work, i, isIpv6)}`;
}

/**
 * Blocks of 1,000: announced; then every third route withdrawn and another third changed; then half of the withdrawn
 * ones announced again. Every line changes something that the peer can see, the last one too.
 */
function* churnLines(routes: number, isIpv6: boolean): Generator<string> {
  const announce = (i: number, work: AttributeWork): string =>
    `announce route ${prefixText(i, isIpv6)} ${attributeText(work, i, isIpv6)}`;
  const blocks = Math.ceil(routes / CHURN_BLOCK);
  for (let b = 0; b < blocks + 2; b++) {
    const range = (block: number): [number, number] => [
      Math.max(0, block) * CHURN_BLOCK,
      block < 0 ? 0 : Math.min(routes, (block + 1) * CHURN_BLOCK),
    ];
    for (let [i, end] = range(b); i < end; i++) yield announce(i, i % 3 === 1 ? 'same' : 'thousand');
    for (let [i, end] = range(b - 1); i < end; i++) {
      if (i % 3 === 0) yield `withdraw route ${prefixText(i, isIpv6)}`;
      else if (i % 3 === 1) yield announce(i, 'thousand');
    }
    for (let [i, end] = range(b - 2); i < end; i++) if (i % 6 === 0) yield announce(i, 'thousand');
  }
}

/** Writes lines to a file. @returns how many */
export function writeLines(path: string, lines: Iterable<string>): number {
  const fd = openSync(path, 'w');
  let count = 0;
  let block: string[] = [];
  const flush = (): void => {
    if (block.length > 0) writeSync(fd, `${block.join('\n')}\n`);
    block = [];
  };
  for (const line of lines) {
    block.push(line);
    count++;
    if (block.length === 10_000) flush();
  }
  flush();
  closeSync(fd);
  return count;
}
