/**
 * The segment list of an SR policy: words <-> octets, and JSON. A segment type is one row of a table. Text that would not
 * read back as the same octets is refused, so that callers write hexadecimal instead. RFC 9830 section 2.4.4, RFC 9831.
 *
 *   1 octet    reserved
 *   n octets   sub-TLVs, type 1, length 1: 9 weight (flags 1, reserved 1, weight 4), else a segment:
 *              flags 1, algorithm or reserved 1, fields, SID 0|4|16, endpoint behavior and SID structure 0|8
 */
import { readU16, readU32, Writer } from '../../util/bytes.js';
import { parseIpv4, parseIpv6, printIpv4, printIpv6 } from '../../util/ip.js';
import type { Tokens } from '../../util/tokens.js';

const WEIGHT = 9;
const WEIGHT_SIZE = 6;
const MAX_U32 = 0xffffffff;
const MAX_U16 = 0xffff;
const MAX_U8 = 0xff;
const MAX_LABEL = 0xfffff;
/** Flags of segments: an algorithm is said; endpoint behavior and SID structure follow (RFC 9831 section 2.10). */
const FLAG_A = 0x40;
const FLAG_B = 0x10;
const BEHAVIOR_SIZE = 8;
const BOTTOM_OF_STACK = 0x100;

/** A field of a segment: its word, its key in JSON, and what it holds. */
interface Field {
  readonly word: string;
  readonly key: string;
  readonly kind: 'ipv4' | 'ipv6' | 'number';
}

interface SegmentType {
  /** The letter of RFC 9256 section 4. */
  readonly letter: string;
  readonly type: number;
  readonly hasAlgorithm: boolean;
  readonly fields: readonly Field[];
  /** What the SID is; `word` when it must be there. */
  readonly sid: 'label' | 'ipv6';
  readonly sidWord?: string;
}

const LOCAL_4: Field = { word: 'local', key: 'local_ipv4', kind: 'ipv4' };
const REMOTE_4: Field = { word: 'remote', key: 'remote_ipv4', kind: 'ipv4' };
const LOCAL_6: Field = { word: 'local', key: 'local_ipv6', kind: 'ipv6' };
const REMOTE_6: Field = { word: 'remote', key: 'remote_ipv6', kind: 'ipv6' };
const NODE_4: Field = { word: 'ipv4', key: 'ipv4_node', kind: 'ipv4' };
const NODE_6: Field = { word: 'ipv6', key: 'ipv6_node', kind: 'ipv6' };
const INTERFACE: Field = { word: 'local-if-id', key: 'local_if_id', kind: 'number' };
const LINK: readonly Field[] = [
  INTERFACE,
  { word: 'local-ipv6', key: 'local_ipv6', kind: 'ipv6' },
  { word: 'remote-if-id', key: 'remote_if_id', kind: 'number' },
  { word: 'remote-ipv6', key: 'remote_ipv6', kind: 'ipv6' },
];

/** RFC 9831 sections 2.1 to 2.9; A and B: RFC 9830 section 2.4.4.2. */
const TYPES: readonly SegmentType[] = [
  { letter: 'A', type: 1, hasAlgorithm: false, fields: [], sid: 'label', sidWord: 'mpls' },
  { letter: 'B', type: 13, hasAlgorithm: false, fields: [], sid: 'ipv6', sidWord: 'srv6' },
  { letter: 'C', type: 3, hasAlgorithm: true, fields: [NODE_4], sid: 'label' },
  { letter: 'D', type: 4, hasAlgorithm: true, fields: [NODE_6], sid: 'label' },
  { letter: 'E', type: 5, hasAlgorithm: false, fields: [INTERFACE, NODE_4], sid: 'label' },
  { letter: 'F', type: 6, hasAlgorithm: false, fields: [LOCAL_4, REMOTE_4], sid: 'label' },
  { letter: 'G', type: 7, hasAlgorithm: false, fields: LINK, sid: 'label' },
  { letter: 'H', type: 8, hasAlgorithm: false, fields: [LOCAL_6, REMOTE_6], sid: 'label' },
  { letter: 'I', type: 14, hasAlgorithm: true, fields: [NODE_6], sid: 'ipv6' },
  { letter: 'J', type: 15, hasAlgorithm: true, fields: LINK, sid: 'ipv6' },
  { letter: 'K', type: 16, hasAlgorithm: true, fields: [LOCAL_6, REMOTE_6], sid: 'ipv6' },
];
const byWord = new Map(TYPES.map((row) => [`type-${row.letter.toLowerCase()}`, row]));
const byType = new Map(TYPES.map((row) => [row.type, row]));

/** The words of segment types: "type-a" … */
export const SEGMENT_WORDS: readonly string[] = [...byWord.keys()];

