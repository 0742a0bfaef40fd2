/**
 * A set of many texts. Node's own grows by doubling, which takes 50 ms at a million; this one is cut into segments that
 * grow one at a time.
 */

const SEGMENTS = 256;
/** Characters that choose the segment: those in front are often the same. */
const HASH_FROM = 4;
const HASH_TO = 32;

export class TextSet {
  private readonly segments: Set<string>[] = Array.from({ length: SEGMENTS }, () => new Set());

  add(text: string): void {
    this.segmentOf(text).add(text);
  }

  has(text: string): boolean {
    return this.segmentOf(text).has(text);
  }

  private segmentOf(text: string): Set<string> {
    let hash = text.length;
    for (let i = Math.min(text.length, HASH_TO) - 1; i >= HASH_FROM; i--) {
      hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    }
    return this.segments[(hash ^ (hash >>> 8) ^ (hash >>> 16)) & (SEGMENTS - 1)]!;
  }
}
