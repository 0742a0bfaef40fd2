/**
 * Flow specification: rules that match packets, told like routes. The NLRI is the key, there is no payload. Malformed rules
 * are dropped alone. RFC 8955 sections 4 and 8, RFC 8956. What a rule does is in its communities (flow-action.ts).
 *
 *   1 octet    length below 240; else 2 octets, 0xf000 + length
 *   8 octets   route distinguisher, in the VPN families
 *   n octets   components, ascending by type
 */
import { NO_BYTES, readU16, toHex, Writer } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import { AttributeCode, Safi } from '../codes.js';
import { printRouteDistinguisher, RD_SIZE, showRouteDistinguisher } from '../route-distinguisher.js';
import { type FlowAfi, walkComponents, writeComponent } from './flow-component.js';
import { FlowReader, type ParseRawRule, writeFlowLength } from './flow-reader.js';
import { isBeyondWords, printFlowPrefix, printFlowValues } from './flow-value.js';
import { printPathId } from './prefix-family.js';
import type { Dialect, Family, NextHopRule, NlriReader, ParsedNlri } from './types.js';

/** RFC 8955 section 4: empty, and ignored on receipt. A redirection to a next hop (draft-simpson) has one. */
const FLOW_NEXT_HOP: NextHopRule = {
  addressSize: 0,
  lengths: [],
  extendedLengths: [],
  prefixOctets: 0,
  isAlsoAttribute: false,
};

const FIRST_LONG_LENGTH = 0xf0;

/** Type and subtype of the extended communities that hold a rate as a float (RFC 8955 sections 7.1 and 7.2). */
const RATES: ReadonlySet<number> = new Set([0x8006, 0x800c]);
const RATE_AT = 4;
const COMMUNITY_SIZE = 8;

/** A rule whose rate is no number cannot be obeyed; a negative one means zero (RFC 8955 section 7.1). */
function refusal(
  _source: Uint8Array,
  _start: number,
  _end: number,
  findAttribute: (code: number) => Uint8Array | undefined,
): string | undefined {
  const value = findAttribute(AttributeCode.extendedCommunities);
  if (value === undefined) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  for (let at = 0; at + COMMUNITY_SIZE <= value.length; at += COMMUNITY_SIZE) {
    if (RATES.has(readU16(value, at)) && Number.isNaN(view.getFloat32(at + RATE_AT))) return 'a rate that is no number';
  }
  return undefined;
}

/** One component as text. */
interface ShownComponent {
  readonly name: string;
  readonly values: readonly string[];
}

const scratch = new Writer(256);

/**
 * The values of a component as ExaBGP 4 shows them in arrays, though not in the "string" beside them: flags of one term one
 * by one, and a name of its own for one term.
 */
function oldValues(values: readonly string[]): string[] {
  const out: string[] = [];
  for (const value of values) {
    for (const [i, term] of value.split('&').entries()) {
      const flags = term.replace(/^!is-fragment$/, 'not-a-fragment').split('+');
      const sign = /^[!=]*/.exec(term)![0];
      const and = i > 0 ? '&' : '';
      for (const [j, flag] of flags.entries()) {
        const text = j > 0 ? `${and}${sign}${flag}` : `${and}${flag}`;
        if (i > 0 && j === 0) out[out.length - 1] += text;
        else out.push(text);
      }
    }
  }
  return out;
}

