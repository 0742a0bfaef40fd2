/**
 * A set of NLRI ids, one bit each. The bits stand in pages that come and go with them: a neighbor whose few ids lie far
 * behind those of a thousand others pays for its own only.
 */

/** Ids of a page: 512 octets. */
const PAGE_SHIFT = 12;
const PAGE_WORDS = 1 << (PAGE_SHIFT - 5);
const WORD_MASK = PAGE_WORDS - 1;

interface Page {
  readonly words: Uint32Array;
  count: number;
}

export class IdBits {
  private readonly pages: (Page | undefined)[] = [];
  /** An empty page, so that a bit that comes and goes does not make one each time. */
  private spare: Page | undefined;
  /** Ids in the set. */
  count = 0;

  has(id: number): boolean {
    const page = this.pages[id >>> PAGE_SHIFT];
    return page !== undefined && (page.words[(id >>> 5) & WORD_MASK]! & (1 << (id & 31))) !== 0;
  }

  /** @returns false when it was there already */
  add(id: number): boolean {
    const page = this.pages[id >>> PAGE_SHIFT] ?? this.newPage(id >>> PAGE_SHIFT);
    const at = (id >>> 5) & WORD_MASK;
    const bit = 1 << (id & 31);
    if ((page.words[at]! & bit) !== 0) return false;
    page.words[at]! |= bit;
    page.count++;
    this.count++;
    return true;
  }

  /** @returns false when it was not there */
  delete(id: number): boolean {
    const page = this.pages[id >>> PAGE_SHIFT];
    const at = (id >>> 5) & WORD_MASK;
    const bit = 1 << (id & 31);
    if (page === undefined || (page.words[at]! & bit) === 0) return false;
    page.words[at]! &= ~bit;
    this.count--;
    if (--page.count === 0) {
      this.pages[id >>> PAGE_SHIFT] = undefined;
      this.spare = page;
    }
    return true;
  }

  /** Collects ids from `from` on into `out`. @returns how many, at most `limit` */
  collect(from: number, out: Uint32Array, limit: number): number {
    let found = 0;
    const { pages } = this;
    for (let p = from >>> PAGE_SHIFT; p < pages.length && found < limit; p++) {
      const page = pages[p];
      if (page === undefined) continue;
      const base = p << PAGE_SHIFT;
      const first = Math.max(0, from - base);
      for (let w = first >>> 5; w < PAGE_WORDS && found < limit; w++) {
        let word = page.words[w]!;
        if (w === first >>> 5) word &= -1 << (first & 31);
        while (word !== 0 && found < limit) {
          const bit = 31 - Math.clz32(word & -word);
          out[found++] = base + (w << 5) + bit;
          word &= word - 1;
        }
      }
    }
    return found;
  }

  private newPage(at: number): Page {
    const page = this.spare ?? { words: new Uint32Array(PAGE_WORDS), count: 0 };
    this.spare = undefined;
    // Filled up, not left open: a list with holes is several times slower.
    while (this.pages.length < at) this.pages.push(undefined);
    this.pages[at] = page;
    return page;
  }
}
