/**
 * Segments of AS_PATH and AS4_PATH in canonical octets (four-octet AS numbers): walking, checking, and the conversions
 * between old and new speakers. RFC 4271 section 4.3, RFC 5065 section 3, RFC 6793 section 4.2. No recursion and no limit
 * but the attribute's own.
 *
 *   1 octet    segment type
 *   1 octet    number of AS numbers
 *   n octets   AS numbers of 2 or 4 octets
 */
import { readU16, readU32, Writer, writeU32 } from '../../util/bytes.js';
import { AS_TRANS } from '../codes.js';

/** Segment types (RFC 4271 section 4.3, RFC 5065 section 3). */
export const SegmentType = { set: 1, sequence: 2, confedSequence: 3, confedSet: 4 } as const;
export type SegmentType = (typeof SegmentType)[keyof typeof SegmentType];

/** Most AS numbers in one segment. */
export const MAX_SEGMENT = 255;
const MAX_AS2 = 0xffff;

/** A segment as it is read. */
export interface Segment {
  readonly type: SegmentType;
  readonly numbers: readonly number[];
}

/**
 * Why a path of `asSize`-octet numbers is malformed, or undefined when it is not.
 * @param allowsConfed confederation segments may occur (RFC 5065 section 5) @param start of the path @param stop of it
 */
export function pathFault(
  path: Uint8Array,
  asSize: 2 | 4,
  allowsConfed: boolean,
  start = 0,
  stop = path.length,
): string | undefined {
  for (let at = start; at < stop; ) {
    if (at + 2 > stop) return 'one octet left behind the last segment';
    const type = path[at]!;
    const count = path[at + 1]!;
    if (type < SegmentType.set || type > SegmentType.confedSet) return `segment type ${type} is unknown`;
    if (type >= SegmentType.confedSequence && !allowsConfed) return 'confederation segment from outside';
    if (count === 0) return 'empty segment';
    const end = at + 2 + count * asSize;
    if (end > stop) return 'a segment runs past the attribute';
    // RFC 7607 section 2: AS 0 makes the attribute malformed.
    for (let i = at + 2; i < end; i += asSize) {
      if ((asSize === 2 ? readU16(path, i) : readU32(path, i)) === 0) return 'AS 0';
    }
    at = end;
  }
  return undefined;
}

/** True when segments of four-octet numbers fill the path exactly; AS 0 and empty segments may be in it. */
export function isPath(path: Uint8Array): boolean {
  let at = 0;
  while (at + 2 <= path.length && path[at]! >= SegmentType.set && path[at]! <= SegmentType.confedSet) {
    at += 2 + path[at + 1]! * 4;
  }
  return at === path.length;
}

/** Segments of a well-formed canonical path. */
export function segmentsOf(path: Uint8Array): Segment[] {
  const out: Segment[] = [];
  for (let at = 0; at + 2 <= path.length; ) {
    const count = path[at + 1]!;
    const numbers: number[] = [];
    for (let i = 0; i < count; i++) numbers.push(readU32(path, at + 2 + 4 * i));
    out.push({ type: path[at]! as SegmentType, numbers });
    at += 2 + 4 * count;
  }
  return out;
}

/** Canonical octets of segments; one with more than 255 numbers is cut, empty ones are left out. */
export function packSegments(segments: readonly Segment[]): Uint8Array {
  const out = new Writer(64);
  for (const { type, numbers } of segments) {
    for (let from = 0; from < numbers.length; from += MAX_SEGMENT) {
      const part = numbers.slice(from, from + MAX_SEGMENT);
      out.u8(type).u8(part.length);
      for (const number of part) out.u32(number);
    }
  }
  return out.finish();
}

/** Two-octet path of a well-formed message -> canonical. */
export function widenPath(path: Uint8Array): Uint8Array {
  let numbers = 0;
  for (let at = 0; at < path.length; at += 2 + 2 * path[at + 1]!) numbers += path[at + 1]!;
  const out = new Uint8Array(path.length + 2 * numbers);
  for (let at = 0, to = 0; at < path.length; ) {
    const count = path[at + 1]!;
    out[to++] = path[at++]!;
    out[to++] = path[at++]!;
    for (let i = 0; i < count; i++, at += 2, to += 4) writeU32(out, to, readU16(path, at));
  }
  return out;
}

