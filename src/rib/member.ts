/**
 * Who holds routes: neighbors, and reach classes. A reach class stands for neighbors that may still come: it is asked for
 * everything that was announced without a selector by a process that such a neighbor listens to, and a new neighbor begins
 * with its routes. Whoever was asked for the same shares one view.
 */
import type { Feed } from './feed.js';
import type { Member, MemberOptions, SetId, Targets } from './types.js';
import type { View } from './view.js';

/** A route that another one of the same NLRI has replaced. */
export interface SupersededRoute {
  readonly id: number;
  readonly set: SetId;
}

/** Processes that may command a neighbor. */
export type Reach = ReadonlySet<string> | 'all';

/** @returns text that is equal for equal reaches */
export function reachKey(reach: Reach): string {
  return reach === 'all' ? '*' : JSON.stringify([...reach].sort());
}

export class RibMember implements Member {
  /** The established session, if any. */
  feed: Feed | undefined;
  /** Sent in each session before the routes that hold; a reference to each NLRI and set. */
  readonly superseded: SupersededRoute[] = [];

  constructor(
    readonly name: string,
    public options: MemberOptions,
    /** A reach class, not a neighbor. */
    readonly isClass: boolean,
    private held: View,
  ) {
    held.holders++;
  }

  get view(): View {
    return this.held;
  }

  set view(view: View) {
    this.held.holders--;
    this.held = view;
    view.holders++;
  }

  /** The member is gone: nobody writes to it any more. */
  leave(): void {
    this.held.holders--;
  }

  isReachedBy(process: string | undefined): boolean {
    const { reach } = this.options;
    return process === undefined || reach === 'all' || reach.has(process);
  }
}

/** Whom a command is for, and the views that are exactly theirs; worked out anew when members or views changed. */
export class RibTargets implements Targets {
  private version = -1;
  private known: readonly RibMember[] = [];
  private views: readonly View[] = [];

  /**
   * @param currentVersion changes whenever members come, go or change views
   * @param select the members meant now, classes included
   * @param isolate gives views that hold these members and nobody else
   */
  constructor(
    private readonly currentVersion: () => number,
    private readonly select: () => readonly RibMember[],
    private readonly isolate: (members: readonly RibMember[]) => readonly View[],
  ) {}

  get members(): readonly RibMember[] {
    return this.all().filter((member) => !member.isClass);
  }

  /** Classes included. */
  all(): readonly RibMember[] {
    this.update(false);
    return this.known;
  }

  /** Views to write to; may split views that also hold others. */
  writable(): readonly View[] {
    this.update(true);
    return this.views;
  }

  private isSplit = false;

  private update(mustSplit: boolean): void {
    if (this.version !== this.currentVersion()) {
      this.known = this.select();
      this.version = this.currentVersion();
      this.isSplit = false;
    }
    if (mustSplit && !this.isSplit) {
      this.views = this.isolate(this.known);
      this.version = this.currentVersion();
      this.isSplit = true;
    }
  }
}
