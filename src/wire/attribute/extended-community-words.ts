/**
 * Words of commands for extended communities that ExaBGP's events have no name for, or none that tells them apart from
 * others. RFC 4360, 6514, 7432, 8214, 8955, 9012, 9135, draft-ietf-idr-link-bandwidth.
 */
import { readU16, readU32, toHex, writeU32 } from '../../util/bytes.js';
import { printIpv4 } from '../../util/ip.js';
import { parseNumber } from '../../util/tokens.js';
import { buildCommunity, DIRECTIONS, Sub, Type } from './extended-community-kinds.js';

/** Reads the parts between colons. @returns 8 octets, or why not */
type Parse = (parts: readonly string[]) => Uint8Array | string;

const MAX_U16 = 0xffff;
const MAX_U32 = 0xffffffff;
const MAX_LABEL = 0xfffff;
/** Flag of the ESI label: one of the links carries traffic at a time (RFC 7432 section 7.5). */
const SINGLE_ACTIVE = 0x01;
const SINGLE_ACTIVE_WORD = 'single-active';
/** The CO bits stand at the top of the flags (RFC 9830 section 3). */
const CO_SHIFT = 14;
const MAC_AT = 2;
const MAC_PARTS = 6;

/** Numbers from 0 to each of the limits; undefined where one is none or the count is wrong. */
function numbers(parts: readonly string[], limits: readonly number[]): number[] | undefined {
  const values = parts.map(parseNumber);
  const isGood =
    values.length === limits.length && values.every((value, i) => value !== undefined && value <= limits[i]!);
  return isGood ? (values as number[]) : undefined;
}

/** `NAME:aa:bb:cc:dd:ee:ff` */
function mac(subtype: number, name: string): Parse {
  return (parts) => {
    if (parts.length !== MAC_PARTS || !parts.every((part) => /^[0-9a-fA-F]{2}$/.test(part))) {
      return `${name} takes a MAC address, 00:00:5e:00:53:01`;
    }
    return buildCommunity(Type.evpn, subtype, (out) =>
      out.set(
        parts.map((part) => Number.parseInt(part, 16)),
        MAC_AT,
      ),
    );
  };
}

/** Kinds by name. */
export const FURTHER_KINDS: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  [
    'color',
    (parts) => {
      const [color, co] = numbers(parts.length === 1 ? [...parts, '0'] : parts, [MAX_U32, 3]) ?? [];
      if (color === undefined || co === undefined) return 'color takes COLOR or COLOR:CO with CO from 0 to 3';
      return buildCommunity(Type.opaque, Sub.color, (out, view) => {
        view.setUint16(2, co << CO_SHIFT);
        writeU32(out, 4, color);
      });
    },
  ],
  [
    'esi-label',
    (parts) => {
      const [label] = numbers(parts.slice(0, 1), [MAX_LABEL]) ?? [];
      if (label === undefined || (parts[1] ?? SINGLE_ACTIVE_WORD) !== SINGLE_ACTIVE_WORD || parts.length > 2) {
        return `esi-label takes LABEL or LABEL:${SINGLE_ACTIVE_WORD}`;
      }
      return buildCommunity(Type.evpn, Sub.esiLabel, (out) => {
        out[2] = parts.length === 2 ? SINGLE_ACTIVE : 0;
        out[5] = label >>> 12;
        out[6] = label >>> 4;
        out[7] = label << 4;
      });
    },
  ],
  ['es-import', mac(Sub.esImport, 'es-import')],
  ['router-mac', mac(Sub.routerMac, 'router-mac')],
  [
    'default-gateway',
    (parts) =>
      parts.length > 0 ? 'default-gateway has no value' : buildCommunity(Type.opaque, Sub.defaultGateway, () => {}),
  ],
  [
    'l2-attributes',
    (parts) => {
      const [flags, mtu] = numbers(parts, [MAX_U16, MAX_U16]) ?? [];
      if (flags === undefined || mtu === undefined) return 'l2-attributes takes FLAGS:MTU';
      return buildCommunity(Type.evpn, Sub.layer2Attributes, (_, view) => {
        view.setUint16(2, flags);
        view.setUint16(4, mtu);
      });
    },
  ],
  [
    'consistentHashSortOrder',
    (parts) => {
      const [order] = numbers(parts, [MAX_U32]) ?? [];
      if (order === undefined) return 'consistentHashSortOrder takes a number';
      return buildCommunity(Type.opaque, Sub.hashSortOrder, (out) => writeU32(out, 2, order));
    },
  ],
]);

