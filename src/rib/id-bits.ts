/** A set of NLRI ids, one bit each. */

export class IdBits {
  private words = new Uint32Array(64);
  /** Ids in the set. */
  count = 0;

  has(id: number): boolean {
    const word = this.words[id >>> 5];
    return word !== undefined && (word & (1 << (id & 31))) !== 0;
  }

  /** @returns false when it was there already */
  add(id: number): boolean {
    const at = id >>> 5;
    if (at >= this.words.length) this.grow(at);
    const bit = 1 << (id & 31);
    if ((this.words[at]! & bit) !== 0) return false;
    this.words[at]! |= bit;
    this.count++;
    return true;
  }

  /** @returns false when it was not there */
  delete(id: number): boolean {
    const at = id >>> 5;
    const bit = 1 << (id & 31);
    if (at >= this.words.length || (this.words[at]! & bit) === 0) return false;
    this.words[at]! &= ~bit;
    this.count--;
    return true;
  }

  /** Collects ids from `from` on into `out`. @returns how many, at most `limit` */
  collect(from: number, out: Uint32Array, limit: number): number {
    let found = 0;
    const { words } = this;
    for (let w = from >>> 5; w < words.length && found < limit; w++) {
      let word = words[w]!;
      if (w === from >>> 5) word &= -1 << (from & 31);
      while (word !== 0 && found < limit) {
        const bit = 31 - Math.clz32(word & -word);
        out[found++] = (w << 5) + bit;
        word &= word - 1;
      }
    }
    return found;
  }

  private grow(at: number): void {
    const bigger = new Uint32Array(Math.max(at + 1, this.words.length * 2));
    bigger.set(this.words);
    this.words = bigger;
  }
}
