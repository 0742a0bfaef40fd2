/**
 * The words of a flow rule: components, route distinguisher, scope and actions, in one line or in blocks. Which of the four
 * families the rule belongs to follows from its words. RFC 8955 section 4, RFC 8956 section 3.
 *
 *   [ rd RD; ] match { source 10.0.0.0/8; port [ =80 =443 ]; } [ scope { … } ] then { discard; }
 */
import { fromHex, NO_BYTES, Writer } from '../../util/bytes.js';
import { CommandError, type Tokens } from '../../util/tokens.js';
import { needRouteDistinguisher } from '../route-distinguisher.js';
import { FLOW_ACTIONS, FLOW_SCOPES } from './flow-action.js';
import { COMPONENTS, type FlowAfi, type ValueComponent } from './flow-component.js';
import { isFlowValue, packFlowTerms, parseFlowPrefix, parseFlowTerms, type ValueWord } from './flow-value.js';
import type { NlriAside, NlriReader, ParsedNlri } from './types.js';

/** Largest length of an NLRI (RFC 8955 section 4.1); below this it takes one octet. */
const MAX_LENGTH = 0x0fff;
const FIRST_LONG_LENGTH = 0xf0;
const LONG_FORM = 0xf000;
const MAX_DSCP = 0x3f;
const NAMES: Readonly<Record<FlowAfi, string>> = { 1: 'IPv4', 2: 'IPv6' };

/** In front of the octets of a rule that no words tell, where the command names its family. */
const RAW = 'raw';

/** Octets of one NLRI -> the rule; undefined when they are none that is well-formed. */
export type ParseRawRule = (octets: Uint8Array) => ParsedNlri | undefined;

const scratch = new Writer(256);

/** A word of `match`. */
interface ComponentWord {
  readonly type: number;
  /** Set where the word is of one address family only. */
  readonly afi?: FlowAfi;
}

const COMPONENT_WORDS = new Map<string, ComponentWord>();
for (const afi of [1, 2] as const) {
  for (const component of COMPONENTS[afi]) {
    if (component === undefined) continue;
    const { name, type } = component;
    COMPONENT_WORDS.set(name, COMPONENT_WORDS.has(name) ? { type } : { type, afi });
  }
}
for (const [word, type] of Object.entries({ destination: 1, source: 2, protocol: 3, dscp: 11 })) {
  COMPONENT_WORDS.set(word, { type });
}

/** Words of a rule that are neither component nor action. */
const RD_WORDS: ReadonlySet<string> = new Set(['rd', 'route-distinguisher']);

/** What may stand in which block; outside of blocks all of it may. */
const BLOCKS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['match', new Set(COMPONENT_WORDS.keys())],
  ['scope', new Set(FLOW_SCOPES.keys())],
  ['then', new Set(FLOW_ACTIONS.keys())],
]);

const WORDS: ReadonlySet<string> = new Set([
  ...COMPONENT_WORDS.keys(),
  ...FLOW_ACTIONS.keys(),
  ...FLOW_SCOPES.keys(),
  ...RD_WORDS,
]);

/** Length of an NLRI on the wire: one octet below 240, else two with the high bits set (RFC 8955 section 4.1). */
export function writeFlowLength(out: Writer, length: number): void {
  if (length < FIRST_LONG_LENGTH) out.u8(length);
  else out.u16(LONG_FORM | length);
}

/** Families that the command names, or none: `announce flow route …` leaves it to the words. */
export interface NamedFlow {
  readonly afi: FlowAfi;
  readonly isVpn: boolean;
}

/** Collects the words of one rule. */
export class FlowReader implements NlriReader {
  readonly words: ReadonlySet<string> = WORDS;
  readonly blocks = BLOCKS;
  readonly mergesCommunities = true;
  aside: NlriAside | undefined;
  private readonly prefixes = new Map<number, Uint8Array>();
  /** Values by type. What their names mean depends on the address family, which a later word may tell. */
  private readonly values = new Map<number, ValueWord[]>();
  private rd: Uint8Array | undefined;
  private afi: FlowAfi | undefined;
  private raw: ParsedNlri | undefined;

  /** @param named undefined where the words tell the family */
  /** @param parseRaw reads the octets behind "raw", where the family is named */
  constructor(
    private readonly named: NamedFlow | undefined,
    private readonly parseRaw?: ParseRawRule,
  ) {
    this.afi = named?.afi;
    if (parseRaw !== undefined) this.words = new Set([...WORDS, RAW]);
  }

