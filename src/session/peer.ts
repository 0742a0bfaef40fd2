/**
 * One neighbor, over all its sessions: its configuration, whether it may run, and the parts that do its work, which meet
 * here: connections (connection-pair.ts), its OPEN (open-maker.ts), waiting (backoff.ts), what it sends
 * (received-updates.ts), what is due to it (sender.ts), its log and observers. RFC 4271 section 8, RFC 4486.
 */
import type { Member } from '../rib/types.js';
import { Cease, ErrorCode, MessageType } from '../wire/codes.js';
import { families, familyByCode, familyIndex } from '../wire/family/index.js';
import type { Family } from '../wire/family/types.js';
import { negotiate } from '../wire/negotiate.js';
import type { Negotiated } from '../wire/negotiated.js';
import { encodeNotification, encodeShutdownText, type NotificationMessage } from '../wire/notification.js';
import type { OpenMessage } from '../wire/open.js';
import type { OperationalMessage } from '../wire/operational.js';
import { encodeRouteRefresh, RefreshSubtype, type RouteRefresh } from '../wire/refresh.js';
import { BackOff } from './backoff.js';
import { Connection, type ConnectionOwner, type MadeOpen } from './connection.js';
import { ConnectionPair } from './connection-pair.js';
import { PeerCounters } from './counters.js';
import { FsmState } from './fsm.js';
import { type Direction, type DownReason, Observers } from './observer.js';
import { OpenMaker } from './open-maker.js';
import { OperationalMessages } from './operational-messages.js';
import type { PeerConfig } from './peer-config.js';
import type { PeerContext } from './peer-context.js';
import { ReceivedUpdates } from './received-updates.js';
import { OPEN_GATE, Sender } from './sender.js';
import { SessionLog } from './session-log.js';
import { SessionOutput } from './session-output.js';
import { sessionProfile } from './session-profile.js';
import type { Transport, TransportFailure, TransportHandler } from './transport.js';

export type { PeerContext } from './peer-context.js';

/** How a session is ended on purpose. */
export type StopReason =
  /** Without NOTIFICATION: the peer keeps our routes (RFC 4724). */
  { readonly kind: 'silent' } | { readonly kind: 'cease'; readonly subcode: number; readonly text: string };

export class Peer implements ConnectionOwner {
  readonly counters = new PeerCounters();
  private readonly connections: ConnectionPair;
  private readonly observers: Observers;
  private readonly log: SessionLog;
  private readonly backOff: BackOff;
  private readonly openMaker: OpenMaker;
  private readonly receivedUpdates: ReceivedUpdates;
  private readonly operational: OperationalMessages;
  /** While Established. */
  private sender: Sender | undefined;
  private upSince: number | undefined;
  /** The neighbor's OPEN in the present session or the last one. */
  private lastOpen: OpenMessage | undefined;
  private isStarted = false;
  private isUpEnabled: boolean;
  private shownState: FsmState = FsmState.idle;
  private isConnectedTold = false;
  private pauses = 0;

  /**
   * @param member its place in the outgoing tables
   * @param config of a range's peer: with its own address and `isRange` false
   * @param onEnded a connection ended, and observers were told
   */
  constructor(
    public config: PeerConfig,
    readonly member: Member,
    private readonly context: PeerContext,
    private readonly onEnded: (peer: Peer) => void = () => undefined,
  ) {
    const { clock, random, scheduler } = context;
    const log = context.log.child({ neighbor: config.name });
    this.observers = new Observers(this, context.observers);
    this.log = new SessionLog(log, context);
    this.backOff = new BackOff(random);
    this.openMaker = new OpenMaker(context.softwareVersion, log);
    this.receivedUpdates = new ReceivedUpdates(this.counters, this.observers, log, clock, ({ restartSeconds }) =>
      this.backOff.holdOff(restartSeconds > 0 ? restartSeconds : null),
    );
    this.operational = new OperationalMessages(log, this.observers);
    this.isUpEnabled = config.enabled;
    this.connections = new ConnectionPair(() => new Connection(this, clock, random, scheduler), log);
  }

  // What others may ask.

  /** Address of the peer, canonical, with its zone. */
  get remoteAddress(): string {
    return this.config.remoteAddress;
  }

  get state(): FsmState {
    return this.connections.state;
  }

  /** Set from OpenConfirm on. */
  get negotiated(): Negotiated | undefined {
    return this.connections.negotiated;
  }

  /** The session's own address in use, without zone; undefined while not connected. */
  get localAddress(): string | undefined {
    return this.connections.localAddress;
  }

