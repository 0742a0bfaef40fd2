/**
 * Route text of commands and of the configuration's `routes`: words -> route keys and packed attribute sets. One grammar
 * for all spellings (one line, block, `attributes … nlri …`, `ipv4 unicast …`). Every wrong word is an error with its
 * column. What routes do to which neighbor is left to others. Grammar: man/crier-api.7.
 */

import { NO_BYTES, readU32, Writer } from '../util/bytes.js';
import { parseIp, parseIpv4 } from '../util/ip.js';
import { CommandError, parseNumber, Tokens } from '../util/tokens.js';
import { attributeByCode, attributeByKeyword } from '../wire/attribute/index.js';
import { parseRaw } from '../wire/attribute/raw.js';
import { type CanonicalAttribute, type NextHop, packSet } from '../wire/attribute-set.js';
import { Afi } from '../wire/codes.js';
import { sortItems } from '../wire/community-order.js';
import { familyByName, familyIndex } from '../wire/family/index.js';
import { isPlainNextHop } from '../wire/family/next-hop.js';
import type { Family, NlriAside, NlriReader } from '../wire/family/types.js';
import { parseLabels } from '../wire/label-stack.js';
import { needRouteDistinguisher, printRouteDistinguisher } from '../wire/route-distinguisher.js';
import { packRouteKey } from '../wire/route-key.js';

/** What follows the prefix of a route, or the word `attributes`: everything but the NLRI. */
export interface RouteWords {
  nextHop: NextHop;
  /** Column of the next hop, for errors found later. */
  nextHopColumn: number;
  readonly attributes: CanonicalAttribute[];
  pathId: number;
  /** Texts, read by the families that have them. */
  rd: string | undefined;
  label: string | undefined;
  /** Length of the more specific prefixes to make of it. */
  split: number | undefined;
  watchdog: string | undefined;
  startsWithdrawn: boolean;
  /** Withdrawn when not announced again in time. */
  leaseSeconds: number | undefined;
  /** `sync`: seconds to wait at most; "off": `async`; undefined: as the requester has it. */
  sync: number | 'off' | undefined;
}

/** One route: whose key, what attributes. */
export interface ParsedRoute {
  readonly familyIndex: number;
  /** Packed as in wire/route-key.ts. */
  readonly key: Uint8Array;
  readonly nextHopKind: NextHopKind;
}

/** Routes of one command: all with one attribute set. */
export interface ParsedRoutes {
  readonly routes: readonly ParsedRoute[];
  /** Packed as in wire/attribute-set.ts. */
  readonly set: Uint8Array;
  readonly words: RouteWords;
}

/** How a next hop fits a family: none or of the family's size, "self", or of the other size (RFC 8950 only). */
export const NextHopKind = { plain: 0, self: 1, foreign: 2 } as const;
export type NextHopKind = (typeof NextHopKind)[keyof typeof NextHopKind];

/** What a line does with its routes. */
export type RouteVerb = 'announce' | 'withdraw';

/** How the routes are written. */
export type RouteForm = 'route' | 'attributes' | 'ipv4' | 'ipv6' | 'l2vpn' | 'bgp-ls' | 'flow' | 'vpls';

/** Forms that are their own words. */
const CONFIGURED_FORMS: readonly RouteForm[] = ['route', 'ipv4', 'ipv6', 'l2vpn', 'bgp-ls', 'flow', 'vpls'];

/** Longest wait of `sync` without SECONDS. */
export const SYNC_SECONDS = 10;
const MAX_LEASE_SECONDS = 31_536_000;
/** A `split` makes at most this many routes. */
const MAX_SPLIT_ROUTES = 65_536;
const MAX_U32 = 0xffffffff;

