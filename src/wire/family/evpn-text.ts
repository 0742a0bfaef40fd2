/**
 * EVPN routes in words, as commands take and listings show them: the route type, then its fields in any order. ESI, Ethernet
 * tag, label and gateway are zero where they are not said. RFC 7432, RFC 9136; network identifiers (24 bits in the place
 * of a label) RFC 8365 section 5.1.3.
 *
 *   ethernet-ad       rd RD esi ESI [ethernet-tag N] [label N]
 *   mac-ip            rd RD [esi ESI] [ethernet-tag N] mac MAC [ip IP] [label N | label [ N N ]]
 *   multicast         rd RD [ethernet-tag N] ip IP
 *   ethernet-segment  rd RD esi ESI ip IP
 *   ip-prefix         rd RD [esi ESI | gateway IP] [ethernet-tag N] prefix PREFIX [label N]
 *   raw 0xHEX         any other type: the whole NLRI
 */
import { fromHex, NO_BYTES, readU32, toHex, Writer } from '../../util/bytes.js';
import { parseIp, parsePrefix, printIp, printPrefix } from '../../util/ip.js';
import { CommandError, parseNumber, type Tokens } from '../../util/tokens.js';
import { needRouteDistinguisher, printRouteDistinguisher } from '../route-distinguisher.js';
import { ESI_SIZE, type EvpnLayout, EvpnType, evpnLayout, LABEL_SIZE, splitEvpn } from './evpn-route.js';
import type { NlriReader, ParsedNlri } from './types.js';

const MAX_U32 = 0xffffffff;
const MAX_LABEL = 0xfffff;
const MAX_VNI = 0xffffff;
const MAC_BITS = 48;
const BOTTOM_OF_STACK = 1;

/** Names of the route types and the fields that each must and may have. */
const TYPES: Readonly<Record<string, { type: EvpnType; must: readonly string[]; may: readonly string[] }>> = {
  'ethernet-ad': { type: EvpnType.ethernetAd, must: ['rd', 'esi'], may: ['ethernet-tag', 'label'] },
  'mac-ip': { type: EvpnType.macIp, must: ['rd', 'mac'], may: ['esi', 'ethernet-tag', 'ip', 'label'] },
  multicast: { type: EvpnType.multicast, must: ['rd', 'ip'], may: ['ethernet-tag'] },
  'ethernet-segment': { type: EvpnType.ethernetSegment, must: ['rd', 'esi', 'ip'], may: [] },
  'ip-prefix': { type: EvpnType.ipPrefix, must: ['rd', 'prefix'], may: ['esi', 'ethernet-tag', 'gateway', 'label'] },
};
const NAMES = new Map(Object.entries(TYPES).map(([name, { type }]) => [type, name]));

/** Words of fields that have another one. */
const ALIASES: Readonly<Record<string, string>> = { 'route-distinguisher': 'rd', vni: 'label' };

/** Reads the value behind a field's word. */
const FIELDS: Readonly<Record<string, (tokens: Tokens) => Uint8Array>> = {
  rd: needRouteDistinguisher,
  'route-distinguisher': needRouteDistinguisher,
  esi(tokens) {
    const word = tokens.need('an Ethernet segment identifier');
    if (word === '0' || word === '-') return new Uint8Array(ESI_SIZE);
    const octets = parseColons(word, ESI_SIZE);
    if (octets === undefined) throw tokens.error(`"${word}" is not an Ethernet segment identifier: 10 octets, 00:11:…`);
    return octets;
  },
  'ethernet-tag': (tokens) => new Writer(4).u32(tokens.number('ethernet-tag', MAX_U32)).finish(),
  mac(tokens) {
    const word = tokens.need('a MAC address');
    const octets = parseColons(word, 6);
    if (octets === undefined) throw tokens.error(`"${word}" is not a MAC address`);
    return octets;
  },
  ip: needIp,
  gateway: needIp,
  prefix(tokens) {
    const word = tokens.need('a prefix');
    const prefix = parsePrefix(word);
    if (typeof prefix === 'string') {
      throw tokens.error(
        `"${word}" ${prefix === 'host-bits' ? 'has bits set behind its length' : 'is not an IP prefix'}`,
      );
    }
    const out = new Uint8Array(1 + prefix.size);
    out.set(prefix.packed);
    return out;
  },
  label: (tokens) => needLabels(tokens, 'label', MAX_LABEL, (label) => (label << 4) | BOTTOM_OF_STACK),
  vni: (tokens) => needLabels(tokens, 'vni', MAX_VNI, (vni) => vni),
  raw(tokens) {
    const word = tokens.need('an NLRI in hexadecimal');
    const octets = /^0x/i.test(word) ? fromHex(word.slice(2)) : undefined;
    if (octets === undefined || octets.length < 2 || octets[1] !== octets.length - 2) {
      throw tokens.error(`raw takes 0x and the octets of one NLRI: type, length, value`);
    }
    return octets;
  },
};

