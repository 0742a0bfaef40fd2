/**
 * NEXT_HOP (RFC 4271 section 5.1.3). Its value goes with the routes, so text and JSON of attributes leave it out; the
 * decoder's checks are here. Malformed: treat-as-withdraw (RFC 7606 section 7.3).
 */
import { parseIpv4, printIpv4 } from '../../util/ip.js';
import type { Tokens } from '../../util/tokens.js';
import { AttributeCode, UpdateError } from '../codes.js';
import { FaultAction } from '../errors.js';
import { withdrawFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

const SIZE = 4;
const FIRST_MULTICAST = 224;
const FIRST_RESERVED = 240;

/**
 * Why an address cannot be a next hop, or undefined (RFC 4271 section 6.3: a valid host address). Addresses that are only
 * unusual are no fault.
 */
export function nextHopFault(address: Uint8Array): string | undefined {
  const first = address[0]!;
  if (address.every((octet) => octet === 0)) return '0.0.0.0 is no host address';
  if (address.every((octet) => octet === 255)) return 'the broadcast address is no host address';
  if (first >= FIRST_MULTICAST && first < FIRST_RESERVED) return 'a multicast address is no host address';
  return undefined;
}

export const nextHop: AttributeType = {
  code: AttributeCode.nextHop,
  flags: Flag.transitive,
  rfcName: 'NEXT_HOP',
  keyword: undefined,
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array) {
    if (value.length !== SIZE) return withdrawFault(this.code, `length ${value.length}, must be ${SIZE}`);
    const fault = nextHopFault(value);
    return fault === undefined ? value : withdrawFault(this.code, fault, UpdateError.invalidNextHop);
  },
  isPlain(source, start, end) {
    const first = source[start]!;
    return end - start === SIZE && first > 0 && first < FIRST_MULTICAST;
  },
  hasText: (value) => value.length === SIZE,
  parse(tokens: Tokens): Uint8Array {
    const word = tokens.need('next-hop');
    const address = parseIpv4(word);
    if (address === undefined) throw tokens.error(`"${word}" is not an IPv4 address`);
    return address;
  },
  print: (value) => printIpv4(value),
  toJson: () => '',
};
