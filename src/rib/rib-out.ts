/**
 * The outgoing tables (Adj-RIB-Out, RFC 4271 section 3.2) of all neighbors: last writer wins, per route and per neighbor.
 * Joins the parts: interned NLRI and sets, views, update groups, feeds, owners and leases. Knows nothing of sockets.
 */
import { NO_BYTES, Writer } from '../util/bytes.js';
import type { Logger } from '../util/log.js';
import type { Clock } from '../util/timers.js';
import type { TurnScheduler, TurnTask } from '../util/turn.js';
import { families } from '../wire/family/index.js';
import type { EncodeProfile } from '../wire/negotiated.js';
import { ByteTable } from './byte-table.js';
import { Feed } from './feed.js';
import { LastSets } from './last-sets.js';
import { Leases } from './leases.js';
import { type Reach, RibMember, RibTargets, reachKey } from './member.js';
import { Releases } from './releases.js';
import { BucketSpace } from './route-encoder.js';
import {
  CONTROL_OWNER,
  type Member,
  type MemberOptions,
  type OutFeed,
  type OwnerId,
  type RibOut,
  type RouteVisitor,
  type SetId,
  type Targets,
} from './types.js';
import { UpdateGroup } from './update-group.js';
import { NO_SET, View, type ViewTables } from './view.js';

/** Octets of a route key before the family's own: family index (1), path identifier (4). */
const KEY_HEAD_OCTETS = 5;

/** Routes looked at between two looks at the clock. */
const BATCH = 1024;

/** The reach of neighbors that only control clients command. */
const NOBODY: ReadonlySet<string> = new Set();

export interface RibOutOptions {
  readonly clock: Clock;
  readonly scheduler: TurnScheduler;
  readonly log: Logger;
  /** Routes (distinct NLRI) at the most. */
  readonly maxRoutes: number;
  /** Work of a command that need not wait for a turn, in milliseconds (1). */
  readonly atOnceMs?: number;
}

export class OutgoingRib implements RibOut {
  private readonly nlri: ByteTable;
  private readonly sets = new ByteTable();
  private readonly destinations = new Map<number, number>();
  private readonly lastSets: LastSets;
  private readonly tables: ViewTables;
  private readonly space = new BucketSpace();
  private readonly members = new Set<RibMember>();
  private readonly classes = new Map<string, RibMember>();
  private readonly processTargets = new Map<string | undefined, RibTargets>();
  private readonly leases: Leases;
  private version = 0;
  private nextOwner: OwnerId = CONTROL_OWNER + 1;
  private readonly plainKey = new Uint8Array(8192);
  private unsendableLogged = 0;
  private maxRoutes: number;

  constructor(private readonly options: RibOutOptions) {
    this.nlri = new ByteTable((id) => this.forget(id));
    this.maxRoutes = options.maxRoutes;
    this.lastSets = new LastSets(this.sets);
    this.tables = {
      nlri: this.nlri,
      sets: this.sets,
      destinations: this.destinations,
      lastSets: this.lastSets,
      releases: new Releases(this.nlri, options.scheduler),
    };
    this.leases = new Leases(
      options.clock,
      (view, id) => view.remove(id, this.familyOf(id)),
      (task) => this.begin(task),
    );
    this.classOf(NOBODY);
    this.classOf('all');
  }

  private familyOf(id: number): number {
    return this.nlri.pageOf(id)[this.nlri.offsetOf(id)]!;
  }

  // ---- members

  addMember(name: string, options: MemberOptions): Member {
    const parent = this.classOf(options.reach);
    const view = options.adjRibOut ? parent.view : parent.view.clone(false);
    if (!options.adjRibOut) this.leases.adopt(view);
    const member = new RibMember(name, options, false, view);
    this.members.add(member);
    this.version++;
    return member;
  }

  removeMember(member: Member): void {
    const own = member as RibMember;
    own.feed?.close();
    this.forgetSuperseded(own);
    if (!this.members.delete(own)) return;
    this.version++;
    own.leave();
    this.disposeIfUnused(own.view);
  }

  setReach(member: Member, reach: Reach): void {
    const own = member as RibMember;
    own.options = { ...own.options, reach };
    this.classOf(reach);
    this.version++;
  }

