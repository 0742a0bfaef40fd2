/**
 * Text that a stranger sent us: host names, shutdown communications, software versions. It is decoded without trust, and
 * escaped wherever it is shown, so that it can forge neither a member of a JSON object nor a line of text.
 */

/** Longest text taken or sent, in octets: these fields have one octet of length. */
const MAX_OCTETS = 255;

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Control characters, what changes the direction or the look of a line, line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const OUTSIDE_ASCII = /[\u007f-\uffff]/g;
const PLAIN_WORD = /^[A-Za-z0-9._:/+@~-]+$/;

/** UTF-8 with replacement of what is none, without control characters. */
export function decodeText(octets: Uint8Array): string {
  return lenient.decode(octets).replace(UNSAFE, '');
}

/** UTF-8, cut at a character so that one octet of length is enough. */
export function encodeText(text: string): Uint8Array {
  const octets = new Uint8Array(MAX_OCTETS);
  const { written } = encoder.encodeInto(text, octets);
  return octets.subarray(0, written);
}

/** Each UTF-16 unit of `text` as \\uXXXX. */
function unicodeEscape(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return out;
}

/** A JSON string, quotes included, in ASCII. */
export function jsonString(text: string): string {
  return JSON.stringify(text).replace(OUTSIDE_ASCII, unicodeEscape);
}

/** One word of a line: as it is when that is safe, else as a JSON string. */
export function textWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : jsonString(text);
}

/** The end of a line: control characters are escaped, all else stays. */
export function textLine(text: string): string {
  return text.replace(UNSAFE, unicodeEscape);
}
