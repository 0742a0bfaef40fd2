/**
 * Tells helpers what happens on the sessions: a PeerObserver that knows which helper wants what, has each event built
 * once for all helpers that want it in the same form, and writes it to their queues. Slow readers are slowed and brought
 * to the present state as the contract says ("Slow readers", "Start of a helper"). Forms are left to encoder/.
 */

import type { MessageKind, NeighborKind } from '../../session/event-kinds.js';
import { FsmState } from '../../session/fsm-types.js';
import type { DownReason, PeerObserver } from '../../session/observer.js';
import { TurnScheduler } from '../../util/turn.js';
import { families } from '../../wire/family/index.js';
import type { Negotiated } from '../../wire/negotiated.js';
import type { NotificationMessage } from '../../wire/notification.js';
import type { OpenMessage } from '../../wire/open.js';
import type { OperationalMessage } from '../../wire/operational.js';
import type { RouteRefresh } from '../../wire/refresh.js';
import { RefreshSubtype } from '../../wire/refresh.js';
import type { DecodedUpdate } from '../../wire/update.js';
import { downReasonText } from '../encoder/notification-text.js';
import type { EncoderPool } from '../encoder/pool.js';
import type { Content, Encoder, NeighborText } from '../encoder/types.js';
import type { LineKind } from '../process/types.js';
import { Backpressure } from './backpressure.js';
import { Replays } from './replay.js';
import { type Subscriptions, subscriptionsOf, type Target, type TargetGroup } from './subscription.js';
import type { EventHelper, EventPeer, ReceivedRoutes } from './types.js';

type Direction = 'send' | 'receive';

/** Shown where nobody knows yet: the session's address before it is connected, an AS number that is "auto". */
const UNKNOWN_ADDRESS = { ipv4: '0.0.0.0', ipv6: '::' } as const;
const UNKNOWN_AS = 0;

/** What the router keeps of a neighbor. */
interface PeerEntry {
  readonly peer: EventPeer;
  /** Tells helpers' queues where an update came from. */
  readonly source: string;
  text: NeighborText;
  /** Undefined: to be worked out again. */
  subscriptions: Subscriptions | undefined;
  readonly targets: Map<EventHelper, Target>;
}

export interface RouterOptions {
  readonly encoders: EncoderPool;
  /** What peers sent, for helpers that lost events. */
  readonly receivedRoutes: ReceivedRoutes;
  /** Slices long work; the daemon's own, so that all of it shares one budget. */
  readonly turns?: Pick<TurnScheduler, 'schedule'>;
  /** Seconds since the epoch. */
  readonly nowSeconds?: () => number;
}

export class EventRouter implements PeerObserver {
  private readonly entries = new Map<EventPeer, PeerEntry>();
  private readonly bySource = new Map<string, PeerEntry>();
  private readonly helpers = new Set<EventHelper>();
  private readonly backpressure = new Backpressure<EventHelper>();
  private readonly replays: Replays;
  private readonly encoders: EncoderPool;
  private readonly receivedRoutes: ReceivedRoutes;
  private readonly nowSeconds: () => number;
  private nextSource = 1;

  constructor(options: RouterOptions) {
    this.encoders = options.encoders;
    this.replays = new Replays(options.turns ?? new TurnScheduler());
    this.receivedRoutes = options.receivedRoutes;
    this.nowSeconds = options.nowSeconds ?? epochSeconds;
  }

  // Neighbors ---------------------------------------------------------------------------------------------------------

  /** A neighbor appears. The caller also adds the router to the peer's observers. */
  addPeer(peer: EventPeer): void {
    this.entry(peer);
  }

  /** A neighbor is gone for good. */
  removePeer(peer: EventPeer): void {
    const entry = this.entries.get(peer);
    if (entry === undefined) return;
    this.entries.delete(peer);
    this.bySource.delete(entry.source);
    this.backpressure.forget(peer);
    this.replays.cancelPeer(peer);
  }

  /** Its `api` section changed (reload). */
  peerChanged(peer: EventPeer): void {
    const entry = this.entries.get(peer);
    if (entry !== undefined) entry.subscriptions = undefined;
  }

