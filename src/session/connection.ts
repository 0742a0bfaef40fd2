/**
 * One state machine with its TCP connection: runs the actions of fsm.ts, owns the timers, cuts and decodes what arrives,
 * and turns what goes wrong into a NOTIFICATION. The one place that catches NotificationError. What concerns the neighbor
 * as a whole (its OPEN, collisions, routes, observers) is left to peer.ts behind ConnectionOwner. RFC 4271 section 8.
 */
import { toHex } from '../util/bytes.js';
import { type Clock, NamedTimers } from '../util/timers.js';
import { Cease, ErrorCode, MessageType, OpenError } from '../wire/codes.js';
import type { NotificationError } from '../wire/errors.js';
import { KEEPALIVE } from '../wire/keepalive.js';
import { MAX_EXTENDED_MESSAGE_SIZE } from '../wire/message.js';
import type { Negotiated } from '../wire/negotiated.js';
import {
  decodeNotification,
  encodeHardReset,
  encodeNotification,
  insideHardReset,
  type NotificationMessage,
} from '../wire/notification.js';
import { decodeOpen, encodeOpen, type OpenMessage } from '../wire/open.js';
import { decodeRouteRefresh, type RouteRefresh } from '../wire/refresh.js';
import { withJitter } from './backoff.js';
import { step } from './fsm.js';
import { type FsmAction, type FsmContext, type FsmEvent, FsmState, type FsmTimer } from './fsm-types.js';
import { Input } from './input.js';
import type { DownReason } from './observer.js';
import type { PeerConfig } from './peer-config.js';
import type { Scheduler } from './sender.js';
import type { Transport, TransportFailure, TransportHandler } from './transport.js';

/** Our OPEN, and what we must take from a peer that has heard it. */
export interface MadeOpen {
  readonly open: OpenMessage;
  readonly extendedMessages: boolean;
  readonly operational: boolean;
}

/** What a connection asks of its neighbor. Called in the turn of the event; observers may act on it at once. */
export interface ConnectionOwner {
  readonly config: PeerConfig;
  connect(handler: TransportHandler): Transport;
  /** Our OPEN; `received` is the neighbor's where it came first (localAs "auto"). */
  makeOpen(received: OpenMessage | undefined): MadeOpen;
  /** @throws NotificationError 2/x */
  negotiate(sent: OpenMessage, received: OpenMessage): Negotiated;
  /** Resolves a collision. @returns false when this connection has to go (it was closed) */
  admit(connection: Connection): boolean;
  connectRetrySeconds(): number;
  /** Undefined: stays in Idle until started by hand. */
  idleHoldSeconds(hadTcp: boolean): number | undefined;
  /** `hadTcp`: a session failed, not an attempt to connect. */
  countFailure(connection: Connection, hadTcp: boolean): void;
  forgetFailures(): void;

  stateChanged(connection: Connection, from: FsmState, reason: string): void;
  connected(connection: Connection): void;
  /** TCP could not be had; nothing was ever connected. */
  connectFailed(connection: Connection, failure: TransportFailure): void;
  /** A connection that was up is gone. */
  ended(connection: Connection, reason: DownReason): void;
  up(connection: Connection): void;
  /** Established is left; `ended` follows. */
  left(connection: Connection): void;

  /** A whole message came or went; views. `count` messages of `octets` together. */
  counted(direction: 'send' | 'receive', type: number, count: number, octets: number): void;
  opened(connection: Connection, direction: 'send' | 'receive', open: OpenMessage, message: Uint8Array): void;
  /** Both OPENs are known and taken. */
  agreed(connection: Connection, negotiated: Negotiated): void;
  kept(connection: Connection, direction: 'send' | 'receive', message: Uint8Array): void;
  notified(
    connection: Connection,
    direction: 'send' | 'receive',
    notification: NotificationMessage,
    message: Uint8Array,
  ): void;
  /** @throws NotificationError 3/x, 6/1 */
  updated(connection: Connection, message: Uint8Array): void;
  refreshed(connection: Connection, refresh: RouteRefresh, message: Uint8Array): void;
  operationalReceived(connection: Connection, message: Uint8Array): void;
  writable(connection: Connection): void;
  taken(connection: Connection): void;
}

/** The smallest interval between KEEPALIVEs (RFC 4271 section 4.4). */
const MIN_KEEPALIVE_SECONDS = 1;

/** Ceases after which the session does not come back by itself: a neighbor that keeps routes over NOTIFICATIONs
 * (RFC 8538 section 3) must hear that they are meant to go. */
