/**
 * The TLVs of the BGP-LS attribute as JSON: a TLV is one row of a table. RFC 9552 section 5.3, RFC 9085 (segment routing),
 * RFC 9514 (SRv6). Rows return undefined for values that do not fit; those are shown as hexadecimal.
 */
import { readU16, readU32, toHex } from '../../util/bytes.js';
import { printIp, printIpv4, printIpv6 } from '../../util/ip.js';
import { decodeText, jsonString } from '../../util/stranger-text.js';
import type { Dialect } from '../family/types.js';
import { arrayToJson, eachLsTlv, flagsToJson, floatToJson, hexToJson } from './tlv.js';

/**
 * How a TLV is shown. `isMany`: its values stand in an array, those of all TLVs of the name together. `further`: members
 * besides the one of its key.
 */
interface Row {
  readonly key: string;
  readonly isMany?: boolean;
  further?(value: Uint8Array): Readonly<Record<string, string>>;
  /** @returns one value, or several for an array */
  read(value: Uint8Array): string | readonly string[] | undefined;
}

const NODE_FLAGS = ['O', 'T', 'E', 'B', 'R', 'V'];
const IGP_FLAGS = ['D', 'N', 'L', 'P'];
const MPLS_MASK = ['LDP', 'RSVP-TE'];
const PROTECTION = ['ExtraTrafic', 'Unprotected', 'Shared', 'Dedicated 1:1', 'Dedicated 1+1', 'Enhanced'];
const SR_CAPABILITY_FLAGS = ['I', 'V'];
const ADJACENCY_FLAGS = ['F', 'B', 'V', 'L', 'S', 'P'];
const PREFIX_FLAGS = ['R', 'N', 'P', 'E', 'V', 'L'];
const PREFIX_ATTRIBUTE_FLAGS = ['X', 'R', 'N'];
const END_X_FLAGS = ['B', 'S', 'P'];
const LOCATOR_FLAGS = ['D'];
/** Bits of the flags of SIDs: the value is a label; it is local (RFC 9085, IS-IS). */
const ADJACENCY_VALUE_LOCAL = 0x30;
const PREFIX_VALUE_LOCAL = 0x0c;
const SID_LABEL_TLV = 1161;
const SID_STRUCTURE_TLV = 1252;
const LABEL_MASK = 0xfffff;

const flags = (key: string, names: readonly string[]): Row => ({
  key,
  read: (value) => (value.length === 0 ? undefined : flagsToJson(names, value[0]!)),
});
const u32 = (key: string): Row => ({
  key,
  read: (value) => (value.length === 4 ? String(readU32(value, 0)) : undefined),
});
const address = (key: string, isMany = false): Row => ({
  key,
  isMany,
  read: (value) => (value.length === 4 || value.length === 16 ? `"${printIp(value)}"` : undefined),
});
const float = (key: string): Row => ({
  key,
  read: (value) => (value.length === 4 ? floatToJson(value, 0) : undefined),
});
const name = (key: string): Row => ({ key, read: (value) => jsonString(decodeText(value)) });
const opaque = (key: string): Row => ({ key, read: hexToJson });
/** Numbers of one size, in an array. */
const numbers = (key: string, size: 4 | 8, one: (value: Uint8Array, at: number) => string): Row => ({
  key,
  isMany: true,
  read: (value) => {
    if (value.length % size !== 0) return undefined;
    return Array.from({ length: value.length / size }, (_, i) => one(value, i * size));
  },
});

const readU24 = (value: Uint8Array, at: number): number => (value[at]! << 16) | readU16(value, at + 1);

/** SIDs behind their flags: labels of three octets where value and local bits are set, indices of four where none is. */
function sids(
  value: Uint8Array,
  from: number,
  valueAndLocal: number,
  areNested = false,
): { sids: string; undecoded: string } {
  const bits = value[0]! & valueAndLocal;
  const size = bits === valueAndLocal ? 3 : bits === 0 ? 4 : 0;
  const rest = value.length - from;
  if (size === 0 || rest % size !== 0) {
    return { sids: '[  ]', undecoded: arrayToJson(rest === 0 ? [] : [hexToJson(value.subarray(from))]) };
  }
  const out: string[] = [];
  for (let at = from; at < value.length; at += size) {
    const sid = String(size === 3 ? readU24(value, at) & LABEL_MASK : readU32(value, at));
    out.push(areNested ? `[ ${sid} ]` : sid);
  }
  return { sids: arrayToJson(out), undecoded: '[  ]' };
}

function structureToJson(value: Uint8Array): string {
  const [block, node, func, arg] = value;
  return `{ "loc_block_len": ${block}, "loc_node_len": ${node}, "func_len": ${func}, "arg_len": ${arg} }`;
}

/** Members of the sub-TLVs of an SRv6 TLV. */
function srv6SubTlvs(value: Uint8Array, from: number): string {
  const members = new Map<string, string>();
  eachLsTlv(value, from, value.length, (type, start, end) => {
    const content = value.subarray(start, end);
    if (type === SID_STRUCTURE_TLV && content.length === 4) members.set('srv6-sid-structure', structureToJson(content));
    else members.set(`unknown-subtlv-${type}`, hexToJson(content));
  });
  return [...members].map(([key, text]) => `, "${key}": ${text}`).join('');
}

