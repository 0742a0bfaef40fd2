/**
 * AS_PATH as octets of text and JSON, for the paths that come with nearly every route: sequences alone. Clever for speed
 * (test/bench/update-events.ts); the other forms, and what these must equal, are in as-path.ts.
 */
import { readU32 } from '../../util/bytes.js';
import { octetsOf, type TextWriter } from '../../util/text-writer.js';
import type { Dialect } from '../family/types.js';
import { SegmentType } from './as-segments.js';

const FLAT_BEGIN = octetsOf('"as-path": [ ');
const FLAT_END = octetsOf(' ], "confederation-path": []');
const SEGMENTS_BEGIN = octetsOf('"as-path": {"0": {"element": "as-sequence", "value": [');
const SEGMENTS_END = octetsOf(']}}');
const TEXT_BEGIN = octetsOf('as-path [ ');
const TEXT_END = octetsOf(' ]');
const COMMA = octetsOf(', ');
const BLANK = octetsOf(' ');

/** One sequence that is not empty and fills the attribute. */
function isSequence(source: Uint8Array, start: number, end: number): boolean {
  const count = source[start + 1]!;
  return end - start > 2 && source[start] === SegmentType.sequence && count > 0 && end - start === 2 + 4 * count;
}

function writeNumbers(out: TextWriter, source: Uint8Array, start: number, end: number, separator: Uint8Array): void {
  for (let at = start + 2; at < end; at += 4) {
    if (at > start + 2) out.bytes(separator);
    out.decimal(readU32(source, at));
  }
}

/** As `toJson` of as-path.ts. @returns false, and wrote nothing, for other paths than one sequence */
export function writePathJson(
  out: TextWriter,
  source: Uint8Array,
  start: number,
  end: number,
  dialect: Dialect,
): boolean {
  if (!isSequence(source, start, end)) return false;
  const isFlat = dialect === 'exabgp-4';
  writeNumbers(out.bytes(isFlat ? FLAT_BEGIN : SEGMENTS_BEGIN), source, start, end, COMMA);
  out.bytes(isFlat ? FLAT_END : SEGMENTS_END);
  return true;
}

/** As the keyword and `print` of as-path.ts. @returns false, and wrote nothing, for other paths than one sequence */
export function writePathText(out: TextWriter, source: Uint8Array, start: number, end: number): boolean {
  if (!isSequence(source, start, end)) return false;
  writeNumbers(out.bytes(TEXT_BEGIN), source, start, end, BLANK);
  out.bytes(TEXT_END);
  return true;
}
