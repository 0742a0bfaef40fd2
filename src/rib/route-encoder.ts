/**
 * Turns NLRI ids of one view into UPDATEs for one profile: looks up what is wanted of each now, writes withdrawals first,
 * then each attribute set once with all its routes, in the order of first use. Clever for speed: buckets are linked lists
 * in typed arrays that all encoders share, since they run one after the other.
 */
import { families } from '../wire/family/index.js';
import type { Family } from '../wire/family/types.js';
import type { EncodeProfile } from '../wire/negotiated.js';
import { type Chunk, UpdateWriter } from '../wire/update-writer.js';
import type { ByteTable } from './byte-table.js';
import type { SetId } from './types.js';
import { NO_SET, type View, type ViewTables } from './view.js';

/** Routes looked at together; more per set share an UPDATE when the batch is larger. */
export const BATCH_ROUTES = 16384;
const BUCKETS_BETWEEN_CLOCK_READS = 16;
const NO_POSITION = 0xffffffff;

/** Scratch memory of all encoders of one table. */
export class BucketSpace {
  /** By set id: the batch that used it last, first and last position of its list. */
  stamp = new Uint32Array(1024);
  head = new Uint32Array(1024);
  tail = new Uint32Array(1024);
  readonly next = new Uint32Array(BATCH_ROUTES);
  readonly order = new Uint32Array(BATCH_ROUTES);
  readonly gone = new Uint32Array(BATCH_ROUTES);
  /** What an update group is about to encode. */
  readonly ids = new Uint32Array(BATCH_ROUTES);
  batch = 0;
  private readonly writers = new WeakMap<EncodeProfile, UpdateWriter>();

  /** The writer of a profile: whoever writes takes the chunks before another one writes. */
  writerFor(profile: EncodeProfile): UpdateWriter {
    let writer = this.writers.get(profile);
    if (writer === undefined) {
      writer = new UpdateWriter(profile);
      this.writers.set(profile, writer);
    }
    return writer;
  }

  fit(sets: ByteTable): void {
    if (sets.idLimit <= this.stamp.length) return;
    let size = this.stamp.length;
    while (size < sets.idLimit) size *= 2;
    // Stamps of earlier batches mean nothing: fresh arrays will do.
    this.stamp = new Uint32Array(size);
    this.head = new Uint32Array(size);
    this.tail = new Uint32Array(size);
  }
}

/** Told of routes that cannot be sent to the profile's peers as asked. */
export type OnUnsendable = (id: number, set: SetId) => void;

export class RouteEncoder {
  /** Some route was announced; until then no peer that it encodes for holds any. */
  hasAnnounced = false;
  private readonly writer: UpdateWriter;

  constructor(
    private readonly tables: ViewTables,
    private readonly space: BucketSpace,
    readonly profile: EncodeProfile,
    private readonly onUnsendable: OnUnsendable,
  ) {
    this.writer = space.writerFor(profile);
  }

  /** The id under which a peer of this profile knows the route: without ADD-PATH all paths of a destination are one. */
  idFor(id: number, family: number): number {
    const { destinations } = this.tables;
    if (destinations.size === 0 || this.profile.addPath[family] === true) return id;
    return destinations.get(id) ?? id;
  }

