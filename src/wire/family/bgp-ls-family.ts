/**
 * Link state, AFI 16388 (RFC 9552). Routes are received, kept as they are and shown as JSON (link-state/nlri-json.ts); as
 * words they are hexadecimal. The whole NLRI is the key.
 *
 *   2 octets   NLRI type
 *   2 octets   length
 *   n octets   with SAFI 72 a route distinguisher, then protocol 1, identifier 8, descriptor TLVs
 */
import { fromHex, NO_BYTES, readU16, toHex } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import { isWellFormed, lsNlriToJson, NLRI_HEAD } from '../link-state/nlri-json.js';
import { printPathId } from './prefix-family.js';
import type { Family, ParsedNlri } from './types.js';

const AFI = 16388;
/** A raw NLRI in a command. */
const RAW = 'raw';

function sizeOf(source: Uint8Array, offset: number, end: number): number {
  if (offset + NLRI_HEAD > end) return -1;
  const size = NLRI_HEAD + readU16(source, offset + 2);
  return offset + size <= end ? size : -1;
}

/** Makes the family of SAFI 71, or of 72 with route distinguishers. */
export function bgpLsFamily(safi: 71 | 72, name: string): Family {
  const hasRd = safi === 72;
  return {
    afi: AFI,
    safi,
    name,
    nextHop: {
      addressSize: 4,
      lengths: hasRd ? [12, 24] : [4, 16],
      extendedLengths: [],
      prefixOctets: hasRd ? 8 : 0,
      isAlsoAttribute: false,
    },
    isClassic: false,

    sizeOf,
    isMalformed: (source, start, end) => !isWellFormed(source, start, end, hasRd),
    split: (source, start, end) => ({ key: source.slice(start, end), payload: NO_BYTES }),
    write: (out, key, start, end) => {
      out.bytes(key, start, end);
    },
    parse(tokens: Tokens): ParsedNlri {
      tokens.expect(RAW);
      const word = tokens.need('an NLRI in hexadecimal');
      const key = /^0x/i.test(word) ? fromHex(word.slice(2)) : undefined;
      if (key === undefined || sizeOf(key, 0, key.length) !== key.length || !isWellFormed(key, 0, key.length, hasRd)) {
        throw tokens.error('raw takes 0x and the octets of one NLRI: type, length, value');
      }
      return { key, payload: NO_BYTES };
    },
    print: (source, start, end) => `${RAW} 0x${toHex(source.subarray(start, end))}`,
    toJson(source, start, end, pathId, dialect, _hasServiceSid, nextHop) {
      const text = lsNlriToJson(source, start, end, hasRd, dialect, nextHop);
      return pathId === undefined ? text : text.replace(/ \}$/, `, "path-information": "${printPathId(pathId)}" }`);
    },
  };
}
