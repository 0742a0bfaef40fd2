/**
 * A view: the routes that a set of members was asked for. Two columns over NLRI ids (attribute set, owner) in pages that
 * views share until one of them writes (a command for some of the members splits the view, copy on write). References of
 * NLRI and sets are counted once a page, not once a view. Clever for speed and memory; the naive twin stands in the tests.
 */
import type { ByteTable } from './byte-table.js';
import { Departure } from './departure.js';
import type { LastSets } from './last-sets.js';
import type { Releases } from './releases.js';
import type { OwnerId, SetId } from './types.js';
import type { UpdateGroup } from './update-group.js';
import { NO_SET, PAGE_SHIFT, PAGE_SIZE, ViewPage } from './view-page.js';

export { NO_SET } from './view-page.js';

/** What all views share: ids, sets, and which NLRI differ in their path identifier only. */
export interface ViewTables {
  readonly nlri: ByteTable;
  readonly sets: ByteTable;
  /** NLRI id -> id of the same NLRI with path identifier 0, for destinations that have several (RFC 7911). */
  readonly destinations: Map<number, number>;
  readonly lastSets: LastSets;
  readonly releases: Releases;
}

export class View {
  private pages: (ViewPage | undefined)[] = [];
  /** Routes that are not here any more, and of which peers are still to be told. */
  readonly departures = new Set<Departure>();
  /** Routes held. */
  count = 0;
  /** Members that were asked for these routes. */
  holders = 0;
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
    return this.pages[id >>> PAGE_SHIFT]?.setAt(id & (PAGE_SIZE - 1)) ?? NO_SET;
  }

  ownerOf(id: number): OwnerId {
    return this.pages[id >>> PAGE_SHIFT]?.ownerAt(id & (PAGE_SIZE - 1)) ?? 0;
  }

  /** Sets a route. The caller guarantees that both ids live during the call. */
  put(id: number, family: number, set: SetId, owner: OwnerId): void {
    const before = this.writable(id).put(id & (PAGE_SIZE - 1), set, owner);
    const isNewPath = this.tables.destinations.size > 0 && this.notePath(id, family);
    if (before === set) {
      if (!this.remembers || isNewPath) this.changed(id, family);
      return;
    }
    this.tables.sets.retain(set);
    this.tables.lastSets.delete(id);
    if (before === NO_SET) {
      this.tables.nlri.retain(id);
      this.count++;
    } else {
      this.tables.sets.release(before);
    }
    this.changed(id, family);
  }

  /** Takes a route away; an unknown one is sent as a withdrawal all the same. */
  remove(id: number, family: number): void {
    const before = this.setOf(id);
    if (this.leases.size > 0) this.leases.delete(id);
    if (before !== NO_SET) {
      this.tables.lastSets.putIfNone(id, family, before);
      const page = this.writable(id);
      page.delete(id & (PAGE_SIZE - 1));
      if (page.count === 0) this.pages[id >>> PAGE_SHIFT] = undefined;
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
    for (const departure of this.departures) {
      departure.views.add(twin);
      twin.departures.add(departure);
    }
    return twin;
  }

  /** Takes all routes away. @returns what tells the peers of each and gives references back, in slices */
  clear(): Departure {
    const departure = this.leave();
    departure.views.add(this);
    this.departures.add(departure);
    return departure;
  }

  /** Forgets all, without telling anybody. @returns what gives references back, in slices */
  dispose(): Departure {
    for (const departure of this.departures) departure.views.delete(this);
    this.departures.clear();
    return this.leave();
  }

  private leave(): Departure {
    const { pages } = this;
    this.pages = [];
    this.paths.clear();
    this.leases.clear();
    this.count = 0;
    return new Departure(this.tables, pages);
  }

  /** A route left with all others: peers that may hold it are told, unless it came again. */
  departed(id: number, family: number): void {
    if (this.setOf(id) !== NO_SET) return;
    for (const group of this.groups) if (group.encoder.hasAnnounced) group.mark(id, family);
  }

  /**
   * Visits routes from NLRI id `from` on until `visit` returns false.
   * @returns the id to go on from, or undefined at the end
   */
  each(from: number, visit: (id: number, set: SetId, owner: OwnerId) => boolean): number | undefined {
    for (let p = from >>> PAGE_SHIFT; p < this.pages.length; p++) {
      const page = this.pages[p];
      if (page === undefined) continue;
      const base = p << PAGE_SHIFT;
      const last = page.each(Math.max(0, from - base), (place, set, owner) => visit(base + place, set, owner));
      if (last !== undefined) return base + last + 1;
    }
    return undefined;
  }

  private writable(id: number): ViewPage {
    const index = id >>> PAGE_SHIFT;
    const page = this.pages[index];
    if (page !== undefined && page.sharers === 1) return page;
    if (page === undefined) {
      const fresh = new ViewPage();
      // Filled up, not left open: a list with holes is several times slower.
      while (this.pages.length < index) this.pages.push(undefined);
      this.pages[index] = fresh;
      return fresh;
    }
    page.sharers--;
    const copy = page.copy();
    const base = index << PAGE_SHIFT;
    copy.each(0, (place, set) => {
      this.tables.sets.retain(set);
      this.tables.nlri.retain(base + place);
      return true;
    });
    this.pages[index] = copy;
    return copy;
  }
}
