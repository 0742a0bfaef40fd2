/**
 * AS4_AGGREGATOR (RFC 6793): the real AGGREGATOR beside one with AS_TRANS. The UPDATE decoder puts it in AGGREGATOR's
 * place, so it has no text of its own. Malformed, or from a new speaker: discarded (RFC 6793 section 6).
 */
import { readU32 } from '../../util/bytes.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import type { Negotiated } from '../negotiated.js';
import { discardFault } from './fault.js';
import { parseRaw, printRaw, rawToJson } from './raw.js';
import { type AttributeType, Flag } from './types.js';

const FLAGS = Flag.optional | Flag.transitive;
const SIZE = 8;

export const as4Aggregator: AttributeType = {
  code: AttributeCode.as4Aggregator,
  flags: FLAGS,
  rfcName: 'AS4_AGGREGATOR',
  keyword: undefined,
  flagFault: FaultAction.discard,

  decode(value: Uint8Array, negotiated: Negotiated) {
    if (negotiated.asn4) return discardFault(this.code, 'sent by a speaker with four-octet AS numbers');
    if (value.length !== SIZE) return discardFault(this.code, `length ${value.length}, must be ${SIZE}`);
    return readU32(value, 0) === 0 ? discardFault(this.code, 'AS 0') : value; // RFC 7607 section 2
  },
  hasText: () => false,
  parse: (tokens) => parseRaw(tokens).value,
  print: (value) => printRaw(AttributeCode.as4Aggregator, FLAGS, value),
  toJson: (value) => rawToJson(AttributeCode.as4Aggregator, FLAGS, value),
};
