/**
 * BGP Prefix-SID (RFC 8669) with SRv6 services (RFC 9252). Text is one group a TLV; TLVs that no group can say are raw:
 *
 *   bgp-prefix-sid [ INDEX, [ ( BASE,RANGE ) … ] ]                    label index, originator SRGB
 *   bgp-prefix-sid-srv6 ( l3-service|l2-service SID [BEHAVIOR [ LBL,LNL,FL,AL,TL,TO ]] )
 *   bgp-prefix-sid-srv6 ( ipv6|vpn SID )                              of drafts, ExaBGP 4; l3vpn is l3-service
 *   bgp-prefix-sid-srv6 ( raw 0xTLV )
 */
import { equalBytes, fromHex, readU16, readU32, toHex, Writer } from '../../util/bytes.js';
import { parseIpv6, printIpv6 } from '../../util/ip.js';
import { parseNumber, type Tokens } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import { discardFault, withdrawFault } from './fault.js';
import {
  DRAFT_SID_SIZE,
  eachPrefixSidTlv,
  findPrefixSidFault,
  PrefixSidTlv,
  packDraftSid,
  packLabelIndex,
  packService,
  packSrgb,
  SERVICE_HEAD,
  SID_INFORMATION_SIZE,
  SidInformation,
  SRGB_HEAD,
  SRGB_SIZE,
  STRUCTURE_SIZE,
  SUB_TLV,
  TLV_HEAD,
} from './prefix-sid-tlv.js';
import { type AttributeType, Flag } from './types.js';

const MAX_U32 = 0xffffffff;
const MAX_U24 = 0xffffff;
const MAX_U16 = 0xffff;
const MAX_U8 = 0xff;
/** No behavior is said (RFC 8986 section 10.2.2: opaque). */
const OPAQUE_BEHAVIOR = 0xffff;

const SERVICES: Readonly<Record<string, number>> = {
  'l3-service': PrefixSidTlv.l3Service,
  'l2-service': PrefixSidTlv.l2Service,
  l3vpn: PrefixSidTlv.l3Service,
};
const DRAFTS: Readonly<Record<string, number>> = { ipv6: PrefixSidTlv.ipv6Sid, vpn: PrefixSidTlv.vpnSid };
const STRUCTURE_KEYS = [
  'locator-block-length',
  'locator-node-length',
  'function-length',
  'argument-length',
  'transposition-length',
  'transposition-offset',
];

/** `[ 300, [ ( 800000,4096 ) … ] ]`, the opening bracket taken. */
function parseLabelIndex(tokens: Tokens, out: Writer): void {
  out.bytes(packLabelIndex(tokens.number('label index', MAX_U32)));
  tokens.accept(',');
  if (tokens.accept('[')) {
    const ranges: [number, number][] = [];
    while (!tokens.accept(']')) {
      if (tokens.accept(',')) continue;
      tokens.expect('(');
      const base = tokens.number('first label', MAX_U24);
      tokens.accept(',');
      ranges.push([base, tokens.number('number of labels', MAX_U24)]);
      tokens.expect(')');
    }
    if (ranges.length > 0) out.bytes(packSrgb(ranges));
  }
  tokens.expect(']');
}

function needSid(tokens: Tokens): Uint8Array {
  const word = tokens.need('an SRv6 SID');
  const sid = parseIpv6(word);
  if (sid === undefined) throw tokens.error(`"${word}" is not an SRv6 SID: an IPv6 address`);
  return sid;
}

