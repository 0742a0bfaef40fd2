/**
 * One state machine with its TCP connection: steps of fsm.ts, and their actions done: connecting, sending, closing. What
 * comes in is received-stream.ts and received-messages.ts, timers are connection-timers.ts. What concerns the neighbor as
 * a whole is left to it, behind ConnectionOwner. RFC 4271 section 8.
 */
import type { Clock } from '../util/timers.js';
import { MessageType } from '../wire/codes.js';
import { KEEPALIVE } from '../wire/keepalive.js';
import type { Negotiated } from '../wire/negotiated.js';
import { decodeNotification, encodeNotification } from '../wire/notification.js';
import { encodeOpen, type OpenMessage } from '../wire/open.js';
import type { ConnectionOwner } from './connection-owner.js';
import { ConnectionTimers } from './connection-timers.js';
import { step } from './fsm.js';
import {
  type FsmAction,
  type FsmContext,
  type FsmEvent,
  FsmState,
  type FsmTimer,
  type NotificationContent,
} from './fsm-types.js';
import { hardenedIfFinal } from './last-words.js';
import type { DownReason } from './observer.js';
import { ReceivedMessages } from './received-messages.js';
import { ReceivedStream } from './received-stream.js';
import type { Scheduler } from './sender.js';
import type { Transport, TransportFailure, TransportHandler } from './transport.js';

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
  /** While TCP is up. */
  private stream: ReceivedStream | undefined;
  private readonly timers: ConnectionTimers;
  private readonly received: ReceivedMessages;

  constructor(
    private readonly owner: ConnectionOwner,
    private readonly clock: Clock,
    random: () => number,
    private readonly scheduler: Scheduler,
  ) {
    this.timers = new ConnectionTimers(clock, random, (timer) => this.timerExpired(timer));
    this.received = new ReceivedMessages(this, owner, this.timers);
  }

  get localAddress(): string | undefined {
    return this.transport?.localAddress;
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
  stop(content: NotificationContent | undefined, isFinal: boolean, details: StopDetails): void {
    const reason = { kind: details.kind, code: content?.code, subcode: content?.subcode, text: details.text };
    this.fire(isFinal ? 'manualStop' : 'automaticStop', content, reason);
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
    if (type === MessageType.update) this.timers.updateSent();
    return this.transport.write(chunk);
  }

  /** Nothing is read until `resume`; unread input counts as life. */
  pause(): void {
    this.stream?.pause();
  }

  resume(): void {
    this.stream?.resume();
  }

  // What the transport tells.

  onConnected(): void {
    this.tcpIsUp('tcpAcknowledged');
  }

  onData(chunk: Uint8Array): void {
    this.stream?.push(chunk);
  }

  onWritable(): void {
    this.owner.writable(this);
  }

  onTaken(isAll: boolean): void {
    this.timers.octetsTaken();
    if (isAll) this.owner.taken(this);
  }

  onClosed(failure: TransportFailure): void {
    if (this.stream !== undefined) {
      this.stream.tcpEnded(failure);
      return;
    }
    this.owner.connectFailed(this, failure);
    this.received.onEnd(failure);
  }

  private tcpIsUp(event: FsmEvent): void {
    const transport = this.transport!;
    this.isTcpUp = true;
    this.stream = new ReceivedStream(transport, this.timers, this.clock, this.scheduler, this.received);
    this.owner.connected(this);
    if (this.transport === transport) this.fire(event);
  }

  // The machine.

  /**
   * One step of the machine, with all that follows of it.
   * @param notification what to say, with events that need it
   * @param downReason why the connection ends, where the machine's words do not say it
   */
  fire(event: FsmEvent, notification?: NotificationContent, downReason?: DownReason): void {
    const from = this.state;
    const { next, reason, actions } = step(from, event, this.contextFor(notification));
    this.state = next;
    const hadTcp = this.isTcpUp;
    this.hadTcp = hadTcp;
    this.reason = reason;
    this.downReason = downReason;
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
  /** Of the present step: why the connection ends, where that is known better than by the machine's words. */
  private downReason: DownReason | undefined;
  /** Of the present step, in the machine's words. */
  private reason = '';
  /** TCP was up when the present step began. */
  private hadTcp = false;

  private contextFor(notification: NotificationContent | undefined): FsmContext {
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
        this.owner.kept('send', KEEPALIVE);
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
    this.stream?.allow(extendedMessages, operational);
    const message = encodeOpen(open);
    this.owner.counted('send', MessageType.open, 1, message.length);
    this.transport?.write(message);
    this.owner.opened('send', open, message);
  }

  private notify(content: NotificationContent, onlyIfPossible: boolean): void {
    const { transport } = this;
    this.downReason ??= { kind: 'notification-sent', code: content.code, subcode: content.subcode, text: this.reason };
    if (transport === undefined || !this.isTcpUp || (onlyIfPossible && transport.hasPending)) {
      this.dropTransport(undefined);
      return;
    }
    const { code, subcode, data } = hardenedIfFinal(content, this.negotiated?.gracefulNotification === true);
    const message = encodeNotification(code, subcode, data);
    this.owner.counted('send', MessageType.notification, 1, message.length);
    this.dropTransport(message);
    this.owner.notified('send', decodeNotification(message), message);
  }

  private dropTransport(lastWords: Uint8Array | undefined): void {
    const { transport } = this;
    this.endReason = this.downReason ?? { kind: 'closed', code: undefined, subcode: undefined, text: this.reason };
    this.transport = undefined;
    this.isTcpUp = false;
    this.stream?.end();
    this.stream = undefined;
    this.openSent = undefined;
    this.openReceived = undefined;
    this.negotiated = undefined;
    transport?.end(lastWords);
    this.closing = transport;
  }

  // Timers.

  private startTimer(timer: FsmTimer, seconds: number | undefined): void {
    if (timer === 'connectRetry') this.timers.start(timer, this.owner.connectRetrySeconds());
    else if (timer === 'idleHold') this.timers.start(timer, this.owner.idleHoldSeconds(this.hadTcp) ?? 0);
    else this.timers.start(timer, seconds ?? 0);
  }

  private timerExpired(timer: FsmTimer): void {
    if (timer === 'hold') {
      this.stream?.holdTimerExpired();
      return;
    }
    if (timer === 'connectRetry' && this.state === FsmState.connect && !this.isTcpUp) {
      this.owner.connectFailed(this, { kind: 'timeout', text: 'no answer' });
    }
    this.fire(`${timer}Expires`);
  }
}