/** An End.X SID. @param neighborSize octets of the neighbor's identifier in front of the SID */
function endX(key: string, neighborSize: 0 | 4 | 6): Row {
  const sid = 6 + neighborSize;
  return {
    key,
    isMany: true,
    read(value) {
      if (value.length < sid + 16) return undefined;
      const neighbor =
        neighborSize === 0
          ? ''
          : `"neighbor-id": "${neighborSize === 4 ? printIpv4(value, 6) : toHex(value.subarray(6, 12))}", `;
      return (
        `{ "flags": ${flagsToJson(END_X_FLAGS, value[2]!)}, ${neighbor}"behavior": ${readU16(value, 0)}, ` +
        `"algorithm": ${value[3]}, "weight": ${value[4]}, "sid": "${printIpv6(value, sid)}"${srv6SubTlvs(value, sid + 16)} }`
      );
    },
  };
}

/** RFC 9085 section 2.1.2: behind the flags ranges, each a size and a SID/label sub-TLV. */
function capabilityRanges(value: Uint8Array): string | undefined {
  const ranges: string[] = [];
  for (let at = 2; at < value.length; ) {
    const content = at + 7;
    if (content > value.length || readU16(value, at + 3) !== SID_LABEL_TLV) return undefined;
    const size = readU16(value, at + 5);
    if (content + size > value.length || (size !== 3 && size !== 4)) return undefined;
    const first = size === 3 ? readU24(value, content) & LABEL_MASK : readU32(value, content);
    ranges.push(`[ ${readU24(value, at)}, ${first} ]`);
    at = content + size;
  }
  return arrayToJson(ranges);
}

/** SIDs in members of their own, as ExaBGP 4.2 has them. */
function looseSids(
  flagsKey: string,
  names: readonly string[],
  from: number,
  bits: number,
  otherKey: string,
  areNested = false,
): Row {
  return {
    key: flagsKey,
    read: (value) => (value.length < from ? undefined : flagsToJson(names, value[0]!)),
    further(value) {
      const found = sids(value, from, bits, areNested);
      return { sids: found.sids, 'undecoded-sids': found.undecoded, [otherKey]: String(value[1]) };
    },
  };
}

/** IANA "BGP-LS NLRI and Attribute TLVs". */
const ROWS: Readonly<Record<number, Row>> = {
  1024: flags('node-flags', NODE_FLAGS),
  1025: opaque('node-opaque'),
  1026: name('node-name'),
  1027: { key: 'area-ids', isMany: true, read: (value) => `"${toHex(value)}"` },
  1028: address('local-router-ids', true),
  1029: address('local-router-ids', true),
  1030: address('remote-router-ids', true),
  1031: address('remote-router-ids', true),
  1034: {
    key: 'sr-capability-flags',
    read: (value) =>
      value.length < 2 || capabilityRanges(value) === undefined
        ? undefined
        : flagsToJson(SR_CAPABILITY_FLAGS, value[0]!),
    further: (value) => ({ sids: capabilityRanges(value)! }),
  },
  1035: { key: 'sr-algorithms', isMany: true, read: (value) => [...value].map(String) },
  1038: {
    key: 'srv6-capabilities',
    // RFC 9514 section 3.1: the O flag is the second bit.
    read: (value) => (value.length < 4 ? undefined : `{ "flags": { "O": ${(value[0]! >> 6) & 1} } }`),
  },
  1088: numbers('admin-group-mask', 4, (value, at) => String(readU32(value, at))),
  1089: float('maximum-link-bandwidth'),
  1090: float('maximum-reservable-link-bandwidth'),
  1091: numbers('unreserved-bandwidth', 4, floatToJson),
  1092: u32('te-metric'),
  1093: flags('link-protection-flags', PROTECTION),
  1094: flags('mpls-mask', MPLS_MASK),
  1095: {
    key: 'igp-metric',
    read: (value) =>
      value.length < 1 || value.length > 3 ? undefined : String(value.reduce((sum, octet) => sum * 256 + octet, 0)),
  },
  1096: numbers('shared-risk-link-groups', 4, (value, at) => String(readU32(value, at))),
  1097: opaque('link-opaque'),
  1098: name('link-name'),
  1099: {
    key: 'sr-adjs',
    isMany: true,
    read(value) {
      if (value.length < 4) return undefined;
      const found = sids(value, 4, ADJACENCY_VALUE_LOCAL);
      return (
        `{ "flags": ${flagsToJson(ADJACENCY_FLAGS, value[0]!)}, "sids": ${found.sids}, "weight": ${value[1]}, ` +
        `"undecoded-sids": ${found.undecoded} }`
      );
    },
  },
  1100: {
    key: 'sr-adj-lan-sids',
    isMany: true,
    read(value) {
      if (value.length < 10) return undefined;
      const found = sids(value, 10, ADJACENCY_VALUE_LOCAL);
      return (
        `{ "flags": ${flagsToJson(ADJACENCY_FLAGS, value[0]!)}, "weight": ${value[1]}, ` +
        `"system-id": "${toHex(value.subarray(4, 10))}", "sids": ${found.sids}, "undecoded": ${found.undecoded} }`
      );
    },
  },
  1106: endX('srv6-endx', 0),
  1107: endX('srv6-lan-endx-isis', 6),
  1108: endX('srv6-lan-endx-ospf', 4),
  1152: flags('igp-flags', IGP_FLAGS),
  1153: numbers('igp-route-tags', 4, (value, at) => String(readU32(value, at))),
  1154: numbers('igp-extended-route-tags', 8, (value, at) =>
    String((BigInt(readU32(value, at)) << 32n) | BigInt(readU32(value, at + 4))),
  ),
  1155: u32('prefix-metric'),
  1156: address('ospf-forwarding-address'),
  1157: opaque('prefix-opaque'),
  1158: {
    key: 'sr-prefix-sids',
    isMany: true,
    read(value) {
      if (value.length < 4) return undefined;
      const found = sids(value, 4, PREFIX_VALUE_LOCAL);
      return (
        `{ "flags": ${flagsToJson(PREFIX_FLAGS, value[0]!)}, "sids": ${found.sids}, "sr-algorithm": ${value[1]}, ` +
        `"undecoded-sids": ${found.undecoded} }`
      );
    },
  },
  1162: {
    key: 'srv6-locators',
    isMany: true,
    read: (value) =>
      value.length < 8
        ? undefined
        : `{ "flags": ${flagsToJson(LOCATOR_FLAGS, value[0]!)}, "algorithm": ${value[1]}, ` +
          `"metric": ${readU32(value, 4)}${srv6SubTlvs(value, 8)} }`,
  },
  1170: flags('sr-prefix-attribute-flags', PREFIX_ATTRIBUTE_FLAGS),
  1171: address('sr-source-router-id'),
  1250: {
    key: 'srv6-endpoint-behavior',
    read: (value) =>
      value.length < 4
        ? undefined
        : `{ "endpoint-behavior": ${readU16(value, 0)}, "flags": [  ], "algorithm": ${value[3]} }`,
  },
  1252: { key: 'srv6-sid-structure', read: (value) => (value.length === 4 ? structureToJson(value) : undefined) },
};

