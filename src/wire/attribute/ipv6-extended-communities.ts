/**
 * IPv6 Address Specific Extended Communities (RFC 5701): 20 octets each; their text is in ipv6-extended-community-text.ts.
 * ExaBGP 4 has no form for the list and shows it as an attribute without a name.
 */
import { toHex } from '../../util/bytes.js';
import { AttributeCode } from '../codes.js';
import {
  IPV6_COMMUNITY_SIZE,
  nameIpv6ExtendedCommunity,
  parseIpv6ExtendedCommunity,
  printIpv6ExtendedCommunity,
} from './ipv6-extended-community-text.js';
import { listAttribute } from './list-attribute.js';
import { type AttributeType, Flag } from './types.js';

/** Words of ExaBGP 4 for an item. The number of one without a name has no leading zeros. */
function oldName(item: Uint8Array): string {
  const name = nameIpv6ExtendedCommunity(item);
  if (name !== '') return name;
  return `0x${BigInt(`0x${toHex(item)}`)
    .toString(16)
    .toUpperCase()}`;
}

function oldJson(value: Uint8Array): string {
  const names: string[] = [];
  for (let at = 0; at < value.length; at += IPV6_COMMUNITY_SIZE) {
    names.push(oldName(value.subarray(at, at + IPV6_COMMUNITY_SIZE)));
  }
  return `"attribute-0x19-0xC0": "${names.length === 1 ? names[0]! : `[ ${names.join(' ')} ]`}"`;
}

const list = listAttribute({
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

export const ipv6ExtendedCommunities: AttributeType = {
  ...list,
  toJson: (value, dialect) => (dialect === 'exabgp-4' ? oldJson(value) : list.toJson(value, dialect)),
};