  /**
   * Encodes routes of one family.
   * @param ids what to look at, `count` of them (at most BATCH_ROUTES)
   * @param done told each id that was written
   * @param isGone true: all are withdrawn whatever is wanted
   * @returns false when the deadline passed before all were written
   */
  encode(
    view: View,
    family: number,
    ids: Uint32Array,
    count: number,
    deadlineMs: number,
    done: (id: number) => void,
    isGone = false,
  ): boolean {
    const { space, writer, tables } = this;
    const descriptor = families[family]!;
    const isPlain = tables.destinations.size === 0 || this.profile.addPath[family] === true;
    const limit = tables.destinations.size === 0 ? 0 : (this.profile.pathsLimit?.[family] ?? 0);
    space.fit(tables.sets);
    const { stamp, head, tail, next, order, gone } = space;
    const batch = ++space.batch;
    let goneCount = 0;
    let setCount = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i]!;
      const isOut = isGone || (limit > 0 && !view.isAmongNewest(id, limit));
      const set = isOut ? NO_SET : isPlain ? view.setOf(id) : view.newestOf(id);
      if (set === NO_SET) {
        gone[goneCount++] = id;
        continue;
      }
      next[i] = NO_POSITION;
      if (stamp[set] === batch) {
        next[tail[set]!] = i;
      } else {
        stamp[set] = batch;
        head[set] = i;
        order[setCount++] = set;
      }
      tail[set] = i;
    }
    if (goneCount > 0 && !this.hasAnnounced) {
      // A peer that was sent no route in its session holds none (RFC 4271 section 3.2): nothing is to be withdrawn.
      for (let i = 0; i < goneCount; i++) done(gone[i]!);
    } else if (goneCount > 0) {
      const hasAttributes = this.profile.withdrawsAttributes === true && descriptor.prefixSize === undefined;
      if (hasAttributes || descriptor.withdrawsPayload === true)
        this.withdrawWithSets(view, descriptor, gone.subarray(0, goneCount), done, hasAttributes);
      else {
        writer.withdraw(descriptor);
        for (let i = 0; i < goneCount; i++) {
          this.add(gone[i]!);
          done(gone[i]!);
        }
      }
    }
    for (let b = 0; b < setCount; b++) {
      if (b % BUCKETS_BETWEEN_CLOCK_READS === BUCKETS_BETWEEN_CLOCK_READS - 1 && performance.now() > deadlineMs)
        return false;
      const set = order[b]!;
      const isSendable = writer.announce(descriptor, tables.sets.bytesOf(set));
      if (isSendable) this.hasAnnounced = true;
      else writer.withdraw(descriptor);
      for (let i = head[set]!; i !== NO_POSITION; i = next[i]!) {
        const id = ids[i]!;
        if (!isSendable) {
          this.add(id);
          this.onUnsendable(id, set);
        } else if (!this.add(id)) {
          writer.withdraw(descriptor);
          this.add(id);
          this.onUnsendable(id, set);
          writer.announce(descriptor, tables.sets.bytesOf(set));
        }
        done(id);
      }
    }
    return true;
  }

  /** Withdraws each route with its last set, those of equal sets together. */
  private withdrawWithSets(
    view: View,
    family: Family,
    ids: Uint32Array,
    done: (id: number) => void,
    hasAttributes: boolean,
  ): void {
    const { sets, lastSets } = this.tables;
    const bySet = new Map<SetId, number[]>();
    for (const id of ids) {
      const set = lastSets.get(id) ?? view.setOf(id);
      const group = bySet.get(set);
      if (group === undefined) bySet.set(set, [id]);
      else group.push(id);
    }
    for (const [set, group] of bySet) {
      this.writer.withdraw(family, set === NO_SET ? undefined : sets.bytesOf(set), hasAttributes);
      for (const id of group) {
        this.add(id);
        done(id);
      }
    }
  }

  /** Announces one route, whatever is wanted of its NLRI now. */
  encodeOne(id: number, set: SetId): void {
    const { nlri, sets } = this.tables;
    const family = nlri.pageOf(id)[nlri.offsetOf(id)]!;
    if (this.profile.families[family] !== true) return;
    if (this.writer.announce(families[family]!, sets.bytesOf(set)) && this.add(id)) this.hasAnnounced = true;
  }

  private add(id: number): boolean {
    const { nlri } = this.tables;
    const start = nlri.offsetOf(id);
    return this.writer.add(nlri.pageOf(id), start, start + nlri.lengthOf(id));
  }

  take(): Chunk[] {
    return this.writer.take();
  }
}
