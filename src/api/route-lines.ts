/**
 * The hot path: `announce route …` and `withdraw route …` lines without creating an object per route. It takes only what
 * it can prove to be plain; everything else, every error included, is left to the command itself. Clever for speed: the
 * prefix is read into a scratch key, the words behind it are looked up as text, the words before it as well.
 */

import { writeU32 } from '../util/bytes.js';
import { OctetMap } from '../util/octet-map.js';
import { CommandError, Tokens } from '../util/tokens.js';
import { nextHopOf } from '../wire/attribute-set.js';
import { families, familyByName, familyIndex } from '../wire/family/index.js';
import { ROUTE_KEY_HEADER } from '../wire/route-key.js';
import { CommandFailure } from './command/types.js';
import type { ApiContext } from './context.js';
import type { LineOctets } from './line-octets.js';
import { scanned, scanPrefix } from './prefix-scan.js';
import type { Requester } from './requester.js';
import { NextHopKind, packWords, parseRouteWords, type RouteVerb, type RouteWords } from './route-text.js';
import type { KeptSelection, Selections } from './selections.js';
import type { Selector } from './selector.js';
import { type KnownWords, SetCache } from './set-cache.js';
import { SCANNED_SET_OCTETS, scanWords } from './words-scan.js';

const IPV4_UNICAST = familyIndex(familyByName('ipv4 unicast')!);
const IPV6_UNICAST = familyIndex(familyByName('ipv6 unicast')!);
const IPV4_MULTICAST = familyIndex(familyByName('ipv4 multicast')!);
const IPV6_MULTICAST = familyIndex(familyByName('ipv6 multicast')!);
const ADDRESS_SIZES = families.map((family) => family.nextHop.addressSize);

/** The largest key of a plain prefix: head, length, 16 octets. */
const KEY_OCTETS = ROUTE_KEY_HEADER + 17;
/** A head for each of some thousand neighbors. */
const MAX_HEADS = 16_384;
const MAX_PATH_IDS = 1024;
/** A line without octets of its own is written here; a longer one takes the long way. */
const TEXT_OCTETS = 4096;
const UTF8_OCTETS = 3;

const ANNOUNCE_ROUTE = Buffer.from('announce route ');
const WITHDRAW_ROUTE = Buffer.from('withdraw route ');
const ROUTE = Buffer.from(' route ');
const UNICAST = Buffer.from(' unicast ');
const BLANK = 32;

/** What stands in front of a prefix: selector, verb, and perhaps a family. */
interface Head {
  readonly verb: RouteVerb;
  readonly selector: Selector | undefined;
  /** Index of the family named in the head; undefined: as the prefix says. */
  readonly family: number | undefined;
  selection: KeptSelection | undefined;
  /** Of the neighbors, when the selection was made. */
  generation: number;
}

/** The route lines of one requester. */
export class RouteLines {
  private readonly scratch = new Uint8Array(KEY_OCTETS);
  private readonly packed = new Uint8Array(SCANNED_SET_OCTETS);
  private readonly scannedWords = { set: 0, pathId: 0, nextHopSize: 0, leaseSeconds: undefined };
  private readonly text = Buffer.alloc(TEXT_OCTETS);
  private readonly heads = new OctetMap<Head>();
  private readonly announceHead: Head = newHead('announce', undefined, undefined);
  private readonly withdrawHead: Head = newHead('withdraw', undefined, undefined);
  private readonly cache: SetCache;
  /** Words behind a withdrawn prefix -> path identifier. */
  private readonly pathIds = new OctetMap<number>();

  constructor(
    private readonly context: ApiContext,
    private readonly requester: Requester,
    private readonly selections: Selections,
  ) {
    this.cache = new SetCache(context.rib);
    for (const [afi, index] of [
      ['ipv4', IPV4_UNICAST],
      ['ipv6', IPV6_UNICAST],
    ] as const) {
      this.keepHead(`announce ${afi} unicast `, newHead('announce', undefined, index));
      this.keepHead(`withdraw ${afi} unicast `, newHead('withdraw', undefined, index));
    }
  }

