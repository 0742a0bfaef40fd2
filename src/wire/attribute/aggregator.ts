/**
 * AGGREGATOR (RFC 4271 section 5.1.7): AS number and address of who aggregated. Canonical octets have a four-octet AS
 * number; what old speakers send and get is RFC 6793's. A malformed one is discarded (RFC 7606 section 7.7).
 */
import { readU16, readU32, writeU32 } from '../../util/bytes.js';
import { parseIpv4, printIpv4 } from '../../util/ip.js';
import { octetsOf } from '../../util/text-writer.js';
import { parseNumber, type Tokens } from '../../util/tokens.js';
import { AS_TRANS, AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import type { Negotiated } from '../negotiated.js';
import { discardFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

const SIZE = 8;
const OLD_SIZE = 6;
const JSON_BEGIN = octetsOf('"aggregator": "');
const JSON_END = octetsOf('"');
const TEXT_BEGIN = octetsOf('aggregator ( ');
const TEXT_END = octetsOf(' )');
const COLON = 58;

/** "65001:10.0.0.1" of canonical octets. */
export function printAggregator(value: Uint8Array): string {
  return `${readU32(value, 0)}:${printIpv4(value, 4)}`;
}

/** Reads `ASN:IP`, with or without parentheses. @throws CommandError */
export function parseAggregator(tokens: Tokens): Uint8Array {
  const isEnclosed = tokens.accept('(');
  const word = tokens.need('aggregator');
  const colon = word.indexOf(':');
  const as = colon < 0 ? undefined : parseNumber(word.slice(0, colon));
  const address = parseIpv4(word.slice(colon + 1));
  if (as === undefined || as > 0xffffffff || address === undefined) {
    throw tokens.error(`aggregator must be ASN:ADDRESS, not "${word}"`);
  }
  if (isEnclosed) tokens.expect(')');
  const out = new Uint8Array(SIZE);
  writeU32(out, 0, as);
  out.set(address, 4);
  return out;
}

/** Canonical -> two-octet AS number, AS_TRANS where it does not fit. Another length comes back as it is. */
export function toTwoOctetAggregator(value: Uint8Array): Uint8Array {
  if (value.length !== SIZE) return value;
  const as = readU32(value, 0);
  const short = as > 0xffff ? AS_TRANS : as;
  return Uint8Array.of(short >>> 8, short, value[4]!, value[5]!, value[6]!, value[7]!);
}

/** @returns AS4_AGGREGATOR of a canonical AGGREGATOR, undefined where two octets are enough (RFC 6793 section 4.2.2) */
export function toAs4Aggregator(value: Uint8Array): Uint8Array | undefined {
  return value.length === SIZE && readU32(value, 0) > 0xffff ? value : undefined;
}

export const aggregator: AttributeType = {
  code: AttributeCode.aggregator,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'AGGREGATOR',
  keyword: 'aggregator',
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array, negotiated: Negotiated) {
    const size = negotiated.asn4 ? SIZE : OLD_SIZE;
    if (value.length !== size) return discardFault(this.code, `length ${value.length}, must be ${size}`);
    const as = negotiated.asn4 ? readU32(value, 0) : readU16(value, 0);
    if (as === 0) return discardFault(this.code, 'AS 0'); // RFC 7607 section 2
    if (negotiated.asn4) return value;
    const out = new Uint8Array(SIZE);
    writeU32(out, 0, as);
    out.set(value.subarray(2), 4);
    return out;
  },
  isPlain: (source, start, end, { asn4 }) => asn4 && end - start === SIZE && readU32(source, start) !== 0,
  hasText: (value) => value.length === SIZE,
  parse: parseAggregator,
  print: (value) => `( ${printAggregator(value)} )`,
  toJson: (value) => `"aggregator": "${printAggregator(value)}"`,
  writeJson(out, source, start, end) {
    if (end - start !== SIZE) return false;
    out.bytes(JSON_BEGIN).decimal(readU32(source, start)).code(COLON);
    out.ipv4(source, start + 4).bytes(JSON_END);
    return true;
  },
  writeText(out, source, start, end) {
    if (end - start !== SIZE) return false;
    out.bytes(TEXT_BEGIN).decimal(readU32(source, start)).code(COLON);
    out.ipv4(source, start + 4).bytes(TEXT_END);
    return true;
  },
};
