/**
 * A view: the routes that a set of members was asked for. Two columns over NLRI ids (attribute set, owner) in pages that
 * views share until one of them writes (a command for some of the members splits the view, copy on write). References of
 * NLRI and sets are counted once a page, not once a view. Clever for speed and memory; the naive twin stands in the tests.
 */
import type { ByteTable } from './byte-table.js';
import type { LastSets } from './last-sets.js';
import type { OwnerId, SetId } from './types.js';
import type { UpdateGroup } from './update-group.js';

const PAGE_SHIFT = 10;
const PAGE_SIZE = 1 << PAGE_SHIFT;
/** No route. */
export const NO_SET: SetId = 0;

interface Page {
  readonly sets: Uint32Array;
  readonly owners: Uint32Array;
  /** Views that hold this page. */
  sharers: number;
  /** Routes on it. */
  count: number;
}

/** What all views share: ids, sets, and which NLRI differ in their path identifier only. */
export interface ViewTables {
  readonly nlri: ByteTable;
  readonly sets: ByteTable;
  /** NLRI id -> id of the same NLRI with path identifier 0, for destinations that have several (RFC 7911). */
  readonly destinations: Map<number, number>;
  readonly lastSets: LastSets;
}

export class View {
  private readonly pages: (Page | undefined)[] = [];
  /** Routes held. */
  count = 0;
  /** Established peers, by what their encoding depends on. */
  readonly groups: UpdateGroup[] = [];
  /** Destination -> its NLRI ids in the order of their last announce; only where path identifiers are used. */
  private readonly paths = new Map<number, number[]>();
  /** NLRI id -> when it ends by itself (milliseconds of the clock). */
  readonly leases = new Map<number, number>();

  /** @param remembers false: adjRibOut is off, an identical announce is sent again */
  constructor(
    private readonly tables: ViewTables,
    readonly remembers = true,
  ) {}

  setOf(id: number): SetId {
    return this.pages[id >>> PAGE_SHIFT]?.sets[id & (PAGE_SIZE - 1)] ?? NO_SET;
  }

  ownerOf(id: number): OwnerId {
    return this.pages[id >>> PAGE_SHIFT]?.owners[id & (PAGE_SIZE - 1)] ?? 0;
  }

  /** Sets a route. The caller guarantees that both ids live during the call. */
  put(id: number, family: number, set: SetId, owner: OwnerId): void {
    const page = this.writable(id);
    const at = id & (PAGE_SIZE - 1);
    const before = page.sets[at]!;
    page.owners[at] = owner;
    const isNewPath = this.tables.destinations.size > 0 && this.notePath(id, family);
    if (before === set) {
      if (!this.remembers || isNewPath) this.changed(id, family);
      return;
    }
    this.tables.sets.retain(set);
    page.sets[at] = set;
    this.tables.lastSets.delete(id);
    if (before === NO_SET) {
      this.tables.nlri.retain(id);
      page.count++;
      this.count++;
    } else {
      this.tables.sets.release(before);
    }
    this.changed(id, family);
  }

  /** Takes a route away; an unknown one is sent as a withdrawal all the same. */
  remove(id: number, family: number): void {
    const page = this.pages[id >>> PAGE_SHIFT];
    const at = id & (PAGE_SIZE - 1);
    if (this.leases.size > 0) this.leases.delete(id);
    if (page !== undefined && page.sets[at] !== NO_SET) {
      const own = this.writable(id);
      const before = own.sets[at]!;
      this.tables.lastSets.putIfNone(id, family, before);
      own.sets[at] = NO_SET;
      own.owners[at] = 0;
      own.count--;
      this.count--;
      if (this.tables.destinations.size > 0) this.forgetPath(id, family);
      this.changed(id, family);
      this.tables.sets.release(before);
      this.tables.nlri.release(id);
    } else {
      this.changed(id, family);
    }
  }

  private changed(id: number, family: number): void {
    const { groups } = this;
    for (let i = 0; i < groups.length; i++) groups[i]!.mark(id, family);
  }

  /**
   * The set a peer without ADD-PATH gets for a destination: the newest of its paths that remains (contract: decided by
   * the order of announcements).
   */
  newestOf(destination: number): SetId {
    const ids = this.paths.get(destination);
    if (ids === undefined || ids.length === 0) return this.setOf(destination);
    return this.setOf(ids[ids.length - 1]!);
  }

  /** Is the route among the `limit` newest paths of its destination? Those are what a peer with PATHS-LIMIT gets. */
  isAmongNewest(id: number, limit: number): boolean {
    const destination = this.tables.destinations.get(id);
    const ids = destination === undefined ? undefined : this.paths.get(destination);
    return ids === undefined || ids.length <= limit || ids.indexOf(id, ids.length - limit) >= 0;
  }

