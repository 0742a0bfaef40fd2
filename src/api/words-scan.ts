/**
 * Reads the plain words behind a prefix (next hop, AS_PATH as one sequence, MED, LOCAL_PREF, ORIGIN, numeric communities)
 * into a packed attribute set without creating anything. What is written in any other way, every mistake included, is left
 * to the grammar in route-text.ts, which names the place; a test holds the two equal. Clever for speed: helpers that give
 * every route attributes of its own pay this for each line.
 */
import { writeU32 } from '../util/bytes.js';
import { attributeByCode } from '../wire/attribute/index.js';
import { AttributeCode } from '../wire/codes.js';
import { scanned, scanPrefix } from './prefix-scan.js';

const BLANK = 32;
const OPEN = 91;
const CLOSE = 93;
const COLON = 58;
const AS_SEQUENCE = 2;
const MAX_SEGMENT = 255;
const MAX_COMMUNITIES = 1024;
const MAX_U16 = 0xffff;
const MAX_U32 = 0xffffffff;

/** Octets that a packed set of plain words takes at most: five attributes, the longest with 1024 communities. */
export const SCANNED_SET_OCTETS = 8192;

/** Codes that are read here, ascending, as they stand in a packed set. */
const CODES = [
  AttributeCode.origin,
  AttributeCode.asPath,
  AttributeCode.multiExitDisc,
  AttributeCode.localPref,
  AttributeCode.communities,
];
const FLAGS = CODES.map((code) => attributeByCode(code)!.flags);

/** Value octets of each code, and how many; -1: not said. */
const values = [
  new Uint8Array(1),
  new Uint8Array(2 + 4 * MAX_SEGMENT),
  new Uint8Array(4),
  new Uint8Array(4),
  new Uint8Array(4 * MAX_COMMUNITIES),
];
const sizes = new Int32Array(CODES.length);
const nextHop = new Uint8Array(17);

/** Where the reader stands. */
let at = 0;
/** Value of the number read last. */
let number = 0;

/**
 * @param text the line @param from index of the first word
 * @param out gets the packed set (wire/attribute-set.ts), at least SCANNED_SET_OCTETS long
 * @returns its length, or 0 when the words are not all plain
 */
export function scanWords(text: string, from: number, out: Uint8Array): number {
  at = from;
  sizes.fill(-1);
  let nextHopSize = -1;
  const end = text.length;
  while (at < end) {
    const start = at;
    switch (text.charCodeAt(at)) {
      case 110: // n
        if (nextHopSize >= 0 || !word(text, 'next-hop ')) return 0;
        nextHopSize = readNextHop(text);
        if (nextHopSize < 0) return 0;
        break;
      case 97: // a
        if (!word(text, 'as-path ') || !readAsPath(text)) return 0;
        break;
      case 109: // m
        if (!word(text, 'med ') || !readU32Value(text, 2)) return 0;
        break;
      case 108: // l
        if (!word(text, 'local-preference ') || !readU32Value(text, 3)) return 0;
        break;
      case 99: // c
        if (!word(text, 'community ') || !readCommunities(text)) return 0;
        break;
      case 111: // o
        if (!word(text, 'origin ') || !readOrigin(text)) return 0;
        break;
      default:
        return 0;
    }
    if (at === start || (at < end && text.charCodeAt(at) !== BLANK)) return 0;
    skipBlanks(text);
  }
  return nextHopSize < 0 ? 0 : pack(nextHopSize, out);
}

function pack(nextHopSize: number, out: Uint8Array): number {
  let length = 0;
  out[length++] = nextHopSize;
  if (nextHopSize > 1) for (let i = 1; i <= nextHopSize; i++) out[length++] = nextHop[i]!;
  out[length++] = 0;
  out[length++] = 0;
  for (let i = 0; i < CODES.length; i++) {
    const size = sizes[i]!;
    if (size < 0) continue;
    const value = values[i]!;
    out[length++] = FLAGS[i]!;
    out[length++] = CODES[i]!;
    out[length++] = size >>> 8;
    out[length++] = size;
    for (let k = 0; k < size; k++) out[length++] = value[k]!;
  }
  return length;
}

function skipBlanks(text: string): void {
  while (at < text.length && text.charCodeAt(at) === BLANK) at++;
}

/** Takes the keyword and the blanks behind it. */
function word(text: string, keyword: string): boolean {
  if (!text.startsWith(keyword, at)) return false;
  at += keyword.length;
  skipBlanks(text);
  return true;
}

/** @returns 1 for self, else octets of the address, -1 for anything else */
function readNextHop(text: string): number {
  if (text.startsWith('self', at)) {
    at += 4;
    return 1;
  }
  if (!scanPrefix(text, at, nextHop, 0)) return -1;
  const slash = text.indexOf('/', at);
  if (slash >= 0 && slash < scanned.end) return -1;
  at = scanned.end;
  return scanned.size - 1;
}

/** Reads a decimal number without leading zeros. @returns false when there is none or it is over `max` */
function readNumber(text: string, max: number): boolean {
  const start = at;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > max) return false;
  }
  number = value;
  return at > start && (at === start + 1 || text.charCodeAt(start) !== 48);
}

function readU32Value(text: string, slot: number): boolean {
  if (sizes[slot]! >= 0 || !readNumber(text, MAX_U32)) return false;
  writeU32(values[slot]!, 0, number);
  sizes[slot] = 4;
  return true;
}

function readOrigin(text: string): boolean {
  if (sizes[0]! >= 0) return false;
  const names = ['igp', 'egp', 'incomplete'];
  for (let code = 0; code < names.length; code++) {
    if (!text.startsWith(names[code]!, at)) continue;
    at += names[code]!.length;
    values[0]![0] = code;
    sizes[0] = 1;
    return true;
  }
  return false;
}

function readAsPath(text: string): boolean {
  if (sizes[1]! >= 0 || text.charCodeAt(at) !== OPEN) return false;
  at++;
  const value = values[1]!;
  let count = 0;
  for (;;) {
    skipBlanks(text);
    if (text.charCodeAt(at) === CLOSE) break;
    if (count === MAX_SEGMENT || !readNumber(text, MAX_U32)) return false;
    const next = text.charCodeAt(at);
    if (next !== BLANK && next !== CLOSE) return false;
    writeU32(value, 2 + 4 * count++, number);
  }
  at++;
  if (count === 0) return false;
  value[0] = AS_SEQUENCE;
  value[1] = count;
  sizes[1] = 2 + 4 * count;
  return true;
}

function readCommunities(text: string): boolean {
  if (sizes[4]! >= 0) return false;
  const value = values[4]!;
  let count = 0;
  const isList = text.charCodeAt(at) === OPEN;
  if (isList) at++;
  for (;;) {
    if (isList) {
      skipBlanks(text);
      if (text.charCodeAt(at) === CLOSE) break;
    }
    if (count === MAX_COMMUNITIES || !readNumber(text, MAX_U16) || text.charCodeAt(at) !== COLON) return false;
    const high = number;
    at++;
    if (!readNumber(text, MAX_U16)) return false;
    writeU32(value, 4 * count++, high * (MAX_U16 + 1) + number);
    if (!isList) break;
    const next = text.charCodeAt(at);
    if (next !== BLANK && next !== CLOSE) return false;
  }
  if (isList) at++;
  if (count === 0) return false;
  sizes[4] = 4 * count;
  return true;
}
