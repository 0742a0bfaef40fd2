/**
 * EVPN routes as octets: where the fields of each route type stand, and which of them identify the route. Words and JSON
 * are left to evpn-text.ts and l2vpn-evpn.ts. RFC 7432 section 7, RFC 9136 section 3.
 *
 *   1 octet    route type
 *   1 octet    length
 *   n octets   1 RD 8, ESI 10, Ethernet tag 4, label 3
 *              2 RD 8, ESI 10, Ethernet tag 4, MAC length 1, MAC 6, IP length 1, IP 0|4|16, label 3, label 0|3
 *              3 RD 8, Ethernet tag 4, IP length 1, IP 4|16
 *              4 RD 8, ESI 10, IP length 1, IP 4|16
 *              5 RD 8, ESI 10, Ethernet tag 4, prefix length 1, prefix 4|16, gateway 4|16, label 3
 */
import { NO_BYTES, type Writer } from '../../util/bytes.js';
import type { ParsedNlri } from './types.js';

/** Route types (IANA "EVPN Route Types"). */
export const EvpnType = { ethernetAd: 1, macIp: 2, multicast: 3, ethernetSegment: 4, ipPrefix: 5 } as const;
export type EvpnType = (typeof EvpnType)[keyof typeof EvpnType];

/** Octets of type and length. */
export const HEAD = 2;
export const ESI_SIZE = 10;
export const LABEL_SIZE = 3;
const ETHERNET_TAG_SIZE = 4;
const MAC_SIZE = 6;
const MAC_BITS = 48;
const IPV6_BITS = 128;

/** Offsets behind type and length. */
const RD = HEAD;
const ESI = RD + 8;

/** Where the fields of one route stand; -1 (or size 0) for what the type or the route does not have. */
export interface EvpnLayout {
  readonly type: EvpnType;
  readonly rd: number;
  readonly esi: number;
  readonly ethernetTag: number;
  readonly mac: number;
  readonly ip: number;
  /** Octets of the IP address or prefix, and of the gateway. */
  readonly ipSize: 0 | 4 | 16;
  /** Where the length of the IP address or prefix stands. */
  readonly ipLength: number;
  readonly gateway: number;
  /** Where the labels begin. */
  readonly labels: number;
  /** Octets of them: 0, 3 or 6. */
  readonly labelsSize: number;
  /** Octets of the whole NLRI. */
  readonly size: number;
}

function sizeOfIp(bits: number, isOptional: boolean): 0 | 4 | 16 | undefined {
  if (bits === 32) return 4;
  if (bits === IPV6_BITS) return 16;
  return bits === 0 && isOptional ? 0 : undefined;
}

/**
 * @param start where the route type stands
 * @returns where the fields are, from the start; undefined for an unknown type or a route whose lengths do not fit it
 */
