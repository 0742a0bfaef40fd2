/**
 * EVPN, AFI 25 SAFI 70: RFC 7432, RFC 9136. Route types 1 to 5 are read; others are kept and shown as they are. What a
 * route holds is in evpn-route.ts, its words in evpn-text.ts.
 */
import { readU16, readU32, toHex, type Writer } from '../../util/bytes.js';
import { printIp } from '../../util/ip.js';
import type { Tokens } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { showRouteDistinguisher } from '../route-distinguisher.js';
import { ESI_SIZE, EvpnType, evpnLayout, HEAD, splitEvpn, writeEvpn } from './evpn-route.js';
import { EvpnReader, printColons, printEvpn, readLabel } from './evpn-text.js';
import { readNlri } from './nlri-words.js';
import { printPathId } from './prefix-family.js';
import type { Family, ParsedNlri } from './types.js';

/** What events call the route types. */
const NAMES: Readonly<Record<EvpnType, string>> = {
  [EvpnType.ethernetAd]: 'Ethernet Auto-Discovery',
  [EvpnType.macIp]: 'MAC/IP advertisement',
  [EvpnType.multicast]: 'Inclusive Multicast Ethernet Tag',
  [EvpnType.ethernetSegment]: 'Ethernet Segment',
  [EvpnType.ipPrefix]: 'IP Prefix Advertisement',
};
const TYPES: ReadonlySet<number> = new Set(Object.values(EvpnType));

function sizeOf(source: Uint8Array, offset: number, end: number): number {
  if (offset + HEAD > end) return -1;
  const size = HEAD + source[offset + 1]!;
  return offset + size <= end ? size : -1;
}

/** The fields behind "name", as ExaBGP orders them: the first label only, with the 24 bits it was read from. */
function fieldsToJson(source: Uint8Array, start: number, end: number): string | undefined {
  const layout = evpnLayout(source, start, end);
  if (layout === undefined) return undefined;
  const { type, rd, esi, ethernetTag, mac, ip, ipSize, ipLength, gateway, labels } = layout;
  const address = (at: number): string => printIp(source.subarray(start + at, start + at + ipSize));
  let text = `"name": "${NAMES[type]}", "rd": "${showRouteDistinguisher(source, start + rd)}"`;
  if (esi >= 0) {
    const isZero = source.subarray(start + esi, start + esi + ESI_SIZE).every((octet) => octet === 0);
    text += `, "esi": "${isZero ? '-' : printColons(source, start + esi, ESI_SIZE)}"`;
  }
  if (ethernetTag >= 0) text += `, "ethernet-tag": ${readU32(source, start + ethernetTag)}`;
  if (mac >= 0) text += `, "mac": "${printColons(source, start + mac, 6).toUpperCase()}"`;
  if (labels >= 0) {
    const raw = readLabel(source, start + labels);
    text += `, "label": [ [${raw >>> 4}${raw === 0 ? '' : `, ${raw}`}] ]`;
  }
  if (ip >= 0) text += `, "ip": "${address(ip)}"`;
  if (gateway >= 0) text += `, "iplen": ${source[start + ipLength]}, "gateway": "${address(gateway)}"`;
  return text;
}

/** Type and subtype of extended communities: Router's MAC (RFC 9135 section 6.1), Encapsulation (RFC 9012 section 4.1). */
const ROUTER_MAC = 0x0603;
const ENCAPSULATION = 0x030c;
const COMMUNITY_SIZE = 8;

function hasCommunity(communities: Uint8Array | undefined, kind: number): boolean {
  if (communities === undefined) return false;
  for (let at = 0; at + COMMUNITY_SIZE <= communities.length; at += COMMUNITY_SIZE) {
    if (readU16(communities, at) === kind) return true;
  }
  return false;
}

/**
 * RFC 9136 sections 3.1 and 3.2: an IP prefix must not have two overlay indices, and without a label it must have one,
 * which may be the MAC address of a router.
 */
function refusal(
  source: Uint8Array,
  start: number,
  end: number,
  findAttribute: (code: number) => Uint8Array | undefined,
): string | undefined {
  const layout = evpnLayout(source, start, end);
  if (layout?.type !== EvpnType.ipPrefix) return undefined;
  const { esi, gateway, ipSize, labels } = layout;
  const isSet = (at: number, size: number): boolean =>
    source.subarray(start + at, start + at + size).some((octet) => octet !== 0);
  const hasEsi = isSet(esi, ESI_SIZE);
  const hasGateway = isSet(gateway, ipSize);
  if (hasEsi && hasGateway) return 'an IP prefix with both a segment identifier and a gateway';
  const communities = findAttribute(AttributeCode.extendedCommunities);
  const field = readLabel(source, start + labels);
  // With an encapsulation that is not MPLS all 24 bits are a network identifier (RFC 8365 section 5.1.3).
  const label = hasCommunity(communities, ENCAPSULATION) ? field : field >>> 4;
  if (label !== 0 || hasEsi || hasGateway || hasCommunity(communities, ROUTER_MAC)) return undefined;
  return 'an IP prefix with neither label nor overlay index';
}

export const l2vpnEvpn: Family = {
  afi: 25,
  safi: 70,
  name: 'l2vpn evpn',
  nextHop: { addressSize: 4, lengths: [4, 16], extendedLengths: [], prefixOctets: 0, isAlsoAttribute: false },
  isClassic: false,

  sizeOf,
  isMalformed: (source, start, end) => TYPES.has(source[start]!) && evpnLayout(source, start, end) === undefined,
  refusal,
  split: splitEvpn,
  write: (out: Writer, key, start, end, payload) => writeEvpn(out, key, start, end, payload),
  reader: () => new EvpnReader(),
  parse: (tokens: Tokens): ParsedNlri => readNlri(tokens, new EvpnReader()),
  print: printEvpn,
  toJson(source, start, end, pathId) {
    const fields = fieldsToJson(source, start, end);
    const raw = toHex(source.subarray(start, end)).toUpperCase();
    const path = pathId === undefined ? '' : `, "path-information": "${printPathId(pathId)}"`;
    const rest = fields === undefined ? '' : `, ${fields}`;
    return `{ "code": ${source[start]}, "parsed": ${fields !== undefined}, "raw": "${raw}"${rest}${path} }`;
  },
};
