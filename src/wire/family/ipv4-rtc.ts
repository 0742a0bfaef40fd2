/**
 * Route target membership, AFI 1 SAFI 132. RFC 4684 section 4: a prefix of an origin AS number and a route target, or the
 * default of no bits. Which VPN routes somebody then gets is left to those who have them.
 *
 *   1 octet    length in bits: 0, or 32 to 96
 *   4 octets   origin AS
 *   8 octets   route target, as many octets of it as the length covers
 *
 * Words: `default`, or `origin-as N [route-target RT] [length BITS]`.
 */
import { NO_BYTES, readU32, toHex, type Writer } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import { nameExtendedCommunity } from '../attribute/extended-community-names.js';
import { parseExtendedCommunity, printExtendedCommunity } from '../attribute/extended-community-text.js';
import { Afi, Safi } from '../codes.js';
import { type FieldParsers, type Fields, fieldReader, numberField } from './field-reader.js';
import { readNlri } from './nlri-words.js';
import { printPathId } from './prefix-family.js';
import type { Dialect, Family, ParsedNlri } from './types.js';

const AS_BITS = 32;
const MAX_BITS = 96;
/** Origin AS and a whole route target. */
const VALUE_SIZE = MAX_BITS / 8;
const TARGET_AT = 4;
/** The two top bits of a type are no part of a route target here: ExaBGP clears them. */
const TYPE_BITS = 0x3f;

const FIELDS: FieldParsers = {
  default: () => NO_BYTES,
  'origin-as': numberField('origin-as', 4),
  'route-target'(tokens) {
    const target = parseExtendedCommunity(tokens.need('a route target'), () => '');
    if (typeof target === 'string') throw tokens.error(target);
    return target;
  },
  length: numberField('length', 1, MAX_BITS),
};

function finish(fields: Fields): ParsedNlri {
  if (fields.get('default') !== undefined) {
    fields.allowOnly(['default'], 'the default route target');
    return { key: Uint8Array.of(0), payload: NO_BYTES };
  }
  const target = fields.get('route-target');
  const bits = fields.get('length')?.[0] ?? (target === undefined ? AS_BITS : MAX_BITS);
  if (bits < AS_BITS) throw fields.error('length', `length must be ${AS_BITS} to ${MAX_BITS}`);
  const key = Uint8Array.of(bits, ...fields.need('origin-as'), ...(target ?? new Uint8Array(8)));
  return { key: masked(key, 0, 1 + ((bits + 7) >>> 3)), payload: NO_BYTES };
}

/** A copy with the bits behind the length cleared. */
function masked(source: Uint8Array, start: number, end: number): Uint8Array {
  const key = source.slice(start, end);
  const spare = key[0]! & 7;
  if (spare !== 0) key[key.length - 1]! &= 0xff << (8 - spare);
  return key;
}

/** Origin AS and route target, zeros where the length covers nothing. */
function wholeValue(source: Uint8Array, start: number, end: number): Uint8Array {
  const value = new Uint8Array(VALUE_SIZE);
  value.set(masked(source, start, end).subarray(1));
  return value;
}

/** "target:65000:1"; a part of one as hexadecimal with its length in bits. */
function targetText(bits: number, value: Uint8Array, dialect: Dialect): string {
  if (bits <= AS_BITS) return '';
  const target = value.slice(TARGET_AT);
  target[0]! &= TYPE_BITS;
  const name = bits === MAX_BITS ? nameExtendedCommunity(target, dialect === 'exabgp-4') : '';
  return name === '' ? `0x${toHex(target).toUpperCase()}${bits === MAX_BITS ? '' : `/${bits - AS_BITS}`}` : name;
}

function print(source: Uint8Array, start: number, end: number): string {
  const bits = source[start]!;
  if (bits === 0) return 'default';
  const value = wholeValue(source, start, end);
  const hasTarget = bits > AS_BITS;
  const target = hasTarget ? ` route-target ${printExtendedCommunity(value.subarray(TARGET_AT), false)}` : '';
  const length = bits === MAX_BITS || bits === AS_BITS ? '' : ` length ${bits}`;
  return `origin-as ${readU32(value, 0)}${target}${length}`;
}

export const ipv4Rtc: Family = {
  afi: Afi.ipv4,
  safi: Safi.rtc,
  name: 'ipv4 rtc',
  nextHop: { addressSize: 4, lengths: [4, 16], extendedLengths: [], prefixOctets: 0, isAlsoAttribute: false },
  isClassic: false,

  sizeOf(source, offset, end) {
    const bits = source[offset]!;
    const size = 1 + ((bits + 7) >>> 3);
    return (bits === 0 || (bits >= AS_BITS && bits <= MAX_BITS)) && offset + size <= end ? size : -1;
  },
  split: (source, start, end) => ({ key: masked(source, start, end), payload: NO_BYTES }),
  write(out: Writer, key, start, end) {
    out.bytes(key, start, end);
  },
  reader: () => fieldReader(FIELDS, finish),
  parse: (tokens: Tokens) => readNlri(tokens, fieldReader(FIELDS, finish)),
  print,
  printRoute(source, start, end, path, nextHop) {
    const bits = source[start]!;
    const value = wholeValue(source, start, end);
    const text = bits === 0 ? 'wildcard' : `${readU32(value, 0)}:${targetText(bits, value, 'exabgp-4')}`;
    return `rtc ${text}${path}${nextHop}`;
  },
  toJson(source, start, end, pathId, dialect) {
    const value = wholeValue(source, start, end);
    const path = pathId === undefined ? '' : `, "path-information": "${printPathId(pathId)}"`;
    const target = targetText(source[start]!, value, dialect);
    return `{ "origin": ${readU32(value, 0)}, "route-target": "${target}"${path} }`;
  },
};
