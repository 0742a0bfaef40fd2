/**
 * Components of flow rules on the wire: their kinds, walking over them, what makes a rule malformed, and their canonical
 * octets. Text is left to flow-value.ts. RFC 8955 section 4, RFC 8956 section 3.
 *
 *   1 octet    type
 *   prefix     length in bits, IPv6: offset in bits, octets of the bits between them
 *   others     list of operator (1 octet) and value (1, 2, 4 or 8 octets); the last operator has the end bit
 */
import type { Writer } from '../../util/bytes.js';
import {
  FRAGMENTS,
  FRAGMENTS_OF_IPV6,
  ICMP_CODES,
  ICMP_TYPES,
  ICMPV6_CODES,
  ICMPV6_TYPES,
  NO_NAMES,
  PORTS,
  PROTOCOLS,
  TCP_FLAGS,
  type ValueNames,
} from './flow-names.js';

/** Operator octet (RFC 8955 section 4.2.1). Numeric operators compare, those of bit masks match. */
export const Op = {
  end: 0x80,
  and: 0x40,
  length: 0x30,
  less: 0x04,
  greater: 0x02,
  equal: 0x01,
  not: 0x02,
  match: 0x01,
} as const;
/** What the operator does with the value, without end, AND and length. */
export const NUMERIC_BITS = Op.less | Op.greater | Op.equal;
export const BITMASK_BITS = Op.not | Op.match;

/** AFI of the rules: 1 IPv4, 2 IPv6. */
export type FlowAfi = 1 | 2;

export const ComponentType = { destination: 1, source: 2, fragment: 12 } as const;

interface Shape {
  readonly type: number;
  /** Name in events and commands. */
  readonly name: string;
}
/** A component that matches a prefix. */
export interface PrefixComponent extends Shape {
  readonly kind: 'prefix';
}
/** A component with a list of values. */
export interface ValueComponent extends Shape {
  readonly kind: 'numeric' | 'bitmask';
  readonly names: ValueNames;
  /** Largest value of commands. */
  readonly max: number;
  /** Largest size of a value in octets, where the RFC sets one. */
  readonly maxOctets: number;
}
export type FlowComponent = PrefixComponent | ValueComponent;

const MAX_U8 = 0xff;
const MAX_U16 = 0xffff;
/** A value may have any size unless the RFC says otherwise. */
const ANY_OCTETS = 8;

function prefix(type: number, name: string): FlowComponent {
  return { type, name, kind: 'prefix' };
}

function numeric(type: number, name: string, names: ValueNames, max: number, maxOctets = ANY_OCTETS): FlowComponent {
  return { type, name, kind: 'numeric', names, max, maxOctets };
}

/** The kinds that both address families have under the same name. */
function common(afi: FlowAfi, icmpTypes: ValueNames, icmpCodes: ValueNames): FlowComponent[] {
  const fragments = afi === 1 ? FRAGMENTS : FRAGMENTS_OF_IPV6;
  return [
    numeric(4, 'port', PORTS, MAX_U16),
    numeric(5, 'destination-port', PORTS, MAX_U16),
    numeric(6, 'source-port', PORTS, MAX_U16),
    numeric(7, 'icmp-type', icmpTypes, MAX_U8),
    numeric(8, 'icmp-code', icmpCodes, MAX_U8),
    { type: 9, name: 'tcp-flags', kind: 'bitmask', names: TCP_FLAGS, max: 0x0fff, maxOctets: 2 },
    numeric(10, 'packet-length', NO_NAMES, MAX_U16),
    { type: 12, name: 'fragment', kind: 'bitmask', names: fragments, max: MAX_U8, maxOctets: 1 },
  ];
}

function byType(components: readonly FlowComponent[]): (FlowComponent | undefined)[] {
  const out: (FlowComponent | undefined)[] = [];
  for (const component of components) out[component.type] = component;
  return out;
}

/** Kinds of components by type, for each AFI. */
export const COMPONENTS: Readonly<Record<FlowAfi, readonly (FlowComponent | undefined)[]>> = {
  1: byType([
    prefix(1, 'destination-ipv4'),
    prefix(2, 'source-ipv4'),
    numeric(3, 'protocol', PROTOCOLS, MAX_U8),
    numeric(11, 'dscp', NO_NAMES, 0x3f, 1),
    ...common(1, ICMP_TYPES, ICMP_CODES),
  ]),
  2: byType([
    prefix(1, 'destination-ipv6'),
    prefix(2, 'source-ipv6'),
    numeric(3, 'next-header', PROTOCOLS, MAX_U8),
    numeric(11, 'traffic-class', NO_NAMES, MAX_U8, 1),
    numeric(13, 'flow-label', NO_NAMES, 0xfffff),
    ...common(2, ICMPV6_TYPES, ICMPV6_CODES),
  ]),
};

