/**
 * VPLS, AFI 25 SAFI 65. RFC 4761 section 3.2.2. A route is a block of labels: route distinguisher, VE ID and block offset
 * tell it from others and are the key; block size and label base are the payload. The same AFI and SAFI carry auto-discovery
 * routes of another length (RFC 6074), which are dropped.
 *
 *   2 octets   length of what follows: 17
 *   8 octets   route distinguisher
 *   2 octets   VE ID
 *   2 octets   VE block offset
 *   2 octets   VE block size
 *   3 octets   label base, in the upper 20 bits
 */
import { readU16, toHex, type Writer } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import { Afi, Safi } from '../codes.js';
import { canonicalStack, packStack, readLabelField } from '../label-stack.js';
import {
  needRouteDistinguisher,
  printRouteDistinguisher,
  RD_SIZE,
  showRouteDistinguisher,
} from '../route-distinguisher.js';
import { type FieldParsers, type Fields, fieldReader, numberField } from './field-reader.js';
import { readNlri } from './nlri-words.js';
import { printPathId } from './prefix-family.js';
import type { Family, ParsedNlri } from './types.js';

const LENGTH = 17;
/** Octets of the length. */
const HEAD = 2;
const KEY_SIZE = RD_SIZE + 4;
const PAYLOAD_SIZE = 5;
const MAX_LABEL = 0xfffff;

/** Where the fields stand behind the length. */
const At = { rd: 0, endpoint: 8, offset: 10, size: 12, base: 14 } as const;

const FIELDS: FieldParsers = {
  rd: needRouteDistinguisher,
  endpoint: numberField('endpoint', 2),
  offset: numberField('offset', 2),
  size: numberField('size', 2),
  // ExaBGP takes 16 bits of the 20.
  base: (tokens) => packStack([tokens.number('base', MAX_LABEL)]),
};

function finish(fields: Fields): ParsedNlri {
  const key = Uint8Array.of(...fields.need('rd'), ...fields.need('endpoint'), ...fields.need('offset'));
  const hasPayload = fields.get('size') !== undefined || fields.get('base') !== undefined;
  const payload = hasPayload ? Uint8Array.of(...fields.need('size'), ...fields.need('base')) : new Uint8Array(0);
  if (hasPayload && (readLabelField(payload, 2) >>> 4) + readU16(payload, 0) > MAX_LABEL + 1) {
    throw fields.error('base', `base and size go beyond label ${MAX_LABEL}`);
  }
  return { key, payload };
}

/** Block size and label base, with nothing but the label in its octets that we would not send. */
function canonicalPayload(source: Uint8Array, start: number, end: number): Uint8Array {
  const payload = source.slice(start, end);
  if (payload.length === PAYLOAD_SIZE) payload.set(canonicalStack(payload, 2, PAYLOAD_SIZE), 2);
  return payload;
}

const isVpls = (source: Uint8Array, start: number): boolean => readU16(source, start) === LENGTH;

function print(source: Uint8Array, start: number, end: number): string {
  if (!isVpls(source, start)) return `0x${toHex(source.subarray(start, end))}`;
  const at = start + HEAD;
  const size = readU16(source, at + At.size);
  const base = readLabelField(source, at + At.base);
  // A withdrawal of ours has neither.
  const isNone = size === 0 && base === 0;
  return (
    `rd ${printRouteDistinguisher(source, at)} endpoint ${readU16(source, at + At.endpoint)}` +
    `${isNone ? '' : ` base ${base >>> 4}`} offset ${readU16(source, at + At.offset)}${isNone ? '' : ` size ${size}`}`
  );
}

export const l2vpnVpls: Family = {
  afi: Afi.l2vpn,
  safi: Safi.vpls,
  name: 'l2vpn vpls',
  nextHop: { addressSize: 4, lengths: [4, 16], extendedLengths: [], prefixOctets: 0, isAlsoAttribute: false },
  isClassic: false,
  payloadName: 'base and size',
  // RFC 4761 section 3.2.2 names no key.
  withdrawsPayload: true,

  sizeOf(source, offset, end) {
    if (offset + HEAD > end) return -1;
    const size = HEAD + readU16(source, offset);
    return offset + size <= end ? size : -1;
  },
  isMalformed: (source, start) => !isVpls(source, start),
  split: (source, start, end) => ({
    key: source.slice(start + HEAD, start + HEAD + KEY_SIZE),
    payload: canonicalPayload(source, start + HEAD + KEY_SIZE, end),
  }),
  write(out: Writer, key, start, end, payload) {
    out.u16(LENGTH).bytes(key, start, end);
    if (payload.length === PAYLOAD_SIZE) out.bytes(payload);
    else out.u16(0).u24(0);
  },
  reader: () => fieldReader(FIELDS, finish),
  parse: (tokens: Tokens) => readNlri(tokens, fieldReader(FIELDS, finish)),
  print,
  printRoute: (source, start, end, path, nextHop) => `vpls ${print(source, start, end)}${path}${nextHop}`,
  toJson(source, start, _end, pathId) {
    const at = start + HEAD;
    const path = pathId === undefined ? '' : `, "path-information": "${printPathId(pathId)}"`;
    return (
      `{ "rd": "${showRouteDistinguisher(source, at)}", "endpoint": ${readU16(source, at + At.endpoint)}, ` +
      `"base": ${readLabelField(source, at + At.base) >>> 4}, "offset": ${readU16(source, at + At.offset)}, ` +
      `"size": ${readU16(source, at + At.size)}${path} }`
    );
  },
};