const HARD_CEASES: readonly number[] = [Cease.maximumPrefixes, Cease.administrativeShutdown, Cease.peerDeconfigured];

/** How a deliberate close is told, besides its NOTIFICATION. */
export interface StopDetails {
  readonly kind: DownReason['kind'];
  readonly text: string;
}

export class Connection implements TransportHandler {
  state: FsmState = FsmState.idle;
  /** We opened it. */
  isOurs = true;
  openSent: OpenMessage | undefined;
  openReceived: OpenMessage | undefined;
  negotiated: Negotiated | undefined;
  /** Set from the moment TCP is up. */
  isTcpUp = false;
  private transport: Transport | undefined;
  /** The former transport, whose last words may still be on their way. */
  private closing: Transport | undefined;
  private input: Input;
  private readonly timers: NamedTimers<FsmTimer>;
  private keepaliveMs = 0;
  private isPaused = false;
  /** The hold timer ran out while input waited: what is read next decides. */
  private isHoldDue = false;
  /** An UPDATE of this turn has restarted the hold timer already. */
  private isHoldFresh = false;
  /** TCP has ended behind input that waits. */
  private failure: TransportFailure | undefined;
  private downReason: DownReason | undefined;

  constructor(
    private readonly owner: ConnectionOwner,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly scheduler: Scheduler,
  ) {
    this.input = this.newInput();
    this.timers = new NamedTimers(clock, (name) => this.timerExpired(name));
  }

  get localAddress(): string | undefined {
    return this.transport?.localAddress;
  }

  get localPort(): number | undefined {
    return this.transport?.localPort;
  }

  get remotePort(): number | undefined {
    return this.transport?.remotePort;
  }

  /** Something written has not been taken by the kernel, last words included. */
  get hasPending(): boolean {
    return this.transport?.hasPending ?? this.closing?.hasPending ?? false;
  }

  /** TCP is there, whatever the state. */
  get hasTransport(): boolean {
    return this.transport !== undefined;
  }

  start(): void {
    this.fire(this.owner.config.passive ? 'passiveStart' : 'start');
  }

  /** Takes an accepted connection. Only for one that is in Idle or Active without TCP. */
  accept(transport: Transport): void {
    this.isOurs = false;
    this.transport = transport;
    transport.handler = this;
    if (this.state === FsmState.idle) this.fire('passiveStart');
    this.tcpIsUp('tcpConfirmed');
    if (this.transport === transport) transport.resume();
  }

  /**
   * Ends it on purpose. @param content undefined: without a word
   * @param isFinal stays in Idle; else the machine starts again by itself
   */
  stop(
    content: { code: number; subcode: number; data: Uint8Array } | undefined,
    isFinal: boolean,
    details: StopDetails,
  ): void {
    this.downReason = { kind: details.kind, code: content?.code, subcode: content?.subcode, text: details.text };
    this.fire(isFinal ? 'manualStop' : 'automaticStop', content);
  }

  /** Loses a collision: Cease, Connection Collision Resolution. */
  dump(): void {
    this.fire('collisionDump');
  }

  /** Forgets everything without a word and without telling anybody: another connection took its place. */
  discard(): void {
    this.timers.stopAll();
    this.dropTransport(undefined);
    this.state = FsmState.idle;
  }

  /**
   * Writes whole messages, UPDATEs and refreshes. Not before Established.
   * @returns false when the next ones should wait for `writable`
   */
  write(type: number, chunk: Uint8Array, messages: number): boolean {
    if (this.transport === undefined) return false;
    this.owner.counted('send', type, messages, chunk.length);
    // What we send keeps the neighbor's hold timer going as a KEEPALIVE does (RFC 4271 section 4.4).
    if (this.keepaliveMs > 0 && type === MessageType.update) this.timers.start('keepalive', this.keepaliveMs);
    return this.transport.write(chunk);
  }