  // Helpers -----------------------------------------------------------------------------------------------------------

  /** A helper runs: it is told each of its sessions that is already up. */
  helperStarted(helper: EventHelper): void {
    this.helpers.add(helper);
    this.forgetSubscriptions();
    for (const entry of this.entries.values()) {
      if (entry.peer.state === FsmState.established) this.tellOne(entry, helper, 'up');
    }
  }

  /** A helper ended. */
  helperStopped(helper: EventHelper): void {
    this.helpers.delete(helper);
    this.backpressure.release(helper);
    this.replays.cancelHelper(helper);
    for (const entry of this.entries.values()) entry.targets.delete(helper);
    this.forgetSubscriptions();
  }

  /** Its queue is above or again below the mark. `sources` as they were given to Helper.write. */
  onPressure(helper: EventHelper, sources: readonly string[], isAbove: boolean): void {
    this.replays.pause(helper, isAbove);
    if (!isAbove) {
      this.backpressure.release(helper);
      return;
    }
    const peers = sources.map((source) => this.bySource.get(source)?.peer).filter((peer) => peer !== undefined);
    this.backpressure.pause(helper, peers);
  }

  /**
   * Events were dropped and the helper reads again: it forgets all by a `down`, and learns the present state.
   * @param dropped events that it lost
   */
  onCaughtUp(helper: EventHelper, dropped: number): void {
    this.backpressure.release(helper);
    this.replays.cancelHelper(helper);
    const notice = this.encoderOf(helper).overflow(dropped);
    if (notice !== undefined) {
      helper.write('event', this.encoderOf(helper).line(notice, undefined, this.nowSeconds()));
    }
    for (const entry of this.entries.values()) {
      if (entry.peer.state !== FsmState.established) {
        this.tellOne(entry, helper, 'down');
        continue;
      }
      this.tellOne(entry, helper, 'down');
      this.tellOne(entry, helper, 'up');
      this.resynchronize(entry, helper);
    }
  }

  // Daemon ------------------------------------------------------------------------------------------------------------

  /** The daemon got a signal, or an API command that does the same. @param name "SIGUSR1" or "UNKNOWN" */
  signal(code: number, name: string): void {
    for (const entry of this.entries.values()) {
      this.tellNeighbor(entry, 'signal', 'event', (encoder) => encoder.signal(entry.text, code, name));
    }
  }

  /** The daemon stops: every helper is told, whatever it asked for. */
  shutdown(): void {
    for (const helper of this.helpers) this.shutdownHelper(helper);
  }

  /** One helper is about to be ended (reload). */
  shutdownHelper(helper: EventHelper): void {
    const encoder = this.encoderOf(helper);
    const content = encoder.shutdown();
    if (content !== undefined) helper.write('shutdown', encoder.line(content, undefined, this.nowSeconds()));
  }

  // PeerObserver ------------------------------------------------------------------------------------------------------

  onState(peer: EventPeer, state: FsmState): void {
    const entry = this.entry(peer);
    this.tellNeighbor(entry, 'fsm', 'event', (encoder) => encoder.fsm(entry.text, state));
  }

  onConnected(peer: EventPeer): void {
    const entry = this.entry(peer);
    this.refreshText(entry);
    this.tellNeighbor(entry, 'neighbor-changes', 'state', (encoder) => encoder.connected(entry.text));
  }

  onNegotiated(peer: EventPeer, negotiated: Negotiated): void {
    const entry = this.entry(peer);
    this.refreshText(entry);
    this.tellNeighbor(entry, 'negotiated', 'event', (encoder) => encoder.negotiated(entry.text, negotiated));
  }

  onUp(peer: EventPeer): void {
    const entry = this.entry(peer);
    this.refreshText(entry);
    this.tellNeighbor(entry, 'neighbor-changes', 'state', (encoder) => encoder.up(entry.text));
  }

  onDown(peer: EventPeer, reason: DownReason): void {
    const entry = this.entry(peer);
    this.replays.cancelPeer(peer);
    const text = downReasonText(reason);
    this.tellNeighbor(entry, 'neighbor-changes', 'state', (encoder) => encoder.down(entry.text, text));
  }

