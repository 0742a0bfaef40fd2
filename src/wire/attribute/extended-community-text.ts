/**
 * Extended communities as words of commands (RFC 4360, 5668, 7153): reading every form, and printing what reads back as
 * the same octets. A kind is one row of a table; what events call them is in extended-community-names.ts.
 */
import { equalBytes, readU16, readU32, toHex, writeU32 } from '../../util/bytes.js';
import { parseIpv4, printIpv4 } from '../../util/ip.js';
import { parseNumber } from '../../util/tokens.js';
import { buildCommunity, COPY, DIRECTIONS, SAMPLE, Sub, TERMINAL, TUNNELS, Type } from './extended-community-kinds.js';
import { nameExtendedCommunity } from './extended-community-names.js';
import { FURTHER_KINDS, furtherText } from './extended-community-words.js';
import { TUNNEL_TYPES } from './tunnel-tlv.js';

const MAX_U16 = 0xffff;
const MAX_U32 = 0xffffffff;

/**
 * The 8 octets as commands take them: what reads back as the same octets, in hexadecimal where no kind's text does.
 * @param hasLongSuffix as in `nameExtendedCommunity`
 */
export function printExtendedCommunity(value: Uint8Array, hasLongSuffix: boolean): string {
  const names = [
    nameExtendedCommunity(value, hasLongSuffix).replace(' (with copy)', ''),
    `origin:${printIpv4(value, 2)}:${readU16(value, 6)}`,
    furtherText(value),
  ];
  for (const name of names) {
    if (name === '') continue;
    const [word = '', further = ''] = name.split(' ');
    const readBack = parseExtendedCommunity(word, () => further);
    if (typeof readBack !== 'string' && equalBytes(readBack, value)) return name;
  }
  return `0x${toHex(value).toUpperCase()}`;
}

/** The two halves behind a kind's name -> 8 octets, or why not. */
type Pair = (administrator: string, assigned: string) => Uint8Array | string;

/** A number, or an address as its number. */
function numberOrAddress(text: string): number | undefined {
  const address = parseIpv4(text);
  return address === undefined ? parseNumber(text) : readU32(address, 0);
}

/**
 * `ASN:N`, `ASNL:N` or `IP:N` in the form that fits (RFC 4360 section 3, RFC 5668).
 * @param types for a two-octet AS number, an address, a four-octet AS number
 */
function administrated(subtype: number, types: readonly [number, number, number], isFourOctet = false): Pair {
  return (administrator, assigned) => {
    const value = numberOrAddress(assigned);
    if (value === undefined) return `"${assigned}" is neither a number nor an address`;
    const address = parseIpv4(administrator);
    if (address !== undefined && !isFourOctet) {
      if (value > MAX_U16) return `behind an address only 0 to ${MAX_U16} fits, not "${assigned}"`;
      return buildCommunity(types[1], subtype, (out, view) => {
        out.set(address, 2);
        view.setUint16(6, value);
      });
    }
    const isLong = /^\d+L$/.test(administrator);
    const as = parseNumber(isLong ? administrator.slice(0, -1) : administrator);
    if (as === undefined || as > MAX_U32) return `"${administrator}" is neither an AS number nor an address`;
    if (isLong || isFourOctet || as > MAX_U16) {
      if (value > MAX_U16) return `behind a four-octet AS number only 0 to ${MAX_U16} fits, not "${assigned}"`;
      return buildCommunity(types[2], subtype, (out, view) => {
        writeU32(out, 2, as);
        view.setUint16(6, value);
      });
    }
    if (value > MAX_U32) return `"${assigned}" is over ${MAX_U32}`;
    return buildCommunity(types[0], subtype, (out, view) => {
      view.setUint16(2, as);
      writeU32(out, 4, value);
    });
  };
}

const PLAIN = [Type.twoOctetAs, Type.ipv4, Type.fourOctetAs] as const;
const FLOW = [Type.flow, Type.flowIpv4, Type.flowFourOctetAs] as const;

