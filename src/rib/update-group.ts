/**
 * An update group: the established peers of one view with one encode profile. Changed ids wait here, each once; when a
 * peer can take more they are encoded into chunks, once for all peers. A peer is a cursor into the chunks. One that falls
 * too far behind drops its place and goes on by a bitmap of its own (feed.ts), so it holds nobody up and costs a bit a route.
 */
import type { EncodeProfile } from '../wire/negotiated.js';
import { doubled } from './byte-table.js';
import type { Feed } from './feed.js';
import { IdBits } from './id-bits.js';
import { BATCH_ROUTES, type BucketSpace, type OnUnsendable, RouteEncoder } from './route-encoder.js';
import type { View, ViewTables } from './view.js';

/** Octets a peer may be behind the fastest of its group before it goes on alone. */
const MAX_BEHIND_OCTETS = 4 * 1024 * 1024;

/** While helpers have more to say, changed routes are held back this long at the most, so that equal attributes meet. */
const GATHER_MS = 20;

/** Encoded once, written to each peer of the group. */
export interface GroupChunk {
  readonly bytes: Uint8Array;
  readonly messages: number;
  /** What is in it, for a peer that must leave before it sent it. */
  readonly ids: Uint32Array;
  /** Peers that still have to send it. */
  readers: number;
}

class PendingIds {
  ids = new Uint32Array(256);
  length = 0;

  push(id: number): void {
    if (this.length === this.ids.length) this.ids = doubled(this.ids);
    this.ids[this.length++] = id;
  }
}

export class UpdateGroup {
  readonly encoder: RouteEncoder;
  /** Peers that follow the chunks. */
  readonly synced = new Set<Feed>();
  /** Peers that go on by their own bitmap. */
  readonly catching = new Set<Feed>();
  private dirty = new IdBits();
  private readonly pending: (PendingIds | undefined)[] = [];
  private readonly chunks: GroupChunk[] = [];
  /** Number of the first chunk kept. */
  private firstChunk = 0;
  /** Octets of all chunks ever made. */
  private octetsMade = 0;
  /** When the oldest pending route came. */
  private pendingSinceMs = 0;
  /** How often nothing was pending any more. */
  epoch = 0;
  private written = new Uint32Array(256);
  private writtenCount = 0;
  private readonly scratch: Uint32Array;

  /** @param holds autoFlush is off: changes wait for `flush`, which sends all by a sweep */
  constructor(
    private readonly tables: ViewTables,
    space: BucketSpace,
    readonly view: View,
    readonly profile: EncodeProfile,
    onUnsendable: OnUnsendable,
    readonly holds = false,
  ) {
    this.encoder = new RouteEncoder(tables, space, profile, onUnsendable);
    this.scratch = space.ids;
  }

  /** Paths of one destination that its peers want; 0: all. */
  pathsLimit(family: number): number {
    return this.profile.pathsLimit?.[family] ?? 0;
  }

  get isEmpty(): boolean {
    return this.synced.size === 0 && this.catching.size === 0;
  }

  /** Number of the chunk that comes next. */
  get end(): number {
    return this.firstChunk + this.chunks.length;
  }

  get hasPending(): boolean {
    return this.dirty.count > 0 && !this.holds;
  }

  /** Pending routes had better wait for more: the fuller a batch, the more of them share an UPDATE. */
  gathers(nowMs: number): boolean {
    return this.dirty.count < BATCH_ROUTES && nowMs < this.pendingSinceMs + GATHER_MS;
  }

  /** A route of the view changed. */
  mark(routeId: number, family: number): void {
    if (this.profile.families[family] !== true) return;
    const id = this.encoder.idFor(routeId, family);
    if (this.synced.size > 0 && this.dirty.add(id)) {
      this.tables.nlri.retain(id);
      let list = this.pending[family];
      if (list === undefined) {
        list = new PendingIds();
        this.pending[family] = list;
      }
      list.push(id);
      if (this.dirty.count === 1) {
        this.pendingSinceMs = performance.now();
        if (!this.holds) this.wake();
      }
    }
    if (this.catching.size > 0) for (const feed of this.catching) feed.mark(id, routeId);
  }

  private wake(): void {
    for (const feed of this.synced) feed.wake();
  }

