/**
 * The frames of the Tunnel Encapsulation attribute (RFC 9012 section 2): tunnel TLVs with sub-TLVs in them. What sub-TLVs
 * mean is left to tunnel-sub-tlv.ts and segment-list.ts.
 *
 *   2 octets   tunnel type
 *   2 octets   length of the sub-TLVs
 *   n octets   sub-TLVs: type 1, length 1 (2 from type 128 on), value
 */
import { readU16, type Writer } from '../../util/bytes.js';

/** Tunnel types by name (IANA "BGP Tunnel Encapsulation Attribute Tunnel Types"). */
export const TUNNEL_TYPES: Readonly<Record<string, number>> = {
  l2tpv3: 1,
  gre: 2,
  'ip-in-ip': 7,
  vxlan: 8,
  nvgre: 9,
  mpls: 10,
  'mpls-in-gre': 11,
  'vxlan-gpe': 12,
  'mpls-in-udp': 13,
  'sr-policy': 15,
  geneve: 19,
};
/** RFC 9830 section 2.2. */
export const SR_POLICY_TUNNEL = 15;

/** Octets of tunnel type and length. */
const TLV_HEAD = 4;
/** Sub-TLVs from this type on have a length of two octets. */
const FIRST_LONG_TYPE = 128;

const NAMES = new Map(Object.entries(TUNNEL_TYPES).map(([name, type]) => [type, name]));

/** @returns "vxlan"; for a type without a name its number */
export function tunnelName(type: number): string {
  return NAMES.get(type) ?? String(type);
}

/** @returns false when tunnel TLVs do not fill the value exactly */
export function eachTunnel(value: Uint8Array, visit: (type: number, start: number, end: number) => void): boolean {
  for (let at = 0; at < value.length; ) {
    const start = at + TLV_HEAD;
    if (start > value.length) return false;
    const end = start + readU16(value, at + 2);
    if (end > value.length) return false;
    visit(readU16(value, at), start, end);
    at = end;
  }
  return true;
}

/** @returns false when sub-TLVs do not fill the space exactly */
export function eachSubTlv(
  value: Uint8Array,
  from: number,
  to: number,
  visit: (type: number, start: number, end: number) => void,
): boolean {
  for (let at = from; at < to; ) {
    const start = at + (value[at]! >= FIRST_LONG_TYPE ? 3 : 2);
    if (start > to) return false;
    const end = start + (value[at]! >= FIRST_LONG_TYPE ? readU16(value, at + 1) : value[at + 1]!);
    if (end > to) return false;
    visit(value[at]!, start, end);
    at = end;
  }
  return true;
}

/** Appends a sub-TLV. @returns false when the value is too long for its type */
export function writeSubTlv(out: Writer, type: number, value: Uint8Array): boolean {
  const isLong = type >= FIRST_LONG_TYPE;
  if (value.length > (isLong ? 0xffff : 0xff)) return false;
  out.u8(type);
  if (isLong) out.u16(value.length);
  else out.u8(value.length);
  out.bytes(value);
  return true;
}

/** @returns true when the sub-TLVs of a tunnel fill it exactly */
export function hasSubTlvs(value: Uint8Array, start: number, end: number): boolean {
  return eachSubTlv(value, start, end, () => undefined);
}

/**
 * What is wrong with the attribute's TLVs.
 * @param isReceived from a peer: the inside of a tunnel type that we do not know is its own affair, it counts as absent and
 *   is kept (RFC 9012 section 13)
 * @returns undefined when nothing is
 */
export function findTunnelFault(value: Uint8Array, isReceived = false): string | undefined {
  let reason: string | undefined;
  let policies = 0;
  const isFramed = eachTunnel(value, (type, start, end) => {
    if (isReceived && !NAMES.has(type)) return;
    if (!hasSubTlvs(value, start, end)) reason ??= `the sub-TLVs of tunnel type ${type} do not fit`;
    if (type === SR_POLICY_TUNNEL) policies++;
  });
  if (reason !== undefined) return reason;
  if (!isFramed || value.length === 0) return 'the tunnel TLVs do not fill the attribute';
  return policies > 1 ? 'more than one SR policy' : undefined;
}
