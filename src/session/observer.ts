/**
 * How a session tells the layers above. Views (messages, runs) are valid during the call only. A peer asks `wants`
 * first, so that an UPDATE nobody listens to is checked, not built.
 */
import type { Negotiated } from '../wire/negotiated.js';
import type { NotificationMessage } from '../wire/notification.js';
import type { OpenMessage } from '../wire/open.js';
import type { OperationalMessage } from '../wire/operational.js';
import type { RouteRefresh } from '../wire/refresh.js';
import type { DecodedUpdate } from '../wire/update.js';
import type { FsmState } from './fsm.js';
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
