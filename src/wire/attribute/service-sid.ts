/**
 * Whether a route has an SRv6 service SID (RFC 9252 section 2: TLVs 5 and 6 of the Prefix-SID attribute). Part of the SID may
 * then stand in the label field of the NLRI (section 4), so events show the whole field beside the label.
 */
import { readU16 } from '../../util/bytes.js';
import { findTlv } from '../attribute-set.js';

const PREFIX_SID = 40;
/** Prefix-SID TLVs of SRv6 services (RFC 9252 section 2). */
const ServiceTlv = { l3: 5, l2: 6 } as const;
const TLV_HEAD_OCTETS = 3;

/** @param tlvs packed attributes (attribute-set.ts) */
export function hasServiceSid(tlvs: Uint8Array): boolean {
  const value = findTlv(tlvs, PREFIX_SID);
  if (value === undefined) return false;
  for (let at = 0; at + TLV_HEAD_OCTETS <= value.length; at += TLV_HEAD_OCTETS + readU16(value, at + 1)) {
    if (value[at] === ServiceTlv.l3 || value[at] === ServiceTlv.l2) return true;
  }
  return false;
}
