/**
 * Routes of mobile user planes in words, as commands take and listings show them; fields in any order behind the type.
 *
 *   mup-isd PREFIX rd RD
 *   mup-dsd IP rd RD
 *   mup-t1st PREFIX rd RD teid N qfi N endpoint IP [source IP]
 *   mup-t2st IP rd RD teid N/BITS
 *   raw 0xHEX           any other type: the whole NLRI
 */
import { fromHex, NO_BYTES, toHex, Writer } from '../../util/bytes.js';
import { parseIp, parsePrefix, printIp, printPrefix } from '../../util/ip.js';
import { CommandError, parseNumber, type Tokens } from '../../util/tokens.js';
import { needRouteDistinguisher, printRouteDistinguisher } from '../route-distinguisher.js';
import { HEAD, MUP_ARCHITECTURE, MupType, mupLayout, splitMup } from './mup-route.js';
import type { NlriReader, ParsedNlri } from './types.js';

const MAX_U32 = 0xffffffff;
const MAX_QFI = 63;
const TEID_BITS = 32;

/** Names of the route types with the fields that each must and may have. */
const TYPES: Readonly<Record<string, { type: MupType; must: readonly string[]; may: readonly string[] }>> = {
  'mup-isd': { type: MupType.interwork, must: ['rd'], may: [] },
  'mup-dsd': { type: MupType.direct, must: ['rd'], may: [] },
  'mup-t1st': { type: MupType.type1Session, must: ['rd', 'teid', 'qfi', 'endpoint'], may: ['source'] },
  'mup-t2st': { type: MupType.type2Session, must: ['rd', 'teid'], may: [] },
};
const NAMES = new Map(Object.entries(TYPES).map(([name, { type }]) => [type, name]));
const RD_ALIAS = 'route-distinguisher';
const FIELDS = ['rd', RD_ALIAS, 'teid', 'qfi', 'endpoint', 'source', 'raw'];

/** Collects the words of one route. */
export class MupReader implements NlriReader {
  readonly words: ReadonlySet<string> = new Set([...Object.keys(TYPES), ...FIELDS]);
  private name: string | undefined;
  /** Prefix or address of the type's own word. */
  private address: Uint8Array = new Uint8Array(0);
  private readonly values = new Map<string, { octets: Uint8Array; bits: number; column: number }>();

  constructor(private readonly addressSize: 4 | 16) {}

  read(word: string, tokens: Tokens): undefined {
    const { column } = tokens;
    if (TYPES[word] !== undefined) {
      if (this.name !== undefined) throw tokens.error(`it is ${this.name} already`);
      this.name = word;
      this.address = word === 'mup-isd' || word === 'mup-t1st' ? this.needPrefix(tokens) : this.needIp(tokens);
      return undefined;
    }
    const field = word === RD_ALIAS ? 'rd' : word;
    const { octets, bits } = this.field(field, tokens);
    if (!this.values.has(field)) this.values.set(field, { octets, bits, column });
    return undefined;
  }

  private field(word: string, tokens: Tokens): { octets: Uint8Array; bits: number } {
    switch (word) {
      case 'rd':
        return { octets: needRouteDistinguisher(tokens), bits: 0 };
      case 'teid': {
        const [number = '', length] = tokens.need('a TEID').split('/');
        const value = parseNumber(number);
        const bits = length === undefined ? TEID_BITS : (parseNumber(length) ?? -1);
        if (value === undefined || value > MAX_U32 || bits < 0 || bits > TEID_BITS || value >= 2 ** bits) {
          if (value !== 0 || bits !== 0)
            throw tokens.error('teid takes N, or N/BITS with at most 32 bits that N fits in');
        }
        return { octets: new Writer(4).u32(value).finish(), bits };
      }
      case 'qfi':
        return { octets: Uint8Array.of(tokens.number('qfi', MAX_QFI)), bits: 0 };
      case 'raw': {
        const hex = tokens.need('an NLRI in hexadecimal');
        const octets = /^0x/i.test(hex) ? fromHex(hex.slice(2)) : undefined;
        if (octets === undefined || octets.length < HEAD || octets[HEAD - 1] !== octets.length - HEAD) {
          throw tokens.error('raw takes 0x and the octets of one NLRI: architecture, type, length, value');
        }
        return { octets, bits: 0 };
      }
      default: {
        const octets = parseIp(tokens.need('an IP address'));
        if (octets === undefined) throw tokens.error(`${word} takes an IP address`);
        return { octets, bits: 0 };
      }
    }
  }

  private needPrefix(tokens: Tokens): Uint8Array {
    const word = tokens.need('a prefix');
    const prefix = parsePrefix(word);
    if (prefix === 'host-bits') throw tokens.error(`"${word}" has bits set behind its length`);
    if (typeof prefix === 'string' || prefix.size !== this.addressSize) {
      throw tokens.error(`"${word}" is not an IPv${this.addressSize === 4 ? 4 : 6} prefix`);
    }
    return prefix.packed;
  }