/** SAFI names of commands -> of the registry. */
const SAFI_ALIASES: Readonly<Record<string, string>> = { 'labeled-unicast': 'nlri-mpls' };
const PREFIX_SAFIS: ReadonlySet<string> = new Set(['unicast', 'multicast', 'nlri-mpls', 'mpls-vpn']);
const SAFIS: readonly string[] = [
  'unicast',
  'multicast',
  'nlri-mpls',
  'mpls-vpn',
  'mcast-vpn',
  'rtc',
  'flow',
  'flow-vpn',
  'mup',
  'sr-policy',
];

/**
 * Reads a route text to the end of the line.
 * @param tokens stand behind the word of the form ("route", "attributes" …)
 * @throws CommandError
 */
export function parseRoutes(tokens: Tokens, form: RouteForm, verb: RouteVerb): ParsedRoutes {
  if (form === 'attributes') return parseAttributesForm(tokens, verb);
  if (form === 'route') return parsePrefixRoute(tokens, undefined, verb);
  if (form === 'ipv4' || form === 'ipv6') {
    const word = tokens.need('a SAFI');
    const safi = SAFI_ALIASES[word] ?? word;
    if (!SAFIS.includes(safi)) throw tokens.error(`"${word}" is no SAFI: expected ${SAFIS.join(', ')}`);
    const family = needFamily(tokens, `${form} ${safi}`);
    return PREFIX_SAFIS.has(safi) ? parsePrefixRoute(tokens, family, verb) : parseFamilyRoute(tokens, family, verb);
  }
  if (form === 'flow') {
    tokens.expect('route');
    return parseFamilyRoute(tokens, needFamily(tokens, 'ipv4 flow'), verb, false);
  }
  if (form === 'l2vpn' || form === 'bgp-ls') {
    return parseFamilyRoute(tokens, needFamily(tokens, `${form} ${tokens.need('a SAFI')}`), verb);
  }
  return parseFamilyRoute(tokens, needFamily(tokens, 'l2vpn vpls'), verb);
}

function needFamily(tokens: Tokens, name: string): Family {
  const family = familyByName(name);
  if (family === undefined) throw tokens.error(`routes of the family ${name} are not supported`);
  return family;
}

/** An entry of the configuration's `routes`: the text of an announce without its verb. @throws CommandError */
export function parseConfiguredRoute(tokens: Tokens): ParsedRoutes {
  const word = tokens.need('"route" or "attributes"');
  if (word === 'attribute' || word === 'attributes') return parseRoutes(tokens, 'attributes', 'announce');
  const form = CONFIGURED_FORMS.find((one) => one === word);
  if (form === undefined) {
    throw tokens.error(`"${word}" begins no route: expected attributes, ${CONFIGURED_FORMS.join(', ')}`);
  }
  return parseRoutes(tokens, form, 'announce');
}

/** @returns words with nothing said yet */
function noWords(): RouteWords {
  return {
    nextHop: undefined,
    nextHopColumn: 0,
    attributes: [],
    pathId: 0,
    rd: undefined,
    label: undefined,
    split: undefined,
    watchdog: undefined,
    startsWithdrawn: false,
    leaseSeconds: undefined,
    sync: undefined,
  };
}

/**
 * Reads keywords to the end of the line, with `ttl` and `sync` behind them, in block form too.
 * @param tokens stand behind the prefix
 */
export function parseRouteWords(tokens: Tokens): RouteWords {
  return readRouteWords(tokens, undefined);
}

/** @param nlri takes its words out of those of the route */
function readRouteWords(tokens: Tokens, nlri: NlriReader | undefined): RouteWords {
  const reader = new WordReader(tokens, nlri);
  if (nlri?.blocks !== undefined) skipName(tokens, nlri);
  if (tokens.accept('{')) {
    reader.block(undefined);
    reader.trailer(true);
  } else reader.line();
  return reader.words;
}