/** Octets of a value whose operator is this. */
export function valueOctets(operator: number): number {
  return 1 << ((operator & Op.length) >> 4);
}

/** Octets of a prefix component behind its type; -1 when they are malformed. */
function prefixOctets(source: Uint8Array, at: number, end: number, afi: FlowAfi): number {
  if (at >= end) return -1;
  const bits = source[at]!;
  if (afi === 1) return bits > 32 ? -1 : 1 + ((bits + 7) >>> 3);
  if (at + 1 >= end) return -1;
  const offset = source[at + 1]!;
  // RFC 8956 section 3.1: the offset is below the length, or both are 0.
  if (bits > 128 || (offset >= bits && bits + offset > 0)) return -1;
  return 2 + ((bits - offset + 7) >>> 3);
}

/** Octets of a list of operators and values; -1 when it has no end or a value of a size that may not be. */
function valuesOctets(source: Uint8Array, start: number, end: number, { maxOctets }: ValueComponent): number {
  for (let at = start; at < end; ) {
    const operator = source[at]!;
    const octets = valueOctets(operator);
    at += 1 + octets;
    if (octets > maxOctets || at > end) return -1;
    if ((operator & Op.end) !== 0) return at - start;
  }
  return -1;
}

/** Told of each component: its kind, and where its octets behind the type are. */
export type ComponentVisitor = (component: FlowComponent, start: number, end: number) => void;

/**
 * Walks over the components of a rule.
 * @param start, end octets behind length and route distinguisher
 * @returns why the rule is malformed, or undefined (RFC 8955 sections 4.2 and 10)
 */
export function walkComponents(
  source: Uint8Array,
  start: number,
  end: number,
  afi: FlowAfi,
  visit: ComponentVisitor,
): string | undefined {
  if (start >= end) return 'it has no component';
  let last = 0;
  for (let at = start; at < end; ) {
    const type = source[at]!;
    const component = COMPONENTS[afi][type];
    if (component === undefined) return `component type ${type} is not known`;
    if (type <= last) return `component type ${type} comes behind type ${last}`;
    last = type;
    const from = at + 1;
    const octets =
      component.kind === 'prefix' ? prefixOctets(source, from, end, afi) : valuesOctets(source, from, end, component);
    if (octets < 0 || from + octets > end) return `the component ${component.name} is malformed`;
    at = from + octets;
    visit(component, from, at);
  }
  return undefined;
}

/** Writes a prefix component's octets with the bits behind its length cleared. */
function writePrefix(out: Writer, source: Uint8Array, start: number, end: number, afi: FlowAfi): void {
  const head = start + afi;
  const bits = source[start]! - (afi === 1 ? 0 : source[start + 1]!);
  out.bytes(source, start, end);
  const spare = -bits & 7;
  if (end > head && spare !== 0) out.patchU8(out.length - 1, source[end - 1]! & (0xff << spare));
}

/**
 * Writes an operator and its value in canonical form: reserved bits unset (receivers ignore them), no AND on the first,
 * the value in as few octets as hold it, none but 0 where the operator does not look at it (RFC 8955 section 4.2.1).
 * @param bits what the operator does with the value
 */
export function writeValue(
  out: Writer,
  bits: number,
  isAnd: boolean,
  isLast: boolean,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  let from = start;
  for (let half = (end - start) >>> 1; half > 0; half >>>= 1) {
    if (source.subarray(from, from + half).some((octet) => octet !== 0)) break;
    from += half;
  }
  const sizeCode = Math.log2(end - from);
  out.u8((isLast ? Op.end : 0) | (isAnd ? Op.and : 0) | (sizeCode << 4) | bits).bytes(source, from, end);
}

const ZERO = Uint8Array.of(0);

function writeValues(out: Writer, source: Uint8Array, start: number, end: number, component: ValueComponent): void {
  const mask = component.kind === 'numeric' ? NUMERIC_BITS : BITMASK_BITS;
  for (let at = start; at < end; ) {
    const operator = source[at]!;
    const from = at + 1;
    const to = from + valueOctets(operator);
    const bits = operator & mask;
    const isAnd = at > start && (operator & Op.and) !== 0;
    // Always true and always false look at no value.
    const isConstant = component.kind === 'numeric' && (bits === 0 || bits === NUMERIC_BITS);
    if (isConstant) writeValue(out, bits, isAnd, to === end, ZERO, 0, 1);
    else writeValue(out, bits, isAnd, to === end, source, from, to);
    at = to;
  }
}

/** Writes one component with its type, canonical. Its octets are those that `walkComponents` found. */
export function writeComponent(
  out: Writer,
  component: FlowComponent,
  source: Uint8Array,
  start: number,
  end: number,
  afi: FlowAfi,
): void {
  out.u8(component.type);
  if (component.kind === 'prefix') writePrefix(out, source, start, end, afi);
  else writeValues(out, source, start, end, component);
}