  read(word: string, tokens: Tokens): void {
    this.aside = undefined;
    const action = FLOW_ACTIONS.get(word) ?? FLOW_SCOPES.get(word);
    if (action !== undefined) {
      this.aside = action(tokens);
      return;
    }
    if (word === RAW) {
      const hex = tokens.need('an NLRI in hexadecimal');
      const octets = /^0x/i.test(hex) ? fromHex(hex.slice(2)) : undefined;
      const rule = octets === undefined ? undefined : this.parseRaw!(octets);
      if (rule === undefined) throw tokens.error('raw takes 0x and the octets of one well-formed rule with its length');
      this.raw ??= rule;
      return;
    }
    if (RD_WORDS.has(word)) {
      const rd = needRouteDistinguisher(tokens);
      this.rd ??= rd;
      return;
    }
    const { type, afi } = COMPONENT_WORDS.get(word)!;
    if (afi !== undefined) this.isOf(afi, tokens);
    if (COMPONENTS[1][type]?.kind === 'prefix') this.readPrefix(word, type, tokens);
    else this.readValues(word, type, tokens);
  }

  /** Notes what the word tells of the address family. */
  private isOf(afi: FlowAfi, tokens: Tokens): void {
    if ((this.afi ?? afi) !== afi)
      throw tokens.error(
        `"${tokens.text.slice(tokens.column - 1, tokens.offset)}" does not belong in an ${NAMES[this.afi!]} rule`,
      );
    this.afi = afi;
  }

  private readPrefix(word: string, type: number, tokens: Tokens): void {
    if (this.prefixes.has(type)) throw tokens.error(`a rule has one ${word}`);
    const { afi, octets } = parseFlowPrefix(tokens);
    this.isOf(afi, tokens);
    this.prefixes.set(type, octets);
  }

  private readValues(word: string, type: number, tokens: Tokens): void {
    const isList = tokens.peek() === '[';
    const words = tokens.list(`a value of ${word}`);
    if (words.length === 0) throw tokens.error(`${word} needs a value`);
    // Alternatives belong between brackets. Where they do not stand there, ExaBGP takes the first and nothing else.
    if (!isList) while (this.isStrayValue(type, tokens.peek())) tokens.next();
    const limit = word === 'dscp' ? MAX_DSCP : undefined;
    if (limit !== undefined) refuseAbove(limit, words);
    const before = this.values.get(type);
    if (before === undefined) this.values.set(type, words);
    else before.push(...words);
  }

  private isStrayValue(type: number, word: string | undefined): boolean {
    if (word === undefined || WORDS.has(word)) return false;
    return ([1, 2] as const).some((afi) => {
      const component = COMPONENTS[afi][type];
      return component !== undefined && component.kind !== 'prefix' && isFlowValue(component, word);
    });
  }

  finish(tokens: Tokens): ParsedNlri {
    const afi = this.afi ?? 1;
    const isVpn = this.rd !== undefined;
    if (this.raw !== undefined) {
      if (this.prefixes.size + this.values.size > 0 || isVpn) throw tokens.error('raw is a whole rule');
      return this.raw;
    }
    if (this.prefixes.size + this.values.size === 0) throw tokens.error('a flow rule needs something to match');
    if (this.named?.isVpn === true && !isVpn) throw tokens.error('a route of flow-vpn needs an rd');
    const out = scratch.reset();
    if (this.rd !== undefined) out.bytes(this.rd);
    for (const component of COMPONENTS[afi]) {
      if (component === undefined) continue;
      const octets = component.kind === 'prefix' ? this.prefixes.get(component.type) : this.packValues(component);
      if (octets !== undefined) out.u8(component.type).bytes(octets);
    }
    if (out.length > MAX_LENGTH) throw tokens.error(`the rule takes ${out.length} octets, ${MAX_LENGTH} fit`);
    const rule = out.finish();
    const key = scratch.reset();
    writeFlowLength(key, rule.length);
    key.bytes(rule);
    return {
      key: key.finish(),
      payload: NO_BYTES,
      family: `${NAMES[afi].toLowerCase()} ${isVpn ? 'flow-vpn' : 'flow'}`,
    };
  }

  private packValues(component: ValueComponent): Uint8Array | undefined {
    const words = this.values.get(component.type);
    return words === undefined ? undefined : packFlowTerms(parseFlowTerms(component, words));
  }
}

/** A DSCP has six bits, also where it stands in the octet of the traffic class. */
function refuseAbove(max: number, words: readonly ValueWord[]): void {
  for (const { word, column } of words) {
    for (const digits of word.match(/\d+/g) ?? []) {
      if (Number(digits) > max) throw new CommandError(`dscp takes numbers from 0 to ${max}, not "${digits}"`, column);
    }
  }
}
