/**
 * AIGP, the accumulated IGP metric (RFC 7311): TLVs, of which the first of type 1 counts; others are kept. External
 * sessions take and send it only when they are set up for it; whatever is wrong with it, it is discarded (RFC 7311 sections 3.2 and 3.3).
 *
 *   1 octet    type
 *   2 octets   length of the whole TLV
 *   n octets   value; type 1: the metric, 8 octets
 */
import { readU16, Writer } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import type { Negotiated } from '../negotiated.js';
import { discardFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

const METRIC = 1;
const TLV_HEAD = 3;
const METRIC_TLV = 11;
const MAX_METRIC = 0xffffffffffffffffn;

/** Offset of the first metric TLV, -1 for none, or what is wrong. */
function findMetric(value: Uint8Array): number | string {
  let metric = -1;
  if (value.length === 0) return 'it is empty';
  for (let at = 0; at < value.length; ) {
    if (at + TLV_HEAD > value.length) return 'a TLV header is cut';
    const length = readU16(value, at + 1);
    if (length < TLV_HEAD) return `TLV length ${length}`;
    if (at + length > value.length) return 'a TLV runs past the attribute';
    if (value[at] === METRIC) {
      if (length !== METRIC_TLV) return `metric TLV of length ${length}, must be ${METRIC_TLV}`;
      if (metric < 0) metric = at;
    }
    at += length;
  }
  return metric;
}

/** The metric as 16 hexadecimal digits behind 0x. */
function printMetric(value: Uint8Array): string {
  const at = findMetric(value);
  const octets = typeof at === 'number' && at >= 0 ? value.subarray(at + TLV_HEAD, at + METRIC_TLV) : new Uint8Array(8);
  return `0x${Buffer.from(octets).toString('hex')}`;
}

export const aigp: AttributeType = {
  code: AttributeCode.aigp,
  flags: Flag.optional,
  rfcName: 'AIGP',
  keyword: 'aigp',
  flagFault: FaultAction.discard,

  decode(value: Uint8Array, negotiated: Negotiated) {
    if (negotiated.isExternal && !negotiated.aigp) return discardFault(this.code, 'the session is not set up for it');
    const metric = findMetric(value);
    if (typeof metric === 'string') return discardFault(this.code, metric);
    if (metric >= 0 && value.subarray(metric + TLV_HEAD, metric + METRIC_TLV).every((octet) => octet === 0xff)) {
      return discardFault(this.code, 'the metric is infinite');
    }
    return value;
  },
  hasText(value: Uint8Array): boolean {
    const at = findMetric(value);
    return typeof at === 'number' && at >= 0;
  },
  parse(tokens: Tokens): Uint8Array {
    const word = tokens.need('aigp');
    const metric = /^(?:\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(word) ? BigInt(word) : undefined;
    if (metric === undefined || metric > MAX_METRIC) {
      throw tokens.error(`aigp must be a number from 0 to ${MAX_METRIC}, not "${word}"`);
    }
    return new Writer(METRIC_TLV).u8(METRIC).u16(METRIC_TLV).u64(metric).finish();
  },
  print: printMetric,
  toJson: (value) => `"aigp": "${printMetric(value)}"`,
};
