/**
 * Octet strings interned under dense ids: NLRI keys and attribute sets live here, not as objects. Clever for speed and
 * memory (about 36 octets a short key), measured by test/bench: octets stand in pages, ids in typed arrays, and the hash
 * index is cut into segments that grow one at a time, so that no insert ever rehashes more than a few thousand entries.
 * Keys that differ in the lowest bits of their last octet only, as neighboring prefixes do, stand side by side in the
 * index: tables come sorted more often than not, and then seven of eight lookups find their slot in the cache.
 * An id lives while it has references; then it and its octets are reused.
 */
import { readU32, writeU32 } from '../util/bytes.js';

const PAGE_SHIFT = 16; // units of 4 octets: 256 KiB a page
const PAGE_UNITS = 1 << PAGE_SHIFT;
const UNIT = 4;
const SEGMENT_BITS = 8;
const SEGMENTS = 1 << SEGMENT_BITS;
const FIRST_SLOTS = 16;
/** Low bits of a key's last octet that choose among neighboring slots: eight slots are a line of the processor's cache. */
const SIDE_BY_SIDE = 7;
/** Numbers a slot: id, hash. */
const SLOT = 2;
const LENGTH_OCTETS = 2;
const NOTHING = 0;
/** What every segment is at first: a thousand peers have tables of their own, many of them small. */
const EMPTY_SEGMENT = new Uint32Array(SLOT);

/** Ids begin at 1; 0 means "none". */
export class ByteTable {
  private readonly pages: Uint8Array[] = [];
  private nextUnit = 0;
  /** By size in units: the first free block (its unit plus 1), which holds the next one; 0: none. */
  private readonly freeBlocks: number[] = [];
  /** The first free id, whose unit is the next one; 0: none. */
  private freeId = 0;
  private units = new Uint32Array(1024);
  private refs = new Uint32Array(1024);
  private nextId = 1;
  /** Hash index: a slot is an id and its hash, which saves most looks at the octets. */
  private readonly slots: Uint32Array[] = new Array<Uint32Array>(SEGMENTS).fill(EMPTY_SEGMENT);
  private readonly used = new Uint32Array(SEGMENTS);
  /** Ids in use. */
  size = 0;

  /** @param onFree told the id that is about to be reused, while its octets are still there */
  constructor(private readonly onFree: (id: number) => void = () => undefined) {}

  /** One more than the largest id ever handed out: the size that arrays indexed by id need. */
  get idLimit(): number {
    return this.nextId;
  }

  /** Octets that the table occupies: strings, columns, index. */
  get octets(): number {
    const index = this.slots.reduce((sum, segment) => sum + segment.byteLength, 0);
    return this.pages.length * PAGE_UNITS * UNIT + this.units.byteLength + this.refs.byteLength + index;
  }

  /** @returns the id of the octets, or 0 */
  find(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    const slots = this.slots[hash & (SEGMENTS - 1)]!;
    return slots[this.slotOf(slots, hash, bytes, from, to)]!;
  }

  /** @returns the id of the octets, a new one (without references yet) when they are not there */
  intern(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    const segment = hash & (SEGMENTS - 1);
    let slots = this.slots[segment]!;
    let at = this.slotOf(slots, hash, bytes, from, to);
    if (slots[at] !== NOTHING) return slots[at]!;
    if ((this.used[segment]! + 1) * 2 * SLOT > slots.length) {
      slots = this.grow(segment);
      at = freeSlot(slots, hash);
    }
    const id = this.newId();
    this.units[id] = this.store(bytes, from, to);
    this.refs[id] = 0;
    slots[at] = id;
    slots[at + 1] = hash;
    this.used[segment]!++;
    this.size++;
    return id;
  }

  /** Where the octets stand in the index, or the free slot where they would. */
  private slotOf(slots: Uint32Array, hash: number, bytes: Uint8Array, from: number, to: number): number {
    const mask = slots.length - 1;
    for (let at = homeOf(hash, mask); ; at = (at + SLOT) & mask) {
      const id = slots[at]!;
      if (id === NOTHING || (slots[at + 1] === hash && this.isEqual(id, bytes, from, to))) return at;
    }
  }

  retain(id: number): void {
    this.refs[id]!++;
  }

  /** Takes a reference back; the last one frees the id. */
  release(id: number): void {
    if (--this.refs[id]! === 0) this.free(id);
  }

  /** Frees an id that was interned but never retained. */
  releaseUnused(id: number): void {
    if (this.refs[id] === 0) this.free(id);
  }

  isUsed(id: number): boolean {
    return this.refs[id]! > 0;
  }

  /** The page that holds the octets of `id`; they begin at `offsetOf` and have `lengthOf` octets. */
  pageOf(id: number): Uint8Array {
    return this.pages[this.units[id]! >>> PAGE_SHIFT]!;
  }

  offsetOf(id: number): number {
    return (this.units[id]! & (PAGE_UNITS - 1)) * UNIT + LENGTH_OCTETS;
  }

  lengthOf(id: number): number {
    const page = this.pageOf(id);
    const at = (this.units[id]! & (PAGE_UNITS - 1)) * UNIT;
    return (page[at]! << 8) | page[at + 1]!;
  }

  /** @returns a view of the octets, valid while the id has references */
  bytesOf(id: number): Uint8Array {
    const at = this.offsetOf(id);
    return this.pageOf(id).subarray(at, at + this.lengthOf(id));
  }

