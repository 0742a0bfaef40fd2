/**
 * What a neighbor said on one connection: each message is counted, decoded, told to the neighbor's owner, and made an event
 * of the machine; so are errors in it (RFC 4271 section 8.1.5) and the end of TCP. What follows of events is connection.ts.
 */
import { toHex } from '../util/bytes.js';
import { ErrorCode, MessageType, OpenError } from '../wire/codes.js';
import type { NotificationError } from '../wire/errors.js';
import { decodeNotification, insideHardReset } from '../wire/notification.js';
import { decodeOpen } from '../wire/open.js';
import { decodeRouteRefresh } from '../wire/refresh.js';
import type { Connection } from './connection.js';
import type { ConnectionOwner } from './connection-owner.js';
import type { ConnectionTimers } from './connection-timers.js';
import { type FsmEvent, FsmState } from './fsm-types.js';
import type { StreamReader } from './received-stream.js';
import type { TransportFailure } from './transport.js';

export class ReceivedMessages implements StreamReader {
  /** An UPDATE of this turn has restarted the hold timer already. */
  private isHoldFresh = false;

  constructor(
    private readonly connection: Connection,
    private readonly owner: ConnectionOwner,
    private readonly timers: ConnectionTimers,
  ) {}

  onTurn(): void {
    this.isHoldFresh = false;
  }

  onHoldExpired(): void {
    this.connection.fire('holdExpires');
  }

  onEnd(failure: TransportFailure): void {
    const kind = failure.kind === 'failed' ? 'reset' : failure.kind;
    this.connection.fire('tcpFails', undefined, { kind, code: undefined, subcode: undefined, text: failure.text });
  }

  /** Ends the connection with the NOTIFICATION that an error asks for. */
  onError(error: NotificationError): void {
    const { code, subcode, data, message } = error;
    const reason = { kind: 'notification-sent', code, subcode, text: message } as const;
    this.connection.fire(eventOf(code), { code, subcode, data }, reason);
  }

  onMessage(type: number, message: Uint8Array): void {
    const { connection, owner } = this;
    owner.counted('receive', type, 1, message.length);
    switch (type) {
      case MessageType.open:
        this.receiveOpen(message);
        return;
      case MessageType.keepalive:
        owner.kept('receive', message);
        connection.fire('keepaliveReceived');
        return;
      case MessageType.update:
        if (connection.state === FsmState.established) {
          owner.updated(connection, message);
          if (this.isHoldFresh && connection.state === FsmState.established) return;
          this.isHoldFresh = true;
        }
        connection.fire('updateReceived');
        return;
      case MessageType.routeRefresh:
        if (connection.state === FsmState.established) {
          const refresh = decodeRouteRefresh(message, connection.negotiated?.refresh === 'enhanced');
          owner.refreshed(refresh, message);
        }
        connection.fire('refreshReceived');
        return;
      case MessageType.operational:
        if (connection.state === FsmState.established) owner.operationalReceived(message);
        connection.fire('operationalReceived');
        return;
      case MessageType.notification:
        this.receiveNotification(message);
        return;
    }
  }

  private receiveOpen(message: Uint8Array): void {
    const { connection, owner } = this;
    const isDelayed = this.timers.isRunning('delayOpen');
    const event = isDelayed ? 'openReceivedDelayed' : 'openReceived';
    // A second OPEN is out of place whatever it says.
    if (connection.state !== FsmState.openSent && !isDelayed) {
      connection.fire(event);
      return;
    }
    const open = decodeOpen(message);
    connection.openReceived = open;
    owner.opened('receive', open, message);
    if (!connection.hasTransport) return;
    connection.negotiated = owner.negotiate(connection.openSent ?? owner.makeOpen(open).open, open);
    if (!owner.admit(connection)) return;
    connection.fire(event);
    if (connection.state === FsmState.openConfirm && connection.negotiated !== undefined)
      owner.agreed(connection, connection.negotiated);
  }

  private receiveNotification(message: Uint8Array): void {
    const { connection, owner } = this;
    const notification = decodeNotification(message);
    const { code, subcode, shutdownText } = notification;
    owner.notified('receive', notification, message);
    if (!connection.hasTransport) return;
    const data = insideHardReset(notification)?.data ?? notification.data;
    const text = shutdownText ?? (data.length === 0 ? '' : `0x${toHex(data).toUpperCase()}`);
    const reason = { kind: 'notification-received', code, subcode, text } as const;
    const isVersion = code === ErrorCode.open && subcode === OpenError.unsupportedVersion;
    connection.fire(isVersion ? 'versionNotification' : 'notificationReceived', undefined, reason);
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