/** Types of the TLVs that have names. */
export const LS_ATTRIBUTE_TLVS: readonly number[] = Object.keys(ROWS).map(Number);

/** What ExaBGP 4.2 shows otherwise; undefined: it does not know the TLV. */
const OLD_ROWS: Readonly<Record<number, Row | undefined>> = {
  1027: { key: 'area-id', read: (value) => `"${toHex(value)}"` },
  1028: address('local-te-router-ids', true),
  1029: address('local-te-router-ids', true),
  1030: address('remote-te-router-id'),
  1031: address('remote-te-router-id'),
  1038: undefined,
  1099: looseSids('sr-adj-flags', ADJACENCY_FLAGS, 4, ADJACENCY_VALUE_LOCAL, 'sr-adj-weight', true),
  1100: looseSids('sr-adj-lan-flags', ADJACENCY_FLAGS, 10, ADJACENCY_VALUE_LOCAL, 'sr-adj-lan-weight'),
  1158: looseSids('sr-prefix-flags', PREFIX_FLAGS, 4, PREFIX_VALUE_LOCAL, 'sr-algorithm'),
  1162: undefined,
  1250: undefined,
  1252: undefined,
};

/**
 * The members of the "bgp-ls" object. TLVs without a name: "generic-lsid-N", in the dialect of 4.2 their number alone, as
 * there. Of TLVs that stand alone the last counts.
 */
export function lsAttributeToJson(value: Uint8Array, dialect: Dialect): string {
  const single = new Map<string, string>();
  const many = new Map<string, string[]>();
  const push = (key: string, items: readonly string[]): void => {
    single.set(key, '');
    many.set(key, [...(many.get(key) ?? []), ...items]);
  };
  eachLsTlv(value, 0, value.length, (type, start, end) => {
    const content = value.subarray(start, end);
    const row = dialect === 'exabgp-4' && type in OLD_ROWS ? OLD_ROWS[type] : ROWS[type];
    const read = row?.read(content);
    if (row === undefined || read === undefined) {
      if (dialect === 'exabgp-4') single.set('attribute-not-implemented', `"${type}"`);
      else push(`generic-lsid-${type}`, [hexToJson(content)]);
    } else if (row.isMany === true) push(row.key, typeof read === 'string' ? [read] : read);
    else {
      single.set(row.key, String(read));
      for (const [key, text] of Object.entries(row.further?.(content) ?? {})) single.set(key, text);
    }
  });
  return [...single].map(([key, text]) => `"${key}": ${many.has(key) ? arrayToJson(many.get(key)!) : text}`).join(', ');
}
