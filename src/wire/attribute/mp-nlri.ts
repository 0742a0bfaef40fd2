/**
 * MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 sections 3 and 4) as far as the registry goes: codes, flags, names. What is
 * in them is routes, not attributes: update-decoder.ts reads them and update-writer.ts writes them.
 */
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import { parseRaw, printRaw, rawToJson } from './raw.js';
import { type AttributeType, Flag } from './types.js';

function mpAttribute(code: number, rfcName: string): AttributeType {
  return {
    code,
    flags: Flag.optional,
    rfcName,
    keyword: undefined,
    // RFC 7606 section 5.3: the NLRI cannot be trusted any more.
    flagFault: FaultAction.reset,
    decode: (value) => value,
    hasText: () => false,
    parse: (tokens) => parseRaw(tokens).value,
    print: (value) => printRaw(code, Flag.optional, value),
    toJson: (value) => rawToJson(code, Flag.optional, value),
  };
}

export const mpReachNlri = mpAttribute(AttributeCode.mpReachNlri, 'MP_REACH_NLRI');
export const mpUnreachNlri = mpAttribute(AttributeCode.mpUnreachNlri, 'MP_UNREACH_NLRI');
