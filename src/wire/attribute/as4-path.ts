/**
 * AS4_PATH (RFC 6793): the real path beside one with AS_TRANS, from a speaker with two-octet AS numbers. The UPDATE decoder
 * merges it into AS_PATH, so it has no text of its own. Malformed, or from a new speaker: discarded (RFC 6793 section 6).
 */
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import type { Negotiated } from '../negotiated.js';
import { pathFault } from './as-segments.js';
import { discardFault } from './fault.js';
import { parseRaw, printRaw, rawToJson } from './raw.js';
import { type AttributeType, Flag } from './types.js';

const FLAGS = Flag.optional | Flag.transitive;
/** One segment with one AS number. */
const SMALLEST = 6;

export const as4Path: AttributeType = {
  code: AttributeCode.as4Path,
  flags: FLAGS,
  rfcName: 'AS4_PATH',
  keyword: undefined,
  flagFault: FaultAction.discard,

  decode(value: Uint8Array, negotiated: Negotiated) {
    if (negotiated.asn4) return discardFault(this.code, 'sent by a speaker with four-octet AS numbers');
    if (value.length < SMALLEST) return discardFault(this.code, `length ${value.length}, must be ${SMALLEST} or more`);
    // RFC 6793 section 6: confederation segments are left out by the merge and no reason to discard it.
    const fault = pathFault(value, 4, true);
    return fault === undefined ? value : discardFault(this.code, fault);
  },
  hasText: () => false,
  parse: (tokens) => parseRaw(tokens).value,
  print: (value) => printRaw(AttributeCode.as4Path, FLAGS, value),
  toJson: (value) => rawToJson(AttributeCode.as4Path, FLAGS, value),
};