  /** Nothing is read until `resume`; unread input counts as life. */
  pause(): void {
    this.isPaused = true;
    this.input.pause();
    this.transport?.pause();
    if (this.isHoldDue) this.startHold(this.negotiated?.holdTimeSeconds ?? 0);
    this.isHoldDue = false;
    // Not in the turn of whoever pauses us. What waits is lost: nobody can say when it would be read.
    if (this.failure !== undefined) this.clock.start(0, () => this.failure !== undefined && this.closed(this.failure));
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.timers.isRunning('hold')) this.startHold(this.negotiated?.holdTimeSeconds ?? 0);
    if (this.input.isWaiting) this.input.resume();
    else this.readOn();
  }

  /** All that came was read. */
  private readOn(): void {
    this.input.resume();
    if (this.failure !== undefined) {
      this.closed(this.failure);
      return;
    }
    if (this.isHoldDue) {
      this.isHoldDue = false;
      if (!this.timers.isRunning('hold')) {
        this.fire('holdExpires');
        return;
      }
    }
    this.transport?.resume();
  }

  /** Waits in Idle for its next start. */
  isWaitingIdle(): boolean {
    return this.state === FsmState.idle && this.timers.isRunning('idleHold');
  }

  // What the transport tells.

  onConnected(): void {
    this.tcpIsUp('tcpAcknowledged');
  }

  onData(chunk: Uint8Array): void {
    this.input.push(chunk);
  }

  private newInput(): Input {
    return new Input(this.scheduler, {
      begin: () => {
        this.isHoldFresh = false;
      },
      receive: (type, message) => this.receive(type, message),
      failed: (error) => this.fail(error),
      full: () => this.transport?.pause(),
      drained: () => this.readOn(),
    });
  }

  onWritable(): void {
    this.owner.writable(this);
  }

  onTaken(isAll: boolean): void {
    if (this.timers.isRunning('sendHold')) this.timers.start('sendHold', this.sendHoldMs);
    if (isAll) this.owner.taken(this);
  }

  onClosed(failure: TransportFailure): void {
    // What the neighbor said last comes first.
    if (this.input.isWaiting && !this.isPaused) this.failure = failure;
    else this.closed(failure);
  }

  private closed(failure: TransportFailure): void {
    if (!this.isTcpUp) this.owner.connectFailed(this, failure);
    const kind = failure.kind === 'failed' ? 'reset' : failure.kind;
    this.downReason = { kind, code: undefined, subcode: undefined, text: failure.text };
    this.fire('tcpFails');
  }

  private tcpIsUp(event: FsmEvent): void {
    const transport = this.transport;
    this.isTcpUp = true;
    this.input = this.newInput();
    this.owner.connected(this);
    if (this.transport === transport) this.fire(event);
  }

  // Messages.

  private receive(type: number, message: Uint8Array): void {
    this.owner.counted('receive', type, 1, message.length);
    switch (type) {
      case MessageType.open:
        this.receiveOpen(message);
        return;
      case MessageType.keepalive:
        this.owner.kept(this, 'receive', message);
        this.fire('keepaliveReceived');
        return;
      case MessageType.update:
        if (this.state === FsmState.established) {
          this.owner.updated(this, message);
          if (this.isHoldFresh && this.state === FsmState.established) return;
          this.isHoldFresh = true;
        }
        this.fire('updateReceived');
        return;
      case MessageType.routeRefresh:
        if (this.state === FsmState.established) {
          const refresh = decodeRouteRefresh(message, this.negotiated?.refresh === 'enhanced');
          this.owner.refreshed(this, refresh, message);
        }
        this.fire('refreshReceived');
        return;
      case MessageType.operational:
        if (this.state === FsmState.established) this.owner.operationalReceived(this, message);
        this.fire('operationalReceived');
        return;
      case MessageType.notification:
        this.receiveNotification(message);
        return;
    }
  }

  private receiveOpen(message: Uint8Array): void {
    const isDelayed = this.timers.isRunning('delayOpen');
    const event = isDelayed ? 'openReceivedDelayed' : 'openReceived';
    // A second OPEN is out of place whatever it says.
    if (this.state !== FsmState.openSent && !isDelayed) {
      this.fire(event);
      return;
    }
    const open = decodeOpen(message);
    this.openReceived = open;
    this.owner.opened(this, 'receive', open, message);
    if (this.transport === undefined) return;
    this.negotiated = this.owner.negotiate(this.openSent ?? this.owner.makeOpen(open).open, open);
    if (!this.owner.admit(this)) return;
    this.fire(event);
    if (this.state === FsmState.openConfirm && this.negotiated !== undefined) this.owner.agreed(this, this.negotiated);
  }

  private receiveNotification(message: Uint8Array): void {
    const notification = decodeNotification(message);
    const { code, subcode, shutdownText } = notification;
    this.owner.notified(this, 'receive', notification, message);
    if (this.transport === undefined) return;
    const data = insideHardReset(notification)?.data ?? notification.data;
    const text = shutdownText ?? (data.length === 0 ? '' : `0x${toHex(data).toUpperCase()}`);
    this.downReason = { kind: 'notification-received', code, subcode, text };
    const isVersion = code === ErrorCode.open && subcode === OpenError.unsupportedVersion;
    this.fire(isVersion ? 'versionNotification' : 'notificationReceived');
  }

  /** Ends the connection with the NOTIFICATION that an error asks for. */
  private fail(error: NotificationError): void {
    const { code, subcode, data, message } = error;
    this.downReason = { kind: 'notification-sent', code, subcode, text: message };
    this.fire(eventOf(code), { code, subcode, data });
  }

  // The machine.

  private fire(event: FsmEvent, notification?: FsmContext['notification']): void {
    const from = this.state;
    const { next, reason, actions } = step(from, event, this.contextFor(notification));
    this.state = next;
    const hadTcp = this.isTcpUp;
    this.hadTcp = hadTcp;
    this.reason = reason;
    for (const action of actions) {
      this.run(action);
      // Somebody who was told acted at once: the rest belongs to a state that is gone.
      if (this.state !== next) break;
    }
    const ended = hadTcp && !this.isTcpUp ? this.endReason : undefined;
    this.downReason = undefined;
    if (next !== from && this.state === next) this.owner.stateChanged(this, from, reason);
    if (ended !== undefined) this.owner.ended(this, ended);
  }

  /** Why the connection ended, noted while its actions ran. */
  private endReason: DownReason | undefined;
  /** Of the present step, in the machine's words. */
  private reason = '';
  /** TCP was up when the present step began. */
  private hadTcp = false;

  private contextFor(notification: FsmContext['notification']): FsmContext {
    const { config } = this.owner;
    const context = this.context;
    context.isPassive = config.passive;
    context.needsPeerOpen = config.localAs === 'auto';
    context.isOpenDelayed = context.needsPeerOpen || config.delayOpenSeconds > 0;
    context.isDelayOpenRunning = this.timers.isRunning('delayOpen');
    context.openWaitSeconds = config.openWaitSeconds;
    context.delayOpenSeconds = config.delayOpenSeconds;
    context.holdTimeSeconds = this.negotiated?.holdTimeSeconds ?? 0;
    context.notification = notification;
    return context;
  }

  /** Reused: a step keeps nothing of it. */
  private readonly context: { -readonly [Key in keyof FsmContext]: FsmContext[Key] } = {
    isPassive: false,
    isOpenDelayed: false,
    isDelayOpenRunning: false,
    needsPeerOpen: false,
    openWaitSeconds: 0,
    delayOpenSeconds: 0,
    holdTimeSeconds: 0,
    notification: undefined,
  };

  private run(action: FsmAction): void {
    switch (action.do) {
      case 'startTimer':
        this.startTimer(action.timer, action.seconds);
        return;
      case 'stopTimer':
        this.timers.stop(action.timer);
        return;
      case 'connect':
        this.isOurs = true;
        this.transport = this.owner.connect(this);
        return;
      case 'close':
        this.dropTransport(undefined);
        return;
      case 'notify':
        this.notify(action.content, action.onlyIfPossible);
        return;
      case 'sendOpen':
        this.sendOpen();
        return;
      case 'sendKeepalive':
        this.owner.counted('send', MessageType.keepalive, 1, KEEPALIVE.length);
        this.transport?.write(KEEPALIVE);
        this.owner.kept(this, 'send', KEEPALIVE);
        return;
      case 'countFailure':
        this.owner.countFailure(this, this.hadTcp);
        return;
      case 'forgetFailures':
        this.owner.forgetFailures();
        return;
      case 'up':
        this.owner.up(this);
        return;
      case 'down':
        this.owner.left(this);
        return;
    }
  }

  private sendOpen(): void {
    const { open, extendedMessages, operational } = this.owner.makeOpen(this.openReceived);
    this.openSent = open;
    // RFC 8654 section 4: who says it must take large messages; OPEN and KEEPALIVE stay small.
    if (extendedMessages) this.input.framer.maxMessageSize = MAX_EXTENDED_MESSAGE_SIZE;
    // Whoever hears that we know these messages may send them.
    this.input.framer.takesOperational = operational;
    const message = encodeOpen(open);
    this.owner.counted('send', MessageType.open, 1, message.length);
    this.transport?.write(message);
    this.owner.opened(this, 'send', open, message);
  }

  private notify(content: { code: number; subcode: number; data: Uint8Array }, onlyIfPossible: boolean): void {
    const { transport } = this;
    this.downReason ??= { kind: 'notification-sent', code: content.code, subcode: content.subcode, text: this.reason };
    if (transport === undefined || !this.isTcpUp || (onlyIfPossible && transport.hasPending)) {
      this.dropTransport(undefined);
      return;
    }
    let { code, subcode, data } = content;
    if (this.negotiated?.gracefulNotification && code === ErrorCode.cease && HARD_CEASES.includes(subcode)) {
      data = encodeHardReset(code, subcode, data);
      code = ErrorCode.cease;
      subcode = Cease.hardReset;
    }
    const message = encodeNotification(code, subcode, data);
    this.owner.counted('send', MessageType.notification, 1, message.length);
    this.dropTransport(message);
    this.owner.notified(this, 'send', decodeNotification(message), message);
  }

  private dropTransport(lastWords: Uint8Array | undefined): void {
    const { transport } = this;
    this.endReason = this.downReason ?? { kind: 'closed', code: undefined, subcode: undefined, text: this.reason };
    this.transport = undefined;
    this.isTcpUp = false;
    this.input.end();
    this.failure = undefined;
    this.isHoldDue = false;
    this.openSent = undefined;
    this.openReceived = undefined;
    this.negotiated = undefined;
    this.keepaliveMs = 0;
    this.isPaused = false;
    transport?.end(lastWords);
    this.closing = transport;
  }

  // Timers.

  private get sendHoldMs(): number {
    const hold = this.negotiated?.holdTimeSeconds ?? 0;
    return 1000 * Math.max(480, 2 * hold);
  }

  private startTimer(timer: FsmTimer, seconds: number | undefined): void {
    switch (timer) {
      case 'hold':
        this.startHold(seconds ?? 0);
        return;
      case 'keepalive':
        this.startKeepalive(seconds ?? 0);
        return;
      case 'connectRetry':
        this.timers.start('connectRetry', 1000 * this.owner.connectRetrySeconds());
        return;
      case 'idleHold': {
        const wait = this.owner.idleHoldSeconds(this.hadTcp);
        if (wait !== undefined) this.timers.start('idleHold', 1000 * wait);
        return;
      }
      default:
        if (seconds !== undefined && seconds > 0) this.timers.start(timer, 1000 * seconds);
        else this.timers.stop(timer);
    }
  }

  private startHold(seconds: number): void {
    if (seconds > 0) this.timers.start('hold', 1000 * seconds);
    else this.timers.stop('hold');
  }

  private startKeepalive(seconds: number): void {
    // A new factor each time it is set (RFC 4271 section 10); what we send in between restarts it with the same.
    this.keepaliveMs = seconds > 0 ? 1000 * Math.max(MIN_KEEPALIVE_SECONDS, withJitter(seconds, this.random)) : 0;
    if (this.keepaliveMs > 0) this.timers.start('keepalive', this.keepaliveMs);
    else this.timers.stop('keepalive');
  }

  private timerExpired(name: FsmTimer): void {
    switch (name) {
      case 'hold':
        this.holdExpired();
        return;
      case 'keepalive':
        this.fire('keepaliveExpires');
        return;
      case 'connectRetry':
        if (this.state === FsmState.connect && !this.isTcpUp) {
          this.owner.connectFailed(this, { kind: 'timeout', text: 'no answer' });
        }
        this.fire('connectRetryExpires');
        return;
      case 'delayOpen':
        this.fire('delayOpenExpires');
        return;
      case 'idleHold':
        this.fire('idleHoldExpires');
        return;
      case 'sendHold':
        this.fire('sendHoldExpires');
        return;
    }
  }

  /**
   * Timers run before sockets are read: input that waited while the process was busy gets one more turn. Input that waits
   * for its share of a turn is read first: the KEEPALIVE may be in it. While we do not read there is nothing to judge by.
   */
  private holdExpired(): void {
    const { transport } = this;
    if (this.isPaused) {
      this.startHold(this.negotiated?.holdTimeSeconds ?? this.owner.config.openWaitSeconds);
      return;
    }
    this.clock.start(0, () => {
      if (this.transport !== transport || this.timers.isRunning('hold')) return;
      if (this.input.isWaiting) this.isHoldDue = true;
      else this.fire('holdExpires');
    });
  }
}

/** The event that a NotificationError stands for (RFC 4271 section 8.1.5). */
function eventOf(code: number): FsmEvent {
  switch (code) {
    case ErrorCode.messageHeader:
      return 'headerError';
    case ErrorCode.open:
      return 'openError';
    case ErrorCode.cease:
      return 'automaticStop';
    default:
      return 'updateError';
  }
}
