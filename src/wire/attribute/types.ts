/**
 * What the codec knows of a path attribute. An attribute is one file in this folder and one line in index.ts.
 *
 * Canonical value octets are the wire's with 4-octet AS numbers. Text and JSON are views of them.
 */
import type { TextWriter } from '../../util/text-writer.js';
import type { Tokens } from '../../util/tokens.js';
import type { AttributeFault } from '../errors.js';
import type { Dialect } from '../family/types.js';
import type { Negotiated } from '../negotiated.js';

/** Attribute flag octet (RFC 4271 section 4.3). */
export const Flag = { optional: 0x80, transitive: 0x40, partial: 0x20, extendedLength: 0x10 } as const;

export interface AttributeType {
  readonly code: number;
  /** Flags we send it with. Optional and transitive bits are checked on receipt. */
  readonly flags: number;
  /** The RFC's name, for logs: "MULTI_EXIT_DISC". */
  readonly rfcName: string;
  /** Keyword of commands and of the text encoder: "med". Undefined: it has no text of its own (MP_REACH_NLRI, AS4_PATH). */
  readonly keyword: string | undefined;
  /** Further keywords whose values are parts of it, read by `parse` too; parts are put one behind the other. */
  readonly partKeywords?: readonly string[];
  /** What a wrong optional or transitive bit costs (RFC 7606 section 3c, with the exceptions of the attributes). */
  readonly flagFault: AttributeFault['action'];

  /**
   * Checks the peer's value and makes it canonical.
   * @returns canonical octets (may be the input itself), or the fault
   */
  decode(value: Uint8Array, negotiated: Negotiated): Uint8Array | AttributeFault;
  /**
   * Where attributes come with nearly every route: a look at the value where it stands in a message.
   * @returns true when `decode` would give the octets from `start` to `end` back as they are; false where it would not, or
   *   where that is not known
   */
  isPlain?(source: Uint8Array, start: number, end: number, negotiated: Negotiated): boolean;
  /** Octets of an item, for lists whose order means nothing (communities). */
  readonly unorderedItemSize?: number;
  /**
   * True for octets that `print` and `toJson` can show. Others (a raw attribute may have any) are shown as raw ones.
   */
  hasText(value: Uint8Array): boolean;
  /**
   * Reads the value behind the keyword. Of lists that are written empty, nothing is left: the attribute is left out.
   * @throws CommandError
   */
  parse(tokens: Tokens): Uint8Array;
  /** The value as commands take it, without the keyword: "[ 65001:1 no-export ]"; "" for a bare flag. */
  print(value: Uint8Array, dialect: Dialect): string;
  /** The value with its keywords, where that is not `keyword` and `print`. */
  phrase?(value: Uint8Array, dialect: Dialect): string;
  /** The JSON members of it, `"med": 10`; several are joined with ", "; "" for none. */
  toJson(value: Uint8Array, dialect: Dialect): string;
  /**
   * Where attributes come with nearly every route: writes what `toJson` gives for the octets from `start` to `end`.
   * @returns false, and wrote nothing, where only `toJson` knows
   */
  writeJson?(out: TextWriter, source: Uint8Array, start: number, end: number, dialect: Dialect): boolean;
  /** The same for keyword and `print`. */
  writeText?(out: TextWriter, source: Uint8Array, start: number, end: number, dialect: Dialect): boolean;
}
