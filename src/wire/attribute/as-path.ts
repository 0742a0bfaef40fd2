/**
 * AS_PATH (RFC 4271 section 5.1.2, RFC 5065, RFC 6793): checking and its forms as text and JSON. Segments and the
 * conversions for old speakers are in as-segments.ts. Malformed: treat-as-withdraw (RFC 7606 section 7.2).
 *
 * Text: `[ 1 2 ( 3 4 ) 5 ]`, a set in parentheses; or a list of segments `[ 1 2 ] ( 3 4 ) [ { 5 } ] ( { 6 } )`, braces for
 * confederations; or one AS number.
 */
import { parseNumber, type Tokens } from '../../util/tokens.js';
import { AttributeCode, UpdateError } from '../codes.js';
import { FaultAction } from '../errors.js';
import type { Dialect } from '../family/types.js';
import type { Negotiated } from '../negotiated.js';
import { writePathJson, writePathText } from './as-path-writer.js';
import { isPath, packSegments, pathFault, type Segment, SegmentType, segmentsOf, widenPath } from './as-segments.js';
import { withdrawFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

const MAX_AS = 0xffffffff;

/** Names of segment types in the JSON of the exabgp-5 dialect. */
const ELEMENTS: Readonly<Record<SegmentType, string>> = {
  [SegmentType.set]: 'as-set',
  [SegmentType.sequence]: 'as-sequence',
  [SegmentType.confedSequence]: 'as-confed-sequence',
  [SegmentType.confedSet]: 'as-confed-set',
};

function asNumber(tokens: Tokens, word: string): number {
  const value = parseNumber(word);
  if (value === undefined || value > MAX_AS) throw tokens.error(`AS number must be 0 to ${MAX_AS}, not "${word}"`);
  return value;
}

/** Numbers up to `close`. */
function numbersUntil(tokens: Tokens, close: string): number[] {
  const out: number[] = [];
  for (;;) {
    const word = tokens.need(`AS number or "${close}"`);
    if (word === close) return out;
    out.push(asNumber(tokens, word));
  }
}

/** What stands behind `[`, up to its `]`. */
function parseBracket(tokens: Tokens, out: Segment[]): void {
  if (tokens.accept('{')) {
    out.push({ type: SegmentType.confedSequence, numbers: numbersUntil(tokens, '}') });
    tokens.expect(']');
    return;
  }
  let sequence: number[] = [];
  const close = (): void => {
    if (sequence.length > 0) out.push({ type: SegmentType.sequence, numbers: sequence });
    sequence = [];
  };
  for (;;) {
    const word = tokens.need('AS number or "]"');
    if (word === ']') break;
    if (word === '(') {
      close();
      parseParentheses(tokens, out);
    } else if (word !== ',') sequence.push(asNumber(tokens, word));
  }
  close();
}

/** What stands behind `(`, up to its `)`. */
function parseParentheses(tokens: Tokens, out: Segment[]): void {
  if (tokens.accept('{')) {
    out.push({ type: SegmentType.confedSet, numbers: numbersUntil(tokens, '}') });
    tokens.expect(')');
  } else out.push({ type: SegmentType.set, numbers: numbersUntil(tokens, ')') });
}

function printPath(path: Uint8Array): string {
  const parts: string[] = [];
  let bracket: string[] | undefined;
  const close = (): void => {
    if (bracket !== undefined) parts.push(`[ ${bracket.join(' ')} ]`);
    bracket = undefined;
  };
  for (const { type, numbers } of segmentsOf(path)) {
    const text = numbers.join(' ');
    if (type === SegmentType.sequence || type === SegmentType.set) {
      bracket ??= [];
      bracket.push(type === SegmentType.set ? `( ${text} )` : text);
    } else {
      close();
      parts.push(type === SegmentType.confedSequence ? `[ { ${text} } ]` : `( { ${text} } )`);
    }
  }
  close();
  return parts.length === 0 ? '[ ]' : parts.join(' ');
}

function list(numbers: readonly number[]): string {
  return numbers.length === 0 ? '[]' : `[ ${numbers.join(', ')} ]`;
}

function flatJson(path: Uint8Array): string {
  const byType: Record<SegmentType, number[]> = { 1: [], 2: [], 3: [], 4: [] };
  for (const { type, numbers } of segmentsOf(path)) byType[type].push(...numbers);
  let out = `"as-path": ${list(byType[SegmentType.sequence])}`;
  if (byType[SegmentType.set].length > 0) out += `, "as-set": ${list(byType[SegmentType.set])}`;
  out += `, "confederation-path": ${list(byType[SegmentType.confedSequence])}`;
  if (byType[SegmentType.confedSet].length > 0) out += `, "confederation-set": ${list(byType[SegmentType.confedSet])}`;
  return out;
}

function segmentJson(path: Uint8Array): string {
  const segments = segmentsOf(path).map(
    ({ type, numbers }, i) => `"${i}": {"element": "${ELEMENTS[type]}", "value": [${numbers.join(', ')}]}`,
  );
  return `"as-path": {${segments.join(', ')}}`;
}

export const asPath: AttributeType = {
  code: AttributeCode.asPath,
  flags: Flag.transitive,
  rfcName: 'AS_PATH',
  keyword: 'as-path',
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array, negotiated: Negotiated) {
    // RFC 5065 section 5.3: confederation segments are for peers inside the confederation.
    const fault = pathFault(value, negotiated.asn4 ? 4 : 2, !negotiated.isExternal);
    if (fault !== undefined) return withdrawFault(this.code, fault, UpdateError.malformedAsPath);
    return negotiated.asn4 ? value : widenPath(value);
  },
  isPlain: (source, start, end, { asn4, isExternal }) =>
    asn4 && pathFault(source, 4, !isExternal, start, end) === undefined,
  hasText: isPath,
  parse(tokens: Tokens): Uint8Array {
    const segments: Segment[] = [];
    if (tokens.peek() !== '[' && tokens.peek() !== '(') {
      const word = tokens.need('AS path');
      return packSegments([{ type: SegmentType.sequence, numbers: [asNumber(tokens, word)] }]);
    }
    for (;;) {
      if (tokens.accept('[')) parseBracket(tokens, segments);
      else if (tokens.accept('(')) parseParentheses(tokens, segments);
      else return packSegments(segments);
    }
  },
  print: printPath,
  toJson(value: Uint8Array, dialect: Dialect): string {
    if (value.length === 0 || !isPath(value)) return '';
    return dialect === 'exabgp-4' ? flatJson(value) : segmentJson(value);
  },
  writeJson: writePathJson,
  writeText: writePathText,
};
