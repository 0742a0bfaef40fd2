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
const SLASH = 47;
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

/** The line, where the reader stands in it, and index behind it. */
let text: Uint8Array = nextHop;
let at = 0;
let end = 0;
/** Value of the number read last. */
let number = 0;

const WORDS = {
  nextHop: octetsOf('next-hop '),
  self: octetsOf('self'),
  asPath: octetsOf('as-path '),
  med: octetsOf('med '),
  localPreference: octetsOf('local-preference '),
  community: octetsOf('community '),
  origin: octetsOf('origin '),
};
const ORIGINS = ['igp', 'egp', 'incomplete'].map(octetsOf);

function octetsOf(word: string): Uint8Array {
  return new Uint8Array(Buffer.from(word));
}

/**
 * @param line holds the words @param from index of the first one @param to index behind the line
 * @param out gets the packed set (wire/attribute-set.ts), at least SCANNED_SET_OCTETS long
 * @returns its length, or 0 when the words are not all plain
 */
export function scanWords(line: Uint8Array, from: number, to: number, out: Uint8Array): number {
  text = line;
  at = from;
  end = to;
  for (let i = 0; i < sizes.length; i++) sizes[i] = -1;
  let nextHopSize = -1;
  while (at < end) {
    switch (text[at]) {
      case 110: // n
        if (nextHopSize >= 0 || !word(WORDS.nextHop)) return 0;
        nextHopSize = readNextHop();
        if (nextHopSize < 0) return 0;
        break;
      case 97: // a
        if (!word(WORDS.asPath) || !readAsPath()) return 0;
        break;
      case 109: // m
        if (!word(WORDS.med) || !readU32Value(2)) return 0;
        break;
      case 108: // l
        if (!word(WORDS.localPreference) || !readU32Value(3)) return 0;
        break;
      case 99: // c
        if (!word(WORDS.community) || !readCommunities()) return 0;
        break;
      case 111: // o
        if (!word(WORDS.origin) || !readOrigin()) return 0;
        break;
      default:
        return 0;
    }
    if (at < end && text[at] !== BLANK) return 0;
    skipBlanks();
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

function skipBlanks(): void {
  while (at < end && text[at] === BLANK) at++;
}

/** Takes these octets. */
function take(word: Uint8Array): boolean {
  const size = word.length;
  if (at + size > end) return false;
  for (let i = 0; i < size; i++) if (text[at + i] !== word[i]) return false;
  at += size;
  return true;
}

/** Takes the keyword and the blanks behind it. */
function word(keyword: Uint8Array): boolean {
  if (!take(keyword)) return false;
  skipBlanks();
  return true;
}

/** @returns 1 for self, else octets of the address, -1 for anything else */
function readNextHop(): number {
  if (take(WORDS.self)) return 1;
  const start = at;
  if (!scanPrefix(text, at, end, nextHop, 0)) return -1;
  for (at = scanned.end; at > start; at--) if (text[at - 1] === SLASH) return -1;
  at = scanned.end;
  return scanned.size - 1;
}

/** Reads a decimal number without leading zeros. @returns false when there is none or it is over `max` */
function readNumber(max: number): boolean {
  const start = at;
  const line = text;
  let i = start;
  let value = 0;
  for (; i < end; i++) {
    const digit = line[i]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > max) return false;
  }
  at = i;
  number = value;
  return i > start && (i === start + 1 || line[start] !== 48);
}

function readU32Value(slot: number): boolean {
  if (sizes[slot]! >= 0 || !readNumber(MAX_U32)) return false;
  writeU32(values[slot]!, 0, number);
  sizes[slot] = 4;
  return true;
}

function readOrigin(): boolean {
  if (sizes[0]! >= 0) return false;
  for (let code = 0; code < ORIGINS.length; code++) {
    if (!take(ORIGINS[code]!)) continue;
    values[0]![0] = code;
    sizes[0] = 1;
    return true;
  }
  return false;
}

function readAsPath(): boolean {
  if (sizes[1]! >= 0 || text[at] !== OPEN) return false;
  at++;
  const value = values[1]!;
  let count = 0;
  for (;;) {
    skipBlanks();
    if (at >= end) return false;
    if (text[at] === CLOSE) break;
    if (count === MAX_SEGMENT || !readNumber(MAX_U32)) return false;
    if (!isDelimiter()) return false;
    writeU32(value, 2 + 4 * count++, number);
  }
  at++;
  if (count === 0) return false;
  value[0] = AS_SEQUENCE;
  value[1] = count;
  sizes[1] = 2 + 4 * count;
  return true;
}

/** Within a list: a blank or its end. */
function isDelimiter(): boolean {
  return at < end && (text[at] === BLANK || text[at] === CLOSE);
}

function readCommunities(): boolean {
  if (sizes[4]! >= 0) return false;
  const value = values[4]!;
  let count = 0;
  const isList = text[at] === OPEN;
  if (isList) at++;
  for (;;) {
    if (isList) {
      skipBlanks();
      if (at >= end) return false;
      if (text[at] === CLOSE) break;
    }
    if (count === MAX_COMMUNITIES || !readNumber(MAX_U16) || at >= end || text[at] !== COLON) return false;
    const high = number;
    at++;
    if (!readNumber(MAX_U16)) return false;
    writeU32(value, 4 * count++, high * (MAX_U16 + 1) + number);
    if (!isList) break;
    if (!isDelimiter()) return false;
  }
  if (isList) at++;
  if (count === 0) return false;
  sizes[4] = 4 * count;
  return true;
}
