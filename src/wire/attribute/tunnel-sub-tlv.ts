/**
 * Sub-TLVs of tunnels: words <-> octets, and JSON. A kind is one row; what no row can say is `sub-tlv N 0xHEX`.
 * RFC 9012 section 3, RFC 9830 section 2.4.
 */
import { equalBytes, fromHex, readU16, readU32, toHex, Writer } from '../../util/bytes.js';
import { parseIp, parseIpv6, printIp, printIpv6 } from '../../util/ip.js';
import { jsonString } from '../../util/stranger-text.js';
import { CommandError, Tokens } from '../../util/tokens.js';
import { Afi } from '../codes.js';
import {
  endpointBehaviorToJson,
  parseEndpointBehavior,
  parseSegmentList,
  printEndpointBehavior,
  printSegmentList,
  segmentListToJson,
} from './segment-list.js';
import { eachSubTlv, writeSubTlv } from './tunnel-tlv.js';

const MAX_U32 = 0xffffffff;
const MAX_U16 = 0xffff;
const MAX_U8 = 0xff;
const MAX_LABEL = 0xfffff;
/** What ExaBGP sets in the flags of a binding SID; receivers ignore it (RFC 9830 section 2.4.2). */
const BINDING_FLAGS = 0x10;
const BOTTOM_OF_STACK = 0x100;
const FLAG_B = 0x10;
const COLOR_TYPE = 0x030b;

/** A kind of sub-TLV. Values that are too short for `print` and `toJson` are hexadecimal. */
interface Kind {
  readonly type: number;
  /** Octets that a value has at least. */
  readonly size: number;
  /** Reads the value behind the word. */
  parse(tokens: Tokens): Uint8Array;
  print(value: Uint8Array): string;
  toJson(value: Uint8Array): string;
}

function printable(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}

/** A name behind a reserved octet (RFC 9830 sections 2.4.7 and 2.4.8). */
function name(type: number): Kind {
  return {
    type,
    size: 1,
    parse: (tokens) => {
      const word = tokens.need('a name');
      if (!/^[\x20-\x7e]*$/.test(word)) throw tokens.error('a name is printable ASCII');
      return Uint8Array.of(0, ...Buffer.from(word, 'latin1'));
    },
    print: (value) => {
      const text = printable(value.subarray(1));
      return text.includes('"') ? `'${text}'` : `"${text}"`;
    },
    toJson: (value) => jsonString(printable(value.subarray(1))),
  };
}

/** A number of one to four octets between zeros. */
function number(type: number, size: number, before: number, octets: 1 | 2 | 4): Kind {
  const max = octets === 4 ? MAX_U32 : octets === 2 ? MAX_U16 : MAX_U8;
  const read = (value: Uint8Array): number =>
    octets === 4 ? readU32(value, before) : octets === 2 ? readU16(value, before) : value[before]!;
  return {
    type,
    size,
    parse(tokens) {
      const value = tokens.number('value', max);
      const out = new Uint8Array(size);
      for (let i = 0; i < octets; i++) out[before + i] = value >>> (8 * (octets - 1 - i));
      return out;
    },
    print: (value) => String(read(value)),
    toJson: (value) => String(read(value)),
  };
}

const bindingSid: Kind = {
  type: 13,
  size: 2,
  parse(tokens) {
    const kind = tokens.need('mpls or null');
    if (kind === 'null') return Uint8Array.of(0, 0);
    if (kind !== 'mpls') throw tokens.error(`"${kind}": mpls or null expected`);
    const entry = tokens.number('label', MAX_LABEL) * 0x1000 + BOTTOM_OF_STACK;
    return new Writer(6).u8(BINDING_FLAGS).u8(0).u32(entry).finish();
  },
  print: (value) => (value.length < 6 ? 'null' : `mpls ${readU32(value, 2) >>> 12}`),
  toJson: (value) => (value.length < 6 ? 'null' : `{ "type": "mpls", "label": ${readU32(value, 2) >>> 12} }`),
};

const srv6BindingSid: Kind = {
  type: 20,
  size: 18,
  parse(tokens) {
    const word = tokens.need('an SRv6 SID');
    const sid = parseIpv6(word);
    if (sid === undefined) throw tokens.error(`"${word}" is not an SRv6 SID: an IPv6 address`);
    const out = new Writer(26).u16(0).bytes(sid);
    if (tokens.accept('endpoint-behavior')) {
      out.patchU8(0, FLAG_B);
      parseEndpointBehavior(tokens, out);
    }
    return out.finish();
  },
  print: (value) =>
    printIpv6(value, 2) + (value.length < 26 ? '' : ` endpoint-behavior ${printEndpointBehavior(value, 18)}`),
  toJson: (value) =>
    value.length < 26
      ? `"${printIpv6(value, 2)}"`
      : `{ "sid": "${printIpv6(value, 2)}", ${endpointBehaviorToJson(value, 18)} }`,
};