/** `( l3-service SID … )`, the opening bracket taken. */
function parseSrv6(tokens: Tokens, out: Writer): void {
  const kind = tokens.need('l3-service or l2-service');
  const service = SERVICES[kind];
  const draft = DRAFTS[kind];
  if (service !== undefined) {
    const sid = needSid(tokens);
    let behavior: number = OPAQUE_BEHAVIOR;
    let structure: number[] | undefined;
    if (tokens.peek() !== ')' && tokens.peek() !== '[') behavior = tokens.number('endpoint behavior', MAX_U16);
    if (tokens.peek() === '[') {
      structure = tokens.list('a length in bits').map(({ word }) => parseNumber(word) ?? -1);
      if (structure.length !== STRUCTURE_SIZE || structure.some((bits) => bits < 0 || bits > MAX_U8)) {
        throw tokens.error('a SID structure has six numbers from 0 to 255: LBL,LNL,FL,AL,TL,TO');
      }
    }
    out.bytes(packService(service, sid, behavior, structure));
  } else if (draft !== undefined) out.bytes(packDraftSid(draft, needSid(tokens)));
  else if (kind === 'raw') {
    const word = tokens.need('a TLV in hexadecimal');
    const octets = /^0x/i.test(word) ? fromHex(word.slice(2)) : undefined;
    if (octets === undefined || findPrefixSidFault(octets) !== undefined) {
      throw tokens.error(`"${word}" is not 0x and the octets of a TLV: type, length, value`);
    }
    out.bytes(octets);
  } else throw tokens.error(`"${kind}": l3-service, l2-service, ipv6, vpn or raw expected`);
  tokens.expect(')');
}

/** What a service TLV holds. */
interface Sid {
  readonly sid: string;
  readonly flags: number;
  readonly behavior: number;
  readonly structure: readonly number[] | undefined;
}

function readSids(value: Uint8Array, start: number, end: number): Sid[] {
  const sids: Sid[] = [];
  eachPrefixSidTlv(value, start + SERVICE_HEAD, end, (type, from, to) => {
    if (type !== SUB_TLV) return;
    let structure: readonly number[] | undefined;
    eachPrefixSidTlv(value, from + SID_INFORMATION_SIZE, to, (subType, at, until) => {
      if (subType === SUB_TLV && until - at === STRUCTURE_SIZE) structure ??= [...value.subarray(at, until)];
    });
    sids.push({
      sid: printIpv6(value, from + SidInformation.sid),
      flags: value[from + SidInformation.flags]!,
      behavior: readU16(value, from + SidInformation.behavior),
      structure,
    });
  });
  return sids;
}

function readRanges(value: Uint8Array, start: number, end: number): [number, number][] {
  const out: [number, number][] = [];
  const u24 = (at: number): number => (value[at]! << 16) | readU16(value, at + 1);
  for (let at = start + SRGB_HEAD; at < end; at += SRGB_SIZE) out.push([u24(at), u24(at + 3)]);
  return out;
}

/** The TLVs as groups of text. The first ones go with "bgp-prefix-sid", when they are label index and SRGB. */
function groups(value: Uint8Array): { label: string; srv6: string[] } {
  let label = '';
  let srgb = '';
  const srv6: string[] = [];
  eachPrefixSidTlv(value, 0, value.length, (type, start, end) => {
    const tlv = value.subarray(start - TLV_HEAD, end);
    if (type === PrefixSidTlv.labelIndex && label === '' && srv6.length === 0) {
      const index = readU32(value, start + 3);
      if (equalBytes(packLabelIndex(index), tlv)) {
        label = String(index);
        return;
      }
    }
    if (type === PrefixSidTlv.srgb && label !== '' && srgb === '' && srv6.length === 0) {
      const ranges = readRanges(value, start, end);
      if (equalBytes(packSrgb(ranges), tlv)) {
        srgb = `, [ ${ranges.map(([base, size]) => `( ${base},${size} )`).join(', ')} ]`;
        return;
      }
    }
    srv6.push(printTlv(value, type, start, end));
  });
  return { label: label === '' ? '' : `[ ${label}${srgb} ]`, srv6 };
}

function printTlv(value: Uint8Array, type: number, start: number, end: number): string {
  const tlv = value.subarray(start - TLV_HEAD, end);
  if (type === PrefixSidTlv.l3Service || type === PrefixSidTlv.l2Service) {
    const [first] = readSids(value, start, end);
    if (first !== undefined) {
      const { sid, behavior, structure } = first;
      if (equalBytes(packService(type, parseIpv6(sid)!, behavior, structure), tlv)) {
        const code = behavior === OPAQUE_BEHAVIOR && structure === undefined ? '' : ` 0x${behavior.toString(16)}`;
        const bits = structure === undefined ? '' : ` [ ${structure.join(',')} ]`;
        return `( ${type === PrefixSidTlv.l3Service ? 'l3' : 'l2'}-service ${sid}${code}${bits} )`;
      }
    }
  }
  if ((type === PrefixSidTlv.ipv6Sid || type === PrefixSidTlv.vpnSid) && end - start === DRAFT_SID_SIZE) {
    const sid = value.subarray(start + 3, end);
    if (equalBytes(packDraftSid(type, sid), tlv)) {
      return `( ${type === PrefixSidTlv.ipv6Sid ? 'ipv6' : 'vpn'} ${printIpv6(sid)} )`;
    }
  }
  return `( raw 0x${toHex(tlv)} )`;
}

