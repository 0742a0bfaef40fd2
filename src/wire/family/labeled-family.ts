/**
 * Families of prefixes with MPLS labels (RFC 8277), with a route distinguisher in front (RFC 4364, 4659) or without. Labels
 * are the payload: they are no part of a route's identity. The key is the route distinguisher, then the prefix as on the
 * wire.
 *
 *   1 octet    length in bits of all that follows
 *   3n octets  label stack; in withdrawals 0x800000 in place of it (RFC 8277 section 2.4)
 *   8 octets   route distinguisher, in the VPN families
 *   n octets   prefix
 */
import { NO_BYTES, type Writer } from '../../util/bytes.js';
import { parsePrefix, printPrefix } from '../../util/ip.js';
import { CommandError, type Tokens } from '../../util/tokens.js';
import {
  canonicalStack,
  LABEL_SIZE,
  packStack,
  parseLabels,
  printStack,
  readLabelField,
  stackSize,
  stackToJson,
  stackWithFieldsToJson,
  WITHDRAW_LABEL,
} from '../label-stack.js';
import {
  needRouteDistinguisher,
  printRouteDistinguisher,
  RD_SIZE,
  showRouteDistinguisher,
} from '../route-distinguisher.js';
import { printPathId } from './prefix-family.js';
import type { Family, NextHopRule, ParsedNlri } from './types.js';

const MAX_BITS = 255;

export interface LabeledOptions {
  readonly afi: 1 | 2;
  readonly safi: number;
  readonly name: string;
  readonly nextHop: NextHopRule;
  /** A route distinguisher stands in front of the prefix. */
  readonly hasRd: boolean;
}

/** Where the parts of an NLRI stand, and its prefix as on the wire. */
interface Parts {
  readonly labelsEnd: number;
  readonly prefix: Uint8Array;
}

/** Makes such a family. It reads whole label stacks; its `oneLabel` reads exactly one label (RFC 8277 section 2.2). */
export function labeledFamily(options: LabeledOptions): Family {
  return { ...makeFamily(options, false), oneLabel: makeFamily(options, true) };
}

function makeFamily({ afi, safi, name, nextHop, hasRd }: LabeledOptions, isOneLabel: boolean): Family {
  const addressSize = afi === 1 ? 4 : 16;
  const rdSize = hasRd ? RD_SIZE : 0;
  const addressBits = addressSize * 8;

  const labelsEndOf = (source: Uint8Array, start: number): number => {
    const from = start + 1;
    if (isOneLabel) return from + LABEL_SIZE;
    return from + stackSize(source, from, from + (source[start]! >>> 3) - rdSize);
  };
  const partsOf = (source: Uint8Array, start: number, end: number): Parts => {
    const labelsEnd = labelsEndOf(source, start);
    const from = labelsEnd + rdSize;
    const prefix = new Uint8Array(1 + end - from);
    prefix.set(source.subarray(from, end), 1);
    const bits = source[start]! - (from - start - 1) * 8;
    prefix[0] = bits;
    // Bits behind the length are irrelevant (RFC 4271 section 4.3).
    if ((bits & 7) !== 0) prefix[prefix.length - 1]! &= 0xff << (8 - (bits & 7));
    return { labelsEnd, prefix };
  };

  return {
    afi,
    safi,
    name,
    nextHop,
    isClassic: false,
    prefixOffset: rdSize,
    payloadName: 'label',

    sizeOf(source: Uint8Array, offset: number, end: number): number {
      const bits = source[offset]!;
      const octets = 1 + ((bits + 7) >>> 3);
      if (offset >= end || offset + octets > end || bits < (LABEL_SIZE + rdSize) * 8) return -1;
      const left = bits - (labelsEndOf(source, offset) - offset - 1 + rdSize) * 8;
      return left >= 0 && left <= addressBits ? octets : -1;
    },
    split(source: Uint8Array, start: number, end: number): ParsedNlri {
      const { labelsEnd, prefix } = partsOf(source, start, end);
      const key = new Uint8Array(rdSize + prefix.length);
      key.set(source.subarray(labelsEnd, labelsEnd + rdSize));
      key.set(prefix, rdSize);
      return { key, payload: canonicalStack(source, start + 1, labelsEnd) };
    },
    write(out: Writer, key: Uint8Array, start: number, end: number, payload: Uint8Array): void {
      const labels = payload.length === 0 ? LABEL_SIZE : payload.length;
      const prefix = start + rdSize;
      out.u8((labels + rdSize) * 8 + key[prefix]!);
      if (payload.length === 0) out.u24(WITHDRAW_LABEL);
      else out.bytes(payload);
      out.bytes(key, start, prefix).bytes(key, prefix + 1, end);
    },

    parse(tokens: Tokens): ParsedNlri {
      const word = tokens.need('prefix');
      const { column } = tokens;
      const prefix = parsePrefix(word);
      if (prefix === 'host-bits') throw tokens.error(`"${word}" has bits set behind its length`);
      if (prefix === 'length') throw tokens.error(`the length of "${word}" is over ${word.includes(':') ? 128 : 32}`);
      if (prefix === 'syntax') throw tokens.error(`"${word}" is not an IP prefix`);
      if (prefix.size !== addressSize) throw tokens.error(`"${word}" is not of family ${name}`);
      let labels: number[] = [];
      let rd: Uint8Array = NO_BYTES;
      for (;;) {
        if (tokens.accept('label')) labels = parseLabels(tokens);
        else if (hasRd && (tokens.accept('rd') || tokens.accept('route-distinguisher')))
          rd = needRouteDistinguisher(tokens);
        else break;
      }
      if (rd.length !== rdSize) throw new CommandError(`a route of ${name} needs an rd`, column);
      if ((labels.length * LABEL_SIZE + rdSize) * 8 + prefix.packed[0]! > MAX_BITS)
        throw new CommandError(`"${word}" with ${labels.length} labels has more than ${MAX_BITS} bits`, column);
      const key = new Uint8Array(rdSize + prefix.packed.length);
      key.set(rd);
      key.set(prefix.packed, rdSize);
      return { key, payload: packStack(labels) };
    },
    print(source: Uint8Array, start: number, end: number): string {
      const { labelsEnd, prefix } = partsOf(source, start, end);
      const isNone = readLabelField(source, start + 1) === WITHDRAW_LABEL;
      const labels = isNone ? '' : printStack(source, start + 1, labelsEnd);
      const rd = hasRd ? ` rd ${printRouteDistinguisher(source, labelsEnd)}` : '';
      return `${printPrefix(prefix, 0, addressSize)}${labels}${rd}`;
    },
    printRoute(source: Uint8Array, start: number, end: number, path: string, hop: string): string {
      const { labelsEnd, prefix } = partsOf(source, start, end);
      const labels = printStack(source, start + 1, labelsEnd);
      const rd = hasRd ? ` rd ${printRouteDistinguisher(source, labelsEnd)}` : '';
      return `${printPrefix(prefix, 0, addressSize)}${path}${labels}${hop}${rd}`;
    },
    toJson(source, start, end, pathId, _dialect, hasServiceSid): string {
      const { labelsEnd, prefix } = partsOf(source, start, end);
      const path = pathId === undefined ? '' : `, "path-information": "${printPathId(pathId)}"`;
      const show = hasServiceSid === true ? stackWithFieldsToJson : stackToJson;
      const labels = show(source, start + 1, labelsEnd);
      const rd = hasRd ? `, "rd": "${showRouteDistinguisher(source, labelsEnd)}"` : '';
      return `{ "nlri": "${printPrefix(prefix, 0, addressSize)}"${path}, "label": ${labels}${rd} }`;
    },
  };
}
