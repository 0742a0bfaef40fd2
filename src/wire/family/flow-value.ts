/**
 * Values of flow rules as text: prefixes with an offset, and lists like `[ >8080&<8088 =3128 ]` or `[ syn+ack !fin ]`
 * where & is AND and a blank is OR. RFC 8955 section 4.2, RFC 8956 section 3.1.
 */
import { Writer } from '../../util/bytes.js';
import { parseIp, printIpv6, printPrefix } from '../../util/ip.js';
import { CommandError, parseNumber, type Tokens } from '../../util/tokens.js';
import {
  BITMASK_BITS,
  type FlowAfi,
  NUMERIC_BITS,
  Op,
  type ValueComponent,
  valueOctets,
  writeValue,
} from './flow-component.js';

/** Operators of numbers, at their bits. */
const NUMERIC_OPERATORS = ['false', '=', '>', '>=', '<', '<=', '!=', 'true'] as const;
/** Operators of bit masks, at their bits. */
const BITMASK_OPERATORS = ['', '=', '!', '!='] as const;
/** What earlier commands wrote for "no fragment at all"; as a value 0 it would match nothing. */
const NOT_A_FRAGMENT = 'not-a-fragment';

/** A prefix of a rule, read from text. */
export interface FlowPrefix {
  readonly afi: FlowAfi;
  /** Octets behind the type. */
  readonly octets: Uint8Array;
}

/**
 * Reads `PREFIX/LENGTH`, for IPv6 also `PREFIX/LENGTH/OFFSET`. Bits behind the length and before the offset are cleared.
 * @throws CommandError
 */
export function parseFlowPrefix(tokens: Tokens): FlowPrefix {
  const word = tokens.need('a prefix');
  const [address = '', length, offset, ...more] = word.split('/');
  const packed = parseIp(address);
  const bits = parseNumber(length ?? '');
  const skipped = offset === undefined ? 0 : parseNumber(offset);
  if (packed === undefined || bits === undefined || skipped === undefined || more.length > 0) {
    throw tokens.error(`"${word}" is not an IP prefix: ADDRESS/LENGTH, for IPv6 also ADDRESS/LENGTH/OFFSET`);
  }
  const width = packed.length * 8;
  if (bits > width) throw tokens.error(`the length of "${word}" is over ${width}`);
  if (width === 32) {
    if (offset !== undefined) throw tokens.error(`"${word}" has an offset, which only IPv6 prefixes have`);
    return { afi: 1, octets: Uint8Array.of(bits, ...bitsOf(packed, 0, bits)) };
  }
  if (skipped >= bits && skipped + bits > 0) throw tokens.error(`the offset of "${word}" must be below its length`);
  return { afi: 2, octets: Uint8Array.of(bits, skipped, ...bitsOf(packed, skipped, bits)) };
}

/** The bits from `from` to `to`, moved to the front. */
function bitsOf(source: Uint8Array, from: number, to: number): Uint8Array {
  const out = new Uint8Array((to - from + 7) >>> 3);
  for (let i = from; i < to; i++) {
    if ((source[i >>> 3]! & (0x80 >>> (i & 7))) !== 0) out[(i - from) >>> 3]! |= 0x80 >>> ((i - from) & 7);
  }
  return out;
}

/** A prefix component as text: "10.0.0.0/8", "2001:db8::/32/0". */
export function printFlowPrefix(source: Uint8Array, start: number, end: number, afi: FlowAfi): string {
  if (afi === 1) return printPrefix(masked(source, start, end), 0, 4);
  const bits = source[start]!;
  const offset = source[start + 1]!;
  const address = new Uint8Array(16);
  for (let i = offset; i < bits; i++) {
    const at = i - offset;
    if ((source[start + 2 + (at >>> 3)]! & (0x80 >>> (at & 7))) !== 0) address[i >>> 3]! |= 0x80 >>> (i & 7);
  }
  return `${printIpv6(address)}/${bits}/${offset}`;
}

/** A copy of an IPv4 prefix with the bits behind its length cleared. */
function masked(source: Uint8Array, start: number, end: number): Uint8Array {
  const out = source.slice(start, end);
  const spare = -out[0]! & 7;
  if (spare !== 0) out[out.length - 1]! &= 0xff << spare;
  return out;
}

/** The value of 1 to 8 octets. */
function readValue(source: Uint8Array, start: number, end: number): number | bigint {
  if (end - start > 6) return new DataView(source.buffer, source.byteOffset + start).getBigUint64(0);
  let value = 0;
  for (let at = start; at < end; at++) value = value * 256 + source[at]!;
  return value;
}

/**
 * The values of a component: alternatives, each with its AND terms joined by "&".
 * @param tellsUnknown values without a name are called "unknown …", as ExaBGP 4 does
 */
export function printFlowValues(
  component: ValueComponent,
  source: Uint8Array,
  start: number,
  end: number,
  tellsUnknown: boolean,
): string[] {
  const out: string[] = [];
  for (let at = start; at < end; ) {
    const operator = source[at]!;
    const from = at + 1;
    const to = from + valueOctets(operator);
    const term =
      component.kind === 'numeric'
        ? printNumeric(component, operator, readValue(source, from, to), tellsUnknown)
        : printBitmask(component, operator, Number(readValue(source, from, to)), tellsUnknown);
    if (at > start && (operator & Op.and) !== 0) out[out.length - 1] += `&${term}`;
    else out.push(term);
    at = to;
  }
  return out;
}