function parseColons(word: string, size: number): Uint8Array | undefined {
  return /^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2})*$/.test(word) && word.length === 3 * size - 1
    ? fromHex(word.replace(/[:-]/g, ''))
    : undefined;
}

function needIp(tokens: Tokens): Uint8Array {
  const word = tokens.need('an IP address');
  const octets = parseIp(word);
  if (octets === undefined) throw tokens.error(`"${word}" is not an IP address`);
  return octets;
}

function needLabels(tokens: Tokens, what: string, max: number, pack: (value: number) => number): Uint8Array {
  const out = new Writer(2 * LABEL_SIZE);
  for (const { word, column } of tokens.list(`a ${what}`)) {
    const value = parseNumber(word);
    if (value === undefined || value > max) {
      throw new CommandError(`a ${what} is a number from 0 to ${max}, not "${word}"`, column);
    }
    out.u24(pack(value));
  }
  if (out.length !== LABEL_SIZE && out.length !== 2 * LABEL_SIZE) throw tokens.error(`one ${what} or two expected`);
  return out.finish();
}

/** Collects the words of one route. */
export class EvpnReader implements NlriReader {
  readonly words: ReadonlySet<string> = new Set([...Object.keys(TYPES), ...Object.keys(FIELDS)]);
  private name: string | undefined;
  private readonly values = new Map<string, Uint8Array>();
  private readonly columns = new Map<string, number>();
  /** Which of the words for labels was there. */
  private labelWord: string | undefined;

  read(word: string, tokens: Tokens): undefined {
    if (TYPES[word] !== undefined) {
      if (this.name !== undefined && this.name !== word) throw tokens.error(`it is ${this.name} already`);
      this.name = word;
      return undefined;
    }
    const { column } = tokens;
    const value = FIELDS[word]!(tokens);
    const field = ALIASES[word] ?? word;
    if (field === 'label') {
      this.labelWord ??= word;
      if (this.labelWord !== word)
        throw new CommandError('a route has labels or network identifiers, not both', column);
    }
    if (!this.values.has(field)) {
      this.values.set(field, value);
      this.columns.set(field, column);
    }
    return undefined;
  }

  finish(tokens: Tokens): ParsedNlri {
    const { name, values, columns } = this;
    const raw = values.get('raw');
    if (raw !== undefined && name === undefined && values.size === 1) {
      if (NAMES.has(raw[0] as EvpnType) && evpnLayout(raw, 0, raw.length) === undefined) {
        throw new CommandError(`no well-formed route of type ${raw[0]}`, columns.get('raw')!);
      }
      return splitEvpn(raw, 0, raw.length);
    }
    if (name === undefined) throw tokens.error(`a route type expected: ${Object.keys(TYPES).join(', ')} or raw`);
    const { type, must, may } = TYPES[name]!;
    for (const field of must) if (!values.has(field)) throw tokens.error(`${name} needs ${field}`);
    for (const [field, column] of columns) {
      if (!must.includes(field) && !may.includes(field)) throw new CommandError(`${name} has no ${field}`, column);
    }
    const refuse = (field: string, reason: string): CommandError => new CommandError(reason, columns.get(field) ?? 0);
    const ip = values.get('ip') ?? NO_BYTES;
    const labels = values.get('label') ?? new Uint8Array(LABEL_SIZE);
    if (type !== EvpnType.macIp && labels.length > LABEL_SIZE) throw refuse('label', `${name} has one label`);
    const out = new Writer(64).u8(type).u8(0).bytes(values.get('rd')!);
    if (type !== EvpnType.multicast) out.bytes(values.get('esi') ?? new Uint8Array(ESI_SIZE));
    if (type !== EvpnType.ethernetSegment) out.bytes(values.get('ethernet-tag') ?? new Uint8Array(4));
    if (type === EvpnType.macIp) out.u8(MAC_BITS).bytes(values.get('mac')!);
    if (type === EvpnType.ipPrefix) {
      const prefix = values.get('prefix')!;
      const size = prefix.length - 1;
      const gateway = values.get('gateway') ?? new Uint8Array(size);
      if (gateway.length !== size) throw refuse('gateway', 'prefix and gateway are not of one address family');
      out.bytes(prefix).bytes(gateway);
    } else if (type !== EvpnType.ethernetAd) out.u8(ip.length * 8).bytes(ip);
    if (may.includes('label')) out.bytes(labels);
    out.patchU8(1, out.length - 2);
    const nlri = splitEvpn(out.view(), 0, out.length);
    if (type !== EvpnType.ipPrefix) return nlri;
    // RFC 9136 section 3.1: not two overlay indices; without a label, one (a router's MAC: "vni 0" says it is meant).
    const isZero = (field: string): boolean => values.get(field)?.every((octet) => octet === 0) ?? true;
    if (!isZero('esi') && !isZero('gateway')) throw refuse('gateway', `${name} has an esi or a gateway, not both`);
    const hasPath = values.has('label') || !isZero('esi') || !isZero('gateway');
    return hasPath ? nlri : { ...nlri, lacks: 'a label, a gateway or an esi' };
  }
}

