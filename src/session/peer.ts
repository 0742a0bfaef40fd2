/**
 * One neighbor as the layers above see it: its configuration, whether it may run, what it is asked and told to do. Outlives
 * its sessions, which are peer-sessions.ts. RFC 4486 for the Ceases, RFC 2918 and RFC 7313 for refreshes.
 */
import type { Member } from '../rib/types.js';
import { Cease, ErrorCode, MessageType } from '../wire/codes.js';
import { families, familyIndex } from '../wire/family/index.js';
import type { Family } from '../wire/family/types.js';
import type { Negotiated } from '../wire/negotiated.js';
import { encodeNotification } from '../wire/notification.js';
import type { OpenMessage } from '../wire/open.js';
import type { OperationalMessage } from '../wire/operational.js';
import { encodeRouteRefresh, RefreshSubtype } from '../wire/refresh.js';
import type { ConnectionPair } from './connection-pair.js';
import type { PeerCounters } from './counters.js';
import { FsmState } from './fsm-types.js';
import { ceaseContent } from './last-words.js';
import type { DownReason } from './observer.js';
import type { PeerConfig } from './peer-config.js';
import type { PeerContext } from './peer-context.js';
import { PeerSessions } from './peer-sessions.js';
import type { Transport } from './transport.js';

/** How a session is ended on purpose. */
export type StopReason =
  /** Without NOTIFICATION: the peer keeps our routes (RFC 4724). */
  { readonly kind: 'silent' } | { readonly kind: 'cease'; readonly subcode: number; readonly text: string };

export class Peer {
  private readonly sessions: PeerSessions;
  private isStarted = false;
  /** False: administratively down. */
  private isEnabled: boolean;

  /**
   * @param member its place in the outgoing tables
   * @param config of a range's peer: with its own address and `isRange` false
   * @param onEnded a connection ended, and observers were told
   */
  constructor(
    public config: PeerConfig,
    readonly member: Member,
    context: PeerContext,
    onEnded: (peer: Peer) => void = () => undefined,
  ) {
    this.isEnabled = config.enabled;
    this.sessions = new PeerSessions(this, context, onEnded);
  }

  private get connections(): ConnectionPair {
    return this.sessions.connections;
  }

  // What others may ask.

  /** Address of the peer, canonical, with its zone. */
  get remoteAddress(): string {
    return this.config.remoteAddress;
  }

  get counters(): PeerCounters {
    return this.sessions.counters;
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
    return this.connections.primary.openReceived ?? this.sessions.lastOpen;
  }

  /** Clock time (ms) since when the session is Established. */
  get upSinceMs(): number | undefined {
    return this.sessions.upSinceMs;
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
    if (!this.isEnabled || primary.state !== FsmState.idle) return;
    this.sessions.backOff.started();
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
    this.isEnabled = true;
    this.start();
  }

  /** Administratively down until `enable` (Cease 6/2, RFC 4486). */
  disable(text: string): void {
    this.isEnabled = false;
    this.endAll({ kind: 'cease', subcode: Cease.administrativeShutdown, text }, true, 'notification-sent');
  }

  /**
   * Takes a new configuration over. Options that shape neither socket, OPEN nor profile come into force at once; for
   * others the caller ends the session first (`compareConfigs` of config-change.ts).
   */
  reconfigure(config: PeerConfig): void {
    const hasNewLimits = JSON.stringify(config.maxPrefix) !== JSON.stringify(this.config.maxPrefix);
    this.config = config;
    const { negotiated } = this.connections.primary;
    if (!hasNewLimits || this.sessions.upSinceMs === undefined || negotiated === undefined) return;
    // A limit that changes counts from here on only if the peer sends its routes again.
    if (!this.sessions.receivedUpdates.begin(config.maxPrefix, negotiated)) return;
    for (const [index, family] of families.entries()) {
      if (negotiated.families[index]) this.sendRouteRefresh(family, RefreshSubtype.query);
    }
  }

  /**
   * Takes a connection that the peer opened, or refuses it.
   * @param transport connected, paused, without handler
   */
  accept(transport: Transport): boolean {
    if (!this.isStarted || !this.isEnabled) {
      // RFC 4486 section 4: known, but not wanted now.
      transport.end(encodeNotification(ErrorCode.cease, Cease.connectionRejected));
      return false;
    }
    if (this.connections.primary.state === FsmState.idle && !this.sessions.backOff.isWaitingToConnect) {
      this.sessions.log.refused();
      transport.end();
      return false;
    }
    this.connections.accept(transport);
    return true;
  }

  /** @returns false when not Established or the family is not negotiated */
  sendEor(family: Family): boolean {
    return this.sessions.sender?.sendEor(family) ?? false;
  }

  /**
   * @param subtype 0 asks for routes, 1 and 2 are BoRR and EoRR (RFC 7313)
   * @returns false when not Established, or the peer did not say that it understands (RFC 2918, 7313)
   */
  sendRouteRefresh(family: Family, subtype: number): boolean {
    const { primary } = this.connections;
    const { negotiated } = primary;
    if (this.sessions.sender === undefined || negotiated === undefined) return false;
    if (negotiated.refresh === 'absent' || negotiated.families[familyIndex(family)] !== true) return false;
    if (subtype !== RefreshSubtype.query && negotiated.refresh !== 'enhanced') return false;
    const refresh = { afi: family.afi, safi: family.safi, subtype };
    const message = encodeRouteRefresh(refresh);
    primary.write(MessageType.routeRefresh, message, 1);
    this.sessions.observers.refresh('send', refresh, message);
    return true;
  }

  /** @returns false when not Established, or operational messages were not negotiated */
  sendOperational(operational: OperationalMessage): boolean {
    return this.sessions.operational.send(
      operational,
      this.sessions.sender === undefined ? undefined : this.connections.primary,
    );
  }

  /**
   * Withdraws all that the peer holds, then sends End-of-RIB (shutdown: "withdraw").
   * @param done told when the kernel has it, or there is no session any more
   */
  withdrawAll(done: () => void): void {
    if (this.sessions.sender === undefined) done();
    else this.sessions.sender.withdrawAll(done);
  }

  /** Reads nothing until `resumeReading`; unread input counts as life. Calls nest. */
  pauseReading(): void {
    this.sessions.pauseReading();
  }

  resumeReading(): void {
    this.sessions.resumeReading();
  }

  private endAll(reason: StopReason, isFinal: boolean, kind: DownReason['kind']): void {
    if (reason.kind === 'silent') {
      this.connections.stop(undefined, isFinal, { kind: 'graceful', text: '' });
      return;
    }
    const { subcode, text } = reason;
    this.connections.stop(ceaseContent(subcode, text), isFinal, { kind, text });
  }
}
