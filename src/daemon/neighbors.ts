/**
 * All neighbors of the daemon: those of the configuration, those added at run time, and peers of ranges as they come.
 * Joins what belongs to a neighbor: session, place in the outgoing tables, configured routes, events. Sessions and whom
 * a connection belongs to are session/peer-table.ts; what changed is found by config/diff.ts.
 */
import type { Neighbor } from '../api/context.js';
import type { EventRouter } from '../api/event/router.js';
import type { NeighborPair } from '../config/diff.js';
import type { OutgoingRib } from '../rib/rib-out.js';
import type { Member } from '../rib/types.js';
import type { WatchdogTable } from '../rib/watchdog.js';
import type { Peer, StopReason } from '../session/peer.js';
import type { PeerConfig } from '../session/peer-config.js';
import type { PeerContext } from '../session/peer-context.js';
import { PeerTable } from '../session/peer-table.js';
import type { ConfiguredRoutes } from './configured-routes.js';
import { PeerNeighbor, RangeNeighbor, reachOf } from './neighbor.js';
import type { ReceivedRoutesTable } from './received-routes.js';

/** What neighbors are made of. */
export interface NeighborParts {
  readonly rib: OutgoingRib;
  readonly watchdogs: WatchdogTable;
  readonly routes: ConfiguredRoutes;
  readonly received: ReceivedRoutesTable;
  readonly router: EventRouter;
  readonly peers: PeerContext;
  /** Ends a session as the configuration says; it begins again by itself. */
  teardown(peer: Peer, subcode: number, text: string): void;
  /** Names of the configured processes. */
  processNames(): readonly string[];
}

export class Neighbors {
  readonly table: PeerTable;
  private readonly byPeer = new Map<Peer, PeerNeighbor>();
  private readonly ranges = new Map<string, RangeNeighbor>();
  private changes = 0;
  private list: readonly Neighbor[] | undefined;
  /** Names in the order of the configuration. */
  private order: readonly string[] = [];

  constructor(private readonly parts: NeighborParts) {
    this.table = new PeerTable(parts.peers, (config) => this.memberOf(config), parts.rib, {
      onAdded: (peer) => this.added(peer),
      prepare: ({ member, config: { routes, exabgpWire } }) =>
        routes.length === 0 ? undefined : parts.routes.apply(member, [], routes, exabgpWire).then(() => undefined),
      onRemoved: (peer) => this.removed(peer),
    });
  }

  /** Counts up whenever neighbors come or go or change. */
  get generation(): number {
    return this.changes;
  }

  /** In the order of the configuration; peers of a range behind it, run-time neighbors last. */
  all(): readonly Neighbor[] {
    this.list ??= this.sorted();
    return this.list;
  }

  /** Neighbors with sessions. */
  get peers(): readonly PeerNeighbor[] {
    return [...this.byPeer.values()];
  }

  /** Configurations as they are now, without peers of ranges. */
  get configs(): readonly PeerConfig[] {
    return this.table.configs();
  }

  /** The order in which neighbors are listed. */
  setOrder(names: readonly string[]): void {
    this.order = names;
    this.changed();
  }

  /** Sessions may begin. */
  start(): void {
    this.table.start();
  }

  /** Neighbors that were added: their sessions may begin, if those of the others may. */
  startAdded(names: readonly string[]): void {
    this.table.startAdded(names);
  }

  /** Adds a neighbor with its configured routes. @returns when they are in the tables: its session may begin */
  async add(config: PeerConfig): Promise<void> {
    const peer = this.table.add(config, false);
    if (peer === undefined) {
      this.ranges.set(config.name, new RangeNeighbor(config, this.reachOf(config)));
      this.changed();
      return;
    }
    await this.parts.routes.apply(peer.member, [], config.routes, config.exabgpWire);
  }

  /** A neighbor (or a range with all its peers) is gone for good. */
  remove(name: string): void {
    this.ranges.delete(name);
    this.table.remove(name, 'the neighbor was removed from the configuration');
    this.changed();
  }