  private needIp(tokens: Tokens): Uint8Array {
    const word = tokens.need('an IP address');
    const octets = parseIp(word);
    if (octets?.length !== this.addressSize) {
      throw tokens.error(`"${word}" is not an IPv${this.addressSize === 4 ? 4 : 6} address`);
    }
    return octets;
  }

  finish(tokens: Tokens): ParsedNlri {
    const { name, values, addressSize, address } = this;
    const raw = values.get('raw');
    if (raw !== undefined && name === undefined && values.size === 1) {
      const { octets, column } = raw;
      const isKnown = octets[0] === MUP_ARCHITECTURE && octets[1] === 0 && NAMES.has(octets[2] as MupType);
      if (isKnown && mupLayout(octets, 0, octets.length, addressSize) === undefined) {
        throw new CommandError(`no well-formed route of type ${octets[2]}`, column);
      }
      return splitMup(octets, 0, octets.length, addressSize);
    }
    if (name === undefined) throw tokens.error(`a route type expected: ${Object.keys(TYPES).join(', ')} or raw`);
    const { type, must, may } = TYPES[name]!;
    // What is no part of the key may be left out of a withdraw.
    const lacks = must.find((field) => !values.has(field));
    if (lacks !== undefined && (lacks === 'rd' || type !== MupType.type1Session)) {
      throw tokens.error(`${name} needs ${lacks}`);
    }
    for (const [field, { column }] of values) {
      if (!must.includes(field) && !may.includes(field)) throw new CommandError(`${name} has no ${field}`, column);
    }
    const out = new Writer(64).u8(MUP_ARCHITECTURE).u16(type).u8(0).bytes(values.get('rd')!.octets);
    if (type === MupType.type2Session) {
      const { octets, bits } = values.get('teid')!;
      out.u8(addressSize * 8 + bits).bytes(address);
      out.bytes(octets, octets.length - ((bits + 7) >>> 3));
    } else out.bytes(address);
    if (type === MupType.type1Session) {
      const { octets, bits, column } = values.get('teid') ?? { octets: new Uint8Array(4), bits: TEID_BITS, column: 0 };
      if (bits !== TEID_BITS) throw new CommandError(`the teid of ${name} has no length`, column);
      out.bytes(octets).bytes(values.get('qfi')?.octets ?? Uint8Array.of(0));
      const endpoint = values.get('endpoint')?.octets ?? new Uint8Array(addressSize);
      const source = values.get('source')?.octets;
      out.u8(endpoint.length * 8).bytes(endpoint);
      if (source !== undefined) out.u8(source.length * 8).bytes(source);
    }
    out.patchU8(HEAD - 1, out.length - HEAD);
    const nlri = splitMup(out.view(), 0, out.length, addressSize);
    return lacks === undefined ? nlri : { key: nlri.key, payload: NO_BYTES, lacks };
  }
}

/** A TEID of up to four octets as a number. */
export function readTeid(source: Uint8Array, at: number, octets: number): number {
  let value = 0;
  for (let i = 0; i < octets; i++) value = value * 256 + source[at + i]!;
  return value;
}

/** The NLRI from `start` to `end` in the words of commands. */
export function printMup(source: Uint8Array, start: number, end: number, addressSize: 4 | 16): string {
  const layout = mupLayout(source, start, end, addressSize);
  const raw = `raw 0x${toHex(source.subarray(start, end))}`;
  if (layout === undefined) return raw;
  const { type, rd, length, address, addressOctets, teid, teidOctets, qfi, endpoint } = layout;
  const at = start + address;
  const first =
    type === MupType.interwork || type === MupType.type1Session
      ? printPrefix(splitMup(source, start, end, addressSize).key, length, addressSize)
      : printIp(source.subarray(at, at + addressOctets));
  let text = `${NAMES.get(type)} ${first} rd ${printRouteDistinguisher(source, start + rd)}`;
  if (teid >= 0) {
    const number = readTeid(source, start + teid, teidOctets);
    const bits = source[start + length]! - addressSize * 8;
    // A TEID that is not in the low bits of its octets has no text that reads back.
    if (type === MupType.type2Session && number >= 2 ** bits && number !== 0) return raw;
    text += ` teid ${number}${type === MupType.type2Session ? `/${bits}` : ''}`;
  }
  if (qfi >= 0) {
    if (source[start + qfi]! > MAX_QFI) return raw;
    text += ` qfi ${source[start + qfi]}`;
  }
  const behind = (offset: number): string => {
    const from = start + offset + 1;
    return printIp(source.subarray(from, from + source[start + offset]! / 8));
  };
  if (endpoint >= 0) text += ` endpoint ${behind(endpoint)}`;
  if (layout.source >= 0) text += ` source ${behind(layout.source)}`;
  return text;
}
