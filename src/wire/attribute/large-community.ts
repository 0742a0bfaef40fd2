/** LARGE_COMMUNITY (RFC 8092): `A:B:C`, three numbers of four octets; repeated ones are one. */
import { readU32, writeU32 } from '../../util/bytes.js';
import { octetsOf } from '../../util/text-writer.js';
import { parseNumber } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { listAttribute } from './list-attribute.js';
import { Flag } from './types.js';

const SIZE = 12;
const MAX = 0xffffffff;
const JSON_BEGIN = octetsOf('[ ');
const JSON_BETWEEN = octetsOf(', ');
/** As ExaBGP writes it. */
const JSON_BEFORE_LAST = octetsOf(' , ');
const JSON_END = octetsOf(' ]');
const COLON = 58;

export const largeCommunity = listAttribute({
  code: AttributeCode.largeCommunity,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'LARGE_COMMUNITY',
  keyword: 'large-community',
  itemSize: SIZE,
  isUnique: true,
  parseItem(word, _tokens, fail) {
    const out = new Uint8Array(SIZE);
    if (/^0x[0-9a-fA-F]{24}$/.test(word)) {
      out.set(Buffer.from(word.slice(2), 'hex'));
      return out;
    }
    const parts = word.split(':').map(parseNumber);
    if (parts.length !== 3) throw fail(`"${word}" is not a large community`);
    parts.forEach((part, i) => {
      if (part === undefined) throw fail(`"${word}" is not a large community`);
      if (part > MAX) throw fail(`each part of "${word}" must be 0 to ${MAX}`);
      writeU32(out, 4 * i, part);
    });
    return out;
  },
  printItem: (value, at) => `${readU32(value, at)}:${readU32(value, at + 4)}:${readU32(value, at + 8)}`,
  itemToJson: (value, at) => `[ ${readU32(value, at)}, ${readU32(value, at + 4)} , ${readU32(value, at + 8)} ]`,
  writeItem(out, source, at) {
    out
      .decimal(readU32(source, at))
      .code(COLON)
      .decimal(readU32(source, at + 4))
      .code(COLON)
      .decimal(readU32(source, at + 8));
  },
  writeItemJson(out, source, at) {
    out.bytes(JSON_BEGIN).decimal(readU32(source, at)).bytes(JSON_BETWEEN);
    out.decimal(readU32(source, at + 4)).bytes(JSON_BEFORE_LAST);
    out.decimal(readU32(source, at + 8)).bytes(JSON_END);
  },
});
