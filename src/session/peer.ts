/**
 * One neighbor: its configuration, its one or (during a collision) two connections, the routes due to it, its counters,
 * and the observers that are told. Outlives its sessions. The state machine's actions run in connection.ts; sending is
 * sender.ts. RFC 4271 sections 6.8 and 8, RFC 4724, RFC 5492 section 3.
 */
import type { Member } from '../rib/types.js';
import { parseIpv4 } from '../util/ip.js';
import type { Logger } from '../util/log.js';
import { gracefulRestart } from '../wire/capability/graceful-restart.js';
import { readCapability } from '../wire/capability/index.js';
import { Cease, ErrorCode, errorText, MessageType, OpenError } from '../wire/codes.js';
import { families, familyByCode, familyByName, familyIndex } from '../wire/family/index.js';
import type { Family } from '../wire/family/types.js';
import { bodyOf } from '../wire/message.js';
import { negotiate } from '../wire/negotiate.js';
import type { Negotiated } from '../wire/negotiated.js';
import { encodeNotification, encodeShutdownText, type NotificationMessage } from '../wire/notification.js';
import { openOf } from '../wire/offer.js';
import { asOf, type OpenMessage } from '../wire/open.js';
import type { OperationalMessage } from '../wire/operational.js';
import { encodeRouteRefresh, RefreshSubtype, type RouteRefresh } from '../wire/refresh.js';
import type { DecodedUpdate } from '../wire/update.js';
import { decodeUpdate } from '../wire/update-decoder.js';
import { BackOff } from './backoff.js';
import { resolveCollision } from './collision.js';
import { Connection, type ConnectionOwner, type MadeOpen } from './connection.js';
import { PeerCounters } from './counters.js';
import { FaultLog } from './fault-log.js';
import { FsmState } from './fsm.js';
import type { Direction, DownReason } from './observer.js';
import { OperationalMessages } from './operational-messages.js';
import type { PeerConfig } from './peer-config.js';
import type { PeerContext } from './peer-context.js';
import { PrefixLimits } from './prefix-limit.js';
import { OPEN_GATE, Sender } from './sender.js';
import { eachSent } from './sent-messages.js';
import { sessionProfile } from './session-profile.js';
import type { Transport, TransportFailure, TransportHandler } from './transport.js';

export type { MessageCounters, PeerCounters } from './counters.js';
export type { PeerContext } from './peer-context.js';

/** How a session is ended on purpose. */
export type StopReason =
  /** Without NOTIFICATION: the peer keeps our routes (RFC 4724). */
  { readonly kind: 'silent' } | { readonly kind: 'cease'; readonly subcode: number; readonly text: string };

/** A neighbor is never retried faster than this after its session ended. */
const MIN_IDLE_SECONDS = 1;

const STATE_ORDER: readonly FsmState[] = [
  FsmState.idle,
  FsmState.active,
  FsmState.connect,
  FsmState.openSent,
  FsmState.openConfirm,
  FsmState.established,
];

