/**
 * What the codec knows of an address family. A family is one file in this folder and one line in index.ts.
 *
 * A route's key is what identifies it (RFC 4760 and each family's RFC): the canonical octets of its NLRI without what is
 * no part of the identity (labels, ESI …). That rest is the payload: it travels in the attribute set, like a next hop.
 * For plain prefixes the key is the NLRI itself and the payload is empty. The path identifier (RFC 7911) is kept apart.
 */

import type { Writer } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import type { CanonicalAttribute } from '../attribute-set.js';

/** A frozen form of events, listings and answers. */
export type Dialect = 'exabgp-4' | 'exabgp-5';

/** How next hops of a family look on the wire. */
export interface NextHopRule {
  /** Length in octets of the address as users know it (4 or 16), 0 when the family has none. */
  readonly addressSize: 0 | 4 | 16;
  /** Lengths allowed in MP_REACH_NLRI without RFC 8950. */
  readonly lengths: readonly number[];
  /** Lengths allowed in addition when extended next hop was negotiated (RFC 8950). */
  readonly extendedLengths: readonly number[];
  /** Octets of a zero route distinguisher in front of each address: 8 for the VPN families, else 0. */
  readonly prefixOctets: 0 | 8;
  /**
   * An IPv4 next hop is sent as NEXT_HOP attribute too where the routes go in MP_REACH_NLRI. Receivers ignore it
   * (RFC 4760 section 3); ExaBGP sends it for these families, so captures and old tests expect it.
   */
  readonly isAlsoAttribute: boolean;
  /** An IPv4 next hop of this IPv6 family is sent as IPv4-mapped address (as RFC 4659 section 3.2.1.2). */
  readonly mapsIpv4?: boolean;
}

/** A route's NLRI from text: key and payload. */
export interface ParsedNlri {
  readonly key: Uint8Array;
  readonly payload: Uint8Array;
  /** Name of the family that the words tell, where they do and the command does not: `announce flow route …`. */
  readonly family?: string;
  /** What was not said and an announce must have; a withdraw need not. */
  readonly lacks?: string;
  /** Attributes that words of the NLRI stand for. */
  readonly attributes?: readonly CanonicalAttribute[];
}

/** What a word of an NLRI says besides the NLRI: the actions of a flow rule are communities, and may name a next hop. */
export interface NlriAside {
  readonly attributes?: readonly CanonicalAttribute[];
  readonly nextHop?: Uint8Array;
}

/** Collects the words of one NLRI that may stand anywhere among a route's keywords. */
export interface NlriReader {
  /** The words it takes. */
  readonly words: ReadonlySet<string>;
  /** Words in front of a group between braces, `match { … }`, and which of its words may stand in which group. */
  readonly blocks?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Community lists that are given more than once, or by words of its own too, are put together. */
  readonly mergesCommunities?: boolean;
  /** Takes what belongs to one of its words, which was taken; of a repeated one the first counts. @throws CommandError */
  read(word: string, tokens: Tokens): void;
  /** What the word that was read last says besides the NLRI. */
  readonly aside?: NlriAside | undefined;
  /** All words were read. @throws CommandError when one is missing */
  finish(tokens: Tokens): ParsedNlri;
}

/** One NLRI seen by `walk`. The source is valid during the call only. */
export type NlriVisitor = (
  source: Uint8Array,
  /** offset and end of the NLRI as it stands on the wire, without path identifier */
  start: number,
  end: number,
  /** path identifier, or undefined where ADD-PATH is off */
  pathId: number | undefined,
) => void;

export interface Family {
  readonly afi: number;
  readonly safi: number;
  /** "ipv4 unicast": as in the configuration, in commands and in JSON. */
  readonly name: string;
  readonly nextHop: NextHopRule;
  /** True when routes of it go in the NLRI and Withdrawn Routes fields of an UPDATE (IPv4 unicast alone). */
  readonly isClassic: boolean;
  /** Octets of an address, where an NLRI is a plain prefix and nothing else: hot paths write those by themselves. */
  readonly prefixSize?: 4 | 16;
  /** Where in the key a prefix (length in bits, octets) begins, for families whose keys have one: `split` divides it. */
  readonly prefixOffset?: number;
  /** What the payload is called, where an announce must have one: "label". */
  readonly payloadName?: string;
  /**
   * A withdrawal repeats the payload of the route, for what the key is its RFC leaves open and peers may take all of the
   * NLRI for it; other families withdraw by the key alone.
   */
  readonly withdrawsPayload?: boolean;
  /** The same family as a peer means it who sends exactly one label with each prefix (RFC 8277 section 2.2). */
  readonly oneLabel?: Family;

  /**
   * Size of the NLRI at `offset`, without path identifier.
   * @returns octets it takes, or -1 when it is malformed or runs past `end`
   */
  sizeOf(source: Uint8Array, offset: number, end: number): number;
  /**
   * True for an NLRI whose size is known, but whose content is wrong: such are dropped, and the others of the message count
   * (RFC 7606 section 5.4, RFC 9552 section 8.2.2). Only for NLRI that `sizeOf` accepted.
   */
  isMalformed?(source: Uint8Array, start: number, end: number): boolean;
  /**
   * Why an announcement whose NLRI is well-formed counts as a withdrawal, by what it and its attributes say together
   * (RFC 9136 section 3.1); undefined for all others.
   * @param findAttribute value of the attribute with a type code, or undefined
   */
  refusal?(
    source: Uint8Array,
    start: number,
    end: number,
    findAttribute: (code: number) => Uint8Array | undefined,
  ): string | undefined;
  /** Wire -> key and payload, canonical (host bits masked). Only for NLRI that `sizeOf` accepted. */
  split(source: Uint8Array, start: number, end: number): ParsedNlri;
  /** Key and payload -> wire. The key lies in `key` from `start` to `end`. */
  write(out: Writer, key: Uint8Array, start: number, end: number, payload: Uint8Array): void;

  /**
   * Reads the NLRI words of a route text ("10.0.0.0/24"), leaving the tokens behind them.
   * @throws CommandError
   */
  parse(tokens: Tokens): ParsedNlri;
  /**
   * Present where the words of an NLRI may stand anywhere among a route's keywords; `parse` reads them alone.
   * @param isNamed false where the command leaves the very family to the words
   */
  reader?(isNamed: boolean): NlriReader;
  /** As commands and listings write it: "10.0.0.0/24". Any NLRI that `sizeOf` accepts has text. */
  print(source: Uint8Array, start: number, end: number): string;
  /**
   * As the text encoder writes it, where that is not `print`, path identifier and next hop one behind the other.
   * @param path " path-information 0.0.0.1", or "" @param nextHop " next-hop 10.0.0.1", or ""
   */
  printRoute?(source: Uint8Array, start: number, end: number, path: string, nextHop: string): string;
  /**
   * The NLRI object of a JSON event, e.g. `{ "nlri": "10.0.0.0/24", "path-information": "1.2.3.4" }`.
   * @param hasServiceSid part of an SRv6 SID may stand where a label is (attribute/service-sid.ts)
   * @param nextHop where the objects of a family show it too
   */
  toJson(
    source: Uint8Array,
    start: number,
    end: number,
    pathId: number | undefined,
    dialect: Dialect,
    hasServiceSid?: boolean,
    nextHop?: string,
  ): string;
}
