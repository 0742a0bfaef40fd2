/**
 * Attributes whose value is a list of items of one size: communities of all kinds and CLUSTER_LIST. Text is one item, or
 * several between brackets. An empty list or octets left over are treat-as-withdraw (RFC 7606 sections 7.8 to 7.15).
 */
import { octetsOf, type TextWriter } from '../../util/text-writer.js';
import type { CommandError, Tokens } from '../../util/tokens.js';
import { FaultAction } from '../errors.js';
import type { Dialect } from '../family/types.js';
import type { Negotiated } from '../negotiated.js';
import { withdrawFault } from './fault.js';
import type { AttributeType } from './types.js';

export interface ListOptions {
  readonly code: number;
  readonly flags: number;
  readonly rfcName: string;
  readonly keyword: string;
  /** Octets of one item. */
  readonly itemSize: number;
  /** Repeated items are dropped when they are read from text and from the wire (RFC 8092 section 5). */
  readonly isUnique?: boolean;
  /** The order of the items means something (CLUSTER_LIST). */
  readonly isOrdered?: boolean;
  readonly refuse?: (negotiated: Negotiated) => ReturnType<AttributeType['decode']> | undefined;
  /** Reads one item whose first word was taken; may take more words. Throws `fail(…)`. */
  parseItem(word: string, tokens: Tokens, fail: (message: string) => CommandError): Uint8Array;
  printItem(value: Uint8Array, at: number, dialect: Dialect): string;
  itemToJson(value: Uint8Array, at: number, dialect: Dialect): string;
  /** The same two as octets, for attributes that come with nearly every route. */
  writeItem?(out: TextWriter, source: Uint8Array, at: number): void;
  writeItemJson?(out: TextWriter, source: Uint8Array, at: number): void;
}

/** Lists that may be longer are looked through by `decode`. */
const FEW_ITEMS = 16;
const COMMA = octetsOf(', ');
const LIST_END = octetsOf(' ]');
const LIST_BEGIN = octetsOf('[ ');
const BLANK = 32;

/** Makes such an attribute. */
export function listAttribute(options: ListOptions): AttributeType {
  const { code, keyword, itemSize, refuse, isUnique = false, writeItem, writeItemJson } = options;
  const jsonHead = octetsOf(`"${keyword}": [ `);
  const textHead = octetsOf(`${keyword} `);

  const pack = (items: readonly Uint8Array[]): Uint8Array => {
    const out = new Uint8Array(items.length * itemSize);
    items.forEach((item, i) => {
      out.set(item, i * itemSize);
    });
    return isUnique ? withoutRepeats(out, itemSize) : out;
  };
  const each = (value: Uint8Array, view: (at: number) => string): string[] => {
    const out: string[] = [];
    for (let at = 0; at < value.length; at += itemSize) out.push(view(at));
    return out;
  };

  return {
    code,
    flags: options.flags,
    rfcName: options.rfcName,
    keyword,
    flagFault: FaultAction.withdraw,
    ...(options.isOrdered === true ? {} : { unorderedItemSize: itemSize }),
    decode(value: Uint8Array, negotiated: Negotiated) {
      const refused = refuse?.(negotiated);
      if (refused !== undefined) return refused;
      if (value.length === 0 || value.length % itemSize !== 0) {
        return withdrawFault(code, `length ${value.length}, must be a multiple of ${itemSize} and not 0`);
      }
      return isUnique ? withoutRepeats(value, itemSize) : value;
    },
    isPlain: (source, start, end, negotiated) =>
      end > start &&
      (end - start) % itemSize === 0 &&
      (!isUnique || hasNoRepeats(source, start, end, itemSize)) &&
      refuse?.(negotiated) === undefined,
    hasText: (value) => value.length > 0 && value.length % itemSize === 0,
    parse(tokens: Tokens): Uint8Array {
      const items: Uint8Array[] = [];
      const isList = tokens.accept('[');
      for (;;) {
        const word = tokens.need(isList ? `${keyword} or "]"` : keyword);
        if (isList && word === ']') break;
        if (!isList || word !== ',') items.push(options.parseItem(word, tokens, (message) => tokens.error(message)));
        if (!isList) break;
      }
      if (items.length === 0 && options.isOrdered === true) throw tokens.error(`${keyword} needs a value`);
      if (items.length * itemSize > 0xffff) throw tokens.error(`${keyword}: too many items`);
      return pack(items);
    },
    print(value: Uint8Array, dialect: Dialect): string {
      const items = each(value, (at) => options.printItem(value, at, dialect));
      return items.length === 1 ? items[0]! : `[ ${items.join(' ')} ]`;
    },
    toJson(value: Uint8Array, dialect: Dialect): string {
      return `"${keyword}": [ ${each(value, (at) => options.itemToJson(value, at, dialect)).join(', ')} ]`;
    },
    ...(writeItemJson === undefined
      ? {}
      : {
          writeJson(out: TextWriter, source: Uint8Array, start: number, end: number): boolean {
            if (start === end || (end - start) % itemSize !== 0) return false;
            out.bytes(jsonHead);
            for (let at = start; at < end; at += itemSize) {
              if (at > start) out.bytes(COMMA);
              writeItemJson(out, source, at);
            }
            out.bytes(LIST_END);
            return true;
          },
        }),
    ...(writeItem === undefined
      ? {}
      : {
          writeText(out: TextWriter, source: Uint8Array, start: number, end: number): boolean {
            if (start === end || (end - start) % itemSize !== 0) return false;
            out.bytes(textHead);
            const isOne = end - start === itemSize;
            if (!isOne) out.bytes(LIST_BEGIN);
            for (let at = start; at < end; at += itemSize) {
              if (at > start) out.code(BLANK);
              writeItem(out, source, at);
            }
            if (!isOne) out.bytes(LIST_END);
            return true;
          },
        }),
  };
}

/** False also for lists that are too long to compare each with each. */
function hasNoRepeats(source: Uint8Array, start: number, end: number, itemSize: number): boolean {
  if (end - start > FEW_ITEMS * itemSize) return false;
  for (let one = start; one < end; one += itemSize) {
    for (let two = one + itemSize; two < end; two += itemSize) {
      let i = 0;
      while (i < itemSize && source[one + i] === source[two + i]) i++;
      if (i === itemSize) return false;
    }
  }
  return true;
}

function withoutRepeats(value: Uint8Array, itemSize: number): Uint8Array {
  const seen = new Set<string>();
  const kept: number[] = [];
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  for (let at = 0; at < value.length; at += itemSize) {
    const item = text.slice(at, at + itemSize);
    if (!seen.has(item)) kept.push(at);
    seen.add(item);
  }
  if (kept.length * itemSize === value.length) return value;
  const out = new Uint8Array(kept.length * itemSize);
  kept.forEach((at, i) => {
    out.set(value.subarray(at, at + itemSize), i * itemSize);
  });
  return out;
}
