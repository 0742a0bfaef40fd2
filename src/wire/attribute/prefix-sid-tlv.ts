/**
 * The TLVs of BGP Prefix-SID as octets: building, walking and checking them. RFC 8669 section 3, RFC 9252 sections 2 and 3.
 *
 *   1 octet    type
 *   2 octets   length of the value
 *   n octets   value: 1 label index: reserved 1, flags 2, index 4
 *                     2, 4 (drafts): reserved or type and flags 3, SID 16
 *                     3 originator SRGB: flags 2, then base 3 and range 3 each
 *                     5, 6 SRv6 L3 and L2 service: reserved 1, sub-TLVs of the same form, 1: SID information:
 *                          reserved 1, SID 16, flags 1, endpoint behavior 2, reserved 1, sub-sub-TLVs, 1: SID structure 6
 */
import { readU16, Writer } from '../../util/bytes.js';

export const PrefixSidTlv = { labelIndex: 1, ipv6Sid: 2, srgb: 3, vpnSid: 4, l3Service: 5, l2Service: 6 } as const;

/** Octets of type and length. */
export const TLV_HEAD = 3;
export const LABEL_INDEX_SIZE = 7;
export const DRAFT_SID_SIZE = 19;
export const SRGB_HEAD = 2;
export const SRGB_SIZE = 6;
/** Octets of a service TLV before its sub-TLVs. */
export const SERVICE_HEAD = 1;
/** Type of SID information among sub-TLVs and of SID structure among sub-sub-TLVs. */
export const SUB_TLV = 1;
/** Octets of SID information before its sub-sub-TLVs. */
export const SID_INFORMATION_SIZE = 21;
export const STRUCTURE_SIZE = 6;

/** Where a SID's parts stand in SID information. */
export const SidInformation = { sid: 1, flags: 17, behavior: 18 } as const;

/**
 * Calls `visit` with type and value of each TLV between two offsets.
 * @returns false when they do not fill the space exactly
 */
export function eachPrefixSidTlv(
  source: Uint8Array,
  from: number,
  to: number,
  visit: (type: number, start: number, end: number) => void,
): boolean {
  let at = from;
  while (at < to) {
    if (at + TLV_HEAD > to) return false;
    const start = at + TLV_HEAD;
    const end = start + readU16(source, at + 1);
    if (end > to) return false;
    visit(source[at]!, start, end);
    at = end;
  }
  return true;
}

/** Why a value is malformed, and whether that is for RFC 9252 section 7 (withdraw) or RFC 8669 section 6 (discard). */
export interface PrefixSidFault {
  readonly isService: boolean;
  readonly reason: string;
}

/** @returns what is wrong with the attribute's value, or undefined */
export function findPrefixSidFault(value: Uint8Array): PrefixSidFault | undefined {
  let fault: PrefixSidFault | undefined;
  const isFramed = eachPrefixSidTlv(value, 0, value.length, (type, start, end) => {
    const size = end - start;
    const plain = (reason: string): void => {
      fault ??= { isService: false, reason };
    };
    if (type === PrefixSidTlv.labelIndex && size !== LABEL_INDEX_SIZE) plain(`label index of ${size} octets`);
    else if (type === PrefixSidTlv.srgb && (size < SRGB_HEAD + SRGB_SIZE || (size - SRGB_HEAD) % SRGB_SIZE !== 0)) {
      plain(`originator SRGB of ${size} octets`);
    } else if (type === PrefixSidTlv.l3Service || type === PrefixSidTlv.l2Service) {
      const reason = serviceFault(value, start, end);
      if (reason !== undefined) fault ??= { isService: true, reason };
    }
  });
  if (fault !== undefined) return fault;
  if (!isFramed || value.length === 0) return { isService: false, reason: 'the TLVs do not fill the attribute' };
  return undefined;
}

/** @param value sound TLVs @returns whether a label index is among them */
export function hasLabelIndex(value: Uint8Array): boolean {
  let isThere = false;
  eachPrefixSidTlv(value, 0, value.length, (type) => {
    if (type === PrefixSidTlv.labelIndex) isThere = true;
  });
  return isThere;
}

function serviceFault(value: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < SERVICE_HEAD) return 'an empty SRv6 service TLV';
  let reason: string | undefined;
  const isFramed = eachPrefixSidTlv(value, start + SERVICE_HEAD, end, (type, from, to) => {
    if (type !== SUB_TLV) return;
    if (to - from < SID_INFORMATION_SIZE) reason = `SRv6 SID information of ${to - from} octets`;
    else if (!eachPrefixSidTlv(value, from + SID_INFORMATION_SIZE, to, () => undefined)) {
      reason = 'the sub-sub-TLVs of an SRv6 SID do not fit';
    }
  });
  return isFramed ? reason : 'the sub-TLVs of an SRv6 service do not fit';
}

/** @returns a TLV of the label index */
export function packLabelIndex(index: number): Uint8Array {
  return new Writer(10).u8(PrefixSidTlv.labelIndex).u16(LABEL_INDEX_SIZE).u24(0).u32(index).finish();
}

/** @param ranges base and size of each range of labels @returns a TLV of the originator's SRGB */
export function packSrgb(ranges: readonly (readonly [number, number])[]): Uint8Array {
  const out = new Writer(64).u8(PrefixSidTlv.srgb).u16(SRGB_HEAD + SRGB_SIZE * ranges.length);
  out.u16(0);
  for (const [base, size] of ranges) out.u24(base).u24(size);
  return out.finish();
}

/** @param type 2 or 4, of drafts that became RFC 9252 @param sid 16 octets */
export function packDraftSid(type: number, sid: Uint8Array): Uint8Array {
  return new Writer(22).u8(type).u16(DRAFT_SID_SIZE).u24(0).bytes(sid).finish();
}

/**
 * @param type 5 or 6 @param sid 16 octets @param structure lengths of locator block, node, function, argument and transposition,
 *   and the offset of that; undefined: none is said
 * @returns an SRv6 service TLV with one SID
 */
export function packService(
  type: number,
  sid: Uint8Array,
  behavior: number,
  structure: readonly number[] | undefined,
): Uint8Array {
  const out = new Writer(64).u8(type).u16(0).u8(0).u8(SUB_TLV).u16(0);
  const information = out.length;
  out.u8(0).bytes(sid).u8(0).u16(behavior).u8(0);
  if (structure !== undefined) {
    out.u8(SUB_TLV).u16(STRUCTURE_SIZE);
    for (const length of structure) out.u8(length);
  }
  return out
    .patchU16(1, out.length - TLV_HEAD)
    .patchU16(information - 2, out.length - information)
    .finish();
}
