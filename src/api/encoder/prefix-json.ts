/**
 * The NLRI objects of a run of plain IPv4 prefixes as one flat string. Clever for speed (test/bench/update-events.ts):
 * digits go into a buffer that is used again and again, so no string is made per prefix. Families give the same text by
 * `toJson`; a test compares the two.
 */
import { PATH_ID_SIZE } from '../../wire/nlri.js';
import type { NlriRun } from '../../wire/update.js';

/** Longest object with its separator. */
const MAX_OBJECT = 96;

/** Decimal digits of each octet: three of them and how many count. */
const DIGITS = new Uint8Array(256 * 4);
for (let octet = 0; octet < 256; octet++) {
  const text = String(octet);
  for (let i = 0; i < text.length; i++) DIGITS[4 * octet + i] = text.charCodeAt(i);
  DIGITS[4 * octet + 3] = text.length;
}

const BEFORE = Buffer.from('{ "nlri": "');
const AFTER = Buffer.from('" }');
const PATH = Buffer.from('", "path-information": "');
const SEPARATOR = Buffer.from(', ');
const DOT = 0x2e;
const SLASH = 0x2f;

let scratch = Buffer.allocUnsafeSlow(16 * 1024);

function copy(text: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) scratch[at + i] = text[i]!;
  return at + text.length;
}

function decimal(octet: number, at: number): number {
  const from = 4 * octet;
  const length = DIGITS[from + 3]!;
  for (let i = 0; i < length; i++) scratch[at + i] = DIGITS[from + i]!;
  return at + length;
}

function grow(): void {
  const bigger = Buffer.allocUnsafeSlow(scratch.length * 2);
  scratch.copy(bigger);
  scratch = bigger;
}

/** @param run checked, of a family with prefixSize 4 @returns `{ "nlri": "10.0.0.0/8" }, { "nlri": … }` */
export function ipv4RunToJson({ source, start, end, addPath }: NlriRun): string {
  let to = 0;
  for (let at = start; at < end; ) {
    if (to + MAX_OBJECT > scratch.length) grow();
    if (to > 0) to = copy(SEPARATOR, to);
    const pathAt = at;
    if (addPath) at += PATH_ID_SIZE;
    const bits = source[at++]!;
    const octets = (bits + 7) >>> 3;
    to = copy(BEFORE, to);
    for (let i = 0; i < 4; i++) {
      let octet = i < octets ? source[at + i]! : 0;
      // Bits behind the length mean nothing (RFC 4271 section 4.3).
      if (i === octets - 1 && (bits & 7) !== 0) octet &= 0xff << (8 - (bits & 7));
      if (i > 0) scratch[to++] = DOT;
      to = decimal(octet & 0xff, to);
    }
    scratch[to++] = SLASH;
    to = decimal(bits, to);
    if (addPath) {
      to = copy(PATH, to);
      for (let i = 0; i < PATH_ID_SIZE; i++) {
        if (i > 0) scratch[to++] = DOT;
        to = decimal(source[pathAt + i]!, to);
      }
    }
    to = copy(AFTER, to);
    at += octets;
  }
  return scratch.toString('latin1', 0, to);
}
