/** ORIGINATOR_ID (RFC 4456 section 8). From an external peer it is discarded (RFC 7606 section 7.9). */
import { parseIpv4, printIpv4 } from '../../util/ip.js';
import type { Tokens } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import type { Negotiated } from '../negotiated.js';
import { discardFault, withdrawFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

const SIZE = 4;

export const originatorId: AttributeType = {
  code: AttributeCode.originatorId,
  flags: Flag.optional,
  rfcName: 'ORIGINATOR_ID',
  keyword: 'originator-id',
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array, negotiated: Negotiated) {
    if (negotiated.isExternal) return discardFault(this.code, 'sent by an external peer');
    return value.length === SIZE ? value : withdrawFault(this.code, `length ${value.length}, must be ${SIZE}`);
  },
  hasText: (value) => value.length === SIZE,
  parse(tokens: Tokens): Uint8Array {
    const word = tokens.need('originator-id');
    const address = parseIpv4(word);
    if (address === undefined) throw tokens.error(`originator-id must be an IPv4 address, not "${word}"`);
    return address;
  },
  print: (value) => printIpv4(value),
  toJson: (value) => `"originator-id": "${printIpv4(value)}"`,
};
