/**
 * What ExaBGP's events call an extended community (RFC 4360, 5668, 7153). A kind is one row. The two top bits of the type
 * are not looked at (some old speakers set them wrong), so two values can have one name.
 */
import { readU16, readU32 } from '../../util/bytes.js';
import { printIpv4 } from '../../util/ip.js';
import { COPY, DIRECTIONS, SAMPLE, Sub, TERMINAL, TUNNELS, Type } from './extended-community-kinds.js';

function u16(value: Uint8Array, at: number): number {
  return readU16(value, at);
}

function float(value: Uint8Array, at: number): number {
  return new DataView(value.buffer, value.byteOffset + at, 4).getFloat32(0);
}

/** A rate or bandwidth without fraction; numbers that are none as words. */
function whole(rate: number): string {
  return Number.isFinite(rate) ? BigInt(Math.trunc(rate)).toString() : String(rate).toLowerCase();
}

type Printer = (value: Uint8Array) => string;

/** What a kind is called, by type without its two top bits and subtype. */
const PRINTERS = new Map<number, Printer>();

function printer(type: number, subtype: number, print: Printer): void {
  PRINTERS.set(((type & 0x0f) << 8) | subtype, print);
}

for (const [subtype, name] of [
  [Sub.target, 'target'],
  [Sub.rtRecord, 'rtrecord'],
] as const) {
  printer(Type.twoOctetAs, subtype, (v) => `${name}:${u16(v, 2)}:${readU32(v, 4)}`);
  printer(Type.ipv4, subtype, (v) => `${name}:${printIpv4(v, 2)}:${u16(v, 6)}`);
}
printer(Type.twoOctetAs, Sub.origin, (v) => `origin:${u16(v, 2)}:${printIpv4(v, 4)}`);
// ExaBGP 4 and 5 print this one with its halves exchanged; as a command it would be another community.
printer(Type.ipv4, Sub.origin, (v) => `origin:${u16(v, 6)}:${printIpv4(v, 2)}`);
// RFC 8955 section 7.1: a negative rate means zero.
printer(Type.flow, Sub.trafficRate, (v) => `rate-limit:${whole(Math.max(float(v, 4), 0))}`);
printer(Type.flow, Sub.trafficAction, (v) => {
  const parts = [];
  if ((v[7]! & SAMPLE) !== 0) parts.push('sample');
  if ((v[7]! & TERMINAL) !== 0) parts.push('terminal');
  return `action ${parts.join('-')}`;
});
printer(Type.flow, Sub.redirect, (v) => `redirect:${u16(v, 2)}:${readU32(v, 4)}`);
printer(Type.flowIpv4, Sub.redirect, (v) => `redirect:${printIpv4(v, 2)}:${u16(v, 6)}`);
printer(Type.flowFourOctetAs, Sub.redirect, (v) => `redirect:${readU32(v, 2)}:${u16(v, 6)}`);
printer(Type.flow, Sub.trafficMark, (v) => `mark ${v[7]!}`);
printer(Type.flow, Sub.layer2Info, (v) => `l2info:${v[2]!}:${v[3]!}:${u16(v, 4)}:${u16(v, 6)}`);
printer(Type.redirectToNextHop, 0, (v) => ((v[7]! & COPY) !== 0 ? 'copy-to-nexthop' : 'redirect-to-nexthop'));
printer(Type.ipv4, Sub.redirectIp, (v) =>
  (v[7]! & COPY) !== 0
    ? `copy-to-nexthop-ietf ${printIpv4(v, 2)} (with copy)`
    : `redirect-to-nexthop-ietf ${printIpv4(v, 2)}`,
);
printer(Type.opaque, Sub.encapsulation, (v) => `encap:${TUNNELS[u16(v, 6)] ?? `encap:UNKNOWN-${u16(v, 6)}`}`);
printer(Type.opaque, Sub.hashSortOrder, (v) => `consistentHashSortOrder:${readU32(v, 2)}`);
printer(Type.evpn, 0, (v) => `mac-mobility:${readU32(v, 4)}${v[2] === 1 ? ':sticky' : ''}`);
printer(Type.interfaceSet, Sub.target, (v) => {
  const target = u16(v, 6);
  return `interface-set:${DIRECTIONS[target >>> 14]}:${readU32(v, 2)}:${target & 0x3fff}`;
});
printer(Type.mup, 0, (v) => `mup:${u16(v, 2)}:${readU32(v, 4)}`);

/**
 * What the 8 octets are called, as in ExaBGP's events; "" for a kind without a name.
 * @param hasLongSuffix a four-octet AS number has an L behind it (4.x)
 */
export function nameExtendedCommunity(value: Uint8Array, hasLongSuffix: boolean): string {
  const type = value[0]! & 0x0f;
  const subtype = value[1]!;
  if (type === Type.fourOctetAs && (subtype === Sub.target || subtype === Sub.origin || subtype === Sub.rtRecord)) {
    const name = subtype === Sub.target ? 'target' : subtype === Sub.origin ? 'origin' : 'rtrecord';
    return `${name}:${readU32(value, 2)}${hasLongSuffix ? 'L' : ''}:${u16(value, 6)}`;
  }
  return PRINTERS.get((type << 8) | subtype)?.(value) ?? '';
}