function macText(value: Uint8Array): string {
  return toHex(value.subarray(MAC_AT)).replace(/..(?!$)/g, '$&:');
}

function rateText(value: Uint8Array): string {
  return String(new DataView(value.buffer, value.byteOffset + 4, 4).getFloat32(0));
}

/** Texts by type and subtype. They may leave bits out: who uses one reads it back and compares. */
const TEXTS = new Map<number, (value: Uint8Array) => string>();

function text(type: number, subtype: number, print: (value: Uint8Array) => string): void {
  TEXTS.set((type << 8) | subtype, print);
}

text(Type.opaque, Sub.color, (v) => `color:${readU32(v, 4)}${v[2] === 0 ? '' : `:${v[2]! >>> 6}`}`);
text(Type.opaque, Sub.defaultGateway, () => 'default-gateway');
text(Type.evpn, Sub.esiLabel, (v) => {
  const label = (v[5]! << 12) | (v[6]! << 4) | (v[7]! >>> 4);
  return `esi-label:${label}${v[2] === SINGLE_ACTIVE ? `:${SINGLE_ACTIVE_WORD}` : ''}`;
});
text(Type.evpn, Sub.esImport, (v) => `es-import:${macText(v)}`);
text(Type.evpn, Sub.routerMac, (v) => `router-mac:${macText(v)}`);
text(Type.evpn, Sub.layer2Attributes, (v) => `l2-attributes:${readU16(v, 2)}:${readU16(v, 4)}`);
text(Type.linkBandwidth, Sub.linkBandwidth, (v) => `bandwidth:${readU16(v, 2)}:${rateText(v)}`);
text(Type.flow, Sub.trafficRate, (v) => `rate-limit:${rateText(v)}`);
text(Type.flow, Sub.trafficRatePackets, (v) => `rate-limit:${rateText(v)}:packets`);
text(Type.flowIpv4, Sub.redirect, (v) => `redirect:${printIpv4(v, 2)}:${readU16(v, 6)}`);
text(
  Type.flowFourOctetAs,
  Sub.redirect,
  (v) => `redirect:${readU32(v, 2)}${readU32(v, 2) > MAX_U16 ? '' : 'L'}:${readU16(v, 6)}`,
);
text(Type.opaque, Sub.encapsulation, (v) => `encap:${readU16(v, 6)}`);
text(Type.interfaceSet | Type.nonTransitive, Sub.target, (v) => {
  const target = readU16(v, 6);
  return `interface-set:non-transitive:${DIRECTIONS[target >>> 14]}:${readU32(v, 2)}:${target & 0x3fff}`;
});
text(Type.twoOctetAs, Sub.sourceAs, (v) => `source-as:${readU16(v, 2)}:${readU32(v, 4)}`);
text(
  Type.fourOctetAs,
  Sub.sourceAs,
  (v) => `source-as:${readU32(v, 2)}${readU32(v, 2) > MAX_U16 ? '' : 'L'}:${readU16(v, 6)}`,
);
text(Type.ipv4, Sub.vrfRouteImport, (v) => `vrf-import:${printIpv4(v, 2)}:${readU16(v, 6)}`);

/** The 8 octets in words; "" where there are none. What reads back may be other octets. */
export function furtherText(value: Uint8Array): string {
  return TEXTS.get((value[0]! << 8) | value[1]!)?.(value) ?? '';
}
