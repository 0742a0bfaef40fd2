/**
 * Remembers results by octets, bounded in octets: two generations, and when the young one is full the old one is
 * forgotten. What is asked for often moves back to the young generation. A key is kept when it comes the second time, so
 * that a stream of keys that never come back costs almost nothing. Keys are copied, values are the caller's to copy.
 */
import { hashOctets, OctetMap } from './octet-map.js';

/** What an entry costs besides key and value. */
const ENTRY_OCTETS = 256;
/** Keys seen once are remembered by their hash, the newest of each slot. */
const ONCE_SLOTS = 4096;

export class Remembered<Value> {
  private young = new OctetMap<Value>();
  private old = new OctetMap<Value>();
  private youngOctets = 0;
  private readonly seenOnce = new Int32Array(ONCE_SLOTS);

  /**
   * @param maxOctets bound of keys and values together, both generations
   * @param octetsOf what a value takes
   */
  constructor(
    private readonly maxOctets: number,
    private readonly octetsOf: (value: Value) => number,
  ) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** @param key may be a view: it is not kept */
  get(key: Uint8Array): Value | undefined {
    const value = this.young.get(key, 0, key.length);
    if (value !== undefined || this.old.size === 0) return value;
    const aged = this.old.get(key, 0, key.length);
    if (aged !== undefined) this.keep(key, aged);
    return aged;
  }

  /** To be asked for a key that is not known. @returns true when it came before, not too long ago: it is worth keeping */
  isWorthKeeping(key: Uint8Array): boolean {
    const hash = hashOctets(key, 0, key.length);
    const slot = (hash ^ (hash >>> 15)) & (ONCE_SLOTS - 1);
    if (this.seenOnce[slot] === hash) return true;
    this.seenOnce[slot] = hash;
    return false;
  }

  /** Keeps the value of a key that is not known. */
  keep(key: Uint8Array, value: Value): void {
    this.young.add(key, 0, key.length, value);
    this.youngOctets += key.length + this.octetsOf(value) + ENTRY_OCTETS;
    if (this.youngOctets <= this.maxOctets / 2) return;
    this.old = this.young;
    this.young = new OctetMap();
    this.youngOctets = 0;
  }
}
