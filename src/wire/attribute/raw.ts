/**
 * Attributes as code, flags and octets: what commands write as `attribute [ 0xCC 0xFF 0xDATA ]` and events as
 * "attribute-0xCC-0xFF". For attributes that the codec does not know, and for known ones with unusual flags or values.
 */
import { fromHex, NO_BYTES, toHex } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import type { CanonicalAttribute } from '../attribute-set.js';

const MAX_LENGTH = 0xffff;

function upperHex(octet: number): string {
  return octet.toString(16).toUpperCase().padStart(2, '0');
}

/** `attribute [ 0x63 0xC0 0x0a0b ]` */
export function printRaw(code: number, flags: number, value: Uint8Array): string {
  return `attribute [ 0x${upperHex(code)} 0x${upperHex(flags)} 0x${toHex(value)} ]`;
}

/** `"attribute-0x63-0xC0": "0x0a0b"` */
export function rawToJson(code: number, flags: number, value: Uint8Array): string {
  return `"attribute-0x${upperHex(code)}-0x${upperHex(flags)}": "0x${toHex(value)}"`;
}

/**
 * Reads what stands behind the keyword `attribute`.
 * @returns the attribute with the flags as they were given, extended length included
 * @throws CommandError
 */
export function parseRaw(tokens: Tokens): CanonicalAttribute {
  tokens.expect('[');
  const code = octet(tokens, 'attribute code');
  const flags = octet(tokens, 'attribute flags');
  let value: Uint8Array = NO_BYTES;
  if (tokens.peek() !== ']') {
    const word = tokens.need('attribute data');
    const octets = /^0x/i.test(word) ? fromHex(word.slice(2)) : undefined;
    if (octets === undefined)
      throw tokens.error(`attribute data must be 0x and an even number of digits, not "${word}"`);
    if (octets.length > MAX_LENGTH) throw tokens.error(`attribute data of ${octets.length} octets: ${MAX_LENGTH} fit`);
    value = octets;
  }
  tokens.expect(']');
  return { code, flags, value };
}

function octet(tokens: Tokens, what: string): number {
  const word = tokens.need(what);
  if (!/^0x[0-9a-fA-F]{1,2}$/.test(word)) throw tokens.error(`${what} must be 0x00 to 0xff, not "${word}"`);
  return Number(word);
}
