/**
 * The sessions of one neighbor, one after the other: what its connections ask of it and tell it (ConnectionOwner), and the
 * parts that live while it is Established: its sender, the UPDATEs it sends, reading that is paused. The parts meet here;
 * when a neighbor may run, and what others may ask of it, is peer.ts. RFC 4271 section 8.
 */
import { ErrorCode } from '../wire/codes.js';
import { familyByCode, familyIndex } from '../wire/family/index.js';
import { negotiate } from '../wire/negotiate.js';
import type { Negotiated } from '../wire/negotiated.js';
import type { NotificationMessage } from '../wire/notification.js';
import type { OpenMessage } from '../wire/open.js';
import { RefreshSubtype, type RouteRefresh } from '../wire/refresh.js';
import { BackOff } from './backoff.js';
import { Connection } from './connection.js';
import type { ConnectionOwner, MadeOpen } from './connection-owner.js';
import { ConnectionPair } from './connection-pair.js';
import { PeerCounters } from './counters.js';
import { FsmState } from './fsm-types.js';
import { type Direction, type DownReason, Observers } from './observer.js';
import { OpenMaker } from './open-maker.js';
import { OperationalMessages } from './operational-messages.js';
import type { Peer } from './peer.js';
import type { PeerConfig } from './peer-config.js';
import type { PeerContext } from './peer-context.js';
import { ReceivedUpdates } from './received-updates.js';
import { OPEN_GATE, Sender } from './sender.js';
import { SessionLog } from './session-log.js';
import { SessionOutput } from './session-output.js';
import { sessionProfile } from './session-profile.js';
import type { Transport, TransportFailure, TransportHandler } from './transport.js';

export class PeerSessions implements ConnectionOwner {
  readonly counters = new PeerCounters();
  readonly connections: ConnectionPair;
  readonly observers: Observers;
  readonly log: SessionLog;
  readonly backOff: BackOff;
  readonly receivedUpdates: ReceivedUpdates;
  readonly operational: OperationalMessages;
  /** While Established. */
  sender: Sender | undefined;
  /** Clock time (ms) since when the session is Established. */
  upSinceMs: number | undefined;
  /** The neighbor's OPEN in the present session or the last one. */
  lastOpen: OpenMessage | undefined;
  private readonly openMaker: OpenMaker;
  private shownState: FsmState = FsmState.idle;
  private isConnectedTold = false;
  private pauses = 0;

  /** @param onEnded a connection ended, and observers were told */
  constructor(
    private readonly peer: Peer,
    private readonly context: PeerContext,
    private readonly onEnded: (peer: Peer) => void,
  ) {
    const { clock, random, scheduler } = context;
    const log = context.log.child({ neighbor: peer.config.name });
    this.observers = new Observers(peer, context.observers);
    this.log = new SessionLog(log, context);
    this.backOff = new BackOff(random);
    this.openMaker = new OpenMaker(context.softwareVersion, log);
    this.receivedUpdates = new ReceivedUpdates(this.counters, this.observers, log, clock, ({ restartSeconds }) =>
      this.backOff.holdOff(restartSeconds > 0 ? restartSeconds : null),
    );
    this.operational = new OperationalMessages(log, this.observers);
    this.connections = new ConnectionPair(() => new Connection(this, clock, random, scheduler), log);
  }

  get config(): PeerConfig {
    return this.peer.config;
  }

  /** Reads nothing until `resumeReading`, over sessions too. Calls nest. */
  pauseReading(): void {
    if (++this.pauses === 1 && this.upSinceMs !== undefined) this.connections.primary.pause();
  }

  resumeReading(): void {
    if (this.pauses > 0 && --this.pauses === 0) this.connections.primary.resume();
  }

  // The machine asks (ConnectionOwner).

  connect(handler: TransportHandler): Transport {
    return this.context.transportsOf(this.config).connect(handler);
  }

  makeOpen(received: OpenMessage | undefined): MadeOpen {
    return this.openMaker.make(this.config, received);
  }

  negotiate(sent: OpenMessage, received: OpenMessage): Negotiated {
    return negotiate(sent, received, { peerAs: this.config.peerAs, capabilities: this.config.capabilities });
  }

  admit(connection: Connection): boolean {
    return this.connections.admit(connection, this.peer.isGraceful);
  }

  connectRetrySeconds(): number {
    return this.backOff.connectRetrySeconds(this.config.connectRetrySeconds);
  }

  idleHoldSeconds(hadTcp: boolean): number | undefined {
    return this.backOff.idleHoldSeconds(hadTcp, this.config.connectRetrySeconds);
  }

  countFailure(connection: Connection, hadTcp: boolean): void {
    // One of two connections failing says nothing of the neighbor.
    if (this.connections.isEnding || this.connections.otherOf(connection)?.hasTransport) return;
    // A peer that closes before it said anything: the next attempt comes by the ConnectRetry timer.
    if (hadTcp && connection.state === FsmState.idle) this.backOff.countSessionFailure();
    else this.backOff.countConnectFailure();
  }

