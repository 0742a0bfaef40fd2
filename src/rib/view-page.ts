/**
 * Some routes of a view: attribute set and owner of the NLRI ids of one page. A page with few routes keeps just these, so
 * that a neighbor whose routes are scattered among those of a thousand others costs what it has; a page with more is two
 * columns. Clever for speed and memory. Counting references is left to the view.
 */
import type { OwnerId, SetId } from './types.js';

export const PAGE_SHIFT = 10;
export const PAGE_SIZE = 1 << PAGE_SHIFT;
/** No route. */
export const NO_SET: SetId = 0;

/** With more routes than this a page is columns: 8 octets an id. */
const FEW = 24;
/** Numbers of a route in a page with few: place, set, owner. */
const TRIPLE = 3;

/** Never written to. */
const NONE: number[] = [];

/**
 * Columns of pages that became empty, all zeros: the next full page takes one. A table that comes and goes would leave
 * garbage behind that the collector is in no hurry to find. At most 16 MiB.
 */
const spareColumns: Uint32Array[] = [];
const MAX_SPARE_COLUMNS = 2048;

export class ViewPage {
  /** Views that hold this page. */
  sharers = 1;
  /** Routes on it. */
  count = 0;
  /** Places in order, each with its set and owner; unused once there are columns. */
  private few: number[] = NONE;
  /** Sets by place, behind them owners by place. */
  private columns: Uint32Array | undefined;

  setAt(place: number): SetId {
    if (this.columns !== undefined) return this.columns[place]!;
    const at = this.find(place);
    return at < this.few.length && this.few[at] === place ? this.few[at + 1]! : NO_SET;
  }

  ownerAt(place: number): OwnerId {
    if (this.columns !== undefined) return this.columns[PAGE_SIZE + place]!;
    const at = this.find(place);
    return at < this.few.length && this.few[at] === place ? this.few[at + 2]! : 0;
  }

  /** @returns the set that the route had */
  put(place: number, set: SetId, owner: OwnerId): SetId {
    if (this.columns === undefined) {
      const { few } = this;
      const at = this.find(place);
      if (at < few.length && few[at] === place) {
        const before = few[at + 1]!;
        few[at + 1] = set;
        few[at + 2] = owner;
        return before;
      }
      if (few.length < FEW * TRIPLE) {
        // Written out, so that a page with one route has room for one.
        if (few.length === 0) this.few = [place, set, owner];
        else if (at === few.length) few.push(place, set, owner);
        else few.splice(at, 0, place, set, owner);
        this.count++;
        return NO_SET;
      }
      this.widen();
    }
    const columns = this.columns!;
    const before = columns[place]!;
    columns[place] = set;
    columns[PAGE_SIZE + place] = owner;
    if (before === NO_SET) this.count++;
    return before;
  }

  /** The route must be there. */
  delete(place: number): void {
    this.count--;
    const { columns } = this;
    if (columns === undefined) {
      this.few.splice(this.find(place), TRIPLE);
      return;
    }
    columns[place] = NO_SET;
    columns[PAGE_SIZE + place] = 0;
    if (this.count > 0) return;
    this.columns = undefined;
    if (spareColumns.length < MAX_SPARE_COLUMNS) spareColumns.push(columns);
  }

  /** Visits routes from a place on until `visit` returns false. @returns the place of that one, or undefined at the end */
  each(from: number, visit: (place: number, set: SetId, owner: OwnerId) => boolean): number | undefined {
    if (this.count === 0) return undefined;
    const { columns, few } = this;
    if (columns === undefined) {
      for (let at = this.find(from); at < few.length; at += TRIPLE) {
        if (!visit(few[at]!, few[at + 1]!, few[at + 2]!)) return few[at];
      }
      return undefined;
    }
    for (let place = from; place < PAGE_SIZE; place++) {
      const set = columns[place]!;
      if (set !== NO_SET && !visit(place, set, columns[PAGE_SIZE + place]!)) return place;
    }
    return undefined;
  }

  copy(): ViewPage {
    const twin = new ViewPage();
    twin.count = this.count;
    twin.few = this.few.slice();
    twin.columns = this.columns?.slice();
    return twin;
  }

  /** Where the triple of the place stands, or would. */
  private find(place: number): number {
    const { few } = this;
    // Routes come in order more often than not.
    if (few.length === 0 || few[few.length - TRIPLE]! < place) return few.length;
    let at = 0;
    while (few[at]! < place) at += TRIPLE;
    return at;
  }

  private widen(): void {
    const { few } = this;
    const columns = spareColumns.pop() ?? new Uint32Array(2 * PAGE_SIZE);
    for (let at = 0; at < few.length; at += TRIPLE) {
      columns[few[at]!] = few[at + 1]!;
      columns[PAGE_SIZE + few[at]!] = few[at + 2]!;
    }
    this.columns = columns;
    this.few = NONE;
  }
}
