/**
 * What a connection asks of its neighbor and tells it: the neighbor as a whole (its OPEN, collisions, back-off, routes,
 * observers) is known there, one machine and its TCP connection in connection.ts.
 */
import type { Negotiated } from '../wire/negotiated.js';
import type { NotificationMessage } from '../wire/notification.js';
import type { OpenMessage } from '../wire/open.js';
import type { RouteRefresh } from '../wire/refresh.js';
import type { Connection } from './connection.js';
import type { FsmState } from './fsm-types.js';
import type { Direction, DownReason } from './observer.js';
import type { PeerConfig } from './peer-config.js';
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
  counted(direction: Direction, type: number, count: number, octets: number): void;
  opened(direction: Direction, open: OpenMessage, message: Uint8Array): void;
  /** Both OPENs are known and taken. */
  agreed(connection: Connection, negotiated: Negotiated): void;
  kept(direction: Direction, message: Uint8Array): void;
  notified(direction: Direction, notification: NotificationMessage, message: Uint8Array): void;
  /** @throws NotificationError 3/x, 6/1 */
  updated(connection: Connection, message: Uint8Array): void;
  refreshed(refresh: RouteRefresh, message: Uint8Array): void;
  operationalReceived(message: Uint8Array): void;
  writable(connection: Connection): void;
  taken(connection: Connection): void;
}