function sidToJson({ sid, flags, behavior, structure }: Sid): string {
  const bits =
    structure === undefined
      ? ''
      : `, "structure": { ${structure.map((length, i) => `"${STRUCTURE_KEYS[i]}": ${length}`).join(', ')} }`;
  return `{ "sid": "${sid}", "flags": ${flags}, "endpoint_behavior": ${behavior}${bits} }`;
}

function toJson(value: Uint8Array): string {
  const members = new Map<string, string[]>();
  const add = (key: string, text: string): void => {
    const known = members.get(key);
    if (known === undefined) members.set(key, [text]);
    else known.push(text);
  };
  eachPrefixSidTlv(value, 0, value.length, (type, start, end) => {
    const isDraft = end - start === DRAFT_SID_SIZE;
    if (type === PrefixSidTlv.labelIndex) add('sr-label-index', String(readU32(value, start + 3)));
    else if (type === PrefixSidTlv.srgb) {
      for (const [base, size] of readRanges(value, start, end)) add('sr-srgbs', `[ ${base}, ${size} ]`);
    } else if (type === PrefixSidTlv.l3Service || type === PrefixSidTlv.l2Service) {
      const key = type === PrefixSidTlv.l3Service ? 'l3-service' : 'l2-service';
      for (const sid of readSids(value, start, end)) add(key, sidToJson(sid));
    } else if (type === PrefixSidTlv.ipv6Sid && isDraft) add('sr-v6-sid', `"${printIpv6(value, start + 3)}"`);
    else if (type === PrefixSidTlv.vpnSid && isDraft) add('srv6-vpn-sid', `"${printIpv6(value, start + 3)}"`);
    else add(`tlv-${type}`, `"0x${toHex(value.subarray(start, end)).toUpperCase()}"`);
  });
  const isList = (key: string): boolean => key === 'sr-srgbs' || key.endsWith('-service');
  const texts = [...members].map(([key, list]) => `"${key}": ${isList(key) ? `[ ${list.join(', ')} ]` : list[0]}`);
  return `"bgp-prefix-sid": { ${texts.join(', ')} }`;
}

export const prefixSid: AttributeType = {
  code: AttributeCode.prefixSid,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'BGP Prefix-SID',
  keyword: 'bgp-prefix-sid',
  partKeywords: ['bgp-prefix-sid-srv6'],
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array) {
    const fault = findPrefixSidFault(value);
    if (fault === undefined) return value;
    return fault.isService ? withdrawFault(this.code, fault.reason) : discardFault(this.code, fault.reason);
  },
  hasText: (value) => findPrefixSidFault(value) === undefined,
  parse(tokens: Tokens): Uint8Array {
    const out = new Writer(64);
    do {
      const open = tokens.need('"[" or "("');
      if (open === '[') parseLabelIndex(tokens, out);
      else if (open === '(') parseSrv6(tokens, out);
      else throw tokens.error(`"[" or "(" expected, not "${open}"`);
    } while (tokens.peek() === '[' || tokens.peek() === '(');
    return out.finish();
  },
  print(value: Uint8Array): string {
    const { label, srv6 } = groups(value);
    return [...(label === '' ? [] : [label]), ...srv6].join(' ');
  },
  phrase(value: Uint8Array): string {
    const { label, srv6 } = groups(value);
    const before = label === '' ? '' : `bgp-prefix-sid ${label}`;
    const behind = srv6.length === 0 ? '' : `bgp-prefix-sid-srv6 ${srv6.join(' ')}`;
    return before === '' || behind === '' ? before + behind : `${before} ${behind}`;
  },
  toJson,
};