const target = administrated(Sub.target, PLAIN);

/** Kinds of the form `name:A:B`. */
const PAIRS: Readonly<Record<string, Pair>> = {
  target,
  target4: administrated(Sub.target, PLAIN, true),
  origin: administrated(Sub.origin, PLAIN),
  origin4: administrated(Sub.origin, PLAIN, true),
  rtrecord: administrated(Sub.rtRecord, PLAIN),
  'source-as': administrated(Sub.sourceAs, PLAIN),
  'vrf-import': administrated(Sub.vrfRouteImport, PLAIN),
  redirect: administrated(Sub.redirect, FLOW),
  mup(administrator, assigned) {
    const as = parseNumber(administrator);
    const value = numberOrAddress(assigned);
    if (as === undefined || as > MAX_U16 || value === undefined || value > MAX_U32) return 'mup takes N:N';
    return buildCommunity(Type.mup, 0, (out, view) => {
      view.setUint16(2, as);
      writeU32(out, 4, value);
    });
  },
  bandwidth: linkBandwidth,
  'link-bandwidth': linkBandwidth,
  bandwith: linkBandwidth, // as ExaBGP prints it
};

function linkBandwidth(administrator: string, rate: string): Uint8Array | string {
  const as = parseNumber(administrator);
  const value = /^\d+(?:\.\d+)?$/.test(rate) ? Math.fround(Number(rate)) : Number.NaN;
  if (as === undefined || as > MAX_U16) return `"${administrator}" is not a two-octet AS number`;
  if (!Number.isFinite(value)) return `"${rate}" is not a rate in octets a second`;
  return buildCommunity(Type.linkBandwidth, Sub.linkBandwidth, (_, view) => {
    view.setUint16(2, as);
    view.setFloat32(4, value);
  });
}

/** Kinds that have their value in words of their own or other counts of parts, by name. */
const OTHERS: Readonly<Record<string, (parts: readonly string[], word: () => string) => Uint8Array | string>> = {
  l2info(parts) {
    const limits = [0xff, 0xff, MAX_U16, MAX_U16];
    const numbers = parts.map(parseNumber);
    if (parts.length !== 4 || numbers.some((n, i) => n === undefined || n > limits[i]!)) {
      return 'l2info takes ENCAPSULATION:CONTROL:MTU:SITE';
    }
    return buildCommunity(Type.flow, Sub.layer2Info, (out, view) => {
      out[2] = numbers[0]!;
      out[3] = numbers[1]!;
      view.setUint16(4, numbers[2]!);
      view.setUint16(6, numbers[3]!);
    });
  },
  'rate-limit'(parts, word) {
    const [text = word(), unit = 'bytes'] = parts;
    const rate = /^\d+(?:\.\d+)?$/.test(text) ? Math.fround(Number(text)) : Number.NaN;
    if (!Number.isFinite(rate) || (unit !== 'bytes' && unit !== 'packets')) return `"${text}" is not a rate`;
    const subtype = unit === 'bytes' ? Sub.trafficRate : Sub.trafficRatePackets;
    return buildCommunity(Type.flow, subtype, (_, view) => view.setFloat32(4, rate));
  },
  action(parts, word) {
    const text = parts[0] ?? word();
    const flags: Readonly<Record<string, number>> = {
      sample: SAMPLE,
      terminal: TERMINAL,
      'sample-terminal': SAMPLE | TERMINAL,
    };
    const value = flags[text];
    if (value === undefined) return 'action takes sample, terminal or sample-terminal';
    return buildCommunity(Type.flow, Sub.trafficAction, (out) => {
      out[7] = value;
    });
  },
  mark(parts, word) {
    const text = parts[0] ?? word();
    const value = parseNumber(text);
    if (value === undefined || value > 63) return 'mark takes a DSCP from 0 to 63';
    return buildCommunity(Type.flow, Sub.trafficMark, (out) => {
      out[7] = value;
    });
  },
  'redirect-to-nexthop': () => buildCommunity(Type.redirectToNextHop, 0, () => {}),
  'copy-to-nexthop': () =>
    buildCommunity(Type.redirectToNextHop, 0, (out) => {
      out[7] = COPY;
    }),
  'redirect-to-nexthop-ietf': (parts, word) => redirectToIp(parts[0] ?? word(), 0),
  'copy-to-nexthop-ietf': (parts, word) => redirectToIp(parts[0] ?? word(), COPY),
  'mac-mobility'(parts) {
    const sequence = parseNumber(parts[0] ?? '');
    if (sequence === undefined || sequence > MAX_U32 || (parts[1] ?? 'sticky') !== 'sticky' || parts.length > 2) {
      return 'mac-mobility takes SEQUENCE or SEQUENCE:sticky';
    }
    return buildCommunity(Type.evpn, 0, (out) => {
      out[2] = parts.length - 1;
      writeU32(out, 4, sequence);
    });
  },
  encap: encapsulation,
  encapsulation,
  'interface-set'(parts) {
    const isTransitive = parts[0] !== 'non-transitive';
    const [direction = '', as = '', group = ''] = /transitive$/.test(parts[0] ?? '') ? parts.slice(1) : parts;
    const bits = (DIRECTIONS as readonly string[]).indexOf(direction);
    const number = parseNumber(as);
    const groupId = parseNumber(group);
    if (bits < 1 || number === undefined || number > MAX_U32 || groupId === undefined || groupId > 0x3fff) {
      return 'interface-set takes [transitive:|non-transitive:]input|output|input-output:ASN:GROUP';
    }
    return buildCommunity(isTransitive ? Type.interfaceSet : Type.interfaceSet | 0x40, Sub.target, (out, view) => {
      writeU32(out, 2, number);
      view.setUint16(6, (bits << 14) | groupId);
    });
  },
};

