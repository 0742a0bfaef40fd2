/**
 * What is due to one established peer. It is either synced (a cursor into its group's chunks) or catching up: a sweep over
 * the view (replay, route refresh) and a bitmap of ids that changed meanwhile. Whatever is written is looked up at that
 * moment, so moving between the two, or to another view, can repeat a route but never lose one.
 */
import { IdBits } from './id-bits.js';
import type { SupersededRoute } from './member.js';
import { BATCH_ROUTES } from './route-encoder.js';
import type { OutFeed } from './types.js';
import type { UpdateGroup } from './update-group.js';
import type { ViewTables } from './view.js';

/** A sweep's batch is written whole, so it is smaller than what a slice of time allows. */
const SWEEP_ROUTES = BATCH_ROUTES / 4;
/** Routes of other families that a batch may pass over. */
const LOOKED_AT = BATCH_ROUTES * 2;

/** Ids of the batch in the making, by family. Feeds work one after the other: one scratch for all. */
const collected: Uint32Array[] = [];
const lengths: number[] = [];

/** A walk over the whole view. */
interface Sweep {
  /** NLRI id to go on from. */
  position: number;
  /** One family, or all. */
  readonly family: number | undefined;
  /** The peer holds nothing yet: what lies ahead needs no bit. */
  readonly isInitial: boolean;
  readonly begin: Uint8Array | undefined;
  readonly end: Uint8Array | undefined;
  hasBegun: boolean;
}

interface Waiter {
  /** Group epoch that must have passed, or undefined when the next idle moment will do. */
  epoch: number;
  /** Writes that the kernel must have taken; known once nothing older is due. */
  written: number | undefined;
  readonly done: () => void;
}

interface OwnChunk {
  readonly bytes: Uint8Array;
  readonly messages: number;
  /** Called when it is written. */
  readonly whenWritten: (() => void) | undefined;
}

export class Feed implements OutFeed {
  onReady: () => void = () => undefined;
  onReplayed: (familyIndex: number) => void = () => undefined;
  octetsPassed = 0;
  private cursor = 0;
  private isSynced = false;
  private bits = new IdBits();
  private sweep: Sweep | undefined;
  private readonly sweeps: Sweep[] = [];
  private bitPosition = 0;
  private readonly queue: OwnChunk[] = [];
  private isAwake = false;
  private isClosed = false;
  private isWithdrawing = false;
  /** With autoFlush off: what changed may go, until nothing is left. */
  private mayFlush = false;
  private writtenCount = 0;
  private flushedCount = 0;
  private readonly waiters: Waiter[] = [];

  /** @param replays false: the peer starts with nothing (adjRibOut off) */
  constructor(
    private readonly tables: ViewTables,
    public group: UpdateGroup,
    replays: boolean,
    private readonly onClose: (feed: Feed) => void,
  ) {
    group.catching.add(this);
    this.sweep = {
      position: replays ? 0 : Number.MAX_SAFE_INTEGER,
      family: undefined,
      isInitial: true,
      begin: undefined,
      end: undefined,
      hasBegun: true,
    };
  }

  /** Routes for the peer before all others, each in an UPDATE of its own. Only right behind the construction. */
  writeFirst(routes: readonly SupersededRoute[]): void {
    if (routes.length === 0) return;
    const { encoder } = this.group;
    for (const { id, set } of routes) encoder.encodeOne(id, set);
    for (const { bytes, messages } of encoder.take()) this.queue.push({ bytes, messages, whenWritten: undefined });
  }

  /** The route `routeId`, which this peer knows as `id`, changed while it catches up. */
  mark(id: number, routeId: number): void {
    const { sweep } = this;
    // What a first sweep will still visit needs no bit: the peer holds nothing of it.
    if (sweep?.isInitial === true && id === routeId && id >= sweep.position) {
      this.wake();
      return;
    }
    if (this.bits.add(id)) this.tables.nlri.retain(id);
    this.wake();
  }

  /** Something is due: tells the session, once until it drains. */
  wake(): void {
    if (this.isAwake || this.isClosed) return;
    this.isAwake = true;
    this.onReady();
  }

  /** Leaves the chunks and goes on by bitmap. */
  detach(): void {
    if (!this.isSynced) return;
    this.isSynced = false;
    this.group.leave(this, this.cursor, this.setBit);
    this.group.catching.add(this);
    this.wake();
  }

  private readonly setBit = (id: number): void => {
    if (this.bits.add(id)) this.tables.nlri.retain(id);
  };