export function evpnLayout(source: Uint8Array, start: number, end: number): EvpnLayout | undefined {
  const size = end - start;
  const type = source[start]!;
  const none = { mac: -1, gateway: -1, ip: -1, ipSize: 0, ipLength: -1, labels: -1, labelsSize: 0 } as const;
  switch (type) {
    case EvpnType.ethernetAd: {
      const labels = ESI + ESI_SIZE + ETHERNET_TAG_SIZE;
      if (size !== labels + LABEL_SIZE) return undefined;
      return { ...none, type, rd: RD, esi: ESI, ethernetTag: ESI + ESI_SIZE, labels, labelsSize: LABEL_SIZE, size };
    }
    case EvpnType.macIp: {
      const mac = ESI + ESI_SIZE + ETHERNET_TAG_SIZE + 1;
      const ipLength = mac + MAC_SIZE;
      if (size <= ipLength || source[start + mac - 1] !== MAC_BITS) return undefined;
      const ipSize = sizeOfIp(source[start + ipLength]!, true);
      if (ipSize === undefined) return undefined;
      const labels = ipLength + 1 + ipSize;
      const labelsSize = size - labels;
      if (labelsSize !== LABEL_SIZE && labelsSize !== 2 * LABEL_SIZE) return undefined;
      const ip = ipSize === 0 ? -1 : ipLength + 1;
      const ethernetTag = ESI + ESI_SIZE;
      return { ...none, type, rd: RD, esi: ESI, ethernetTag, mac, ip, ipSize, ipLength, labels, labelsSize, size };
    }
    case EvpnType.multicast:
    case EvpnType.ethernetSegment: {
      const isMulticast = type === EvpnType.multicast;
      const ipLength = ESI + (isMulticast ? ETHERNET_TAG_SIZE : ESI_SIZE);
      if (size <= ipLength) return undefined;
      const ipSize = sizeOfIp(source[start + ipLength]!, false);
      if (ipSize === undefined || size !== ipLength + 1 + ipSize) return undefined;
      const place = isMulticast ? { esi: -1, ethernetTag: ESI } : { esi: ESI, ethernetTag: -1 };
      return { ...none, ...place, type, rd: RD, ip: ipLength + 1, ipSize, ipLength, size };
    }
    case EvpnType.ipPrefix: {
      const ipLength = ESI + ESI_SIZE + ETHERNET_TAG_SIZE;
      const ip = ipLength + 1;
      const rest = size - ip - LABEL_SIZE;
      if (rest !== 8 && rest !== 32) return undefined;
      const ipSize = rest === 8 ? 4 : 16;
      if (source[start + ipLength]! > ipSize * 8) return undefined;
      const gateway = ip + ipSize;
      const labels = gateway + ipSize;
      const ethernetTag = ESI + ESI_SIZE;
      const labelsSize = LABEL_SIZE;
      return { ...none, type, rd: RD, esi: ESI, ethernetTag, ip, ipSize, ipLength, gateway, labels, labelsSize, size };
    }
    default:
      return undefined;
  }
}

/**
 * Parts a route: the key has zeros where the payload was and the first label only, so it is an NLRI itself. The payload
 * is, one behind the other, the ESI (types 2 and 5), the gateway and the labels (RFC 7432 section 7, RFC 9136 section 3.1).
 */
export function splitEvpn(source: Uint8Array, start: number, end: number): ParsedNlri {
  const layout = evpnLayout(source, start, end);
  if (layout === undefined || layout.labels < 0) return { key: source.slice(start, end), payload: NO_BYTES };
  const { type, esi, ip, ipSize, ipLength, gateway, labels, labelsSize } = layout;
  const key = source.slice(start, start + labels + LABEL_SIZE);
  key[1] = key.length - HEAD;
  const parts: Uint8Array[] = [];
  const take = (at: number, size: number): void => {
    parts.push(source.subarray(start + at, start + at + size));
    key.fill(0, at, at + size);
  };
  if (type !== EvpnType.ethernetAd) take(esi, ESI_SIZE);
  if (gateway >= 0) take(gateway, ipSize);
  take(labels, labelsSize);
  if (type === EvpnType.ipPrefix) maskPrefix(key, ip, key[ipLength]!, ipSize);
  const payload = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    payload.set(part, at);
    at += part.length;
  }
  return { key, payload: payload.every((octet) => octet === 0) && labelsSize === LABEL_SIZE ? NO_BYTES : payload };
}

/** Clears the bits behind the length of a prefix. */
function maskPrefix(key: Uint8Array, at: number, bits: number, size: number): void {
  for (let i = bits >>> 3; i < size; i++) key[at + i]! &= i === bits >>> 3 ? 0xff << (8 - (bits & 7)) : 0;
}

/** Puts a route together again. An empty payload leaves the zeros: a withdrawal. */
export function writeEvpn(out: Writer, key: Uint8Array, start: number, end: number, payload: Uint8Array): void {
  const layout = payload.length === 0 ? undefined : evpnLayout(key, start, end);
  const at = out.length;
  out.bytes(key, start, end);
  if (layout === undefined || layout.labels < 0) return;
  const { type, esi, ipSize, gateway, labels, size } = layout;
  let from = 0;
  const put = (to: number, octets: number): void => {
    out.patch(at + to, payload, from, from + octets);
    from += octets;
  };
  if (type !== EvpnType.ethernetAd) put(esi, ESI_SIZE);
  if (gateway >= 0) put(gateway, ipSize);
  put(labels, LABEL_SIZE);
  if (from < payload.length) {
    out.bytes(payload, from).patchU8(at + 1, size - HEAD + payload.length - from);
  }
}
