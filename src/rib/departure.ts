/**
 * All routes of a view at once on their way out (`clear`, or a neighbor that is gone): the view is empty already, and what
 * it held is walked over in slices, page by page. Peers are told of each route that did not come again meanwhile, and
 * references are given back.
 */
import type { TurnTask } from '../util/turn.js';
import type { View, ViewTables } from './view.js';
import { PAGE_SHIFT, type ViewPage } from './view-page.js';

export class Departure implements TurnTask {
  /** Views whose peers may still hold the routes. A view that is split meanwhile brings its twin. */
  readonly views = new Set<View>();
  private at = 0;

  /** @param pages held by the view till now, by number */
  constructor(
    private readonly tables: ViewTables,
    private readonly pages: readonly (ViewPage | undefined)[],
  ) {}

  step(deadlineMs: number): boolean {
    do {
      if (this.at === this.pages.length) {
        for (const view of this.views) view.departures.delete(this);
        return false;
      }
      const number = this.at++;
      const page = this.pages[number];
      if (page !== undefined) this.leave(page, number << PAGE_SHIFT);
    } while (performance.now() < deadlineMs);
    return true;
  }

  private leave(page: ViewPage, base: number): void {
    const { nlri, sets, lastSets } = this.tables;
    if (this.views.size > 0) {
      page.each(0, (place, set) => {
        const id = base + place;
        const family = nlri.pageOf(id)[nlri.offsetOf(id)]!;
        lastSets.putIfNone(id, family, set);
        for (const view of this.views) view.departed(id, family);
        return true;
      });
    }
    if (--page.sharers > 0) return;
    page.each(0, (place, set) => {
      sets.release(set);
      nlri.release(base + place);
      return true;
    });
  }
}