  /**
   * Remembers what the words in front of a prefix mean, so that later lines with exactly these need not be parsed.
   * @param text from the start of a line up to its prefix, a blank at the end
   * @param family "ipv4" or "ipv6" where the head ends with the SAFI unicast
   */
  learn(text: string, verb: RouteVerb, selector: Selector | undefined, family: 'ipv4' | 'ipv6' | undefined): void {
    const octets = Buffer.from(text);
    if (this.heads.size >= MAX_HEADS || this.heads.get(octets, 0, octets.length) !== undefined) return;
    const index = family === undefined ? undefined : family === 'ipv4' ? IPV4_UNICAST : IPV6_UNICAST;
    this.heads.add(octets, 0, octets.length, newHead(verb, selector, index));
  }

  private keepHead(text: string, head: Head): void {
    const octets = Buffer.from(text);
    this.heads.add(octets, 0, octets.length, head);
  }

  /**
   * @param octets where the octets of the line stand, if anywhere
   * @returns true when the line was a plain route and is done; false: parse it as any other line
   * @throws CommandError, CommandFailure as the command would
   */
  handle(line: string, octets: LineOctets | undefined): boolean {
    if (octets !== undefined) return this.handleOctets(octets.bytes, octets.from, octets.to);
    if (line.length * UTF8_OCTETS > TEXT_OCTETS) return false;
    return this.handleOctets(this.text, 0, this.text.write(line));
  }

  private handleOctets(line: Uint8Array, from: number, to: number): boolean {
    let head: Head | undefined;
    let at = from + ANNOUNCE_ROUTE.length;
    if (startsWith(line, from, to, ANNOUNCE_ROUTE)) head = this.announceHead;
    else if (startsWith(line, from, to, WITHDRAW_ROUTE)) head = this.withdrawHead;
    else {
      at = endOfHead(line, from, to);
      if (at < 0) return false;
      head = this.heads.get(line, from, at);
      if (head === undefined) return false;
    }
    const { scratch } = this;
    if (!scanPrefix(line, at, to, scratch, ROUTE_KEY_HEADER)) return false;
    const { end, size, isIpv6 } = scanned;
    let family = head.family;
    if (family === undefined) {
      const first = scratch[ROUTE_KEY_HEADER + 1]!;
      if (isIpv6) family = first === 0xff ? IPV6_MULTICAST : IPV6_UNICAST;
      else family = (first & 0xf0) === 0xe0 ? IPV4_MULTICAST : IPV4_UNICAST;
    } else if ((family === IPV6_UNICAST) !== isIpv6) return false;
    scratch[0] = family;
    let rest = end;
    while (rest < to && line[rest] === BLANK) rest++;
    const length = ROUTE_KEY_HEADER + size;
    const generation = this.context.neighborGeneration;
    if (head.selection === undefined || head.generation !== generation) {
      head.selection = this.selections.of(head.selector);
      head.generation = generation;
    }
    return head.verb === 'announce'
      ? this.announce(line, rest, to, length, family, head.selection)
      : this.withdraw(line, rest, to, length, family, head.selection);
  }

  private announce(
    line: Uint8Array,
    at: number,
    to: number,
    length: number,
    family: number,
    selection: KeptSelection,
  ): boolean {
    const known = this.cache.get(line, at, to);
    if (known !== undefined) return this.announceWords(known, length, family, selection);
    const words = this.scan(line, at, to) ?? this.read(line, at, to);
    if (words === undefined) return false;
    if (this.cache.isWorthKeeping()) {
      const kept = { ...words };
      this.cache.put(line, at, to, kept);
      return this.announceWords(kept, length, family, selection);
    }
    try {
      return this.announceWords(words, length, family, selection);
    } finally {
      this.context.rib.releaseSet(words.set);
    }
  }

  /** Plain words, read without creating anything. The result is overwritten by the next call. */
  private scan(line: Uint8Array, at: number, to: number): KnownWords | undefined {
    const { packed, scannedWords } = this;
    const size = scanWords(line, at, to, packed);
    if (size === 0) return undefined;
    scannedWords.set = this.context.rib.internSet(packed, size);
    scannedWords.nextHopSize = packed[0]!;
    return scannedWords;
  }