  /** Whether it remembers, and whether changes wait for `flush`: from its next session on. What it was asked for stays. */
  setMode(member: Member, { adjRibOut, autoFlush }: Pick<MemberOptions, 'adjRibOut' | 'autoFlush'>): void {
    const own = member as RibMember;
    if (!this.members.has(own)) return;
    const isSame = own.options.adjRibOut === adjRibOut;
    own.options = { ...own.options, adjRibOut, autoFlush };
    if (isSame) return;
    own.feed?.close();
    const before = own.view;
    own.view = before.clone(adjRibOut);
    this.leases.adopt(own.view);
    this.version++;
    this.disposeIfUnused(before);
  }

  /** The most distinct routes from now on; what is there already stays. */
  setMaxRoutes(count: number): void {
    this.maxRoutes = count;
  }

  private disposeIfUnused(view: View): void {
    if (view.holders > 0) return;
    this.begin(view.dispose());
  }

  private *everybody(): Iterable<RibMember> {
    yield* this.members;
    yield* this.classes.values();
  }

  /** The class of neighbors that this reach describes; made from what is known when it is new. */
  private classOf(reach: Reach): RibMember {
    const key = reachKey(reach);
    const known = this.classes.get(key);
    if (known !== undefined) return known;
    const options: MemberOptions = { reach, adjRibOut: true, autoFlush: true };
    const made = new RibMember(`class ${key}`, options, true, this.viewForReach(reach));
    this.classes.set(key, made);
    this.version++;
    return made;
  }

  /**
   * What was announced without a selector, so far, by control clients and the processes of this reach. Each process that
   * ever did so has a class of its own, and so have control clients (the empty reach), so a reach of one process is exact.
   * Where several wrote the same route, the class that all processes reach knows whose word was the last, unless a process
   * outside this reach spoke later still; then the first of them in the reach wins.
   */
  private viewForReach(reach: Reach): View {
    const control = this.classes.get(reachKey(NOBODY));
    if (control === undefined) return new View(this.tables);
    if (reach === 'all') return control.view;
    const singles = [...reach].flatMap((process) => this.classes.get(reachKey(new Set([process])))?.view ?? []);
    const [first, ...rest] = new Set(singles.length > 0 ? singles : [control.view]);
    if (rest.length === 0) return first!;
    const last = this.classes.get(reachKey('all'))!.view;
    const view = first!.clone();
    for (const source of rest) {
      source.each(0, (id, set, owner) => {
        if (view.setOf(id) === NO_SET || last.ownerOf(id) === owner) view.put(id, this.familyOf(id), set, owner);
        return true;
      });
    }
    return view;
  }

  // ---- targets

  targetsOfProcess(process: string | undefined): Targets {
    let targets = this.processTargets.get(process);
    if (targets === undefined) {
      if (process !== undefined) this.classOf(new Set([process]));
      targets = this.makeTargets(() => [...this.everybody()].filter((member) => member.isReachedBy(process)));
      this.processTargets.set(process, targets);
    }
    return targets;
  }

  targetsOf(members: readonly Member[]): Targets {
    return this.makeTargets(() => (members as readonly RibMember[]).filter((member) => this.members.has(member)));
  }

  private makeTargets(select: () => readonly RibMember[]): RibTargets {
    return new RibTargets(
      () => this.version,
      select,
      (members) => this.isolate(members),
    );
  }

  /** Views that hold exactly these members: a view that also holds others is split, copy on write. */
  private isolate(members: readonly RibMember[]): View[] {
    const inside = new Map<View, RibMember[]>();
    for (const member of members) {
      const list = inside.get(member.view);
      if (list === undefined) inside.set(member.view, [member]);
      else list.push(member);
    }
    const views: View[] = [];
    for (const [view, list] of inside) {
      views.push(view.holders === list.length ? view : this.split(view, list));
    }
    return views;
  }

  private split(view: View, leaving: readonly RibMember[]): View {
    const twin = view.clone();
    this.leases.adopt(twin);
    for (const member of leaving) {
      member.view = twin;
      const { feed } = member;
      if (feed === undefined) continue;
      const before = feed.group;
      feed.moveTo(this.groupFor(member, before.profile));
      this.dropIfEmpty(before);
    }
    this.version++;
    return twin;
  }

  // ---- sets and owners

  internSet(packed: Uint8Array, length = packed.length): SetId {
    const id = this.sets.intern(packed, 0, length);
    this.sets.retain(id);
    return id;
  }

  retainSet(id: SetId): void {
    this.sets.retain(id);
  }

  releaseSet(id: SetId): void {
    this.sets.release(id);
  }

  setBytes(id: SetId): Uint8Array {
    return this.sets.bytesOf(id);
  }

  addOwner(): OwnerId {
    return this.nextOwner++;
  }

  // ---- routes