/** Makes a family of flow rules. @param afi 1 IPv4, 2 IPv6 @param isVpn rules carry a route distinguisher */
export function flowFamily(afi: FlowAfi, isVpn: boolean): Family {
  const rdOctets = isVpn ? RD_SIZE : 0;

  /** Where the route distinguisher, or the first component, begins. */
  const bodyOf = (source: Uint8Array, start: number): number =>
    source[start]! < FIRST_LONG_LENGTH ? start + 1 : start + 2;

  /** The components as text, or undefined for a malformed rule. */
  const show = (
    source: Uint8Array,
    start: number,
    end: number,
    tellsUnknown: boolean,
  ): ShownComponent[] | undefined => {
    const out: ShownComponent[] = [];
    const fault = walkComponents(source, bodyOf(source, start) + rdOctets, end, afi, (component, from, to) => {
      const values =
        component.kind === 'prefix'
          ? [printFlowPrefix(source, from, to, afi)]
          : printFlowValues(component, source, from, to, tellsUnknown);
      out.push({ name: component.name, values });
    });
    return fault === undefined ? out : undefined;
  };

  const words = (components: readonly ShownComponent[]): string =>
    components
      .map(({ name, values }) => {
        // As ExaBGP: brackets around more than one operator, also where AND joins them.
        const isOne = values.length === 1 && !values[0]!.includes('&');
        return `${name} ${isOne ? values[0]! : `[ ${values.join(' ')} ]`}`;
      })
      .join(' ');

  const print = (source: Uint8Array, start: number, end: number): string => {
    const components = show(source, start, end, false);
    let isSayable = true;
    walkComponents(source, bodyOf(source, start) + rdOctets, end, afi, (component, from, to) => {
      if (component.kind !== 'prefix' && isBeyondWords(component, source, from, to)) isSayable = false;
    });
    if (components === undefined || !isSayable) return `raw 0x${toHex(source.subarray(start, end))}`;
    const rd = isVpn ? ` rd ${printRouteDistinguisher(source, bodyOf(source, start))}` : '';
    return `${words(components)}${rd}`;
  };

  const sizeOf = (source: Uint8Array, offset: number, end: number): number => {
    if (offset >= end) return -1;
    const first = source[offset]!;
    let octets = 1 + first;
    if (first >= FIRST_LONG_LENGTH) {
      if (offset + 1 >= end) return -1;
      octets = 2 + (((first & 0x0f) << 8) | source[offset + 1]!);
    }
    return offset + octets <= end ? octets : -1;
  };
  const isMalformed = (source: Uint8Array, start: number, end: number): boolean =>
    walkComponents(source, bodyOf(source, start) + rdOctets, end, afi, () => {}) !== undefined;
  const split = (source: Uint8Array, start: number, end: number): ParsedNlri => {
    const body = bodyOf(source, start);
    const out = scratch.reset();
    out.bytes(source, body, Math.min(body + rdOctets, end));
    const fault = walkComponents(source, body + rdOctets, end, afi, (component, from, to) => {
      writeComponent(out, component, source, from, to, afi);
    });
    if (fault !== undefined) return { key: source.slice(start, end), payload: NO_BYTES };
    const rule = out.finish();
    writeFlowLength(out.reset(), rule.length);
    return { key: out.bytes(rule).finish(), payload: NO_BYTES };
  };
  /** Rules that no words tell: the octets of the whole NLRI. */
  const parseRaw: ParseRawRule = (octets) =>
    sizeOf(octets, 0, octets.length) === octets.length && !isMalformed(octets, 0, octets.length)
      ? split(octets, 0, octets.length)
      : undefined;

  return {
    afi,
    safi: isVpn ? Safi.flowVpn : Safi.flow,
    name: `${afi === 1 ? 'ipv4' : 'ipv6'} ${isVpn ? 'flow-vpn' : 'flow'}`,
    nextHop: FLOW_NEXT_HOP,
    isClassic: false,

    sizeOf,
    isMalformed,
    refusal,
    split,
    write(out: Writer, key: Uint8Array, start: number, end: number): void {
      out.bytes(key, start, end);
    },
    parse(tokens: Tokens): ParsedNlri {
      const reader = new FlowReader({ afi, isVpn }, parseRaw);
      for (let word = tokens.peek(); word !== undefined && reader.words.has(word); word = tokens.peek()) {
        tokens.next();
        reader.read(word, tokens);
      }
      return reader.finish(tokens);
    },
    reader: (isNamed: boolean): NlriReader =>
      isNamed ? new FlowReader({ afi, isVpn }, parseRaw) : new FlowReader(undefined),
    print,
    printRoute: (source, start, end, path, nextHop) => `flow ${print(source, start, end)}${path}${nextHop}`,
    toJson(
      source: Uint8Array,
      start: number,
      end: number,
      pathId: number | undefined,
      dialect: Dialect,
      _hasServiceSid?: boolean,
      nextHop?: string,
    ): string {
      const components = show(source, start, end, dialect === 'exabgp-4') ?? [];
      const members = components.map(({ name, values }) => {
        const shown = dialect === 'exabgp-4' ? oldValues(values) : values;
        return `"${name}": [ ${shown.map((one) => `"${one}"`).join(', ')} ]`;
      });
      let text = `flow ${words(components)}`;
      if (pathId !== undefined) members.push(`"path-information": "${printPathId(pathId)}"`);
      if (components.length === 0) members.push(`"raw": "${toHex(source.subarray(start, end)).toUpperCase()}"`);
      else if (isVpn) {
        const rd = showRouteDistinguisher(source, bodyOf(source, start));
        members.push(`"rd": "${rd}"`);
        text += ` rd ${rd}`;
      }
      if (nextHop !== undefined) {
        members.push(`"next-hop": "${nextHop}"`);
        text += ` next-hop ${nextHop}`;
      }
      return `{ ${[...members, `"string": "${text.trimEnd()}"`].join(', ')} }`;
    },
  };
}