  /**
   * The path becomes the newest of its destination.
   * @returns true when some peer that wants only so many paths did not have it and must get it now
   */
  private notePath(id: number, family: number): boolean {
    const destination = this.tables.destinations.get(id);
    if (destination === undefined) return false;
    let ids = this.paths.get(destination);
    if (ids === undefined) {
      ids = this.setOf(destination) !== NO_SET && destination !== id ? [destination] : [];
      this.paths.set(destination, ids);
    }
    const known = ids.indexOf(id);
    if (known === ids.length - 1 && known >= 0) return false;
    const place = known < 0 ? Number.POSITIVE_INFINITY : ids.length - known;
    if (known >= 0) ids.splice(known, 1);
    ids.push(id);
    let isMissing = false;
    for (const group of this.groups) {
      const limit = group.pathsLimit(family);
      if (limit === 0 || place <= limit) continue;
      isMissing = true;
      // It takes the place of the oldest that was sent, which is withdrawn before it is announced.
      const last = ids[ids.length - 1 - limit];
      if (last !== undefined) group.mark(last, family);
    }
    return isMissing;
  }

  private forgetPath(id: number, family: number): void {
    const destination = this.tables.destinations.get(id);
    const ids = destination === undefined ? undefined : this.paths.get(destination);
    if (ids === undefined) return;
    const known = ids.indexOf(id);
    const place = ids.length - known;
    if (known >= 0) ids.splice(known, 1);
    if (ids.length === 0) this.paths.delete(destination!);
    if (known < 0) return;
    for (const group of this.groups) {
      const limit = group.pathsLimit(family);
      // The newest of those that were left out comes in.
      const next = limit > 0 && place <= limit ? ids[ids.length - limit] : undefined;
      if (next !== undefined) group.mark(next, family);
    }
  }

  /** A second view with the same routes. */
  clone(remembers = this.remembers): View {
    const twin = new View(this.tables, remembers);
    for (const [i, page] of this.pages.entries()) {
      if (page === undefined) continue;
      page.sharers++;
      twin.pages[i] = page;
    }
    twin.count = this.count;
    for (const [destination, ids] of this.paths) twin.paths.set(destination, [...ids]);
    for (const [id, until] of this.leases) twin.leases.set(id, until);
    return twin;
  }

  /** Forgets all, without telling anybody. */
  dispose(): void {
    for (const [i, page] of this.pages.entries()) {
      if (page !== undefined && --page.sharers === 0) this.releasePage(page, i << PAGE_SHIFT);
    }
    this.pages.length = 0;
    this.paths.clear();
    this.leases.clear();
    this.count = 0;
  }

  private releasePage(page: Page, base: number): void {
    for (let i = 0; i < PAGE_SIZE; i++) {
      const set = page.sets[i]!;
      if (set === NO_SET) continue;
      this.tables.sets.release(set);
      this.tables.nlri.release(base + i);
    }
  }

  /**
   * Visits routes from NLRI id `from` on until `visit` returns false.
   * @returns the id to go on from, or undefined at the end
   */
  each(from: number, visit: (id: number, set: SetId, owner: OwnerId) => boolean): number | undefined {
    for (let p = from >>> PAGE_SHIFT; p < this.pages.length; p++) {
      const page = this.pages[p];
      if (page === undefined || page.count === 0) continue;
      const base = p << PAGE_SHIFT;
      for (let i = Math.max(0, from - base); i < PAGE_SIZE; i++) {
        const set = page.sets[i]!;
        if (set !== NO_SET && !visit(base + i, set, page.owners[i]!)) return base + i + 1;
      }
    }
    return undefined;
  }

  private writable(id: number): Page {
    const index = id >>> PAGE_SHIFT;
    const page = this.pages[index];
    if (page !== undefined && page.sharers === 1) return page;
    if (page === undefined) {
      const fresh: Page = {
        sets: new Uint32Array(PAGE_SIZE),
        owners: new Uint32Array(PAGE_SIZE),
        sharers: 1,
        count: 0,
      };
      this.pages[index] = fresh;
      return fresh;
    }
    page.sharers--;
    const copy: Page = { sets: page.sets.slice(), owners: page.owners.slice(), sharers: 1, count: page.count };
    const base = index << PAGE_SHIFT;
    for (let i = 0; i < PAGE_SIZE; i++) {
      const set = copy.sets[i]!;
      if (set === NO_SET) continue;
      this.tables.sets.retain(set);
      this.tables.nlri.retain(base + i);
    }
    this.pages[index] = copy;
    return copy;
  }
}
