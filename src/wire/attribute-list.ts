/**
 * The attributes of one message while it is decoded, in parallel lists that are used anew for each message. Puts what old
 * speakers sent in two attributes into one (RFC 6793 section 4.2.3) and packs the rest as in attribute-set.ts.
 */
import { readU32 } from '../util/bytes.js';
import { mergePaths } from './attribute/as-segments.js';
import { AS_TRANS, AttributeCode } from './codes.js';

export class AttributeList {
  private readonly codes: number[] = [];
  private readonly flags: number[] = [];
  private readonly values: Uint8Array[] = [];
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** @param value canonical octets; may be a view of the message */
  add(code: number, flags: number, value: Uint8Array): void {
    const at = this.count++;
    this.codes[at] = code;
    this.flags[at] = flags;
    this.values[at] = value;
  }

  /** @returns the value of an attribute, or undefined */
  find(code: number): Uint8Array | undefined {
    const at = this.indexOf(code);
    return at < 0 ? undefined : this.values[at];
  }

  private indexOf(code: number): number {
    for (let i = 0; i < this.count; i++) if (this.codes[i] === code) return i;
    return -1;
  }

  /** Takes an attribute out, if it is there. */
  remove(code: number): void {
    const at = this.indexOf(code);
    if (at < 0) return;
    this.codes.splice(at, 1);
    this.flags.splice(at, 1);
    this.values.splice(at, 1);
    this.count--;
  }

  /** Puts AS4_PATH and AS4_AGGREGATOR where they belong (RFC 6793 section 4.2.3). */
  mergeOldSpeaker(): void {
    const as4Path = this.find(AttributeCode.as4Path);
    const as4Aggregator = this.find(AttributeCode.as4Aggregator);
    const path = this.indexOf(AttributeCode.asPath);
    const aggregator = this.indexOf(AttributeCode.aggregator);
    // Somebody on the way aggregated anew and did not know the other two.
    const isStale = as4Aggregator !== undefined && aggregator >= 0 && readU32(this.values[aggregator]!, 0) !== AS_TRANS;
    if (!isStale) {
      if (as4Aggregator !== undefined && aggregator >= 0) this.values[aggregator] = as4Aggregator;
      if (as4Path !== undefined && path >= 0) this.values[path] = mergePaths(this.values[path]!, as4Path);
    }
    this.remove(AttributeCode.as4Path);
    this.remove(AttributeCode.as4Aggregator);
  }

  /** The attributes as TLVs (attribute-set.ts), ascending, without NEXT_HOP; undefined when there are none. A copy. */
  pack(): Uint8Array | undefined {
    const { codes, flags, values, count } = this;
    let size = 0;
    for (let i = 0; i < count; i++) {
      // Nearly always in order already.
      for (let j = i; j > 0 && codes[j - 1]! > codes[j]!; j--) this.swap(j - 1, j);
    }
    for (let i = 0; i < count; i++) if (codes[i] !== AttributeCode.nextHop) size += 4 + values[i]!.length;
    if (size === 0) return undefined;
    const out = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (codes[i] === AttributeCode.nextHop) continue;
      const value = values[i]!;
      out[at] = flags[i]!;
      out[at + 1] = codes[i]!;
      out[at + 2] = value.length >>> 8;
      out[at + 3] = value.length;
      at += 4;
      for (let j = 0; j < value.length; j++) out[at + j] = value[j]!;
      at += value.length;
    }
    return out;
  }

  private swap(i: number, j: number): void {
    const { codes, flags, values } = this;
    [codes[i], codes[j]] = [codes[j]!, codes[i]!];
    [flags[i], flags[j]] = [flags[j]!, flags[i]!];
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
}
