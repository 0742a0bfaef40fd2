/**
 * How a neighbor's sessions tell the layers above: the interface of an observer, and all observers of one neighbor as one
 * to tell. Views (messages, runs) are valid during the call only. `wantsUpdates` is asked first, so that an UPDATE nobody
 * listens to is checked, not built.
 */
import type { Negotiated } from '../wire/negotiated.js';
import type { NotificationMessage } from '../wire/notification.js';
import type { OpenMessage } from '../wire/open.js';
import type { OperationalMessage } from '../wire/operational.js';
import type { RouteRefresh } from '../wire/refresh.js';
import type { DecodedUpdate } from '../wire/update.js';
import type { FsmState } from './fsm-types.js';
import type { Peer } from './peer.js';

export type Direction = 'send' | 'receive';

/** Why a session ended, in the words of the log and of `down` events. */
export interface DownReason {
  /** What happened. */
  readonly kind:
    | 'notification-sent'
    | 'notification-received'
    | 'closed'
    | 'reset'
    | 'timeout'
    | 'stopped'
    | 'graceful';
  readonly code: number | undefined;
  readonly subcode: number | undefined;
  /** Shutdown text, error text; may hold a stranger's text: escape it. */
  readonly text: string;
}

export interface PeerObserver {
  onState?(peer: Peer, state: FsmState): void;
  /** TCP is up. */
  onConnected?(peer: Peer): void;
  onNegotiated?(peer: Peer, negotiated: Negotiated): void;
  /** Established. */
  onUp?(peer: Peer): void;
  /** A session that was connected is gone. */
  onDown?(peer: Peer, reason: DownReason): void;
  onOpen?(peer: Peer, direction: Direction, open: OpenMessage, message: Uint8Array): void;
  onKeepalive?(peer: Peer, direction: Direction, message: Uint8Array): void;
  onNotification?(peer: Peer, direction: Direction, notification: NotificationMessage, message: Uint8Array): void;
  onRefresh?(peer: Peer, direction: Direction, refresh: RouteRefresh, message: Uint8Array): void;
  onOperational?(peer: Peer, direction: Direction, operational: OperationalMessage, message: Uint8Array): void;
  /** `message` is the whole message, header included. */
  onUpdate?(peer: Peer, direction: Direction, update: DecodedUpdate, message: Uint8Array): void;
  /** Does anybody want UPDATEs of this direction? */
  wantsUpdates?(peer: Peer, direction: Direction): boolean;
}

/** Tells all observers of one neighbor, in their order. They may act on the neighbor at once. */
export class Observers {
  /** @param all may grow */
  constructor(
    private readonly peer: Peer,
    private readonly all: readonly PeerObserver[],
  ) {}

  state(state: FsmState): void {
    for (const observer of this.all) observer.onState?.(this.peer, state);
  }

  connected(): void {
    for (const observer of this.all) observer.onConnected?.(this.peer);
  }

  negotiated(negotiated: Negotiated): void {
    for (const observer of this.all) observer.onNegotiated?.(this.peer, negotiated);
  }

  up(): void {
    for (const observer of this.all) observer.onUp?.(this.peer);
  }

  down(reason: DownReason): void {
    for (const observer of this.all) observer.onDown?.(this.peer, reason);
  }

  open(direction: Direction, open: OpenMessage, message: Uint8Array): void {
    for (const observer of this.all) observer.onOpen?.(this.peer, direction, open, message);
  }

  keepalive(direction: Direction, message: Uint8Array): void {
    for (const observer of this.all) observer.onKeepalive?.(this.peer, direction, message);
  }

  notification(direction: Direction, notification: NotificationMessage, message: Uint8Array): void {
    for (const observer of this.all) observer.onNotification?.(this.peer, direction, notification, message);
  }

  refresh(direction: Direction, refresh: RouteRefresh, message: Uint8Array): void {
    for (const observer of this.all) observer.onRefresh?.(this.peer, direction, refresh, message);
  }

  operational(direction: Direction, operational: OperationalMessage, message: Uint8Array): void {
    for (const observer of this.all) observer.onOperational?.(this.peer, direction, operational, message);
  }

  /** Does anybody want UPDATEs of this direction? */
  wantUpdates(direction: Direction): boolean {
    for (const observer of this.all) if (observer.wantsUpdates?.(this.peer, direction) === true) return true;
    return false;
  }

  /** Tells those who want it. */
  update(direction: Direction, update: DecodedUpdate, message: Uint8Array): void {
    for (const observer of this.all) {
      if (observer.wantsUpdates?.(this.peer, direction)) observer.onUpdate?.(this.peer, direction, update, message);
    }
  }
}