  chunkAt(number: number): GroupChunk | undefined {
    return this.chunks[number - this.firstChunk];
  }

  /** Encodes what is pending, until the deadline. */
  encode(deadlineMs: number): void {
    for (const [family, list] of this.pending.entries()) {
      if (list === undefined || list.length === 0) continue;
      let isInTime = true;
      let at = 0;
      while (isInTime && at < list.length) {
        const count = Math.min(BATCH_ROUTES, list.length - at);
        this.scratch.set(list.ids.subarray(at, at + count));
        at += count;
        isInTime = this.encoder.encode(this.view, family, this.scratch, count, deadlineMs, this.onWritten);
        if (!isInTime) this.putBack(list, at, count);
        this.cut();
        if (performance.now() > deadlineMs) break;
      }
      if (isInTime) {
        list.ids.copyWithin(0, at, list.length);
        list.length -= at;
      }
      if (list.length === 0 && list.ids.length > 65536) this.pending[family] = undefined;
      if (performance.now() > deadlineMs) break;
    }
    if (this.dirty.count === 0) this.epoch++;
    for (const feed of this.synced) {
      if (this.octetsMade - feed.octetsPassed <= MAX_BEHIND_OCTETS) continue;
      feed.detach();
      // A hundred that fall behind at once leave one after the other.
      if (performance.now() > deadlineMs) break;
    }
  }

  /** Of the batch that ends at `at`, what was not written stays pending, in front of the rest. */
  private putBack(list: PendingIds, at: number, count: number): void {
    let kept = 0;
    for (let i = 0; i < count; i++) if (this.dirty.has(this.scratch[i]!)) list.ids[kept++] = this.scratch[i]!;
    list.ids.copyWithin(kept, at, list.length);
    list.length = kept + list.length - at;
  }

  private readonly onWritten = (id: number): void => {
    this.dirty.delete(id);
    if (this.writtenCount === this.written.length) this.written = doubled(this.written);
    this.written[this.writtenCount++] = id;
  };

  /** Makes chunks of what the encoder wrote. The last one knows all ids: they go out together. */
  private cut(): void {
    const made = this.encoder.take();
    for (const [i, { bytes, messages }] of made.entries()) {
      const isLast = i === made.length - 1;
      const ids = isLast ? this.written.slice(0, this.writtenCount) : NO_IDS;
      this.chunks.push({ bytes, messages, ids, readers: this.synced.size });
      this.octetsMade += bytes.length;
    }
    if (made.length === 0) for (let i = 0; i < this.writtenCount; i++) this.tables.nlri.release(this.written[i]!);
    this.writtenCount = 0;
  }

  /** A peer sent the chunk, or leaves it with all that follow. */
  passed(number: number, isLeft = false): void {
    const chunk = this.chunkAt(number);
    if (chunk === undefined) return;
    chunk.readers--;
    while (this.chunks.length > 0 && this.chunks[0]!.readers === 0) {
      const gone = this.chunks.shift()!;
      this.firstChunk++;
      if (isLeft) this.tables.releases.ids(gone.ids);
      else for (const id of gone.ids) this.tables.nlri.release(id);
    }
  }

  /** A peer follows the chunks from now on. */
  join(feed: Feed): number {
    this.catching.delete(feed);
    this.synced.add(feed);
    feed.octetsPassed = this.octetsMade;
    return this.end;
  }

  /** A synced peer leaves: tells it every id it has not sent yet. */
  leave(feed: Feed, cursor: number, missed: (id: number) => void): void {
    // A batch's ids stand on its last chunk; a peer in the middle of a batch sends all of it again.
    for (let number = cursor; number < this.end; number++) {
      for (const id of this.chunkAt(number)!.ids) missed(id);
    }
    for (const list of this.pending) {
      if (list !== undefined) for (let i = 0; i < list.length; i++) missed(list.ids[i]!);
    }
    this.synced.delete(feed);
    for (let number = cursor, end = this.end; number < end; number++) this.passed(number, true);
    if (this.synced.size === 0) this.forgetPending();
  }

  private forgetPending(): void {
    this.tables.releases.bits(this.dirty);
    this.dirty = new IdBits();
    this.pending.length = 0;
    this.epoch++;
  }
}

const NO_IDS = new Uint32Array(0);
