/** IPv6 Address Specific Extended Communities (RFC 5701): 20 octets each; their text is in ipv6-extended-community-text.ts. */
import { toHex } from '../../util/bytes.js';
import { AttributeCode } from '../codes.js';
import {
  IPV6_COMMUNITY_SIZE,
  nameIpv6ExtendedCommunity,
  parseIpv6ExtendedCommunity,
  printIpv6ExtendedCommunity,
} from './ipv6-extended-community-text.js';
import { listAttribute } from './list-attribute.js';
import { Flag } from './types.js';

export const ipv6ExtendedCommunities = listAttribute({
  code: AttributeCode.ipv6ExtendedCommunities,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'IPv6 Address Specific Extended Community',
  keyword: 'extended-community-ipv6',
  itemSize: IPV6_COMMUNITY_SIZE,
  parseItem(word, tokens, fail) {
    const value = parseIpv6ExtendedCommunity(word, () => tokens.need(`value of ${word}`));
    if (typeof value === 'string') throw fail(value);
    return value;
  },
  printItem(value, at) {
    return printIpv6ExtendedCommunity(value.subarray(at, at + IPV6_COMMUNITY_SIZE));
  },
  itemToJson(value, at) {
    const item = value.subarray(at, at + IPV6_COMMUNITY_SIZE);
    return `{ "value": ${BigInt(`0x${toHex(item)}`)}, "string": "${nameIpv6ExtendedCommunity(item)}" }`;
  },
});