/** A route of blocks may have a name in front of them, which means nothing: `flow route NAME { … }`. */
function skipName(tokens: Tokens, { words, blocks }: NlriReader): void {
  const word = tokens.peek();
  if (word === undefined || words.has(word) || blocks!.has(word)) return;
  if (/^\s*\S+\s*\{/.test(tokens.text.slice(tokens.offset)) && word !== '{') tokens.next();
}

/** Reads keywords; of a repeated one the first wins. */
class WordReader {
  readonly words = noWords();
  private readonly seen = new Set<string | number>();

  constructor(
    private readonly tokens: Tokens,
    private readonly nlri?: NlriReader,
  ) {}

  /** Keywords to the end of the line; behind those of an NLRI of words the others may stand in a block. */
  line(): void {
    while (!this.trailer(false)) {
      if (this.nlri !== undefined && this.tokens.accept('{')) {
        this.block(undefined);
        this.trailer(true);
        return;
      }
      this.keyword(this.tokens.need('a keyword'));
    }
  }

  /** One keyword, taken already, and its value. */
  keyword(word: string): void {
    const { tokens, words, nlri } = this;
    if (nlri?.words.has(word) === true) {
      nlri.read(word, tokens);
      if (nlri.aside !== undefined) this.aside(nlri.aside);
      return;
    }
    if (nlri?.blocks?.has(word) === true) {
      tokens.expect('{');
      this.block(nlri.blocks.get(word)!);
      return;
    }
    const isFirst = !this.seen.has(word);
    this.seen.add(word);
    switch (word) {
      case 'next-hop': {
        const value = tokens.need('an address or "self"');
        const nextHop = value === 'self' ? value : parseIp(value);
        if (nextHop === undefined) throw tokens.error(`next-hop must be an address or "self", not "${value}"`);
        if (!isFirst) return;
        words.nextHop = nextHop;
        words.nextHopColumn = tokens.column;
        return;
      }
      case 'path-information': {
        const pathId = parsePathId(tokens);
        if (isFirst) words.pathId = pathId;
        return;
      }
      case 'rd':
      case 'route-distinguisher': {
        const rd = printRouteDistinguisher(needRouteDistinguisher(tokens));
        words.rd ??= rd;
        return;
      }
      case 'label': {
        const labels = parseLabels(tokens);
        words.label ??= labels.join(' ');
        return;
      }
      case 'split': {
        const value = tokens.need('a prefix length').replace(/^\//, '');
        const length = parseNumber(value);
        if (length === undefined || length > 128) throw tokens.error(`split takes a prefix length, not "${value}"`);
        words.split ??= length;
        return;
      }
      case 'name':
        tokens.need('a name');
        return;
      case 'watchdog': {
        const name = tokens.need('the name of a watchdog');
        words.watchdog ??= name;
        return;
      }
      case 'withdraw':
        words.startsWithdrawn = true;
        return;
      case 'attribute':
        this.attribute(parseRaw(tokens));
        return;
    }
    const type = attributeByKeyword(word);
    if (type === undefined) throw tokens.error(`"${word}" is no keyword of a route`);
    const { column } = tokens;
    try {
      const value = type.parse(tokens);
      // An empty list (`community [ ]`) is no attribute; its keyword counts as said.
      if (type.hasText(value)) {
        if (type.partKeywords === undefined) this.attribute({ code: type.code, flags: type.flags, value });
        else if (isFirst) this.part({ code: type.code, flags: type.flags, value });
      } else this.seen.add(type.code);
    } catch (error) {
      // A parser that works on the value alone cannot know its column.
      if (error instanceof CommandError && error.column <= 0) throw new CommandError(error.message, column);
      throw error;
    }
  }

  /**
   * Keywords to the closing brace, which is taken too.
   * @param own words of the NLRI that may stand here; undefined: all
   */
  block(own: ReadonlySet<string> | undefined): void {
    const { tokens, nlri } = this;
    while (!tokens.accept('}')) {
      const word = tokens.need('a keyword or "}"');
      const isElsewhere = own !== undefined && nlri!.words.has(word) && !own.has(word);
      if (isElsewhere || (own !== undefined && nlri!.blocks!.has(word)))
        throw tokens.error(`"${word}" has no place here`);
      this.keyword(word);
      const isGroup = own === undefined && nlri?.blocks?.has(word) === true;
      if (tokens.peek() !== '}' && !tokens.accept(';') && !isGroup) tokens.expect(';');
    }
  }

  private aside({ attributes = [], nextHop }: NlriAside): void {
    for (const attribute of attributes) this.attribute(attribute);
    if (nextHop === undefined) return;
    this.words.nextHop = nextHop;
    this.words.nextHopColumn = this.tokens.column;
    this.seen.add('next-hop');
  }

  private attribute(attribute: CanonicalAttribute): void {
    if (this.nlri?.mergesCommunities === true && this.merge(attribute)) return;
    if (this.seen.has(attribute.code)) return;
    this.seen.add(attribute.code);
    this.words.attributes.push(attribute);
  }

  /** A part of an attribute that has several keywords. */
  private part(attribute: CanonicalAttribute): void {
    const { attributes } = this.words;
    const at = attributes.findIndex(({ code }) => code === attribute.code);
    if (at < 0) this.attribute(attribute);
    else attributes[at] = { ...attributes[at]!, value: Uint8Array.of(...attributes[at]!.value, ...attribute.value) };
  }

  /**
   * Adds communities to those that are there already. Some of them come from words of their own, so they have no order of
   * a list: they are sorted, as ExaBGP 6 sends them.
   * @returns false when it is no such list
   */
  private merge({ code, flags, value }: CanonicalAttribute): boolean {
    const { attributes } = this.words;
    const at = attributes.findIndex((one) => one.code === code);
    const itemSize = attributeByCode(code)?.unorderedItemSize;
    if (itemSize === undefined) return false;
    if (at < 0) {
      this.seen.add(code);
      attributes.push({ code, flags, value: sortItems(value, itemSize) });
    } else {
      attributes[at] = {
        code,
        flags,
        value: sortItems(new Uint8Array([...attributes[at]!.value, ...value]), itemSize),
      };
    }
    return true;
  }

  /**
   * Reads `[ttl SECONDS] [sync [SECONDS]]` and the words that change nothing here, when they stand next.
   * @param mustEnd an error when something else stands there
   * @returns true at the end of the line
   */
  trailer(mustEnd: boolean): boolean {
    const { tokens, words } = this;
    let isTrailer = mustEnd;
    if (tokens.accept('ttl')) {
      isTrailer = true;
      words.leaseSeconds = tokens.number('ttl', MAX_LEASE_SECONDS);
      if (words.leaseSeconds === 0) throw tokens.error('ttl must be at least 1 second');
    }
    for (;;) {
      if (tokens.accept('sync')) {
        const seconds = tokens.peek();
        words.sync = SYNC_SECONDS;
        if (seconds !== undefined && /^\d/.test(seconds)) words.sync = tokens.number('sync', MAX_LEASE_SECONDS);
      } else if (tokens.accept('async')) words.sync = 'off';
      else if (!tokens.accept('json') && !tokens.accept('text')) break;
      isTrailer = true;
    }
    if (!isTrailer && tokens.peek() !== ';' && !tokens.isAtEnd()) return false;
    tokens.end();
    return true;
  }
}

function parsePathId(tokens: Tokens): number {
  const word = tokens.need('a path identifier');
  const quad = parseIpv4(word);
  if (quad !== undefined) return readU32(quad, 0);
  const value = parseNumber(word);
  if (value === undefined || value > MAX_U32)
    throw tokens.error(`a path identifier is a number up to ${MAX_U32} or a dotted quad, not "${word}"`);
  return value;
}

/** `<prefix> …`, with `rd` and `label` anywhere behind it. */
function parsePrefixRoute(tokens: Tokens, family: Family | undefined, verb: RouteVerb): ParsedRoutes {
  const text = tokens.peek();
  if (text === undefined) tokens.need('a prefix');
  // Labels and route distinguisher stand anywhere behind it: `labeled` has them read with the prefix.
  const isLabeled = family?.payloadName !== undefined;
  const afi = family?.afi === Afi.ipv6 ? 'ipv6' : 'ipv4';
  const chosen = isLabeled ? needFamily(tokens, `${afi} unicast`) : (family ?? prefixFamily(tokens, text!));
  const nlri = chosen.parse(tokens);
  const { column } = tokens;
  const words = parseRouteWords(tokens);
  return build(verb, words, [{ family: chosen, text: text!, key: nlri.key, payload: nlri.payload, column }], family);
}

/**
 * A family whose NLRI is no prefix: it reads its own words, which stand in front or anywhere among the keywords.
 * @param isNamed false where the words tell the family
 */
function parseFamilyRoute(tokens: Tokens, asked: Family, verb: RouteVerb, isNamed = true): ParsedRoutes {
  const reader = asked.reader?.(isNamed);
  let nlri = reader === undefined ? asked.parse(tokens) : undefined;
  const { column } = tokens;
  const words = readRouteWords(tokens, reader);
  nlri ??= reader!.finish(tokens);
  if (nlri.lacks !== undefined && verb === 'announce')
    throw new CommandError(`an announce needs ${nlri.lacks}`, column);
  for (const attribute of nlri.attributes ?? []) {
    if (!words.attributes.some(({ code }) => code === attribute.code)) words.attributes.push(attribute);
  }
  const family = nlri.family === undefined ? asked : needFamily(tokens, nlri.family);
  return build(verb, words, [{ family, text: '', key: nlri.key, payload: nlri.payload, column }], family);
}

/** `… nlri P1 P2 …`. */
function parseAttributesForm(tokens: Tokens, verb: RouteVerb): ParsedRoutes {
  const reader = new WordReader(tokens);
  for (;;) {
    const word = tokens.need('a keyword or "nlri"');
    if (word === 'nlri') break;
    reader.keyword(word);
  }
  const nlris: Nlri[] = [];
  do {
    const text = tokens.peek();
    if (text === undefined) tokens.need('a prefix');
    const family = prefixFamily(tokens, text!);
    const { key, payload } = family.parse(tokens);
    nlris.push({ family, text: text!, key, payload, column: tokens.column });
  } while (!reader.trailer(false));
  return build(verb, reader.words, nlris, undefined);
}

/** Unicast or multicast by the address (224.0.0.0/4, ff00::/8). */
function prefixFamily(tokens: Tokens, text: string): Family {
  const afi = text.includes(':') ? 'ipv6' : 'ipv4';
  const first = Number.parseInt(text, afi === 'ipv4' ? 10 : 16);
  const isMulticast = afi === 'ipv4' ? first >= 224 && first <= 239 : first >> 8 === 0xff;
  return needFamily(tokens, `${afi} ${isMulticast ? 'multicast' : 'unicast'}`);
}

interface Nlri {
  readonly family: Family;
  readonly text: string;
  readonly key: Uint8Array;
  readonly payload: Uint8Array;
  readonly column: number;
}

/** Checks the whole and packs keys and set. */
function build(verb: RouteVerb, words: RouteWords, nlris: readonly Nlri[], asked: Family | undefined): ParsedRoutes {
  const routes: ParsedRoute[] = [];
  let payload: Uint8Array = NO_BYTES;
  for (const nlri of nlris) {
    let found = nlri;
    const isLabeled = asked?.payloadName !== undefined || words.rd !== undefined || words.label !== undefined;
    if (nlri.text !== '' && isLabeled) found = labeled(nlri, words, asked);
    const { family } = found;
    const index = familyIndex(family);
    let kind: NextHopKind = NextHopKind.plain;
    if (verb === 'announce') {
      if (words.nextHop === undefined && family.nextHop.addressSize !== 0)
        throw new CommandError('an announce needs a next-hop', nlri.column);
      if (family.payloadName !== undefined && found.payload.length === 0)
        throw new CommandError(`an announce of ${family.name} needs a ${family.payloadName}`, nlri.column);
      kind = nextHopKind(words.nextHop, family);
    }
    payload = found.payload;
    const keys = words.split === undefined ? [found.key] : splitPrefix(found, words.split);
    for (const key of keys)
      routes.push({ familyIndex: index, key: packRouteKey(index, words.pathId, key), nextHopKind: kind });
  }
  return { routes, set: packSet(words.nextHop, payload, words.attributes), words };
}

/** The attribute set of words alone, for families without a payload. */
export function packWords(words: RouteWords): Uint8Array {
  return packSet(words.nextHop, NO_BYTES, words.attributes);
}

/** How a next hop fits a family. */
export function nextHopKind(nextHop: NextHop, family: Family): NextHopKind {
  if (nextHop === undefined || family.nextHop.addressSize === 0) return NextHopKind.plain;
  if (nextHop === 'self') return NextHopKind.self;
  return isPlainNextHop(family.nextHop, nextHop.length) ? NextHopKind.plain : NextHopKind.foreign;
}

/** A prefix with `label` or `rd` anywhere behind it: its family reads them right behind the prefix. */
function labeled(nlri: Nlri, words: RouteWords, asked: Family | undefined): Nlri {
  const afi = nlri.family.name.split(' ', 1)[0]!;
  const name = asked?.name ?? (words.rd !== undefined ? `${afi} mpls-vpn` : `${afi} nlri-mpls`);
  const family = familyByName(name);
  if (family === undefined) throw new CommandError(`routes of the family ${name} are not supported`, nlri.column);
  const label = words.label === undefined ? '' : ` label [ ${words.label} ]`;
  const rd = words.rd === undefined ? '' : ` rd ${words.rd}`;
  const tokens = new Tokens(`${nlri.text}${label}${rd}`);
  const { key, payload } = atColumn(nlri.column, () => family.parse(tokens));
  const extra = tokens.next();
  if (extra !== undefined) throw new CommandError(`routes of the family ${name} have no "${extra}"`, nlri.column);
  return { family, text: nlri.text, key, payload, column: nlri.column };
}

/** Does `work`; a mistake in it is one of the word at `column`. */
function atColumn<Result>(column: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof CommandError) throw new CommandError(error.message, column);
    throw error;
  }
}

