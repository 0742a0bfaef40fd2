/** ORIGIN (RFC 4271 section 5.1.1): where the route came into BGP. Malformed: treat-as-withdraw (RFC 7606 section 7.1). */
import { octetsOf } from '../../util/text-writer.js';
import type { Tokens } from '../../util/tokens.js';
import { AttributeCode, UpdateError } from '../codes.js';
import { FaultAction } from '../errors.js';
import { withdrawFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

/** Names by value. */
const NAMES = ['igp', 'egp', 'incomplete'] as const;
const JSON_BY_VALUE = NAMES.map((name) => octetsOf(`"origin": "${name}"`));
const TEXT_BY_VALUE = NAMES.map((name) => octetsOf(`origin ${name}`));

function isOrigin(source: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 && source[start]! < NAMES.length;
}

export const origin: AttributeType = {
  code: AttributeCode.origin,
  flags: Flag.transitive,
  rfcName: 'ORIGIN',
  keyword: 'origin',
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array) {
    if (value.length !== 1) return withdrawFault(this.code, `length ${value.length}, must be 1`);
    if (value[0]! >= NAMES.length) {
      return withdrawFault(this.code, `value ${value[0]} is not defined`, UpdateError.invalidOrigin);
    }
    return value;
  },
  isPlain: isOrigin,
  hasText: (value) => value.length === 1 && value[0]! < NAMES.length,
  parse(tokens: Tokens): Uint8Array {
    const word = tokens.need('origin');
    const value = (NAMES as readonly string[]).indexOf(word.toLowerCase());
    if (value < 0) throw tokens.error(`origin must be igp, egp or incomplete, not "${word}"`);
    return Uint8Array.of(value);
  },
  print: (value) => NAMES[value[0]!]!,
  toJson: (value) => `"origin": "${NAMES[value[0]!]}"`,
  writeJson(out, source, start, end) {
    if (!isOrigin(source, start, end)) return false;
    out.bytes(JSON_BY_VALUE[source[start]!]!);
    return true;
  },
  writeText(out, source, start, end) {
    if (!isOrigin(source, start, end)) return false;
    out.bytes(TEXT_BY_VALUE[source[start]!]!);
    return true;
  },
};