  private isEqual(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const unit = this.units[id]!;
    const page = this.pages[unit >>> PAGE_SHIFT]!;
    let at = (unit & (PAGE_UNITS - 1)) * UNIT;
    if (((page[at]! << 8) | page[at + 1]!) !== to - from) return false;
    at += LENGTH_OCTETS;
    for (let i = from; i < to; i++) if (page[at++] !== bytes[i]) return false;
    return true;
  }

  private newId(): number {
    const free = this.freeId;
    if (free !== 0) {
      this.freeId = this.units[free]!;
      return free;
    }
    const id = this.nextId++;
    if (id >= this.units.length) {
      this.units = doubled(this.units);
      this.refs = doubled(this.refs);
    }
    return id;
  }

  private store(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (length > 0xffff) throw new RangeError('an interned string has at most 65535 octets');
    const size = (length + LENGTH_OCTETS + UNIT - 1) >>> 2;
    const free = this.freeBlocks[size] ?? 0;
    let unit = free - 1;
    if (free > 0) {
      this.freeBlocks[size] = readU32(this.pages[unit >>> PAGE_SHIFT]!, (unit & (PAGE_UNITS - 1)) * UNIT);
    } else {
      const left = PAGE_UNITS - (this.nextUnit & (PAGE_UNITS - 1));
      if (this.pages.length === 0 || this.nextUnit === this.pages.length * PAGE_UNITS || left < size) {
        this.nextUnit = this.pages.length * PAGE_UNITS;
        this.pages.push(new Uint8Array(PAGE_UNITS * UNIT));
      }
      unit = this.nextUnit;
      this.nextUnit += size;
    }
    const page = this.pages[unit >>> PAGE_SHIFT]!;
    let at = (unit & (PAGE_UNITS - 1)) * UNIT;
    page[at++] = length >>> 8;
    page[at++] = length;
    for (let i = from; i < to; i++) page[at++] = bytes[i]!;
    return unit;
  }

  private free(id: number): void {
    this.onFree(id);
    const page = this.pageOf(id);
    const offset = this.offsetOf(id);
    const length = this.lengthOf(id);
    this.unlink(id, hashOf(page, offset, offset + length));
    const size = (length + LENGTH_OCTETS + UNIT - 1) >>> 2;
    // No holes: a list with holes is several times slower.
    while (this.freeBlocks.length <= size) this.freeBlocks.push(0);
    writeU32(page, offset - LENGTH_OCTETS, this.freeBlocks[size]!);
    this.freeBlocks[size] = this.units[id]! + 1;
    this.units[id] = this.freeId;
    this.freeId = id;
    this.size--;
  }

  /** Linear probing without tombstones: what follows moves up into the gap. */
  private unlink(id: number, hash: number): void {
    const segment = hash & (SEGMENTS - 1);
    const slots = this.slots[segment]!;
    const mask = slots.length - 1;
    let gap = homeOf(hash, mask);
    while (slots[gap] !== id) gap = (gap + SLOT) & mask;
    for (let at = (gap + SLOT) & mask; slots[at] !== NOTHING; at = (at + SLOT) & mask) {
      const home = homeOf(slots[at + 1]!, mask);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        slots[gap] = slots[at]!;
        slots[gap + 1] = slots[at + 1]!;
        gap = at;
      }
    }
    slots[gap] = NOTHING;
    this.used[segment]!--;
  }

  private grow(segment: number): Uint32Array {
    const before = this.slots[segment]!;
    const after = new Uint32Array(Math.max(FIRST_SLOTS * SLOT, before.length * 2));
    for (let from = 0; from < before.length; from += SLOT) {
      if (before[from] === NOTHING) continue;
      const at = freeSlot(after, before[from + 1]!);
      after[at] = before[from]!;
      after[at + 1] = before[from + 1]!;
    }
    this.slots[segment] = after;
    return after;
  }
}

/** First slot to look at. The low bits chose the segment. @param mask of the slot array's length */
function homeOf(hash: number, mask: number): number {
  return ((hash >>> SEGMENT_BITS) * SLOT) & mask;
}

function freeSlot(slots: Uint32Array, hash: number): number {
  const mask = slots.length - 1;
  let at = homeOf(hash, mask);
  while (slots[at] !== NOTHING) at = (at + SLOT) & mask;
  return at;
}

/** @returns a copy twice as long */
export function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const bigger = new Uint32Array(array.length * 2);
  bigger.set(array);
  return bigger;
}

/**
 * Multiplies in four octets at a time; the end spreads every bit over all others (as MurmurHash3 does), but for the lowest
 * bits of the last octet, which become those of the slot.
 */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length === 0) return 0;
  const end = to - 1;
  let hash = length;
  let i = from;
  for (; i + 4 <= end; i += 4) {
    const word = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
    hash = Math.imul(hash ^ word, 0xcc9e2d51);
    hash = (hash << 15) | (hash >>> 17);
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  const last = bytes[end]!;
  hash = Math.imul(hash ^ (last & ~SIDE_BY_SIDE), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return ((hash & ~(SIDE_BY_SIDE << SEGMENT_BITS)) | ((last & SIDE_BY_SIDE) << SEGMENT_BITS)) >>> 0;
}
