/**
 * The BGP-LS attribute (RFC 9552 section 5.3): TLVs that are received, kept and shown. As text it is hexadecimal. It is no
 * matter of a family: any route may carry it.
 */
import { fromHex, toHex } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import type { Dialect } from '../family/types.js';
import { lsAttributeToJson } from '../link-state/attribute-json.js';
import { eachLsTlv } from '../link-state/tlv.js';
import { discardFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

function isFramed(value: Uint8Array): boolean {
  return eachLsTlv(value, 0, value.length, () => undefined);
}

export const bgpLs: AttributeType = {
  code: AttributeCode.bgpLs,
  flags: Flag.optional,
  rfcName: 'BGP-LS',
  keyword: 'bgp-ls',
  flagFault: FaultAction.discard,

  decode(value: Uint8Array) {
    // RFC 9552 section 8.2.2
    return isFramed(value) ? value : discardFault(this.code, 'the TLVs do not fill the attribute');
  },
  hasText: isFramed,
  parse(tokens: Tokens): Uint8Array {
    const word = tokens.need('the TLVs in hexadecimal');
    const octets = /^0x/i.test(word) ? fromHex(word.slice(2)) : undefined;
    if (octets === undefined || !isFramed(octets) || octets.length > 0xffff) {
      throw tokens.error(`bgp-ls takes 0x and the octets of TLVs, not "${word}"`);
    }
    return octets;
  },
  print: (value) => `0x${toHex(value)}`,
  toJson: (value: Uint8Array, dialect: Dialect) => {
    const members = lsAttributeToJson(value, dialect);
    return `"bgp-ls": ${members === '' ? '{}' : `{ ${members} }`}`;
  },
};
