/**
 * Routes of mobile user planes as octets: where the fields of each route type of the 3GPP 5G architecture stand, and which
 * identify the route. draft-ietf-bess-mup-safi section 3.1. Words and JSON are left to mup-text.ts and mup-family.ts.
 *
 *   1 octet    architecture type
 *   2 octets   route type
 *   1 octet    length
 *   n octets   1 interwork segment discovery: RD 8, prefix length 1, prefix
 *              2 direct segment discovery: RD 8, address 4|16
 *              3 type 1 session transformed: as 1, then TEID 4, QFI 1, endpoint length 1, endpoint 4|16, and maybe
 *                source length 1, source 4|16
 *              4 type 2 session transformed: RD 8, length 1 of address and TEID, address 4|16, TEID 0 to 4
 */
import { NO_BYTES, readU16, type Writer } from '../../util/bytes.js';
import type { ParsedNlri } from './types.js';

/** Architecture type 3gpp-5g. */
export const MUP_ARCHITECTURE = 1;
export const MupType = { interwork: 1, direct: 2, type1Session: 3, type2Session: 4 } as const;
export type MupType = (typeof MupType)[keyof typeof MupType];

/** Octets of architecture, route type and length. */
export const HEAD = 4;
const RD = HEAD;
const BEHIND_RD = HEAD + 8;
const TEID_SIZE = 4;
const TEID_BITS = 32;
const QFI_SIZE = 1;

/** Where the fields of one route stand; -1 for what the type or the route does not have. */
export interface MupLayout {
  readonly type: MupType;
  readonly rd: number;
  /** Length of the prefix, or of endpoint and TEID together. */
  readonly length: number;
  /** Prefix or address, and the octets it takes. */
  readonly address: number;
  readonly addressOctets: number;
  /** TEID and the octets it takes. */
  readonly teid: number;
  readonly teidOctets: number;
  readonly qfi: number;
  /** Where the length of the endpoint address stands; the address is behind it. */
  readonly endpoint: number;
  readonly source: number;
  readonly size: number;
}

/** @returns octets behind a length octet that says 32 or 128 bits; -1 for another length */
function addressBehind(source: Uint8Array, at: number, end: number): number {
  const bits = at < end ? source[at]! : 0;
  return (bits === 32 || bits === 128) && at + 1 + bits / 8 <= end ? bits / 8 : -1;
}

/**
 * @param start where the architecture type stands @param addressSize 4 or 16, by the AFI
 * @returns where the fields are, from the start; undefined for an unknown type or a route whose lengths do not fit it
 */
export function mupLayout(source: Uint8Array, start: number, end: number, addressSize: 4 | 16): MupLayout | undefined {
  const size = end - start;
  const type = readU16(source, start + 1);
  if (source[start] !== MUP_ARCHITECTURE || size < BEHIND_RD) return undefined;
  const none = { rd: RD, length: -1, teid: -1, teidOctets: 0, qfi: -1, endpoint: -1, source: -1, size };
  if (type === MupType.direct) {
    if (size !== BEHIND_RD + addressSize) return undefined;
    return { ...none, type, address: BEHIND_RD, addressOctets: addressSize };
  }
  if (size <= BEHIND_RD) return undefined;
  const bits = source[start + BEHIND_RD]!;
  const address = BEHIND_RD + 1;
  if (type === MupType.type2Session) {
    const teidBits = bits - addressSize * 8;
    const teidOctets = (teidBits + 7) >> 3;
    const teid = address + addressSize;
    if (teidBits < 0 || teidBits > TEID_BITS || size !== teid + teidOctets) return undefined;
    return { ...none, type, length: BEHIND_RD, address, addressOctets: addressSize, teid, teidOctets };
  }
  if (type !== MupType.interwork && type !== MupType.type1Session) return undefined;
  const addressOctets = (bits + 7) >>> 3;
  const teid = address + addressOctets;
  if (bits > addressSize * 8 || size < teid) return undefined;
  if (type === MupType.interwork) {
    return size === teid ? { ...none, type, length: BEHIND_RD, address, addressOctets } : undefined;
  }
  const qfi = teid + TEID_SIZE;
  const endpoint = qfi + QFI_SIZE;
  const endpointSize = addressBehind(source, start + endpoint, end);
  if (endpointSize < 0) return undefined;
  let at = endpoint + 1 + endpointSize;
  let from = -1;
  if (at < size) {
    const sourceSize = addressBehind(source, start + at, end);
    if (sourceSize < 0) return undefined;
    from = at;
    at += 1 + sourceSize;
  }
  if (at !== size) return undefined;
  return {
    ...none,
    type,
    length: BEHIND_RD,
    address,
    addressOctets,
    teid,
    teidOctets: TEID_SIZE,
    qfi,
    endpoint,
    source: from,
  };
}

/**
 * Parts a route. Only RD and prefix identify a type 1 session transformed route (section 3.1.3): what is behind them is the
 * payload, and the key has a TEID of 1 (0 would be malformed) and an endpoint of zeros in its place, so that it is an NLRI.
 */
export function splitMup(source: Uint8Array, start: number, end: number, addressSize: 4 | 16): ParsedNlri {
  const layout = mupLayout(source, start, end, addressSize);
  if (layout === undefined) return { key: source.slice(start, end), payload: NO_BYTES };
  const { length, address, addressOctets, teid, endpoint } = layout;
  if (endpoint < 0) {
    const key = source.slice(start, end);
    if (layout.type === MupType.interwork) maskPrefix(key, length, address);
    return { key, payload: NO_BYTES };
  }
  const size = endpoint + 1 + addressSize;
  const key = new Uint8Array(size);
  key.set(source.subarray(start, start + address + addressOctets));
  key[HEAD - 1] = size - HEAD;
  key[teid + TEID_SIZE - 1] = 1;
  key[endpoint] = addressSize * 8;
  maskPrefix(key, length, address);
  return { key, payload: source.slice(start + teid, end) };
}

/** Clears the bits behind the length of a prefix. */
function maskPrefix(key: Uint8Array, length: number, address: number): void {
  const bits = key[length]!;
  if ((bits & 7) !== 0) key[address + (bits >>> 3)]! &= 0xff << (8 - (bits & 7));
}

/** Puts a route together again. An empty payload leaves the zeros: a withdrawal. */
export function writeMup(
  out: Writer,
  key: Uint8Array,
  start: number,
  end: number,
  payload: Uint8Array,
  addressSize: 4 | 16,
): void {
  const teid = payload.length === 0 ? undefined : mupLayout(key, start, end, addressSize)?.teid;
  if (teid === undefined || teid < 0) {
    out.bytes(key, start, end);
    return;
  }
  const at = out.length;
  out.bytes(key, start, start + teid).bytes(payload);
  out.patchU8(at + HEAD - 1, out.length - at - HEAD);
}