  announce(
    targets: Targets,
    key: Uint8Array,
    keyLength: number,
    set: SetId,
    owner: OwnerId,
    leaseSeconds?: number,
  ): boolean {
    const id = this.nlri.intern(key, 0, keyLength);
    if (this.nlri.size > this.maxRoutes && !this.nlri.isUsed(id)) {
      this.nlri.releaseUnused(id);
      return false;
    }
    this.nlri.retain(id);
    if (key[1] !== 0 || key[2] !== 0 || key[3] !== 0 || key[4] !== 0) this.noteDestination(id, key, keyLength);
    const views = (targets as RibTargets).writable();
    const family = key[0]!;
    for (let i = 0; i < views.length; i++) {
      const view = views[i]!;
      view.put(id, family, set, owner);
      if (leaseSeconds !== undefined) this.leases.set(view, id, leaseSeconds);
      else if (view.leases.size > 0) view.leases.delete(id);
    }
    this.nlri.release(id);
    return true;
  }

  withdraw(targets: Targets, key: Uint8Array, keyLength: number, set?: SetId): void {
    const id = this.nlri.intern(key, 0, keyLength);
    this.nlri.retain(id);
    if (set !== undefined) this.lastSets.put(id, key[0]!, set);
    const views = (targets as RibTargets).writable();
    for (let i = 0; i < views.length; i++) views[i]!.remove(id, key[0]!);
    this.nlri.release(id);
  }

  /** Routes that differ only in path identifier belong to the destination with identifier 0 (RFC 7911). */
  private noteDestination(id: number, key: Uint8Array, keyLength: number): void {
    if (this.destinations.has(id)) return;
    const { plainKey } = this;
    plainKey.set(key.subarray(0, keyLength));
    plainKey.fill(0, 1, KEY_HEAD_OCTETS);
    const destination = this.nlri.intern(plainKey, 0, keyLength);
    this.nlri.retain(destination);
    this.destinations.set(id, destination);
    this.destinations.set(destination, destination);
  }

  private forget(id: number): void {
    this.lastSets.delete(id);
    if (this.destinations.size === 0) return;
    const destination = this.destinations.get(id);
    if (destination === undefined) return;
    this.destinations.delete(id);
    if (destination !== id) this.nlri.release(destination);
  }

  withdrawOwner(owner: OwnerId, done: () => void = () => undefined): void {
    // A view that is split meanwhile has a twin, which is looked through as well.
    const seen = new Set<View>();
    let view: View | undefined;
    let from = 0;
    const task: TurnTask = {
      step: (deadlineMs) => {
        do {
          view ??= this.otherView(seen);
          if (view === undefined) {
            done();
            return false;
          }
          seen.add(view);
          let left = BATCH;
          const gone: number[] = [];
          const next = view.each(from, (id, _set, holder) => {
            if (holder === owner) gone.push(id);
            return --left > 0;
          });
          for (const id of gone) view.remove(id, this.familyOf(id));
          from = next ?? 0;
          if (next === undefined) view = undefined;
        } while (performance.now() < deadlineMs);
        return true;
      },
    };
    this.options.scheduler.schedule(task);
  }

  private otherView(than: ReadonlySet<View>): View | undefined {
    for (const { view } of this.everybody()) if (!than.has(view)) return view;
    return undefined;
  }

  flush(targets: Targets): void {
    for (const member of (targets as RibTargets).members) member.feed?.resend();
  }

  clear(targets: Targets): void {
    const deadlineMs = this.atOnceDeadline();
    for (const view of (targets as RibTargets).writable()) {
      const departure = view.clear();
      this.begin(departure, deadlineMs);
    }
  }

  private atOnceDeadline(): number {
    return performance.now() + (this.options.atOnceMs ?? 1);
  }

  /** What is little is done at once, the rest in turns. */
  private begin(task: TurnTask, deadlineMs = this.atOnceDeadline()): void {
    if (performance.now() >= deadlineMs || task.step(deadlineMs)) this.options.scheduler.schedule(task);
  }

  /**
   * The member's present route of this NLRI is about to be replaced, but is to be sent all the same: at the start of each
   * session, before the routes that hold.
   */
  supersede(member: Member, key: Uint8Array, keyLength: number): void {
    const own = member as RibMember;
    const id = this.nlri.find(key, 0, keyLength);
    const set = id === 0 ? NO_SET : own.view.setOf(id);
    if (set === NO_SET) return;
    this.nlri.retain(id);
    this.sets.retain(set);
    own.superseded.push({ id, set });
  }

