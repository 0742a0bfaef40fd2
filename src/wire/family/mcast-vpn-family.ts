/**
 * Multicast VPN, AFI 1 and 2 SAFI 5. RFC 6514 section 4. Types 5 to 7 are read, the auto-discovery routes 1 to 4 and unknown
 * ones are kept and shown as they are. The whole NLRI is the key.
 *
 *   1 octet    route type: 5 Source Active A-D, 6 Shared Tree Join, 7 Source Tree Join
 *   1 octet    length of what follows
 *   8 octets   route distinguisher
 *   4 octets   source AS, in joins
 *   1 octet    length of the source (or rendezvous point) in bits, then its octets
 *   1 octet    length of the group in bits, then its octets
 */
import { fromHex, NO_BYTES, readU32, toHex, Writer } from '../../util/bytes.js';
import { parseIp, printIp } from '../../util/ip.js';
import type { Tokens } from '../../util/tokens.js';
import { Safi } from '../codes.js';
import {
  needRouteDistinguisher,
  printRouteDistinguisher,
  RD_SIZE,
  showRouteDistinguisher,
} from '../route-distinguisher.js';
import { type FieldParsers, type Fields, fieldReader, numberField } from './field-reader.js';
import { readNlri } from './nlri-words.js';
import { printPathId } from './prefix-family.js';
import type { Family, NlriReader, ParsedNlri } from './types.js';

/** RFC 6514 section 4. */
const RouteType = { sourceActive: 5, sharedTreeJoin: 6, sourceTreeJoin: 7 } as const;

/** Type and length. */
const HEAD = 2;
const AS_SIZE = 4;

interface TypeWords {
  readonly type: number;
  /** Word of commands. */
  readonly word: string;
  /** Word of the address in front of the group. */
  readonly source: 'source' | 'rp';
  readonly hasAs: boolean;
  /** "name" of JSON events. */
  readonly name: string;
}

const TYPES: readonly TypeWords[] = [
  {
    type: RouteType.sourceActive,
    word: 'source-ad',
    source: 'source',
    hasAs: false,
    name: 'Source Active A-D Route',
  },
  {
    type: RouteType.sharedTreeJoin,
    word: 'shared-join',
    source: 'rp',
    hasAs: true,
    name: 'C-Multicast Shared Tree Join route',
  },
  {
    type: RouteType.sourceTreeJoin,
    word: 'source-join',
    source: 'source',
    hasAs: true,
    name: 'C-Multicast Source Tree Join route',
  },
];

/** Where the fields of an NLRI stand. */
interface Layout {
  readonly words: TypeWords;
  /** Octets of the NLRI's addresses. */
  readonly source: Uint8Array;
  readonly group: Uint8Array;
  readonly sourceAs: number;
}