function needIp(tokens: Tokens, kind: 'ipv4' | 'ipv6'): Uint8Array {
  const word = tokens.need(`an ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} address`);
  const octets = kind === 'ipv4' ? parseIpv4(word) : parseIpv6(word);
  if (octets === undefined) throw tokens.error(`"${word}" is not an ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} address`);
  return octets;
}

/** Reads `BEHAVIOR LB LN FUN ARG` behind "endpoint-behavior". @throws CommandError */
export function parseEndpointBehavior(tokens: Tokens, out: Writer): void {
  out.u16(tokens.number('endpoint behavior', MAX_U16)).u16(0);
  for (const what of ['locator block', 'locator node', 'function', 'argument']) {
    out.u8(tokens.number(`${what} length`, MAX_U8));
  }
}

/** `65 32 0 16 0` @param at where the 8 octets stand */
export function printEndpointBehavior(value: Uint8Array, at: number): string {
  return `${readU16(value, at)} ${[...value.subarray(at + 4, at + BEHAVIOR_SIZE)].join(' ')}`;
}

/** @param at where the 8 octets stand */
export function endpointBehaviorToJson(value: Uint8Array, at: number): string {
  const [lb, ln, fun, arg] = value.subarray(at + 4, at + BEHAVIOR_SIZE);
  return (
    `"behavior": ${readU16(value, at)}, "lb-length": ${lb}, "ln-length": ${ln}, "fun-length": ${fun}, ` +
    `"arg-length": ${arg}`
  );
}

/** Reads one segment behind the word "segment". @returns where its label stands, when that is one of a stack; else -1 */
function parseSegment(tokens: Tokens, out: Writer): number {
  const name = tokens.need('a segment type');
  const row = byWord.get(name);
  if (row === undefined) throw tokens.error(`"${name}" is no segment type: expected ${[...byWord.keys()].join(', ')}`);
  const { type, hasAlgorithm, fields, sid, sidWord } = row;
  const start = out.length;
  out.u8(type).u8(0).u8(0).u8(0);
  let flags = 0;
  let label = -1;
  const writeSid = (): void => {
    if (sid === 'ipv6') out.bytes(needIp(tokens, 'ipv6'));
    else {
      label = out.length;
      out.u32(tokens.number('label', MAX_LABEL) * 0x1000);
    }
  };
  for (const { word, kind } of fields) {
    tokens.expect(word);
    if (kind === 'number') out.u32(tokens.number(word, MAX_U32));
    else out.bytes(needIp(tokens, kind));
  }
  if (hasAlgorithm && tokens.accept('algorithm')) {
    const algorithm = tokens.number('algorithm', MAX_U8);
    out.patchU8(start + 3, algorithm);
    if (algorithm !== 0) flags |= FLAG_A;
  }
  let hasSid = true;
  if (sidWord !== undefined) {
    tokens.expect(sidWord);
    writeSid();
  } else if (tokens.accept('sid')) writeSid();
  else hasSid = false;
  if (sid === 'ipv6' && hasSid && tokens.accept('endpoint-behavior')) {
    parseEndpointBehavior(tokens, out);
    flags |= FLAG_B;
  }
  out.patchU8(start + 1, out.length - start - 2).patchU8(start + 2, flags);
  // As ExaBGP: labels of types A and C make a stack, the others stand alone.
  return type === 1 || type === 3 ? label : -1;
}

/**
 * Reads `[weight N] [segment …]…` behind the word "segment-list", all or the segments between braces or not.
 * @returns the value of the sub-TLV
 * @throws CommandError
 */
export function parseSegmentList(tokens: Tokens): Uint8Array {
  const out = new Writer(128).u8(0);
  let isBlock = tokens.accept('{');
  if (tokens.accept('weight')) {
    out.u8(WEIGHT).u8(WEIGHT_SIZE).u16(0).u32(tokens.number('weight', MAX_U32));
    if (isBlock) tokens.accept(';');
    else isBlock = tokens.accept('{');
  }
  let last = -1;
  while (tokens.accept('segment')) {
    const hasBraces = tokens.accept('{');
    const label = parseSegment(tokens, out);
    if (label >= 0) last = label;
    if (hasBraces) {
      tokens.accept(';');
      tokens.expect('}');
    }
    if (isBlock) tokens.accept(';');
  }
  if (isBlock) tokens.expect('}');
  if (last >= 0) {
    const bits = readU32(out.view(), last) | BOTTOM_OF_STACK;
    out.patchU8(last + 2, (bits >>> 8) & 0xff);
  }
  return out.finish();
}