  forgetFailures(): void {
    this.backOff.forget();
  }

  // The machine tells (ConnectionOwner).

  stateChanged(connection: Connection, from: FsmState, reason: string): void {
    this.log.stateChanged(from, connection.state, reason);
    this.connections.dropLost(connection);
    this.tellState();
  }

  connected(connection: Connection): void {
    this.log.connected(connection);
    if (this.isConnectedTold) return;
    this.isConnectedTold = true;
    this.counters.reset();
    this.observers.connected();
  }

  connectFailed(connection: Connection, failure: TransportFailure): void {
    if (!this.connections.otherOf(connection)?.isTcpUp) this.log.connectFailed(this.config, failure);
  }

  ended(connection: Connection, reason: DownReason): void {
    const since = this.upSinceMs;
    // A collision that was resolved is no news to anybody.
    if (since === undefined && this.connections.otherOf(connection)?.isTcpUp) return;
    if (since !== undefined) this.backOff.sessionLasted(this.context.clock.nowMs() - since);
    this.upSinceMs = undefined;
    if (!this.isConnectedTold) return;
    this.isConnectedTold = false;
    if (reason.kind === 'notification-received') {
      if (reason.code === ErrorCode.messageHeader) this.operational.forget();
      if (since === undefined) this.openMaker.refused(this.config, reason);
    }
    this.log.ended(this.config, reason, since !== undefined);
    this.observers.down(reason);
    this.counters.prefixes.fill(0);
    this.onEnded(this.peer);
  }

  up(connection: Connection): void {
    const negotiated = connection.negotiated!;
    this.connections.keepOnly(connection);
    this.upSinceMs = this.context.clock.nowMs();
    this.counters.ups++;
    this.lastOpen = connection.openReceived;
    this.receivedUpdates.begin(this.config.maxPrefix, negotiated);
    this.openMaker.taken();
    if (this.pauses > 0) connection.pause();
    this.log.up(connection.localAddress, negotiated);
    this.tellState();
    this.observers.up();
    if (connection.state !== FsmState.established) return;
    this.sender = this.newSender(connection, negotiated);
    this.operational.begin(this.config.operational, connection);
  }

  left(connection: Connection): void {
    if (connection !== this.connections.primary) return;
    const { sender } = this;
    this.sender = undefined;
    this.receivedUpdates.end();
    sender?.close();
  }

  counted(direction: Direction, type: number, count: number, octets: number): void {
    this.counters.add(direction, type, count, octets);
  }

  opened(direction: Direction, open: OpenMessage, message: Uint8Array): void {
    this.lastOpen = direction === 'send' ? undefined : open;
    this.observers.open(direction, open, message);
  }

  kept(direction: Direction, message: Uint8Array): void {
    this.observers.keepalive(direction, message);
  }

  notified(direction: Direction, notification: NotificationMessage, message: Uint8Array): void {
    this.log.notification(direction, notification);
    this.observers.notification(direction, notification, message);
  }

  agreed(connection: Connection, negotiated: Negotiated): void {
    const { primary } = this.connections;
    if (connection === primary || primary.negotiated === undefined) this.observers.negotiated(negotiated);
  }

  updated(connection: Connection, message: Uint8Array): void {
    this.receivedUpdates.receive(message, connection.negotiated!);
  }

  refreshed(refresh: RouteRefresh, message: Uint8Array): void {
    this.observers.refresh('receive', refresh, message);
    const family = familyByCode(refresh.afi, refresh.safi);
    if (family === undefined || refresh.subtype !== RefreshSubtype.query) return;
    if (this.config.capabilities.routeRefresh) this.sender?.refresh(familyIndex(family));
  }

  operationalReceived(message: Uint8Array): void {
    this.operational.received(message);
  }

  writable(connection: Connection): void {
    if (connection === this.connections.primary) this.sender?.writable();
  }

  taken(connection: Connection): void {
    if (connection === this.connections.primary) this.sender?.taken();
  }

  private tellState(): void {
    const { state } = this.connections;
    if (state === this.shownState) return;
    this.shownState = state;
    this.observers.state(state);
  }

  private newSender(connection: Connection, negotiated: Negotiated): Sender {
    const { config, context, peer } = this;
    const profile = context.profiles.intern(sessionProfile(config, negotiated, connection.localAddress));
    const isFirstGraceful = this.counters.ups === 1 && config.capabilities.gracefulRestart !== undefined;
    return new Sender(
      context.rib.openFeed(peer.member, profile),
      new SessionOutput(connection, this.observers, () => this.openMaker.endOfRibSent()),
      {
        families: negotiated.families,
        manualEor: config.manualEor,
        rateLimit: config.rateLimit,
        enhancedRefresh: negotiated.refresh === 'enhanced',
        peerWaitsForEor: negotiated.peerGracefulRestart,
      },
      isFirstGraceful ? (context.eorGateOf?.(peer) ?? OPEN_GATE) : OPEN_GATE,
      context.scheduler,
      context.clock,
    );
  }
}
