/**
 * What one peer has announced and not withdrawn (Adj-RIB-In, RFC 4271 section 3.2), kept only where somebody needs it:
 * `show adj-rib in`, prefix limits, or telling a helper the present state. Interned keys and sets, no object per route;
 * nothing is made for a plain prefix.
 */
import { equalBytes, NO_BYTES, readU32, Writer, writeU32 } from '../util/bytes.js';
import { families, familyIndex } from '../wire/family/index.js';
import { writePrefixKey } from '../wire/route-key.js';
import type { DecodedUpdate, NlriRun } from '../wire/update.js';
import { ByteTable } from './byte-table.js';
import type { RouteVisitor } from './types.js';

const PATH_ID_OCTETS = 4;
const KEY_HEAD_OCTETS = 1 + PATH_ID_OCTETS;
/** A route key in the making: the longest NLRI that a message can hold, of link state, and its head. */
const scratch = new Uint8Array(65536 + KEY_HEAD_OCTETS);
const NO_ATTRIBUTES = NO_BYTES;
/** A set in the making. */
const packed = new Writer(4096);
/** Received routes have no owner. */
const NO_OWNER = 0;

export class AdjIn {
  private keys = new ByteTable();
  private sets = new ByteTable();
  private setByKey = new Uint32Array(1024);
  private readonly counts: number[] = families.map(() => 0);
  private readonly scratch = scratch;

  /** Routes held of a family. */
  count(family: number): number {
    return this.counts[family] ?? 0;
  }

  /** Routes held. */
  get size(): number {
    return this.keys.size;
  }

  /** Takes in an UPDATE. */
  update(update: DecodedUpdate): void {
    for (const run of update.withdrawn) {
      this.eachKey(run, (length, family) => {
        const id = this.keys.find(this.scratch, 0, length);
        if (id !== 0) this.forget(id, family);
      });
    }
    for (const run of update.announced) this.announce(run, update.attributes ?? NO_ATTRIBUTES);
  }

  private announce(run: NlriRun, tlvs: Uint8Array): void {
    let payload: Uint8Array | undefined;
    let set = 0;
    this.eachKey(run, (length, family, ownPayload) => {
      if (payload === undefined || (payload !== ownPayload && !equalBytes(payload, ownPayload))) {
        const made = this.pack(run.nextHop, ownPayload, tlvs);
        set = this.sets.intern(made.view(), 0, made.length);
        payload = ownPayload;
      }
      const id = this.keys.intern(this.scratch, 0, length);
      const before = this.keys.isUsed(id) ? this.setByKey[id]! : 0;
      this.sets.retain(set);
      if (before === 0) {
        this.keys.retain(id);
        if (id >= this.setByKey.length) this.grow(id);
        this.counts[family]!++;
      }
      this.setByKey[id] = set;
      if (before !== 0) this.sets.release(before);
    });
  }

  /** A set as `packSet` makes it, of attributes that are packed already. */
  private pack(nextHop: Uint8Array, payload: Uint8Array, tlvs: Uint8Array): Writer {
    return packed.reset().u8(nextHop.length).bytes(nextHop).u16(payload.length).bytes(payload).bytes(tlvs);
  }

  private grow(id: number): void {
    const bigger = new Uint32Array(Math.max(id + 1, this.setByKey.length * 2));
    bigger.set(this.setByKey);
    this.setByKey = bigger;
  }

  private forget(id: number, family: number): void {
    this.sets.release(this.setByKey[id]!);
    this.setByKey[id] = 0;
    this.keys.release(id);
    this.counts[family]!--;
  }

  /** Puts each key of a run into the scratch buffer and tells its length. */
  private eachKey(run: NlriRun, use: (length: number, family: number, payload: Uint8Array) => void): void {
    const { family, source, end, addPath } = run;
    const index = familyIndex(family);
    const { scratch } = this;
    for (let at = run.start; at < end; ) {
      let pathId = 0;
      if (addPath) {
        pathId = readU32(source, at);
        at += PATH_ID_OCTETS;
      }
      const size = family.sizeOf(source, at, end);
      if (size < 0) return;
      if (family.prefixSize !== undefined) {
        use(writePrefixKey(scratch, index, pathId, source, at, at + size), index, NO_BYTES);
        at += size;
        continue;
      }
      const { key, payload } = family.split(source, at, at + size);
      scratch[0] = index;
      writeU32(scratch, 1, pathId);
      scratch.set(key, KEY_HEAD_OCTETS);
      use(KEY_HEAD_OCTETS + key.length, index, payload);
      at += size;
    }
  }

  /** The peer is gone, or its routes of one family are to be forgotten. */
  clear(family?: number): void {
    if (family === undefined) {
      // Not one by one: there may be a million.
      this.keys = new ByteTable();
      this.sets = new ByteTable();
      this.setByKey = new Uint32Array(1024);
      this.counts.fill(0);
      return;
    }
    for (let id = 1; id < this.keys.idLimit; id++) {
      if (this.setByKey[id] === 0 || this.setByKey[id] === undefined) continue;
      const own = this.keys.pageOf(id)[this.keys.offsetOf(id)]!;
      if (own === family) this.forget(id, own);
    }
  }

  /**
   * Visits up to `limit` routes from a cursor (0 at first). Views are valid during the call only.
   * @returns the next cursor, or undefined at the end
   */
  list(cursor: number, limit: number, visit: RouteVisitor): number | undefined {
    let seen = 0;
    for (let id = Math.max(1, cursor); id < this.keys.idLimit; id++) {
      const set = this.setByKey[id];
      if (set === undefined || set === 0) continue;
      visit(this.keys.bytesOf(id), this.sets.bytesOf(set), NO_OWNER);
      if (++seen >= limit) return id + 1;
    }
    return undefined;
  }
}