/** Makes the family of one address size. */
export function mcastVpnFamily(afi: 1 | 2, name: string): Family {
  const size = afi === 1 ? 4 : 16;

  /** @returns undefined for types that are not read, and for malformed ones */
  const layoutOf = (source: Uint8Array, start: number, end: number): Layout | undefined => {
    const words = TYPES.find(({ type }) => type === source[start]);
    if (words === undefined) return undefined;
    const asSize = words.hasAs ? AS_SIZE : 0;
    const first = start + HEAD + RD_SIZE + asSize;
    const second = first + 1 + size;
    if (second + 1 + size !== end || source[first] !== size * 8 || source[second] !== size * 8) return undefined;
    return {
      words,
      source: source.subarray(first + 1, second),
      group: source.subarray(second + 1, end),
      sourceAs: words.hasAs ? readU32(source, first - asSize) : 0,
    };
  };
  const sizeOf = (source: Uint8Array, offset: number, end: number): number => {
    if (offset + HEAD > end) return -1;
    const whole = HEAD + source[offset + 1]!;
    return offset + whole <= end ? whole : -1;
  };
  const isMalformed = (source: Uint8Array, start: number, end: number): boolean =>
    TYPES.some(({ type }) => type === source[start]) && layoutOf(source, start, end) === undefined;
  const address = (tokens: Tokens): Uint8Array => {
    const word = tokens.need('an address');
    const octets = parseIp(word);
    if (octets?.length !== size) throw tokens.error(`"${word}" is not an address of ${name}`);
    return octets;
  };
  const fields: FieldParsers = {
    ...Object.fromEntries(TYPES.map(({ word }) => [word, () => NO_BYTES])),
    source: address,
    rp: address,
    group: address,
    rd: needRouteDistinguisher,
    'source-as': numberField('source-as', AS_SIZE),
    raw(tokens) {
      const word = tokens.need('an NLRI in hexadecimal');
      const octets = /^0x/i.test(word) ? fromHex(word.slice(2)) : undefined;
      if (octets === undefined || octets.length < HEAD || octets[1] !== octets.length - HEAD) {
        throw tokens.error('raw takes 0x and the octets of one NLRI: type, length, value');
      }
      if (isMalformed(octets, 0, octets.length)) throw tokens.error(`no well-formed route of type ${octets[0]}`);
      return octets;
    },
  };
  const finish = (given: Fields): ParsedNlri => {
    const raw = given.get('raw');
    if (raw !== undefined) {
      given.allowOnly(['raw'], 'a raw NLRI');
      return { key: raw, payload: NO_BYTES };
    }
    const words = TYPES.find(({ word }) => given.get(word) !== undefined);
    if (words === undefined) {
      const known = TYPES.map(({ word }) => word).join(', ');
      throw given.error('rd', `a route of ${name} begins with ${known} or raw`);
    }
    given.allowOnly([words.word, words.source, 'group', 'rd', ...(words.hasAs ? ['source-as'] : [])], words.word);
    const out = new Writer(64).u8(words.type).u8(0).bytes(given.need('rd'));
    if (words.hasAs) out.bytes(given.need('source-as'));
    for (const field of [words.source, 'group']) out.u8(size * 8).bytes(given.need(field));
    return { key: out.patchU8(1, out.length - HEAD).finish(), payload: NO_BYTES };
  };
  const reader = (): NlriReader => fieldReader(fields, finish);

  return {
    afi,
    safi: Safi.mcastVpn,
    name,
    // The address of the speaker, of either family (RFC 6514 section 4).
    nextHop: { addressSize: 4, lengths: [4, 16], extendedLengths: [], prefixOctets: 0, isAlsoAttribute: true },
    isClassic: false,

    sizeOf,
    isMalformed,
    split: (source, start, end) => ({ key: source.slice(start, end), payload: NO_BYTES }),
    write(out: Writer, key, start, end) {
      out.bytes(key, start, end);
    },
    reader,
    parse: (tokens: Tokens) => readNlri(tokens, reader()),
    print(source, start, end) {
      const layout = layoutOf(source, start, end);
      if (layout === undefined) return `raw 0x${toHex(source.subarray(start, end))}`;
      const { words } = layout;
      const as = words.hasAs ? ` source-as ${layout.sourceAs}` : '';
      return (
        `${words.word} ${words.source} ${printIp(layout.source)} group ${printIp(layout.group)} ` +
        `rd ${printRouteDistinguisher(source, start + HEAD)}${as}`
      );
    },
    toJson(source, start, end, pathId) {
      const layout = layoutOf(source, start, end);
      const raw = toHex(source.subarray(start, end)).toUpperCase();
      let text = `{ "code": ${source[start]}, "parsed": ${layout !== undefined}, "raw": "${raw}"`;
      if (layout !== undefined) {
        text += `, "name": "${layout.words.name}", "rd": "${showRouteDistinguisher(source, start + HEAD)}"`;
        if (layout.words.hasAs) text += `, "source-as": "${layout.sourceAs}"`;
        text += `, "source": "${printIp(layout.source)}", "group": "${printIp(layout.group)}"`;
      }
      return `${text}${pathId === undefined ? '' : `, "path-information": "${printPathId(pathId)}"`} }`;
    },
  };
}
