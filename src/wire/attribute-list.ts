/**
 * The attributes of one message while it is decoded, in parallel lists that are used anew for each message. Puts what old
 * speakers sent in two attributes into one (RFC 6793 section 4.2.3) and packs the rest as in attribute-set.ts. Clever for
 * speed (test/bench/update-events.ts): values are stretches of their message, and what is packed is cut from slabs.
 */
import { readU32 } from '../util/bytes.js';
import { mergePaths } from './attribute/as-segments.js';
import { AS_TRANS, AttributeCode } from './codes.js';

/** Small enough that whoever keeps a packed list keeps little more alive. */
const SLAB_OCTETS = 16 * 1024;
let slab = new Uint8Array(SLAB_OCTETS);
let slabUsed = 0;

/** Octets that nobody else writes; what is small shares memory with others of about the same time. */
function cut(size: number): Uint8Array {
  if (size > SLAB_OCTETS / 8) return new Uint8Array(size);
  if (slabUsed + size > SLAB_OCTETS) {
    slab = new Uint8Array(SLAB_OCTETS);
    slabUsed = 0;
  }
  const from = slabUsed;
  slabUsed += size;
  return slab.subarray(from, slabUsed);
}

export class AttributeList {
  private readonly codes: number[] = [];
  private readonly flags: number[] = [];
  /** Values stand in these from `starts` to `ends`. */
  private readonly sources: Uint8Array[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** @param value canonical octets; may be a view of the message */
  add(code: number, flags: number, value: Uint8Array): void {
    this.addFrom(code, flags, value, 0, value.length);
  }

  /** The same for octets that stand in `source` from `start` to `end`. */
  addFrom(code: number, flags: number, source: Uint8Array, start: number, end: number): void {
    const at = this.count++;
    this.codes[at] = code;
    this.flags[at] = flags;
    this.sources[at] = source;
    this.starts[at] = start;
    this.ends[at] = end;
  }

  /** @returns the value of an attribute, or undefined */
  find(code: number): Uint8Array | undefined {
    const at = this.indexOf(code);
    return at < 0 ? undefined : this.valueAt(at);
  }

  /** True when the attribute is there with this value. */
  holds(code: number, value: Uint8Array): boolean {
    const at = this.indexOf(code);
    if (at < 0) return false;
    const source = this.sources[at]!;
    const start = this.starts[at]!;
    if (this.ends[at]! - start !== value.length) return false;
    for (let i = 0; i < value.length; i++) if (source[start + i] !== value[i]) return false;
    return true;
  }

  private valueAt(at: number): Uint8Array {
    return this.sources[at]!.subarray(this.starts[at], this.ends[at]);
  }

  private setValue(at: number, value: Uint8Array): void {
    this.sources[at] = value;
    this.starts[at] = 0;
    this.ends[at] = value.length;
  }

  private indexOf(code: number): number {
    for (let i = 0; i < this.count; i++) if (this.codes[i] === code) return i;
    return -1;
  }

  /** Takes an attribute out, if it is there. */
  remove(code: number): void {
    const at = this.indexOf(code);
    if (at < 0) return;
    for (const list of [this.codes, this.flags, this.sources, this.starts, this.ends]) list.splice(at, 1);
    this.count--;
  }

  /** Puts AS4_PATH and AS4_AGGREGATOR where they belong (RFC 6793 section 4.2.3). */
  mergeOldSpeaker(): void {
    const as4Path = this.find(AttributeCode.as4Path);
    const as4Aggregator = this.find(AttributeCode.as4Aggregator);
    const path = this.indexOf(AttributeCode.asPath);
    const aggregator = this.indexOf(AttributeCode.aggregator);
    // Somebody on the way aggregated anew and did not know the other two.
    const isStale = as4Aggregator !== undefined && aggregator >= 0 && readU32(this.valueAt(aggregator), 0) !== AS_TRANS;
    if (!isStale) {
      if (as4Aggregator !== undefined && aggregator >= 0) this.setValue(aggregator, as4Aggregator);
      if (as4Path !== undefined && path >= 0) this.setValue(path, mergePaths(this.valueAt(path), as4Path));
    }
    this.remove(AttributeCode.as4Path);
    this.remove(AttributeCode.as4Aggregator);
  }

  /** The attributes as TLVs (attribute-set.ts), ascending, without NEXT_HOP; undefined when there are none. A copy. */
  pack(): Uint8Array | undefined {
    const { codes, flags, sources, starts, ends, count } = this;
    let size = 0;
    for (let i = 0; i < count; i++) {
      // Nearly always in order already.
      for (let j = i; j > 0 && codes[j - 1]! > codes[j]!; j--) this.swap(j - 1, j);
    }
    for (let i = 0; i < count; i++) if (codes[i] !== AttributeCode.nextHop) size += 4 + ends[i]! - starts[i]!;
    if (size === 0) return undefined;
    const out = cut(size);
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (codes[i] === AttributeCode.nextHop) continue;
      const source = sources[i]!;
      const end = ends[i]!;
      const length = end - starts[i]!;
      out[at] = flags[i]!;
      out[at + 1] = codes[i]!;
      out[at + 2] = length >>> 8;
      out[at + 3] = length;
      at += 4;
      for (let j = starts[i]!; j < end; j++) out[at++] = source[j]!;
    }
    return out;
  }

  private swap(i: number, j: number): void {
    for (const list of [this.codes, this.flags, this.starts, this.ends]) [list[i], list[j]] = [list[j]!, list[i]!];
    const { sources } = this;
    [sources[i], sources[j]] = [sources[j]!, sources[i]!];
  }
}
