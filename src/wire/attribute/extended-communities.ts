/**
 * EXTENDED COMMUNITIES (RFC 4360). Unknown kinds are no error (RFC 7606 section 7.14). Values have 64 bits: their JSON
 * number is written from a BigInt. Text that would not read back as the same octets is hexadecimal instead.
 */
import { toHex } from '../../util/bytes.js';
import { AttributeCode } from '../codes.js';
import { nameExtendedCommunity } from './extended-community-names.js';
import { parseExtendedCommunity, printExtendedCommunity } from './extended-community-text.js';
import { listAttribute } from './list-attribute.js';
import { Flag } from './types.js';

const SIZE = 8;

export const extendedCommunities = listAttribute({
  code: AttributeCode.extendedCommunities,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'EXTENDED COMMUNITIES',
  keyword: 'extended-community',
  itemSize: SIZE,
  parseItem(word, tokens, fail) {
    const value = parseExtendedCommunity(word, () => tokens.need(`value of ${word}`));
    if (typeof value === 'string') throw fail(value);
    return value;
  },
  printItem(value, at, dialect) {
    return printExtendedCommunity(value.subarray(at, at + SIZE), dialect === 'exabgp-4');
  },
  itemToJson(value, at, dialect) {
    const item = value.subarray(at, at + SIZE);
    return `{ "value": ${BigInt(`0x${toHex(item)}`)}, "string": "${nameExtendedCommunity(item, dialect === 'exabgp-4')}" }`;
  },
});