  private announceWords(words: KnownWords, length: number, family: number, selection: KeptSelection): boolean {
    const { context, requester, scratch } = this;
    const { nextHopSize } = words;
    const kind =
      nextHopSize === 1
        ? NextHopKind.self
        : nextHopSize === ADDRESS_SIZES[family]
          ? NextHopKind.plain
          : NextHopKind.foreign;
    if (selection.coverage(family, kind).isNobody && (kind === NextHopKind.foreign || requester.strict)) return false;
    writeU32(scratch, 1, words.pathId);
    if (context.watchdogs.size > 0) context.watchdogs.release(selection.targets.members, scratch, length);
    if (!context.rib.announce(selection.targets, scratch, length, words.set, requester.owner, words.leaseSeconds))
      throw new CommandFailure('too many routes');
    return true;
  }

  private withdraw(
    line: Uint8Array,
    at: number,
    to: number,
    length: number,
    family: number,
    selection: KeptSelection,
  ): boolean {
    const { context, requester, scratch } = this;
    let pathId = 0;
    if (at < to) {
      const known = this.pathIds.get(line, at, to) ?? this.readPathId(line, at, to);
      if (known === undefined) return false;
      pathId = known;
    }
    if (requester.strict && selection.coverage(family, NextHopKind.plain).isNobody) return false;
    writeU32(scratch, 1, pathId);
    if (context.watchdogs.size > 0) context.watchdogs.release(selection.targets.members, scratch, length);
    context.rib.withdraw(selection.targets, scratch, length);
    return true;
  }

  /**
   * Reads words that are not known.
   * @returns undefined when the command must do it; else the caller owns a reference to the set
   */
  private read(line: Uint8Array, at: number, to: number): KnownWords | undefined {
    const words = parsed(line, at, to);
    if (words === undefined) return undefined;
    if (words.rd !== undefined || words.label !== undefined || words.split !== undefined || words.sync !== undefined)
      return undefined;
    if (words.nextHop === undefined) return undefined;
    const packed = packWords(words);
    const nextHop = nextHopOf(packed);
    return {
      set: this.context.rib.internSet(packed),
      pathId: words.pathId,
      nextHopSize: nextHop === undefined ? 0 : nextHop === 'self' ? 1 : nextHop.length,
      leaseSeconds: words.leaseSeconds,
    };
  }

  private readPathId(line: Uint8Array, at: number, to: number): number | undefined {
    const words = parsed(line, at, to);
    if (words === undefined) return undefined;
    if (words.rd !== undefined || words.label !== undefined || words.split !== undefined || words.sync !== undefined)
      return undefined;
    if (this.pathIds.size >= MAX_PATH_IDS) this.pathIds.clear();
    this.pathIds.add(line, at, to, words.pathId);
    return words.pathId;
  }

  /** Gives back what it holds. */
  close(): void {
    this.cache.clear();
  }
}

function newHead(verb: RouteVerb, selector: Selector | undefined, family: number | undefined): Head {
  return { verb, selector, family, selection: undefined, generation: -1 };
}

/** Words that are not plain. @returns undefined for a mistake: the command names its place in the whole line */
function parsed(line: Uint8Array, at: number, to: number): RouteWords | undefined {
  const text = Buffer.from(line.buffer, line.byteOffset + at, to - at).toString();
  try {
    return parseRouteWords(new Tokens(text));
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

function startsWith(line: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  const size = word.length;
  if (to - from < size) return false;
  for (let i = 0; i < size; i++) if (line[from + i] !== word[i]) return false;
  return true;
}

/** Where the prefix may begin. A guess: only a head that was parsed before counts. */
function endOfHead(line: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (line[at] !== BLANK) continue;
    if (startsWith(line, at, to, ROUTE)) return at + ROUTE.length;
    if (startsWith(line, at, to, UNICAST)) return at + UNICAST.length;
  }
  return -1;
}
