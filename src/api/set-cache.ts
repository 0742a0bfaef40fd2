/**
 * Remembers what attribute text means: a helper says the same words for thousands of routes. Bounded in characters; two
 * generations, so that what is used stays. A text is kept when it comes the second time, so that a stream of texts that
 * never come back costs almost nothing. Texts are copied, or each would keep the whole chunk of input alive that it was
 * cut from. Sets are referenced while they are here. Clever for speed.
 */
import type { RibOut, SetId } from '../rib/types.js';

/** The meaning of everything behind a prefix. */
export interface KnownWords {
  readonly set: SetId;
  readonly pathId: number;
  /** 0 none, 1 "self", else the next hop's octets. */
  readonly nextHopSize: number;
  readonly leaseSeconds: number | undefined;
}

/** Characters of texts in one generation; with the entries themselves some 4 MB. */
const GENERATION_CHARACTERS = 512 * 1024;
/** What an entry costs besides its characters. */
const ENTRY_CHARACTERS = 64;
/** Texts seen once are remembered by their hash, the newest of each slot. */
const ONCE_SLOTS = 8192;

export class SetCache {
  private young = new Map<string, KnownWords>();
  private old = new Map<string, KnownWords>();
  private characters = 0;
  private readonly seenOnce = new Uint32Array(ONCE_SLOTS);

  constructor(
    private readonly rib: RibOut,
    private readonly generationCharacters = GENERATION_CHARACTERS,
  ) {}

  /** @param text may be a slice: it is not kept */
  get(text: string): KnownWords | undefined {
    const known = this.young.get(text);
    if (known !== undefined) return known;
    const before = this.old.get(text);
    if (before === undefined) return undefined;
    this.old.delete(text);
    this.put(text, before);
    return before;
  }

  /** True when the text was asked for before, not too long ago: it is worth keeping. */
  isWorthKeeping(text: string): boolean {
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (ONCE_SLOTS - 1);
    if (this.seenOnce[slot] === hash >>> 0) return true;
    this.seenOnce[slot] = hash;
    return false;
  }

  /** Keeps the words; the caller's reference to the set passes to the cache. */
  put(text: string, words: KnownWords): void {
    this.young.set(copyOf(text), words);
    this.characters += text.length + ENTRY_CHARACTERS;
    if (this.characters < this.generationCharacters) return;
    this.release(this.old);
    this.old = this.young;
    this.young = new Map();
    this.characters = 0;
  }

  /** Forgets everything and gives the references back. */
  clear(): void {
    this.release(this.young);
    this.release(this.old);
    this.characters = 0;
  }

  private release(generation: Map<string, KnownWords>): void {
    for (const { set } of generation.values()) this.rib.releaseSet(set);
    generation.clear();
  }
}

/** The same text in memory of its own. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
