/**
 * All neighbors of the daemon: those of the configuration, those added at run time, and peers of ranges as they come.
 * Joins what belongs to a neighbor: session, place in the outgoing tables, configured routes, events. Sessions and whom
 * a connection belongs to are session/peer-table.ts; what changed is found by config/diff.ts.
 */
import type { Neighbor } from '../api/context.js';
import type { EventRouter } from '../api/event/router.js';
import type { NeighborChange } from '../config/diff.js';
import type { OutgoingRib } from '../rib/rib-out.js';
import type { Member } from '../rib/types.js';
import type { WatchdogTable } from '../rib/watchdog.js';
import type { Peer, PeerContext, StopReason } from '../session/peer.js';
import type { PeerConfig } from '../session/peer-config.js';
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
  /** What the table adds now is in the configuration, no peer of a range. */
  private isConfigured = false;

  constructor(private readonly parts: NeighborParts) {
    this.table = new PeerTable(parts.peers, (config) => this.memberOf(config), parts.rib, {
      onAdded: (peer) => this.added(peer),
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

  /**
   * Adds a neighbor with its configured routes; its session begins when they are in the tables.
   * @param starts false before the daemon has started
   */
  async add(config: PeerConfig, starts: boolean): Promise<void> {
    this.isConfigured = true;
    const peer = this.table.add(config, false);
    this.isConfigured = false;
    if (peer === undefined) {
      this.ranges.set(config.name, new RangeNeighbor(config, this.reachOf(config)));
      this.changed();
      return;
    }
    await this.parts.routes.apply(peer.member, [], config.routes);
    if (starts && this.byPeer.has(peer)) peer.start();
  }

  /** A neighbor (or a range with all its peers) is gone for good. */
  remove(name: string): void {
    this.ranges.delete(name);
    this.table.remove(name, 'the neighbor was removed from the configuration');
    this.changed();
  }

  /** Takes over a changed configuration; the session is reset only where it must be. */
  async change({ before, after, options }: NeighborChange): Promise<void> {
    const isOfOneKind = before.isRange === after.isRange;
    // What the outgoing table of a neighbor is can only be said when it is made.
    if (!isOfOneKind || options.includes('adjRibOut') || options.includes('autoFlush')) {
      this.remove(before.name);
      await this.add(after, true);
      return;
    }
    const peers = after.isRange ? this.table.peersOfRange(before.name) : [this.table.byName(before.name)!];
    for (const { member } of peers) await this.parts.routes.apply(member, before.routes, after.routes);
    this.table.replace(after, before.name);
    const range = this.ranges.get(before.name);
    if (range !== undefined) {
      range.config = after;
      range.reach = this.reachOf(after);
      this.ranges.delete(before.name);
      this.ranges.set(after.name, range);
    }
    for (const peer of peers) this.refresh(peer);
    this.changed();
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

  private memberOf(config: PeerConfig): Member {
    const { adjRibOut, autoFlush } = config;
    return this.parts.rib.addMember(config.name, { reach: this.reachOf(config), adjRibOut, autoFlush });
  }

  private reachOf(config: PeerConfig): ReadonlySet<string> | 'all' {
    return reachOf(config, this.parts.processNames());
  }

  private added(peer: Peer): void {
    const { received, peers, router, routes } = this.parts;
    const reach = this.reachOf(peer.config);
    this.byPeer.set(peer, new PeerNeighbor(peer, peer.member, reach, peers.clock, (asked) => received.of(asked)));
    router.addPeer(peer);
    this.changed();
    // A peer of a range has its connection already: its routes come while the OPENs are exchanged.
    if (!this.isConfigured) void routes.apply(peer.member, [], peer.config.routes);
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