  /** No replaced routes are sent any more. */
  forgetSuperseded(member: Member): void {
    for (const { id, set } of (member as RibMember).superseded.splice(0)) {
      this.nlri.release(id);
      this.sets.release(set);
    }
  }

  // ---- listing

  /** Distinct NLRI known: wanted by somebody, or on their way to a peer. */
  get size(): number {
    return this.nlri.size;
  }

  /** Octets that NLRI and attribute sets occupy. */
  get octets(): { readonly nlri: number; readonly sets: number } {
    return { nlri: this.nlri.octets, sets: this.sets.octets };
  }

  count(member: Member): number {
    return (member as RibMember).view.count;
  }

  list(member: Member, cursor: number, limit: number, visit: RouteVisitor): number | undefined {
    let seen = 0;
    return (member as RibMember).view.each(cursor, (id, set, owner) => {
      visit(this.nlri.bytesOf(id), this.sets.bytesOf(set), owner);
      return ++seen < limit;
    });
  }

  find(member: Member, key: Uint8Array, keyLength: number): SetId | undefined {
    const id = this.nlri.find(key, 0, keyLength);
    const set = id === 0 ? NO_SET : (member as RibMember).view.setOf(id);
    return set === NO_SET ? undefined : set;
  }

  /** Who holds the route now; undefined when nobody does. */
  ownerOf(member: Member, key: Uint8Array, keyLength: number): OwnerId | undefined {
    const id = this.nlri.find(key, 0, keyLength);
    const { view } = member as RibMember;
    return id === 0 || view.setOf(id) === NO_SET ? undefined : view.ownerOf(id);
  }

  // ---- sessions

  openFeed(member: Member, profile: EncodeProfile): OutFeed {
    const own = member as RibMember;
    own.feed?.close();
    const feed = new Feed(this.tables, this.groupFor(own, profile), own.options.adjRibOut, (closed) => {
      if (own.feed === closed) own.feed = undefined;
      this.dropIfEmpty(closed.group);
    });
    feed.writeFirst(own.superseded);
    own.feed = feed;
    return feed;
  }

  private groupFor(member: RibMember, profile: EncodeProfile): UpdateGroup {
    const { groups } = member.view;
    const holds = !member.options.autoFlush;
    if (!holds) {
      const known = groups.find((group) => group.profile === profile && !group.holds);
      if (known !== undefined) return known;
    }
    const made = new UpdateGroup(this.tables, this.space, member.view, profile, this.onUnsendable(member), holds);
    groups.push(made);
    return made;
  }

  private dropIfEmpty(group: UpdateGroup): void {
    if (!group.isEmpty) return;
    const { groups } = group.view;
    const at = groups.indexOf(group);
    if (at >= 0) groups.splice(at, 1);
  }

  /** The route is withdrawn from the peer instead, and said so in the log, at first loudly. */
  private onUnsendable(member: RibMember): (id: number) => void {
    return (id) => {
      const start = this.nlri.offsetOf(id) + KEY_HEAD_OCTETS;
      const end = this.nlri.offsetOf(id) + this.nlri.lengthOf(id);
      const family = families[this.familyOf(id)]!;
      const wire = new Writer(end - start);
      family.write(wire, this.nlri.pageOf(id), start, end, NO_BYTES);
      const nlri = `${family.name} ${family.print(wire.view(), 0, wire.length)}`;
      const fields = { neighbor: member.name, nlri };
      const text =
        'the route cannot be sent as asked (no usable next hop, not to be exported, or too large): withdrawn';
      if (this.unsendableLogged++ < 20) this.options.log.warn(fields, text);
      else this.options.log.debug(fields, text);
    };
  }

  whenFlushed(targets: Targets, done: () => void): { pending(): readonly Member[]; cancel(): void } {
    const waiting = new Map<RibMember, () => void>();
    let isArmed = false;
    const finish = (): void => {
      if (isArmed && waiting.size === 0) done();
    };
    for (const member of (targets as RibTargets).members) {
      if (member.feed === undefined) continue;
      let isOut = false;
      const cancel = member.feed.whenFlushed(() => {
        isOut = true;
        waiting.delete(member);
        finish();
      });
      if (!isOut) waiting.set(member, cancel);
    }
    isArmed = true;
    finish();
    return {
      pending: () => [...waiting.keys()],
      cancel: () => {
        for (const cancel of waiting.values()) cancel();
        waiting.clear();
      },
    };
  }

  /** Ends timers. */
  stop(): void {
    this.leases.stop();
  }
}