/** RFC 9012 section 3.1. */
const egressEndpoint: Kind = {
  type: 6,
  size: 6,
  parse(tokens) {
    const word = tokens.need('an IP address or "none"');
    const address = word === 'none' ? new Uint8Array(0) : parseIp(word);
    if (address === undefined) throw tokens.error(`"${word}" is not an IP address`);
    const afi = address.length === 0 ? 0 : address.length === 4 ? Afi.ipv4 : Afi.ipv6;
    return new Writer(22).u32(0).u16(afi).bytes(address).finish();
  },
  print: (value) => (value.length < 10 ? 'none' : printIp(value.subarray(6, value.length < 22 ? 10 : 22))),
  toJson: (value) => (value.length < 10 ? 'null' : `"${printIp(value.subarray(6, value.length < 22 ? 10 : 22))}"`),
};

/** RFC 9012 section 3.4.2: a color extended community. */
const color: Kind = {
  type: 4,
  size: 8,
  parse: (tokens) => new Writer(8).u16(COLOR_TYPE).u16(0).u32(tokens.number('color', MAX_U32)).finish(),
  print: (value) => String(readU32(value, 4)),
  toJson: (value) => String(readU32(value, 4)),
};

const segmentList: Kind = {
  type: 128,
  size: 1,
  parse: parseSegmentList,
  print: printSegmentList,
  toJson: segmentListToJson,
};

const KINDS: Readonly<Record<string, Kind>> = {
  preference: number(12, 6, 2, 4),
  priority: number(15, 2, 0, 1),
  'binding-sid': bindingSid,
  'srv6-binding-sid': srv6BindingSid,
  enlp: number(14, 3, 2, 1),
  'segment-list': segmentList,
  'policy-name': name(130),
  'candidate-path-name': name(129),
  'egress-endpoint': egressEndpoint,
  'tunnel-color': color,
  'protocol-type': number(2, 2, 0, 2),
  'udp-port': number(8, 2, 0, 2),
};
const byType = new Map(Object.entries(KINDS).map(([word, kind]) => [kind.type, { word, kind }]));

/** Words that begin a sub-TLV. */
export const SUB_TLV_WORDS: ReadonlySet<string> = new Set([...Object.keys(KINDS), 'sub-tlv']);

/** Reads the sub-TLV behind one of its words and appends it. @throws CommandError */
export function parseSubTlv(word: string, tokens: Tokens, out: Writer): void {
  const kind = KINDS[word];
  if (kind !== undefined) {
    const { column } = tokens;
    if (!writeSubTlv(out, kind.type, kind.parse(tokens))) throw new CommandError(`${word} is too long`, column);
    return;
  }
  const type = tokens.number('type of a sub-TLV', MAX_U8);
  const hex = tokens.need('its value in hexadecimal');
  const value = /^0x/i.test(hex) ? fromHex(hex.slice(2)) : undefined;
  if (value === undefined || !writeSubTlv(out, type, value))
    throw tokens.error(`"${hex}" is not 0x and octets that fit`);
}

/** @returns the words of a kind whose text reads back as the same octets, or undefined */
function wordsOf(type: number, value: Uint8Array): string | undefined {
  const row = byType.get(type);
  if (row === undefined || value.length < row.kind.size) return undefined;
  const text = row.kind.print(value);
  try {
    const tokens = new Tokens(text);
    return equalBytes(row.kind.parse(tokens), value) && tokens.isAtEnd() ? `${row.word} ${text}` : undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** The sub-TLVs between two offsets in the words of commands. */
export function printSubTlvs(value: Uint8Array, from: number, to: number): string {
  const out: string[] = [];
  eachSubTlv(value, from, to, (type, start, end) => {
    const content = value.subarray(start, end);
    out.push(wordsOf(type, content) ?? `sub-tlv ${type} 0x${toHex(content)}`);
  });
  return out.join(' ');
}

/** The sub-TLVs between two offsets as the members of an object. Of repeated ones the first counts; segment lists are many. */
export function subTlvsToJson(value: Uint8Array, from: number, to: number): string {
  const members = new Map<string, string>();
  const lists: string[] = [];
  eachSubTlv(value, from, to, (type, start, end) => {
    const content = value.subarray(start, end);
    const row = byType.get(type);
    if (row?.kind === segmentList) lists.push(segmentListToJson(content));
    else if (row !== undefined && content.length >= row.kind.size) {
      if (!members.has(row.word)) members.set(row.word, row.kind.toJson(content));
    } else if (!members.has(`sub-tlv-${type}`)) members.set(`sub-tlv-${type}`, `"0x${toHex(content).toUpperCase()}"`);
  });
  if (lists.length > 0) members.set('segment-lists', `[ ${lists.join(', ')} ]`);
  return [...members].map(([key, text]) => `"${key}": ${text}`).join(', ');
}