  /** The peer's OPEN in the present session, or in the last one. */
  get openReceived(): OpenMessage | undefined {
    return this.connections.primary.openReceived ?? this.lastOpen;
  }

  /** Clock time (ms) since when the session is Established. */
  get upSinceMs(): number | undefined {
    return this.upSince;
  }

  /** False: administratively down. */
  get isEnabled(): boolean {
    return this.isUpEnabled;
  }

  /** Graceful restart was configured here and received from the peer: a silent close keeps our routes there (RFC 4724). */
  get isGraceful(): boolean {
    const { negotiated } = this.connections.primary;
    return this.config.capabilities.gracefulRestart !== undefined && negotiated?.peerGracefulRestart === true;
  }

  /** A connection is up or being made. */
  get hasConnection(): boolean {
    return this.connections.hasTransport;
  }

  /** Something written has not been taken by the kernel, or last words are on their way. */
  get hasPending(): boolean {
    return this.connections.hasPending;
  }

  // What others may do.

  /** Begins to connect or to wait for the peer; nothing happens while disabled or when it runs. */
  start(): void {
    const { primary } = this.connections;
    this.isStarted = true;
    if (!this.isUpEnabled || primary.state !== FsmState.idle) return;
    this.backOff.started();
    primary.start();
  }

  /** Ends the session and stays down until `start`. */
  stop(reason: StopReason): void {
    this.isStarted = false;
    this.endAll(reason, true, 'stopped');
  }

  /** Ends the session with Cease and connects again. Nothing happens while no connection is up. */
  teardown(subcode: number, text: string): void {
    this.restart({ kind: 'cease', subcode, text });
  }

  /** As `teardown`, also without a word. */
  restart(reason: StopReason): void {
    if (this.connections.isTcpUp) this.endAll(reason, false, 'notification-sent');
  }

  enable(): void {
    this.isUpEnabled = true;
    this.start();
  }

  /** Administratively down until `enable` (Cease 6/2, RFC 4486). */
  disable(text: string): void {
    this.isUpEnabled = false;
    this.endAll({ kind: 'cease', subcode: Cease.administrativeShutdown, text }, true, 'notification-sent');
  }

  /**
   * Takes a new configuration over. Options that shape neither socket, OPEN nor profile come into force at once; for
   * others the caller ends the session first (`compareConfigs` of peer-table.ts).
   */
  reconfigure(config: PeerConfig): void {
    const hasNewLimits = JSON.stringify(config.maxPrefix) !== JSON.stringify(this.config.maxPrefix);
    this.config = config;
    const { negotiated } = this.connections.primary;
    if (!hasNewLimits || this.upSince === undefined || negotiated === undefined) return;
    // A limit that changes counts from here on only if the peer sends its routes again.
    if (!this.receivedUpdates.begin(config.maxPrefix, negotiated)) return;
    for (const [index, family] of families.entries()) {
      if (negotiated.families[index]) this.sendRouteRefresh(family, RefreshSubtype.query);
    }
  }

  /**
   * Takes a connection that the peer opened, or refuses it.
   * @param transport connected, paused, without handler
   */
  accept(transport: Transport): boolean {
    if (!this.isStarted || !this.isUpEnabled) {
      // RFC 4486 section 4: known, but not wanted now.
      transport.end(encodeNotification(ErrorCode.cease, Cease.connectionRejected));
      return false;
    }
    if (this.connections.primary.state === FsmState.idle && !this.backOff.isWaitingToConnect) {
      this.log.refused();
      transport.end();
      return false;
    }
    this.connections.accept(transport);
    return true;
  }

  /** @returns false when not Established or the family is not negotiated */
  sendEor(family: Family): boolean {
    return this.sender?.sendEor(family) ?? false;
  }

  /**
   * @param subtype 0 asks for routes, 1 and 2 are BoRR and EoRR (RFC 7313)
   * @returns false when not Established, or the peer did not say that it understands (RFC 2918, 7313)
   */
  sendRouteRefresh(family: Family, subtype: number): boolean {
    const { primary } = this.connections;
    const { negotiated } = primary;
    if (this.sender === undefined || negotiated === undefined) return false;
    if (negotiated.refresh === 'absent' || negotiated.families[familyIndex(family)] !== true) return false;
    if (subtype !== RefreshSubtype.query && negotiated.refresh !== 'enhanced') return false;
    const refresh = { afi: family.afi, safi: family.safi, subtype };
    const message = encodeRouteRefresh(refresh);
    primary.write(MessageType.routeRefresh, message, 1);
    this.observers.refresh('send', refresh, message);
    return true;
  }