/** Octets with colons between: a MAC address or ESI, lower case. */
export function printColons(source: Uint8Array, from: number, size: number): string {
  return toHex(source.subarray(from, from + size)).replace(/..(?!$)/g, '$&:');
}

/** A label as the 24 bits it stands in. */
export function readLabel(source: Uint8Array, at: number): number {
  return (source[at]! << 16) | (source[at + 1]! << 8) | source[at + 2]!;
}

/** `label 100` where the octets are those of a label at the bottom of a stack, else `vni 1600`. @param isNeeded also 0 is told */
function printLabels(source: Uint8Array, start: number, { labels, labelsSize }: EvpnLayout, isNeeded: boolean): string {
  const values: number[] = [];
  for (let at = labels; at < labels + labelsSize; at += LABEL_SIZE) values.push(readLabel(source, start + at));
  const isLabel = values.every((value) => (value & 0xf) === BOTTOM_OF_STACK);
  const numbers = isLabel ? values.map((value) => value >>> 4) : values;
  const word = isLabel ? 'label' : 'vni';
  if (numbers.length > 1) return ` ${word} [ ${numbers.join(' ')} ]`;
  return numbers[0] === 0 && !isLabel && !isNeeded ? '' : ` ${word} ${numbers[0]}`;
}

/** The NLRI from `start` to `end` in the words of commands. */
export function printEvpn(source: Uint8Array, start: number, end: number): string {
  const layout = evpnLayout(source, start, end);
  if (layout === undefined) return `raw 0x${toHex(source.subarray(start, end))}`;
  const { type, rd, esi, ethernetTag, mac, ip, ipSize, ipLength, gateway } = layout;
  const isZero = (at: number, size: number): boolean =>
    source.subarray(start + at, start + at + size).every((octet) => octet === 0);
  // What RFC 9136 section 3.1 forbids has no words.
  if (type === EvpnType.ipPrefix && !isZero(esi, ESI_SIZE) && !isZero(gateway, ipSize)) {
    return `raw 0x${toHex(source.subarray(start, end))}`;
  }
  let text = `${NAMES.get(type)} rd ${printRouteDistinguisher(source, start + rd)}`;
  const isNamed = type === EvpnType.ethernetAd || type === EvpnType.ethernetSegment;
  if (esi >= 0 && (isNamed || !isZero(esi, ESI_SIZE))) text += ` esi ${printColons(source, start + esi, ESI_SIZE)}`;
  if (ethernetTag >= 0) text += ` ethernet-tag ${readU32(source, start + ethernetTag)}`;
  if (mac >= 0) text += ` mac ${printColons(source, start + mac, 6)}`;
  const address = ipSize === 0 ? '' : printIp(source.subarray(start + ip, start + ip + ipSize));
  if (type === EvpnType.ipPrefix) {
    // The key has no bits behind the length of the prefix.
    text += ` prefix ${printPrefix(splitEvpn(source, start, end).key, ipLength, ipSize as 4 | 16)}`;
    if (!isZero(gateway, ipSize)) {
      text += ` gateway ${printIp(source.subarray(start + gateway, start + gateway + ipSize))}`;
    }
  } else if (address !== '') text += ` ip ${address}`;
  const isNeeded = type === EvpnType.ipPrefix && isZero(esi, ESI_SIZE) && isZero(gateway, ipSize);
  return layout.labels < 0 ? text : text + printLabels(source, start, layout, isNeeded);
}