/** Canonical path -> two-octet numbers, AS_TRANS for those that do not fit. What is no path comes back as it is. */
export function toTwoOctetPath(path: Uint8Array): Uint8Array {
  if (!isPath(path)) return path;
  const out = new Writer(path.length);
  for (let at = 0; at < path.length; ) {
    const count = path[at + 1]!;
    out.u8(path[at]!).u8(count);
    at += 2;
    for (let i = 0; i < count; i++, at += 4) {
      const number = readU32(path, at);
      out.u16(number > MAX_AS2 ? AS_TRANS : number);
    }
  }
  return out.finish();
}

/**
 * The AS4_PATH that goes with an AS_PATH towards an old speaker: the path without confederation segments.
 * @returns undefined when all numbers fit in two octets (RFC 6793 section 4.2.2)
 */
export function toAs4Path(path: Uint8Array): Uint8Array | undefined {
  if (!isPath(path)) return undefined;
  let isNeeded = false;
  const out = new Writer(path.length);
  for (let at = 0; at < path.length; ) {
    const end = at + 2 + 4 * path[at + 1]!;
    if (path[at]! < SegmentType.confedSequence) {
      for (let i = at + 2; i < end && !isNeeded; i += 4) isNeeded = readU32(path, i) > MAX_AS2;
      out.bytes(path, at, end);
    }
    at = end;
  }
  return isNeeded ? out.finish() : undefined;
}

/** AS numbers as path length counts them: a set counts 1, confederation segments nothing (RFC 4271 section 9.1.2.2, RFC 5065). */
function countOf(path: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < path.length; at += 2 + 4 * path[at + 1]!) {
    if (path[at] === SegmentType.sequence) count += path[at + 1]!;
    else if (path[at] === SegmentType.set) count += 1;
  }
  return count;
}

/**
 * The real path out of what an old speaker sent: the front of AS_PATH, then AS4_PATH (RFC 6793 section 4.2.3).
 * @param path canonical AS_PATH with AS_TRANS in it @param as4Path canonical AS4_PATH
 */
export function mergePaths(path: Uint8Array, as4Path: Uint8Array): Uint8Array {
  const extra = countOf(path) - countOf(as4Path);
  if (extra < 0) return path;
  const out = new Writer(path.length + 8);
  let left = extra;
  for (let at = 0; at < path.length; ) {
    const type = path[at]!;
    const count = path[at + 1]!;
    const end = at + 2 + 4 * count;
    if (type < SegmentType.confedSequence) {
      if (left === 0) break;
      const taken = type === SegmentType.set ? count : Math.min(left, count);
      left -= type === SegmentType.set ? 1 : taken;
      out
        .u8(type)
        .u8(taken)
        .bytes(path, at + 2, at + 2 + 4 * taken);
      if (taken < count) break;
    } else out.bytes(path, at, end); // leading, or next to what was kept
    at = end;
  }
  return joinSequences(out.bytes(as4Path).finish());
}

/** Neighboring sequences become one where they fit in it, so that a merged path looks as its origin's. */
function joinSequences(path: Uint8Array): Uint8Array {
  const out = new Writer(path.length);
  let last = -1;
  for (let at = 0; at < path.length; ) {
    const count = path[at + 1]!;
    const end = at + 2 + 4 * count;
    const before = last < 0 ? 0 : out.view()[last + 1]!;
    if (last >= 0 && path[at] === SegmentType.sequence && before + count <= MAX_SEGMENT) {
      out.bytes(path, at + 2, end).patchU8(last + 1, before + count);
    } else {
      last = path[at] === SegmentType.sequence ? out.length : -1;
      out.bytes(path, at, end);
    }
    at = end;
  }
  return out.finish();
}