  /** @returns false when not Established, or operational messages were not negotiated */
  sendOperational(operational: OperationalMessage): boolean {
    return this.operational.send(operational, this.sender === undefined ? undefined : this.connections.primary);
  }

  /**
   * Withdraws all that the peer holds, then sends End-of-RIB (shutdown: "withdraw").
   * @param done told when the kernel has it, or there is no session any more
   */
  withdrawAll(done: () => void): void {
    if (this.sender === undefined) done();
    else this.sender.withdrawAll(done);
  }

  /** Reads nothing until `resumeReading`; unread input counts as life. Calls nest. */
  pauseReading(): void {
    if (++this.pauses === 1 && this.upSince !== undefined) this.connections.primary.pause();
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
    return this.connections.admit(connection, this.isGraceful);
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
    const { upSince } = this;
    // A collision that was resolved is no news to anybody.
    if (upSince === undefined && this.connections.otherOf(connection)?.isTcpUp) return;
    if (upSince !== undefined) this.backOff.sessionLasted(this.context.clock.nowMs() - upSince);
    this.upSince = undefined;
    if (!this.isConnectedTold) return;
    this.isConnectedTold = false;
    if (reason.kind === 'notification-received') {
      if (reason.code === ErrorCode.messageHeader) this.operational.forget();
      if (upSince === undefined) this.openMaker.refused(this.config, reason);
    }
    this.log.ended(this.config, reason, upSince !== undefined);
    this.observers.down(reason);
    this.counters.prefixes.fill(0);
    this.onEnded(this);
  }

  up(connection: Connection): void {
    const negotiated = connection.negotiated!;
    this.connections.keepOnly(connection);
    this.upSince = this.context.clock.nowMs();
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

  opened(_connection: Connection, direction: Direction, open: OpenMessage, message: Uint8Array): void {
    this.lastOpen = direction === 'send' ? undefined : open;
    this.observers.open(direction, open, message);
  }

  kept(_connection: Connection, direction: Direction, message: Uint8Array): void {
    this.observers.keepalive(direction, message);
  }

  notified(
    _connection: Connection,
    direction: Direction,
    notification: NotificationMessage,
    message: Uint8Array,
  ): void {
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

  refreshed(_connection: Connection, refresh: RouteRefresh, message: Uint8Array): void {
    this.observers.refresh('receive', refresh, message);
    const family = familyByCode(refresh.afi, refresh.safi);
    if (family === undefined || refresh.subtype !== RefreshSubtype.query) return;
    if (this.config.capabilities.routeRefresh) this.sender?.refresh(familyIndex(family));
  }

  operationalReceived(_connection: Connection, message: Uint8Array): void {
    this.operational.received(message);
  }

  writable(connection: Connection): void {
    if (connection === this.connections.primary) this.sender?.writable();
  }

  taken(connection: Connection): void {
    if (connection === this.connections.primary) this.sender?.taken();
  }

  // Parts of the above.

  private tellState(): void {
    const { state } = this;
    if (state === this.shownState) return;
    this.shownState = state;
    this.observers.state(state);
  }

  private endAll(reason: StopReason, isFinal: boolean, kind: DownReason['kind']): void {
    if (reason.kind === 'silent') {
      this.connections.stop(undefined, isFinal, { kind: 'graceful', text: '' });
      return;
    }
    const { subcode, text } = reason;
    const content = { code: ErrorCode.cease, subcode, data: shutdownData(subcode, text) };
    this.connections.stop(content, isFinal, { kind, text });
  }

  private newSender(connection: Connection, negotiated: Negotiated): Sender {
    const { config, context } = this;
    const profile = context.profiles.intern(sessionProfile(config, negotiated, connection.localAddress));
    const isFirstGraceful = this.counters.ups === 1 && config.capabilities.gracefulRestart !== undefined;
    return new Sender(
      context.rib.openFeed(this.member, profile),
      new SessionOutput(connection, this.observers, () => this.openMaker.endOfRibSent()),
      {
        families: negotiated.families,
        manualEor: config.manualEor,
        rateLimit: config.rateLimit,
        enhancedRefresh: negotiated.refresh === 'enhanced',
        peerWaitsForEor: negotiated.peerGracefulRestart,
      },
      isFirstGraceful ? (context.eorGateOf?.(this) ?? OPEN_GATE) : OPEN_GATE,
      context.scheduler,
      context.clock,
    );
  }
}

/** The Data field: a shutdown communication where RFC 9003 has one. */
function shutdownData(subcode: number, text: string): Uint8Array {
  const hasText = subcode === Cease.administrativeShutdown || subcode === Cease.administrativeReset;
  return encodeShutdownText(hasText ? text : '');
}
