/**
 * The canonical form of a route's attributes, as one string of octets that can be interned and compared:
 *
 *   1 octet   next hop: 0 none, 1 "self", else its length 4, 16 or 32
 *   n octets  next hop
 *   2 octets  length of the payload (what the NLRI carries besides its key: labels …; see family/types.ts)
 *   n octets  payload
 *   TLVs      flags (1), type code (1), length (2), value; ascending by code, 4-octet AS numbers
 *
 * It holds what was asked for or received, nothing more: defaults that depend on the peer (ORIGIN, AS_PATH, LOCAL_PREF)
 * are added on encoding. A flag octet may carry the extended length bit when a raw attribute asked for it.
 */
import { NO_BYTES, readU16, Writer } from '../util/bytes.js';

/** Next hop of a set: octets, "self", or undefined for none. */
export type NextHop = Uint8Array | 'self' | undefined;

/** An attribute in canonical form. */
export interface CanonicalAttribute {
  readonly code: number;
  readonly flags: number;
  readonly value: Uint8Array;
}

const scratch = new Writer(4096);

/** Packs the parts. `attributes` may come in any order. */
export function packSet(nextHop: NextHop, payload: Uint8Array, attributes: readonly CanonicalAttribute[]): Uint8Array {
  const out = scratch.reset();
  if (nextHop === undefined) out.u8(0);
  else if (nextHop === 'self') out.u8(1);
  else out.u8(nextHop.length).bytes(nextHop);
  out.u16(payload.length).bytes(payload);
  for (const { code, flags, value } of [...attributes].sort((a, b) => a.code - b.code)) {
    out.u8(flags).u8(code).u16(value.length).bytes(value);
  }
  return out.finish();
}

/** Packs attributes alone, as in DecodedUpdate.attributes. */
export function packTlvs(attributes: readonly CanonicalAttribute[]): Uint8Array {
  const out = scratch.reset();
  for (const { code, flags, value } of [...attributes].sort((a, b) => a.code - b.code)) {
    out.u8(flags).u8(code).u16(value.length).bytes(value);
  }
  return out.finish();
}

/** @returns the next hop of a set */
export function nextHopOf(set: Uint8Array): NextHop {
  const kind = set[0]!;
  return kind === 0 ? undefined : kind === 1 ? 'self' : set.subarray(1, 1 + kind);
}

/** Where the length of the payload stands in a set. */
export function payloadAt(set: Uint8Array): number {
  return set[0]! > 1 ? 1 + set[0]! : 1;
}

/** @returns the payload of a set (a view) */
export function payloadOf(set: Uint8Array): Uint8Array {
  const at = payloadAt(set);
  const length = readU16(set, at);
  return length === 0 ? NO_BYTES : set.subarray(at + 2, at + 2 + length);
}

/** @returns the TLVs of a set (a view) */
export function tlvsOf(set: Uint8Array): Uint8Array {
  const at = payloadAt(set);
  return set.subarray(at + 2 + readU16(set, at));
}

/** Calls `visit` for each attribute of packed TLVs, in their order. Values are views. */
export function eachTlv(tlvs: Uint8Array, visit: (code: number, flags: number, value: Uint8Array) => void): void {
  for (let at = 0; at + 4 <= tlvs.length; ) {
    const length = readU16(tlvs, at + 2);
    visit(tlvs[at + 1]!, tlvs[at]!, tlvs.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
}

/** @returns the value of attribute `code` in packed TLVs, or undefined */
export function findTlv(tlvs: Uint8Array, code: number): Uint8Array | undefined {
  for (let at = 0; at + 4 <= tlvs.length; ) {
    const length = readU16(tlvs, at + 2);
    if (tlvs[at + 1] === code) return tlvs.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return undefined;
}