  onOpen(peer: EventPeer, direction: Direction, open: OpenMessage, message: Uint8Array): void {
    this.tell(peer, direction, 'open', 'event', message, (encoder, text, raw) =>
      encoder.open(text, direction, open, raw),
    );
  }

  onKeepalive(peer: EventPeer, direction: Direction, message: Uint8Array): void {
    this.tell(peer, direction, 'keepalive', 'event', message, (encoder, text, raw) =>
      encoder.keepalive(text, direction, raw),
    );
  }

  onNotification(peer: EventPeer, direction: Direction, notification: NotificationMessage, message: Uint8Array): void {
    this.tell(peer, direction, 'notification', 'event', message, (encoder, text, raw) =>
      encoder.notification(text, direction, notification, raw),
    );
  }

  onRefresh(peer: EventPeer, direction: Direction, refresh: RouteRefresh, message: Uint8Array): void {
    this.tell(peer, direction, 'refresh', 'event', message, (encoder, text, raw) =>
      encoder.refresh(text, direction, refresh, raw),
    );
  }

  onOperational(peer: EventPeer, direction: Direction, operational: OperationalMessage, message: Uint8Array): void {
    this.tell(peer, direction, 'operational', 'event', message, (encoder, text, raw) =>
      encoder.operational(text, direction, operational, raw),
    );
  }

  onUpdate(peer: EventPeer, direction: Direction, update: DecodedUpdate, message: Uint8Array): void {
    const entry = this.entry(peer);
    const groups = this.subscriptions(entry)[direction].update;
    if (groups.length === 0) return;
    const time = this.nowSeconds();
    for (const group of groups) {
      const { encoder } = group;
      if (group.isRaw) this.write(entry, group, 'update', encoder.packets(entry.text, direction, message), time);
      if (!group.isParsed) continue;
      encoder.writeUpdate(entry.text, direction, update, group.isConsolidated ? message : undefined);
      for (const target of group.targets) {
        target.helper.write('update', encoder.wrapUpdate(++target.count, time), entry.source);
      }
    }
  }

  wantsUpdates(peer: EventPeer, direction: Direction): boolean {
    return this.subscriptions(this.entry(peer))[direction].update.length > 0;
  }

  // Telling -----------------------------------------------------------------------------------------------------------

  private tell(
    peer: EventPeer,
    direction: Direction,
    kind: MessageKind,
    line: LineKind,
    message: Uint8Array,
    build: (encoder: Encoder, text: NeighborText, raw: Uint8Array | undefined) => Content,
  ): void {
    const entry = this.entry(peer);
    const groups = this.subscriptions(entry)[direction][kind];
    if (groups.length === 0) return;
    const time = this.nowSeconds();
    for (const group of groups) {
      const { encoder } = group;
      if (group.isRaw) this.write(entry, group, line, encoder.packets(entry.text, direction, message), time);
      if (group.isParsed) {
        const raw = group.isConsolidated ? message : undefined;
        this.write(entry, group, line, build(encoder, entry.text, raw), time);
      }
    }
  }

  private tellNeighbor(
    entry: PeerEntry,
    kind: NeighborKind,
    line: LineKind,
    build: (encoder: Encoder) => Content,
  ): void {
    const groups = this.subscriptions(entry).neighbor[kind];
    for (const group of groups) this.write(entry, group, line, build(group.encoder), this.nowSeconds());
  }

  private write(entry: PeerEntry, group: TargetGroup, kind: LineKind, content: Content, time: number): void {
    if (content === undefined) return;
    const { encoder, targets } = group;
    for (const target of targets) {
      target.count++;
      target.helper.write(kind, encoder.line(content, target.count, time), entry.source);
    }
  }