  /** The peer's view was split: it goes on in a group of the new one. */
  moveTo(group: UpdateGroup): void {
    this.detach();
    this.group.catching.delete(this);
    if (this.group.encoder.hasAnnounced) group.encoder.hasAnnounced = true;
    this.group = group;
    group.catching.add(this);
    this.wake();
  }

  refresh(familyIndex: number, markers?: { begin: Uint8Array; end: Uint8Array }): void {
    if (this.sweeps.some((sweep) => sweep.family === familyIndex && sweep.begin !== undefined)) return;
    this.addSweep(familyIndex, markers?.begin, markers?.end);
  }

  /** Everything is sent again, and what autoFlush held back. */
  resend(): void {
    this.mayFlush = true;
    this.addSweep(undefined, undefined, undefined);
  }

  private addSweep(family: number | undefined, begin: Uint8Array | undefined, end: Uint8Array | undefined): void {
    this.detach();
    this.sweeps.push({ position: 0, family, isInitial: false, begin, end, hasBegun: false });
    this.wake();
  }

  withdrawAll(): void {
    this.isWithdrawing = true;
    this.sweep = undefined;
    this.sweeps.length = 0;
    this.addSweep(undefined, undefined, undefined);
  }

  drain(write: (chunk: Uint8Array, messages: number) => boolean, deadlineMs: number): 'idle' | 'full' | 'more' {
    for (;;) {
      if (this.isClosed) return this.fallAsleep();
      while (this.queue.length > 0) {
        const chunk = this.queue.shift()!;
        const hasRoom = chunk.bytes.length === 0 || this.write(write, chunk.bytes, chunk.messages);
        chunk.whenWritten?.();
        if (!hasRoom) return 'full';
      }
      if (this.isSynced) {
        const chunk = this.group.chunkAt(this.cursor);
        if (chunk !== undefined) {
          const hasRoom = this.write(write, chunk.bytes, chunk.messages);
          this.octetsPassed += chunk.bytes.length;
          this.group.passed(this.cursor++);
          if (!hasRoom) return 'full';
        } else if (this.group.hasPending) {
          this.group.encode(deadlineMs);
        } else {
          return this.fallAsleep();
        }
      } else if (!this.catchUp(deadlineMs)) {
        this.isSynced = true;
        this.cursor = this.group.join(this);
      }
      this.checkWaiters();
      if (performance.now() > deadlineMs && this.hasWork()) return 'more';
    }
  }

  gathers(nowMs: number): boolean {
    const { group } = this;
    return (
      this.isSynced &&
      this.queue.length === 0 &&
      this.waiters.length === 0 &&
      group.chunkAt(this.cursor) === undefined &&
      group.gathers(nowMs)
    );
  }

  private fallAsleep(): 'idle' {
    this.isAwake = false;
    this.checkWaiters();
    return 'idle';
  }

  private hasWork(): boolean {
    return (
      this.queue.length > 0 || !this.isSynced || this.group.chunkAt(this.cursor) !== undefined || this.group.hasPending
    );
  }

  private write(write: (chunk: Uint8Array, messages: number) => boolean, bytes: Uint8Array, messages: number): boolean {
    this.writtenCount++;
    return write(bytes, messages);
  }

  /** One batch of sweep or bitmap. @returns false when all is caught up */
  private catchUp(deadlineMs: number): boolean {
    this.sweep ??= this.sweeps.shift();
    const { sweep } = this;
    if (sweep === undefined) return this.sendBits(deadlineMs);
    if (!sweep.hasBegun) {
      sweep.hasBegun = true;
      if (sweep.begin !== undefined) this.queue.push({ bytes: sweep.begin, messages: 1, whenWritten: undefined });
    }
    this.sendSweep(sweep);
    return true;
  }

  private sendSweep(sweep: Sweep): void {
    const { view, profile } = this.group;
    const { nlri } = this.tables;
    lengths.length = 0;
    let found = 0;
    let seen = 0;
    const next = view.each(Math.min(sweep.position, nlri.idLimit), (routeId) => {
      const family = nlri.pageOf(routeId)[nlri.offsetOf(routeId)]!;
      if (profile.families[family] !== true || (sweep.family !== undefined && sweep.family !== family)) {
        return ++seen < LOOKED_AT;
      }
      // What the peer does not want so many of was never sent.
      const limit = this.group.pathsLimit(family);
      if (limit > 0 && !view.isAmongNewest(routeId, limit)) return ++seen < LOOKED_AT;
      const id = this.group.encoder.idFor(routeId, family);
      // A path of a destination with several: written once, by its bit.
      if (id !== routeId) this.setBit(id);
      else this.collect(family, id);
      return ++found < SWEEP_ROUTES;
    });
    sweep.position = next ?? Number.MAX_SAFE_INTEGER;
    // A sweep must end although time is short: its batch is small enough to be written whole.
    this.encodeCollected(Number.POSITIVE_INFINITY);
    if (next !== undefined) return;
    this.sweep = undefined;
    const isInitial = sweep.isInitial;
    if (sweep.end !== undefined) this.queue.push({ bytes: sweep.end, messages: 1, whenWritten: undefined });
    if (isInitial) this.afterFirstBits = true;
  }