/** All prefixes of length `bits` within one. */
function splitPrefix(nlri: Nlri, bits: number): Uint8Array[] {
  const { key } = nlri;
  const at = nlri.family.prefixSize === undefined ? nlri.family.prefixOffset : 0;
  if (at === undefined) throw new CommandError(`routes of ${nlri.family.name} cannot be split`, nlri.column);
  const length = key[at]!;
  const width = nlri.family.nextHop.addressSize * 8;
  if (bits > width) {
    throw new CommandError(`a /${length} can be split into /${length} to /${width}, not /${bits}`, nlri.column);
  }
  // As ExaBGP: of many prefixes with one `split`, those that are no larger stay whole.
  if (bits <= length) return [key];
  if (bits - length > Math.log2(MAX_SPLIT_ROUTES))
    throw new CommandError(`a /${length} split into /${bits} is more than ${MAX_SPLIT_ROUTES} routes`, nlri.column);
  const octets = (bits + 7) >>> 3;
  const first = new Uint8Array(at + 1 + octets);
  first.set(key);
  first[at] = bits;
  const wire = new Writer(64);
  nlri.family.write(wire, first, 0, first.length, nlri.payload);
  if (nlri.family.sizeOf(wire.view(), 0, wire.length) !== wire.length)
    throw new CommandError(`a /${bits} with these labels is too long for an NLRI`, nlri.column);
  const out = [first];
  const step = 1 << (octets * 8 - bits);
  for (let left = 2 ** (bits - length) - 1; left > 0; left--) {
    const next = out[out.length - 1]!.slice();
    for (let i = octets, carry = step; carry > 0 && i > 0; i--) {
      const sum = next[at + i]! + carry;
      next[at + i] = sum & 0xff;
      carry = sum >>> 8;
    }
    out.push(next);
  }
  return out;
}
