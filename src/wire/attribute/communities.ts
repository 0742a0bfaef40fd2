/** COMMUNITIES (RFC 1997). Text: `65001:1`, `0xfde90001`, `4259971073`, or a well-known name. */
import { readU16, readU32, writeU32 } from '../../util/bytes.js';
import { octetsOf } from '../../util/text-writer.js';
import { parseNumber } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { listAttribute } from './list-attribute.js';
import { Flag } from './types.js';
import { communityByName, communityName } from './well-known-communities.js';

const MAX_HALF = 0xffff;
const MAX = 0xffffffff;
/** High halves of communities with names (RFC 1997: reserved). */
const RESERVED_HALF = 0xffff;
const JSON_BEGIN = octetsOf('[ ');
const JSON_BETWEEN = octetsOf(', ');
const JSON_END = octetsOf(' ]');
const COLON = 58;

/** @returns the community of one word, or why it is none */
function parseCommunity(word: string): number | string {
  const colon = word.indexOf(':');
  if (colon >= 0) {
    const high = parseNumber(word.slice(0, colon));
    const low = parseNumber(word.slice(colon + 1));
    if (high === undefined || low === undefined) return `"${word}" is not a community`;
    if (high > MAX_HALF || low > MAX_HALF) return `both halves of "${word}" must be 0 to ${MAX_HALF}`;
    return high * 0x10000 + low;
  }
  const value = parseNumber(word) ?? communityByName(word.toLowerCase());
  if (value === undefined) return `"${word}" is not a community`;
  return value > MAX ? `"${word}" is over ${MAX}` : value;
}

export const communities = listAttribute({
  code: AttributeCode.communities,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'COMMUNITIES',
  keyword: 'community',
  itemSize: 4,
  parseItem(word, _tokens, fail) {
    const value = parseCommunity(word);
    if (typeof value === 'string') throw fail(value);
    const out = new Uint8Array(4);
    writeU32(out, 0, value);
    return out;
  },
  printItem: (value, at) => communityName(readU32(value, at)) ?? `${readU16(value, at)}:${readU16(value, at + 2)}`,
  itemToJson: (value, at) => `[ ${readU16(value, at)}, ${readU16(value, at + 2)} ]`,
  writeItem(out, source, at) {
    const high = readU16(source, at);
    const name = high === RESERVED_HALF ? communityName(readU32(source, at)) : undefined;
    if (name !== undefined) out.text(name);
    else
      out
        .decimal(high)
        .code(COLON)
        .decimal(readU16(source, at + 2));
  },
  writeItemJson(out, source, at) {
    out
      .bytes(JSON_BEGIN)
      .decimal(readU16(source, at))
      .bytes(JSON_BETWEEN)
      .decimal(readU16(source, at + 2))
      .bytes(JSON_END);
  },
});