  /** The replay is done when the bits that the first sweep left behind are out as well. */
  private afterFirstBits = false;

  private sendBits(deadlineMs: number): boolean {
    if (this.group.holds && !this.mayFlush && !this.afterFirstBits) return false;
    if (this.bits.count === 0) {
      this.mayFlush = false;
      if (this.afterFirstBits) {
        this.afterFirstBits = false;
        const { families } = this.group.profile;
        this.queue.push({
          bytes: NO_CHUNK,
          messages: 0,
          whenWritten: () => {
            for (const [family, isNegotiated] of families.entries()) if (isNegotiated) this.onReplayed(family);
          },
        });
        return true;
      }
      return false;
    }
    const { nlri } = this.tables;
    const ids = new Uint32Array(Math.min(SWEEP_ROUTES, this.bits.count));
    let count = this.bits.collect(this.bitPosition, ids, ids.length);
    if (count === 0) {
      this.bitPosition = 0;
      count = this.bits.collect(0, ids, ids.length);
    }
    this.bitPosition = ids[count - 1]! + 1;
    lengths.length = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i]!;
      const family = nlri.pageOf(id)[nlri.offsetOf(id)]!;
      if (this.group.profile.families[family] === true) this.collect(family, id);
      else this.clearBit(id);
    }
    this.encodeCollected(deadlineMs);
    return true;
  }

  private collect(family: number, id: number): void {
    let ids = collected[family];
    if (ids === undefined) {
      ids = new Uint32Array(SWEEP_ROUTES);
      collected[family] = ids;
    }
    const length = lengths[family] ?? 0;
    ids[length] = id;
    lengths[family] = length + 1;
  }

  private encodeCollected(deadlineMs: number): void {
    const { encoder, view } = this.group;
    for (const [family, length] of lengths.entries()) {
      if (length === undefined || length === 0) continue;
      encoder.encode(view, family, collected[family]!, length, deadlineMs, this.clearBit, this.isWithdrawing);
    }
    for (const { bytes, messages } of encoder.take()) this.queue.push({ bytes, messages, whenWritten: undefined });
  }

  private readonly clearBit = (id: number): void => {
    if (this.bits.delete(id)) this.tables.nlri.release(id);
  };

  /** What changed while it caught up is not sent. */
  forgetChanges(): void {
    if (this.bits.count === 0) return;
    this.tables.releases.bits(this.bits);
    this.bits = new IdBits();
  }

  flushed(): void {
    this.flushedCount = this.writtenCount;
    this.checkWaiters();
  }

  /** Calls `done` when all that is due now was taken by the kernel, or the session is gone. @returns cancel */
  whenFlushed(done: () => void): () => void {
    const waiter: Waiter = { epoch: this.group.epoch, written: undefined, done };
    this.waiters.push(waiter);
    this.checkWaiters();
    // Somebody waits: no more gathering.
    if (this.isAwake && this.waiters.length > 0) this.onReady();
    return () => {
      const at = this.waiters.indexOf(waiter);
      if (at >= 0) this.waiters.splice(at, 1);
    };
  }

  private checkWaiters(): void {
    if (this.waiters.length === 0) return;
    const isOut = this.isSynced && this.queue.length === 0 && this.group.chunkAt(this.cursor) === undefined;
    for (const waiter of [...this.waiters]) {
      const { group } = this;
      if (waiter.written === undefined && isOut && (group.epoch !== waiter.epoch || !group.hasPending)) {
        waiter.written = this.writtenCount;
      }
      if (waiter.written !== undefined && waiter.written <= this.flushedCount) {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        waiter.done();
      }
    }
  }

  close(): void {
    if (this.isClosed) return;
    if (this.isSynced) this.group.leave(this, this.cursor, () => undefined);
    this.isClosed = true;
    this.isSynced = false;
    this.group.catching.delete(this);
    this.forgetChanges();
    this.queue.length = 0;
    for (const { done } of this.waiters.splice(0)) done();
    this.onClose(this);
  }
}

const NO_CHUNK = new Uint8Array(0);