export class Peer implements ConnectionOwner {
  readonly counters = new PeerCounters();
  private primary: Connection;
  private secondary: Connection | undefined;
  private shownState: FsmState = FsmState.idle;
  private sender: Sender | undefined;
  private limits: PrefixLimits | undefined;
  private readonly faults: FaultLog;
  private readonly backOff: BackOff;
  private readonly log: Logger;
  private upSince: number | undefined;
  private last: DownReason | undefined;
  private lastOpens: { sent: OpenMessage | undefined; received: OpenMessage | undefined } = NO_OPENS;
  private isStarted = false;
  private isUpEnabled: boolean;
  private isConnectedTold = false;
  /** Waits after attempts that failed to connect, not after a session. */
  private isWaitingToConnect = false;
  /** The session is being ended on purpose: it is no failure. */
  private isDeliberate = false;
  /** How long to stay down after the present session: undefined as usual, null for good. */
  private holdOffSeconds: number | null | undefined;
  /** Whether the next OPEN goes without optional parameters (the peer refused them); done at most once in a row. */
  private parameters: 'sent' | 'left-out' = 'sent';
  private pauses = 0;
  private hasSentEor = false;
  private endWithdrawals: (() => void) | undefined;
  private readonly operational: OperationalMessages;

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
    this.log = context.log.child({ neighbor: config.name });
    this.faults = new FaultLog(this.log, context.clock);
    this.backOff = new BackOff(context.random);
    this.operational = new OperationalMessages(this.log, (direction, operational, message) => {
      for (const observer of context.observers) observer.onOperational?.(this, direction, operational, message);
    });
    this.isUpEnabled = config.enabled;
    this.primary = this.newConnection();
  }

  // What others may ask.

  /** Address of the peer, canonical, with its zone. */
  get remoteAddress(): string {
    return this.config.remoteAddress;
  }

  get state(): FsmState {
    const two = this.secondary?.state ?? FsmState.idle;
    return STATE_ORDER.indexOf(two) > STATE_ORDER.indexOf(this.primary.state) ? two : this.primary.state;
  }

  /** Set from OpenConfirm on. */
  get negotiated(): Negotiated | undefined {
    return this.primary.negotiated ?? this.secondary?.negotiated;
  }

  /** The session's own address in use, without zone; undefined while not connected. */
  get localAddress(): string | undefined {
    return this.primary.localAddress ?? this.secondary?.localAddress;
  }

  get localPort(): number | undefined {
    return this.primary.localPort ?? this.secondary?.localPort;
  }

  get remotePort(): number | undefined {
    return this.primary.remotePort ?? this.secondary?.remotePort;
  }

  /** The OPENs of the present session, or of the last one. */
  get openSent(): OpenMessage | undefined {
    return this.primary.openSent ?? this.lastOpens.sent;
  }

  get openReceived(): OpenMessage | undefined {
    return this.primary.openReceived ?? this.lastOpens.received;
  }

  /** Clock time (ms) since when the session is Established. */
  get upSinceMs(): number | undefined {
    return this.upSince;
  }

  /** Why the last session ended. */
  get lastDown(): DownReason | undefined {
    return this.last;
  }

  /** False: administratively down. */
  get isEnabled(): boolean {
    return this.isUpEnabled;
  }

  /** Graceful restart was configured here and received from the peer: a silent close keeps our routes there (RFC 4724). */
  get isGraceful(): boolean {
    return (
      this.config.capabilities.gracefulRestart !== undefined && this.primary.negotiated?.peerGracefulRestart === true
    );
  }

  /** A connection is up or being made. */
  get hasConnection(): boolean {
    return this.primary.hasTransport || this.secondary !== undefined;
  }

  /** Something written has not been taken by the kernel, or last words are on their way. */
  get hasPending(): boolean {
    return this.primary.hasPending || (this.secondary?.hasPending ?? false);
  }

  // What others may do.

  /** Begins to connect or to wait for the peer; nothing happens while disabled or when it runs. */
  start(): void {
    this.isStarted = true;
    if (!this.isUpEnabled || this.primary.state !== FsmState.idle) return;
    this.holdOffSeconds = undefined;
    this.isWaitingToConnect = false;
    this.primary.start();
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
    if (!this.primary.isTcpUp && this.secondary === undefined) return;
    this.endAll(reason, false, 'notification-sent');
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
   * others the caller ends the session first (`needsReset` of peer-table.ts).
   */
  reconfigure(config: PeerConfig): void {
    const limitsChanged = JSON.stringify(config.maxPrefix) !== JSON.stringify(this.config.maxPrefix);
    this.config = config;
    // A limit that changes counts from here on only if the peer sends its routes again.
    if (limitsChanged && this.upSince !== undefined && this.primary.negotiated !== undefined) {
      this.limits = this.newLimits(this.primary.negotiated);
      for (const [index, family] of families.entries()) {
        if (this.limits !== undefined && this.primary.negotiated.families[index]) {
          this.sendRouteRefresh(family, RefreshSubtype.query);
        }
      }
    }
  }

  /**
   * Takes a connection that the peer opened, or refuses it.
   * @param transport connected, paused, without handler
   */
  accept(transport: Transport): boolean {
    const { primary } = this;
    if (!this.isStarted || !this.isUpEnabled) {
      // RFC 4486 section 4: known, but not wanted now.
      transport.end(encodeNotification(ErrorCode.cease, Cease.connectionRejected));
      return false;
    }
    if (primary.state === FsmState.idle && !this.isWaitingToConnect) {
      this.log.debug({}, 'connection refused: waiting after a failed session');
      transport.end();
      return false;
    }
    if (!primary.hasTransport) {
      primary.accept(transport);
      return true;
    }
    // The peer began anew before it said anything on its former second connection.
    this.secondary?.dump();
    const second = this.newConnection();
    this.secondary = second;
    second.accept(transport);
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
    const { negotiated } = this.primary;
    if (this.sender === undefined || negotiated === undefined) return false;
    if (negotiated.refresh === 'absent' || negotiated.families[familyIndex(family)] !== true) return false;
    if (subtype !== RefreshSubtype.query && negotiated.refresh !== 'enhanced') return false;
    const refresh = { afi: family.afi, safi: family.safi, subtype };
    const message = encodeRouteRefresh(refresh);
    this.primary.write(MessageType.routeRefresh, message, 1);
    for (const observer of this.context.observers) observer.onRefresh?.(this, 'send', refresh, message);
    return true;
  }

  /** @returns false when not Established, or operational messages were not negotiated */
  sendOperational(operational: OperationalMessage): boolean {
    return this.operational.send(operational, this.sender === undefined ? undefined : this.primary);
  }

  /** Withdraws all that the peer holds, then End-of-RIB (shutdown: "withdraw"). @param done told when the kernel has it */
  withdrawAll(done: () => void): void {
    if (this.sender === undefined) {
      done();
      return;
    }
    this.endWithdrawals = done;
    this.sender.withdrawAll();
  }

  /** Reads nothing until `resumeReading`; unread input counts as life. Calls nest. */
  pauseReading(): void {
    if (++this.pauses === 1 && this.upSince !== undefined) this.primary.pause();
  }

  resumeReading(): void {
    if (this.pauses > 0 && --this.pauses === 0) this.primary.resume();
  }

  // The machine asks (ConnectionOwner).

  connect(handler: TransportHandler): Transport {
    return this.context.transportsOf(this.config).connect(handler);
  }

  makeOpen(received: OpenMessage | undefined): MadeOpen {
    const { config } = this;
    const peersAs = received === undefined ? 0 : asOf(received);
    const withoutParameters = this.parameters === 'left-out';
    const open = openOf(
      {
        localAs: config.localAs === 'auto' ? peersAs : config.localAs,
        routerId: parseIpv4(config.routerId)!,
        holdTimeSeconds: config.holdTimeSeconds,
        families: config.families,
        capabilities: config.capabilities,
        hostName: config.hostName,
        domainName: config.domainName,
        softwareVersion: this.context.softwareVersion,
        // R until the first End-of-RIB after the start (RFC 4724 section 4.1).
        isRestarting: !this.hasSentEor,
      },
      withoutParameters,
    );
    const offers = (isOffered: boolean): boolean => isOffered && !withoutParameters;
    const { extendedMessage, operational } = config.capabilities;
    return { open, extendedMessages: offers(extendedMessage), operational: offers(operational) };
  }

  negotiate(sent: OpenMessage, received: OpenMessage): Negotiated {
    return negotiate(sent, received, { peerAs: this.config.peerAs, capabilities: this.config.capabilities });
  }

  admit(connection: Connection): boolean {
    const other = connection === this.primary ? this.secondary : this.primary;
    const { negotiated } = connection;
    if (other === undefined || negotiated === undefined) return true;
    const restart = readCapability(other.openReceived?.capabilities ?? [], gracefulRestart);
    const isRestart = this.isGraceful && (restart?.families.length ?? 0) > 0;
    const verdict = resolveCollision(other.state, connection.isOurs, other.isOurs, isRestart, negotiated);
    switch (verdict) {
      case 'keepBoth':
        return true;
      case 'closeNew':
        this.log.debug({}, 'connection collision: the older connection stays');
        connection.dump();
        return false;
      case 'closeOld':
        this.log.debug({}, 'connection collision: the newer connection stays');
        other.dump();
        return true;
      case 'replaceOld':
        this.log.info({}, 'the peer has restarted: its new connection takes the place of the old one');
        this.isDeliberate = true;
        other.stop(undefined, false, { kind: 'graceful', text: 'the peer restarted' });
        this.isDeliberate = false;
        return connection.hasTransport;
    }
  }

  connectRetrySeconds(): number {
    return this.backOff.connectRetrySeconds(this.config.connectRetrySeconds);
  }

  idleHoldSeconds(hadTcp: boolean): number | undefined {
    const { holdOffSeconds } = this;
    this.holdOffSeconds = undefined;
    this.isWaitingToConnect = !hadTcp && holdOffSeconds === undefined;
    if (holdOffSeconds !== undefined) return holdOffSeconds ?? undefined;
    return hadTcp ? Math.max(MIN_IDLE_SECONDS, this.backOff.idleHoldSeconds()) : this.connectRetrySeconds();
  }

  countFailure(connection: Connection, hadTcp: boolean): void {
    // One of two connections failing says nothing of the neighbor.
    if (this.isDeliberate || this.otherOf(connection)?.hasTransport) return;
    // A peer that closes before it said anything: the next attempt comes by the ConnectRetry timer.
    if (hadTcp && connection.state === FsmState.idle) this.backOff.countSessionFailure();
    else this.backOff.countConnectFailure();
  }

  forgetFailures(): void {
    this.backOff.forget();
  }

  // The machine tells (ConnectionOwner).

  stateChanged(connection: Connection, from: FsmState, reason: string): void {
    this.log.debug({ from, to: connection.state, reason }, 'state changed');
    // Of two connections one that lost its TCP is over, whatever its machine would do next.
    if (this.secondary !== undefined && !connection.hasTransport) {
      connection.discard();
      if (connection === this.primary) this.primary = this.secondary;
      this.secondary = undefined;
    }
    this.tellState();
  }

  connected(connection: Connection): void {
    this.log.debug({ local: connection.localAddress, isOurs: connection.isOurs }, 'connected');
    if (this.isConnectedTold) return;
    this.isConnectedTold = true;
    this.counters.reset();
    for (const observer of this.context.observers) observer.onConnected?.(this);
  }

  connectFailed(connection: Connection, failure: TransportFailure): void {
    if (this.otherOf(connection)?.isTcpUp) return;
    const { config } = this;
    const fields: Record<string, unknown> = { address: config.remoteAddress, port: config.remotePort };
    if (failure.kind === 'timeout') Object.assign(fields, this.silenceHints());
    this.log.warn(fields, `could not connect: ${failure.text}`);
  }

  /** A wrong key or TTL is silence on both sides: what is set, and what the kernel saw (RFC 2385, RFC 5082). */
  private silenceHints(): Record<string, unknown> {
    const { md5, ttl } = this.config;
    const hints: Record<string, unknown> = {};
    if (md5 !== undefined) {
      hints.md5 = 'MD5 set';
      const counted = this.context.md5Failures?.();
      if (counted !== undefined && counted !== '') hints.md5Failures = counted;
    }
    if (ttl.minimum !== undefined) hints.ttl = `minimum TTL ${ttl.minimum} set`;
    return hints;
  }

  ended(connection: Connection, reason: DownReason): void {
    // A collision that was resolved is no news to anybody.
    if (this.upSince === undefined && this.otherOf(connection)?.isTcpUp) return;
    const wasUp = this.upSince !== undefined;
    if (this.upSince !== undefined) this.backOff.sessionLasted(this.context.clock.nowMs() - this.upSince);
    this.upSince = undefined;
    if (!this.isConnectedTold) return;
    this.isConnectedTold = false;
    this.last = reason;
    if (reason.kind === 'notification-received' && reason.code === ErrorCode.messageHeader) this.operational.forget();
    if (!wasUp && reason.kind === 'notification-received') this.noteRefusedParameters(reason);
    const { kind, code, subcode, text } = reason;
    const error = code === undefined ? undefined : errorText(code, subcode ?? 0);
    const hints = kind === 'notification-sent' && code === ErrorCode.holdTimer ? this.silenceHints() : {};
    this.log.info({ reason: kind, code, subcode, error, text, ...hints }, wasUp ? 'session down' : 'connection ended');
    for (const observer of this.context.observers) observer.onDown?.(this, reason);
    this.counters.prefixes.fill(0);
    this.onEnded(this);
  }

  up(connection: Connection): void {
    const negotiated = connection.negotiated!;
    if (connection === this.secondary) {
      const loser = this.primary;
      this.secondary = undefined;
      this.primary = connection;
      if (loser.isTcpUp) loser.dump();
      loser.discard();
    } else if (this.secondary !== undefined) {
      const loser = this.secondary;
      this.secondary = undefined;
      loser.dump();
      loser.discard();
    }
    this.upSince = this.context.clock.nowMs();
    this.counters.ups++;
    this.lastOpens = { sent: connection.openSent, received: connection.openReceived };
    this.limits = this.newLimits(negotiated);
    this.parameters = 'sent';
    if (this.pauses > 0) connection.pause();
    this.log.info(
      { local: connection.localAddress, peerAs: negotiated.peerAs, families: this.namesOf(negotiated) },
      'session up',
    );
    this.tellState();
    for (const observer of this.context.observers) observer.onUp?.(this);
    if (connection.state === FsmState.established) this.openFeed(connection, negotiated);
    if (this.sender !== undefined) this.operational.begin(this.config.operational, connection);
  }

  left(connection: Connection): void {
    if (connection !== this.primary) return;
    this.sender?.close();
    this.sender = undefined;
    this.limits = undefined;
    const done = this.endWithdrawals;
    this.endWithdrawals = undefined;
    done?.();
  }

  counted(direction: Direction, type: number, count: number, octets: number): void {
    this.counters.add(direction, type, count, octets);
  }

  opened(connection: Connection, direction: Direction, open: OpenMessage, message: Uint8Array): void {
    if (direction === 'send') this.lastOpens = { sent: open, received: undefined };
    else this.lastOpens = { sent: connection.openSent, received: open };
    for (const observer of this.context.observers) observer.onOpen?.(this, direction, open, message);
  }

  kept(_connection: Connection, direction: Direction, message: Uint8Array): void {
    for (const observer of this.context.observers) observer.onKeepalive?.(this, direction, message);
  }

  notified(
    _connection: Connection,
    direction: Direction,
    notification: NotificationMessage,
    message: Uint8Array,
  ): void {
    const { code, subcode, data, shutdownText } = notification;
    this.log.info(
      {
        direction,
        code,
        subcode,
        error: errorText(code, subcode),
        ...(shutdownText === undefined ? { data: Buffer.from(data).toString('hex') } : { text: shutdownText }),
      },
      direction === 'send' ? 'NOTIFICATION sent' : 'NOTIFICATION received',
    );
    for (const observer of this.context.observers) observer.onNotification?.(this, direction, notification, message);
  }

  agreed(connection: Connection, negotiated: Negotiated): void {
    if (connection !== this.primary && this.primary.negotiated !== undefined) return;
    for (const observer of this.context.observers) observer.onNegotiated?.(this, negotiated);
  }

  updated(connection: Connection, message: Uint8Array): void {
    const isWanted = this.isWanted('receive');
    let update = decodeUpdate(bodyOf(message), connection.negotiated!, isWanted ? 'full' : 'check');
    if (update.faults.length > 0) {
      this.counters.malformed++;
      this.faults.report(update, message);
    }
    if (this.limits !== undefined) {
      update = this.limits.apply(update);
      this.copyCounts(this.limits);
    }
    if (isWanted) this.tellUpdate('receive', update, message);
  }

  refreshed(_connection: Connection, refresh: RouteRefresh, message: Uint8Array): void {
    for (const observer of this.context.observers) observer.onRefresh?.(this, 'receive', refresh, message);
    const family = familyByCode(refresh.afi, refresh.safi);
    if (family === undefined || refresh.subtype !== RefreshSubtype.query) return;
    if (this.config.capabilities.routeRefresh) this.sender?.refresh(familyIndex(family));
  }

  operationalReceived(_connection: Connection, message: Uint8Array): void {
    this.operational.received(message);
  }

  writable(connection: Connection): void {
    if (connection === this.primary) this.sender?.writable();
  }

  taken(connection: Connection): void {
    if (connection === this.primary) this.sender?.taken();
  }

  // Parts of the above.

  private newConnection(): Connection {
    return new Connection(this, this.context.clock, this.context.random, this.context.scheduler);
  }

  private otherOf(connection: Connection): Connection | undefined {
    return connection === this.primary ? this.secondary : this.primary;
  }

  private namesOf(negotiated: Negotiated): string[] {
    return families.filter((_, index) => negotiated.families[index]).map((family) => family.name);
  }

  private tellState(): void {
    const { state } = this;
    if (state === this.shownState) return;
    this.shownState = state;
    for (const observer of this.context.observers) observer.onState?.(this, state);
  }

  private endAll(reason: StopReason, isFinal: boolean, kind: DownReason['kind']): void {
    const isSilent = reason.kind === 'silent';
    const content = isSilent
      ? undefined
      : { code: ErrorCode.cease, subcode: reason.subcode, data: textData(reason.subcode, reason.text) };
    const details = { kind: isSilent ? ('graceful' as const) : kind, text: isSilent ? '' : reason.text };
    this.isDeliberate = true;
    this.secondary?.stop(content, isFinal, details);
    this.primary.stop(content, isFinal, details);
    this.isDeliberate = false;
  }

  private newLimits(negotiated: Negotiated): PrefixLimits | undefined {
    const limits = Object.entries(this.config.maxPrefix).filter(([name]) => {
      const family = familyByName(name);
      return family !== undefined && negotiated.families[familyIndex(family)];
    });
    if (limits.length === 0) return undefined;
    return new PrefixLimits(Object.fromEntries(limits), this.log, (limit) => {
      this.holdOffSeconds = limit.restartSeconds > 0 ? limit.restartSeconds : null;
    });
  }

  private copyCounts(limits: PrefixLimits): void {
    for (let index = 0; index < families.length; index++) {
      const count = limits.count(index);
      if (count !== undefined) this.counters.prefixes[index] = count;
    }
  }

  /** RFC 5492 section 3: a peer that knows no optional parameters gets one OPEN without, unless more than that is needed. */
  private noteRefusedParameters(reason: DownReason): void {
    const isRefused = reason.code === ErrorCode.open && reason.subcode === OpenError.unsupportedOptionalParameter;
    const needsMore =
      (typeof this.config.localAs === 'number' && this.config.localAs > 0xffff) ||
      this.config.families.some((name) => familyByName(name)?.isClassic !== true);
    if (isRefused && !needsMore && this.parameters === 'sent') {
      this.log.warn({}, 'the peer refuses optional parameters: the next OPEN goes without');
      this.parameters = 'left-out';
    } else this.parameters = 'sent';
  }

  private openFeed(connection: Connection, negotiated: Negotiated): void {
    const { config, context } = this;
    const profile = context.profiles.intern(sessionProfile(config, negotiated, connection.localAddress));
    const isFirstGraceful = this.counters.ups === 1 && config.capabilities.gracefulRestart !== undefined;
    this.sender = new Sender(
      context.rib.openFeed(this.member, profile),
      {
        writeUpdates: (chunk, messages) => this.writeUpdates(connection, chunk, messages),
        get hasPending() {
          return connection.hasPending;
        },
        endOfRibSent: () => {
          this.hasSentEor = true;
        },
        withdrawn: () => {
          const done = this.endWithdrawals;
          this.endWithdrawals = undefined;
          done?.();
        },
      },
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

  private writeUpdates(connection: Connection, chunk: Uint8Array, messages: number): boolean {
    const hasRoom = connection.write(MessageType.update, chunk, messages);
    if (this.isWanted('send')) this.tellSent(connection, chunk);
    return hasRoom;
  }

  private tellSent(connection: Connection, chunk: Uint8Array): void {
    if (connection.negotiated === undefined) return;
    eachSent(chunk, connection.negotiated, {
      update: (update, message) => this.tellUpdate('send', update, message),
      refresh: (refresh, message) => {
        for (const observer of this.context.observers) observer.onRefresh?.(this, 'send', refresh, message);
      },
    });
  }

  private isWanted(direction: Direction): boolean {
    for (const observer of this.context.observers) if (observer.wantsUpdates?.(this, direction) === true) return true;
    return false;
  }

  private tellUpdate(direction: Direction, update: DecodedUpdate, message: Uint8Array): void {
    for (const observer of this.context.observers) {
      if (observer.wantsUpdates?.(this, direction)) {
        observer.onUpdate?.(this, direction, update, message);
      }
    }
  }
}

const NO_OPENS = { sent: undefined, received: undefined };

/** The Data field: a shutdown communication where RFC 9003 has one. */
function textData(subcode: number, text: string): Uint8Array {
  const hasText = subcode === Cease.administrativeShutdown || subcode === Cease.administrativeReset;
  return encodeShutdownText(hasText ? text : '');
}