  /** A state event for one helper, if it wants those of the neighbor. */
  private tellOne(entry: PeerEntry, helper: EventHelper, state: 'up' | 'down'): void {
    const groups = this.subscriptions(entry).neighbor['neighbor-changes'];
    const target = entry.targets.get(helper);
    if (target === undefined || !groups.some((group) => group.targets.includes(target))) return;
    const encoder = this.encoderOf(helper);
    const content = state === 'up' ? encoder.up(entry.text) : encoder.down(entry.text, LOST_EVENTS);
    if (content === undefined) return;
    target.count++;
    helper.write('state', encoder.line(content, target.count, this.nowSeconds()), entry.source);
  }

  /** What the peer has announced, from Adj-RIB-In, else from the peer itself by a route refresh. */
  private resynchronize(entry: PeerEntry, helper: EventHelper): void {
    const groups = this.subscriptions(entry).receive.update;
    const target = entry.targets.get(helper);
    const group = groups.find(({ targets, isParsed }) => isParsed && target !== undefined && targets.includes(target));
    const isFed = groups.some(({ targets }) => target !== undefined && targets.includes(target));
    if (target === undefined || !isFed) return;
    const batches = group === undefined ? undefined : this.receivedRoutes(entry.peer);
    if (batches !== undefined && group !== undefined) {
      const { encoder } = group;
      this.replays.start(helper, entry.peer, batches, (update) => {
        encoder.writeUpdate(entry.text, 'receive', update, undefined);
        helper.write('update', encoder.wrapUpdate(++target.count, this.nowSeconds()), entry.source);
      });
      return;
    }
    const { negotiated } = entry.peer;
    families.forEach((family, index) => {
      if (negotiated?.families[index] === true) entry.peer.sendRouteRefresh(family, RefreshSubtype.query);
    });
  }

  // Bookkeeping -------------------------------------------------------------------------------------------------------

  private entry(peer: EventPeer): PeerEntry {
    let entry = this.entries.get(peer);
    if (entry === undefined) {
      const source = `${peer.config.name} ${this.nextSource++}`;
      entry = { peer, source, text: textOf(peer), subscriptions: undefined, targets: new Map() };
      this.entries.set(peer, entry);
      this.bySource.set(source, entry);
    }
    return entry;
  }

  private subscriptions(entry: PeerEntry): Subscriptions {
    entry.subscriptions ??= subscriptionsOf(
      entry.peer.config.api ?? [],
      this.helpers,
      (helper) => {
        let target = entry.targets.get(helper);
        if (target === undefined) {
          target = { helper, count: 0 };
          entry.targets.set(helper, target);
        }
        return target;
      },
      (helper) => this.encoderOf(helper),
    );
    return entry.subscriptions;
  }

  private forgetSubscriptions(): void {
    for (const entry of this.entries.values()) entry.subscriptions = undefined;
  }

  private encoderOf(helper: EventHelper): Encoder {
    return this.encoders.get(helper.config.encoder, helper.config.dialect);
  }

  /** Addresses and AS numbers may be known only now ("auto"). The object changes only when its content does. */
  private refreshText(entry: PeerEntry): void {
    const text = textOf(entry.peer);
    const old = entry.text;
    const isSame =
      old.localAddress === text.localAddress &&
      old.peerAddress === text.peerAddress &&
      old.localAs === text.localAs &&
      old.peerAs === text.peerAs &&
      old.routerId === text.routerId;
    if (!isSame) entry.text = text;
  }
}

/** Reason of the `down` that follows lost events. */
const LOST_EVENTS = 'events were dropped, the helper did not read';

function textOf(peer: EventPeer): NeighborText {
  const { config, negotiated, remoteAddress, localAddress } = peer;
  const unknown = remoteAddress.includes(':') ? UNKNOWN_ADDRESS.ipv6 : UNKNOWN_ADDRESS.ipv4;
  const localAs = typeof config.localAs === 'number' ? config.localAs : (negotiated?.localAs ?? UNKNOWN_AS);
  const peerAs = typeof config.peerAs === 'number' ? config.peerAs : (negotiated?.peerAs ?? UNKNOWN_AS);
  return {
    localAddress: config.localAddress ?? localAddress ?? unknown,
    peerAddress: remoteAddress,
    localAs,
    peerAs,
    routerId: config.routerId,
  };
}

function epochSeconds(): number {
  return Date.now() / 1000;
}