  /**
   * Takes over a changed configuration; the session is reset only where it must be.
   * @returns when that is done: whether routes changed
   */
  async change({ before, after }: NeighborPair): Promise<boolean> {
    let isOtherRoutes = false;
    for (const { member } of this.peersOf(before)) {
      if (await this.parts.routes.apply(member, before.routes, after.routes, after.exabgpWire)) isOtherRoutes = true;
    }
    // Somebody may have removed it meanwhile.
    const peers = this.peersOf(before);
    this.table.replace(after, before.name);
    const { adjRibOut, autoFlush } = after;
    for (const { member } of peers) this.parts.rib.setMode(member, { adjRibOut, autoFlush });
    const range = this.ranges.get(before.name);
    if (range !== undefined) {
      range.config = after;
      range.reach = this.reachOf(after);
      this.ranges.delete(before.name);
      this.ranges.set(after.name, range);
    }
    for (const peer of peers) this.refresh(peer);
    this.changed();
    return isOtherRoutes;
  }

  /** Processes came or went: expressions of names may reach others now. */
  refreshReach(): void {
    for (const range of this.ranges.values()) range.reach = this.reachOf(range.config);
    for (const peer of this.byPeer.keys()) this.refresh(peer);
    this.changed();
  }

  /** Ends all sessions. */
  stopAll(reasonOf: (peer: Peer) => StopReason): void {
    this.table.stopAll(reasonOf);
  }

  private refresh(peer: Peer): void {
    const neighbor = this.byPeer.get(peer);
    if (neighbor === undefined) return;
    neighbor.reach = this.reachOf(peer.config);
    this.parts.rib.setReach(neighbor.member, neighbor.reach);
    this.parts.router.peerChanged(peer);
    if (!peer.config.adjRibIn) this.parts.received.forget(peer);
  }

  /** Sessions of a configuration that is in the table. */
  private peersOf({ name, isRange }: PeerConfig): readonly Peer[] {
    if (isRange) return this.table.peersOfRange(name);
    const peer = this.table.byName(name);
    return peer === undefined ? [] : [peer];
  }

  private memberOf(config: PeerConfig): Member {
    const { adjRibOut, autoFlush } = config;
    return this.parts.rib.addMember(config.name, { reach: this.reachOf(config), adjRibOut, autoFlush });
  }

  private reachOf(config: PeerConfig): ReadonlySet<string> | 'all' {
    return reachOf(config, this.parts.processNames());
  }

  private added(peer: Peer): void {
    const { received, peers, router, teardown } = this.parts;
    const reach = this.reachOf(peer.config);
    this.byPeer.set(
      peer,
      new PeerNeighbor(peer, peer.member, reach, peers.clock, (asked) => received.of(asked), teardown),
    );
    router.addPeer(peer);
    this.changed();
  }

  private removed(peer: Peer): void {
    const { watchdogs, router, received } = this.parts;
    this.byPeer.delete(peer);
    watchdogs.removeMember(peer.member);
    router.removePeer(peer);
    received.forget(peer);
    this.changed();
  }

  private changed(): void {
    this.changes++;
    this.list = undefined;
  }

  private sorted(): readonly Neighbor[] {
    const rank = new Map(this.order.map((name, i) => [name, i]));
    const rankOf = (name: string): number => rank.get(name) ?? Number.POSITIVE_INFINITY;
    const configured = [...this.table.configs()].sort((a, b) => rankOf(a.name) - rankOf(b.name) || 0);
    return configured.flatMap((config): Neighbor[] => {
      const range = this.ranges.get(config.name);
      const peers = range === undefined ? [this.table.byName(config.name)] : this.table.peersOfRange(config.name);
      const neighbors = peers.flatMap((peer) => (peer === undefined ? [] : (this.byPeer.get(peer) ?? [])));
      return range === undefined ? neighbors : [range, ...neighbors];
    });
  }
}