/** What a segment holds, for text and JSON. */
interface Segment {
  readonly row: SegmentType;
  readonly values: readonly string[];
  readonly algorithm: number;
  /** Label stack entry, or address. */
  readonly sid: number | string | undefined;
  /** Where endpoint behavior and structure stand, or -1. */
  readonly behavior: number;
}

function readSegment(value: Uint8Array, type: number, start: number, end: number): Segment | undefined {
  const row = byType.get(type);
  if (row === undefined || end - start < 2) return undefined;
  let at = start + 2;
  const values: string[] = [];
  for (const { kind } of row.fields) {
    const size = kind === 'ipv6' ? 16 : 4;
    if (at + size > end) return undefined;
    if (kind === 'number') values.push(String(readU32(value, at)));
    else values.push(kind === 'ipv4' ? printIpv4(value, at) : printIpv6(value, at));
    at += size;
  }
  const sidSize = row.sid === 'label' ? 4 : 16;
  let sid: number | string | undefined;
  if (at + sidSize <= end) {
    sid = row.sid === 'label' ? readU32(value, at) : printIpv6(value, at);
    at += sidSize;
  } else if (row.sidWord !== undefined) return undefined;
  const hasBehavior = row.sid === 'ipv6' && (value[start]! & FLAG_B) !== 0 && at + BEHAVIOR_SIZE <= end;
  return { row, values, algorithm: value[start + 1]!, sid, behavior: hasBehavior ? at : -1 };
}

/** Walks over weight and segments. @returns false when they do not fit, or there is one that is unknown */
function eachSegment(
  value: Uint8Array,
  onWeight: (weight: number) => void,
  visit: (segment: Segment) => void,
): boolean {
  let isKnown = value.length > 0;
  for (let at = 1; at < value.length; ) {
    const end = at + 2 + (value[at + 1] ?? 0);
    if (end > value.length) return false;
    if (value[at] === WEIGHT && end - at === 2 + WEIGHT_SIZE) onWeight(readU32(value, at + 4));
    else {
      const segment = readSegment(value, value[at]!, at + 2, end);
      if (segment === undefined) isKnown = false;
      else visit(segment);
    }
    at = end;
  }
  return isKnown;
}

/** `weight 1 segment type-a mpls 16001 …`; what cannot be read back is left out. @param value of the sub-TLV */
export function printSegmentList(value: Uint8Array): string {
  let text = '';
  eachSegment(
    value,
    (weight) => {
      text += ` weight ${weight}`;
    },
    ({ row, values, algorithm, sid, behavior }) => {
      text += ` segment type-${row.letter.toLowerCase()}`;
      row.fields.forEach(({ word }, i) => {
        text += ` ${word} ${values[i]}`;
      });
      if (row.hasAlgorithm) text += ` algorithm ${algorithm}`;
      if (sid !== undefined) text += ` ${row.sidWord ?? 'sid'} ${typeof sid === 'number' ? sid >>> 12 : sid}`;
      if (behavior >= 0) text += ` endpoint-behavior ${printEndpointBehavior(value, behavior)}`;
    },
  );
  return text.trimStart();
}

/** Label, traffic class, bottom of stack and TTL of a label stack entry. */
function stackEntry(entry: number): string {
  const isBottom = (entry & BOTTOM_OF_STACK) !== 0;
  return `"tc": ${(entry >>> 9) & 7}, "s": ${isBottom}, "ttl": ${entry & 0xff}`;
}

/** `{ "weight": 1, "segments": [ … ] }` @param value of the sub-TLV */
export function segmentListToJson(value: Uint8Array): string {
  let listWeight = 1;
  const segments: string[] = [];
  eachSegment(
    value,
    (weight) => {
      listWeight = weight;
    },
    ({ row, values, algorithm, sid, behavior }) => {
      const { letter, fields, hasAlgorithm } = row;
      const members = [`"type": "${letter}"`];
      fields.forEach(({ key, kind }, i) => {
        members.push(`"${key}": ${kind === 'number' ? values[i] : `"${values[i]}"`}`);
      });
      if (hasAlgorithm) members.push(`"algorithm": ${algorithm}`);
      if (typeof sid === 'string') members.push(`"sid": "${sid}"`);
      else if (sid !== undefined) {
        members.push(`"${letter === 'A' ? 'label' : 'sid'}": ${sid >>> 12}`);
        if (letter === 'A' || letter === 'C') members.push(stackEntry(sid));
      }
      if (behavior >= 0) members.push(`"endpoint-behavior": { ${endpointBehaviorToJson(value, behavior)} }`);
      segments.push(`{ ${members.join(', ')} }`);
    },
  );
  return `{ "weight": ${listWeight}, "segments": [ ${segments.join(', ')} ] }`;
}