/** True when a component has a value that commands do not take: one that matches no packet. */
export function isBeyondWords(component: ValueComponent, source: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const to = at + 1 + valueOctets(source[at]!);
    const bits = source[at]! & NUMERIC_BITS;
    const isConstant = component.kind === 'numeric' && (bits === 0 || bits === NUMERIC_BITS);
    if (!isConstant && readValue(source, at + 1, to) > component.max) return true;
    at = to;
  }
  return false;
}

function printNumeric(
  { names }: ValueComponent,
  operator: number,
  value: number | bigint,
  tellsUnknown: boolean,
): string {
  const bits = operator & NUMERIC_BITS;
  const sign = NUMERIC_OPERATORS[bits]!;
  if (bits === 0 || bits === NUMERIC_BITS) return sign;
  return `${sign}${names.names.get(Number(value)) ?? unnamed(value, names.unknown, tellsUnknown)}`;
}

function unnamed(value: number | bigint, unknown: string | undefined, tellsUnknown: boolean): string {
  return tellsUnknown && unknown !== undefined ? `unknown ${unknown} ${value}` : String(value);
}

function printBitmask({ names }: ValueComponent, operator: number, value: number, tellsUnknown: boolean): string {
  const sign = BITMASK_OPERATORS[operator & BITMASK_BITS]!;
  const found: string[] = [];
  let left = value;
  for (const [bit, name] of names.names) {
    if ((value & bit) === 0) continue;
    found.push(name);
    left &= ~bit;
  }
  if (left === 0 && value !== 0) return `${sign}${found.join('+')}`;
  if (tellsUnknown && value === 0 && names.unknown !== undefined) return `${sign}${NOT_A_FRAGMENT}`;
  return `${sign}${tellsUnknown && names.unknown !== undefined ? unnamed(value, names.unknown, true) : `0x${value.toString(16)}`}`;
}

/** One operator and value. */
export interface Term {
  readonly bits: number;
  readonly isAnd: boolean;
  readonly value: number;
}

/** A word of a list of values, and its column. */
export interface ValueWord {
  readonly word: string;
  readonly column: number;
}

/**
 * Reads the values of a component.
 * @returns operators and values, for `packFlowTerms`
 * @throws CommandError
 */
export function parseFlowTerms(component: ValueComponent, words: readonly ValueWord[]): Term[] {
  const out: Term[] = [];
  for (const { word, column } of words) {
    word.split('&').forEach((text, i) => {
      const term = parseTerm(component, text);
      if (typeof term === 'string') throw new CommandError(term, column);
      out.push({ ...term, isAnd: i > 0 });
    });
  }
  return out;
}

/** True for a word that reads as values of the component. */
export function isFlowValue(component: ValueComponent, word: string): boolean {
  return word.split('&').every((text) => typeof parseTerm(component, text) !== 'string');
}

function parseTerm(component: ValueComponent, text: string): Parsed {
  return component.kind === 'numeric' ? parseNumeric(component, text) : parseBitmask(component, text);
}

type Parsed = { readonly bits: number; readonly value: number } | string;

function parseNumeric({ name, names, max }: ValueComponent, text: string): Parsed {
  const word = text.toLowerCase();
  if (word === 'true') return { bits: NUMERIC_BITS, value: 0 };
  if (word === 'false') return { bits: 0, value: 0 };
  const [, sign = '', value = ''] = /^(==?|!=|[<>]=?)?(.*)$/.exec(word) ?? [];
  const number = names.values.get(value) ?? parseNumber(value);
  if (number === undefined) return `"${text}" is no value of ${name}`;
  if (number > max) return `${name} takes numbers from 0 to ${max}, not "${value}"`;
  return { bits: sign === '' || sign === '==' ? Op.equal : NUMERIC_OPERATORS.indexOf(sign as '='), value: number };
}

function parseBitmask({ name, names, max }: ValueComponent, text: string): Parsed {
  const word = text.toLowerCase();
  const [, sign = '', flags = ''] = /^(!=|=|!)?(.*)$/.exec(word) ?? [];
  if (flags === NOT_A_FRAGMENT && sign === '' && names.values.has('is-fragment')) {
    return { bits: Op.not, value: names.values.get('is-fragment')! };
  }
  let value = 0;
  for (const flag of flags.split('+')) {
    const bit = names.values.get(flag) ?? parseNumber(flag);
    if (bit === undefined) return `"${text}" is no value of ${name}: expected ${[...names.values.keys()].join(', ')}`;
    if (bit > max) return `${name} takes values from 0 to ${max}, not "${flag}"`;
    value |= bit;
  }
  return { bits: BITMASK_OPERATORS.indexOf(sign as ''), value };
}

const scratch = new Writer(64);
const octets = new Uint8Array(4);

/** Operators and values as octets behind the type. */
export function packFlowTerms(terms: readonly Term[]): Uint8Array {
  const out = scratch.reset();
  terms.forEach(({ bits, isAnd, value }, i) => {
    new DataView(octets.buffer).setUint32(0, value);
    writeValue(out, bits, isAnd, i === terms.length - 1, octets, 0, 4);
  });
  return out.finish();
}
