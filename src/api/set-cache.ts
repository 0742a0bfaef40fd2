/**
 * Remembers what attribute text means: a helper says the same words for thousands of routes. Bounded in octets; two
 * generations, so that what is used stays. A text is kept when it comes the second time, so that a stream of texts that
 * never come back costs almost nothing. Sets are referenced while they are here. Clever for speed.
 */
import type { RibOut, SetId } from '../rib/types.js';
import { hashOctets, OctetMap } from '../util/octet-map.js';

/** The meaning of everything behind a prefix. */
export interface KnownWords {
  readonly set: SetId;
  readonly pathId: number;
  /** 0 none, 1 "self", else the next hop's octets. */
  readonly nextHopSize: number;
  readonly leaseSeconds: number | undefined;
}

/** Octets of texts in one generation, and what their entries cost. */
const GENERATION_OCTETS = 2 * 1024 * 1024;
const ENTRY_OCTETS = 256;
/** Texts seen once are remembered by their hash, the newest of each slot. */
const ONCE_SLOTS = 8192;
/** After so many texts that nobody knew only a sample is looked up, until one is known. */
const PASSING_MISSES = 4096;
const PASSING_SAMPLE = 16;

export class SetCache {
  private young = new OctetMap<KnownWords>();
  private old = new OctetMap<KnownWords>();
  private octets = 0;
  private readonly seenOnce = new Int32Array(ONCE_SLOTS);
  /** Of the text asked for last. */
  private hash = 0;
  private misses = 0;
  /** The last text was not looked up. */
  private isPassing = false;

  constructor(
    private readonly rib: RibOut,
    private readonly generationOctets = GENERATION_OCTETS,
  ) {}

  /** @param bytes hold the text from `from` to `to` */
  get(bytes: Uint8Array, from: number, to: number): KnownWords | undefined {
    const last = this.young.getLast(bytes, from, to);
    if (last !== undefined) return last;
    this.isPassing = this.misses > PASSING_MISSES && this.misses % PASSING_SAMPLE !== 0;
    this.misses++;
    if (this.isPassing) return undefined;
    this.hash = hashOctets(bytes, from, to);
    const known = this.young.getHashed(bytes, from, to, this.hash) ?? this.getOld(bytes, from, to);
    if (known !== undefined) this.misses = 0;
    return known;
  }

  private getOld(bytes: Uint8Array, from: number, to: number): KnownWords | undefined {
    const before = this.old.getHashed(bytes, from, to, this.hash);
    if (before === undefined) return undefined;
    // Both generations hold it for a while, each with a reference.
    this.rib.retainSet(before.set);
    this.put(bytes, from, to, before);
    return before;
  }

  /** True when the text for which `get` just found nothing was asked for before, not too long ago: it is worth keeping. */
  isWorthKeeping(): boolean {
    if (this.isPassing) return false;
    const { hash } = this;
    const slot = (hash ^ (hash >>> 15)) & (ONCE_SLOTS - 1);
    if (this.seenOnce[slot] === hash) return true;
    this.seenOnce[slot] = hash;
    return false;
  }

  /** Keeps the words of a text that is not known; the caller's reference to the set passes to the cache. */
  put(bytes: Uint8Array, from: number, to: number, words: KnownWords): void {
    this.young.add(bytes, from, to, words);
    this.octets += to - from + ENTRY_OCTETS;
    if (this.octets < this.generationOctets) return;
    this.release(this.old);
    this.old = this.young;
    this.young = new OctetMap();
    this.octets = 0;
  }

  /** Forgets everything and gives the references back. */
  clear(): void {
    this.release(this.young);
    this.release(this.old);
    this.octets = 0;
  }

  private release(generation: OctetMap<KnownWords>): void {
    for (const { set } of generation.values()) this.rib.releaseSet(set);
    generation.clear();
  }
}