/** A tunnel type by name, in any case, or number. */
function encapsulation(parts: readonly string[]): Uint8Array | string {
  const name = parts[0]?.toLowerCase() ?? '';
  const known = Object.keys(TUNNELS).find((type) => TUNNELS[Number(type)]!.toLowerCase() === name);
  const type = known === undefined ? (TUNNEL_TYPES[name] ?? parseNumber(name)) : Number(known);
  if (type === undefined || type > MAX_U16 || parts.length !== 1) return `"${parts.join(':')}" is not a tunnel type`;
  return buildCommunity(Type.opaque, Sub.encapsulation, (_, view) => view.setUint16(6, type));
}

function redirectToIp(text: string, flags: number): Uint8Array | string {
  const address = parseIpv4(text);
  if (address === undefined) return `"${text}" is not an IPv4 address`;
  return buildCommunity(Type.ipv4, Sub.redirectIp, (out) => {
    out.set(address, 2);
    out[7] = flags;
  });
}

/** All names that commands know. */
export const COMMUNITY_NAMES: readonly string[] = [
  ...Object.keys(PAIRS),
  ...Object.keys(OTHERS),
  ...FURTHER_KINDS.keys(),
];

/**
 * Reads one extended community.
 * @param word its first word @param next takes a further word, for kinds that have one
 * @returns 8 octets, or why it is none
 */
export function parseExtendedCommunity(word: string, next: () => string): Uint8Array | string {
  if (/^0x/i.test(word)) {
    if (!/^0x[0-9a-fA-F]{16}$/i.test(word)) return `"${word}" must have 16 hexadecimal digits`;
    return new Uint8Array(Buffer.from(word.slice(2), 'hex'));
  }
  const [name = '', ...parts] = word.split(':');
  const other = OTHERS[name] ?? FURTHER_KINDS.get(name);
  if (other !== undefined) return other(parts, next);
  const pair = PAIRS[name];
  if (pair !== undefined && parts.length === 2) return pair(parts[0]!, parts[1]!);
  // Without a name it is a route target.
  if (parts.length === 1 && /^\d/.test(name)) return target(name, parts[0]!);
  return `"${word}" is not an extended community`;
}
