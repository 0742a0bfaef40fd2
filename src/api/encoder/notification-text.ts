/**
 * The words for how a session ended: reasons of `down` events in ExaBGP's sentences, which scripts search for the code
 * pair, and the text of a NOTIFICATION's data. They may hold a stranger's text: the encoders escape them.
 */
import type { DownReason } from '../../session/observer.js';
import { errorText } from '../../wire/codes.js';
import { insideHardReset, type NotificationMessage } from '../../wire/notification.js';

/** `peer reset, message [notification sent (6,2)] error[Cease / Administrative Shutdown / maintenance]` */
export function downReasonText(reason: DownReason): string {
  switch (reason.kind) {
    case 'notification-sent':
      return peerReset(`notification sent ${pair(reason)}`, codesAndText(reason));
    case 'notification-received':
      return peerReset(`notification received ${pair(reason)}`, codesAndText(reason));
    case 'closed':
      return peerReset('closing connection', reason.text || 'the TCP connection was closed by the remote end');
    case 'reset':
      return peerReset('closing connection', 'Broken TCP connection');
    case 'timeout':
      return peerReset('closing connection', reason.text || 'the connection timed out');
    case 'stopped':
      return `stop, message [${reason.text || 'shutting down'}]`;
    case 'graceful':
      return 'graceful restarted negotiated, closing without sending any notification';
  }
}

function peerReset(message: string, error: string): string {
  return `peer reset, message [${message}] error[${error}]`;
}

function pair({ code = 0, subcode = 0 }: DownReason): string {
  return `(${code},${subcode})`;
}

function codesAndText({ code = 0, subcode = 0, text }: DownReason): string {
  const names = errorText(code, subcode);
  if (text === '' || text === names) return names;
  return text.startsWith(names) ? text : `${names} / ${text}`;
}

/** What the data of a NOTIFICATION says in words: the shutdown communication; "" for none. */
export function describeData(notification: NotificationMessage): string {
  const inner = insideHardReset(notification);
  const { shutdownText } = notification;
  const said = shutdownText === undefined ? '' : `Shutdown Communication: "${shutdownText}"`;
  if (inner === undefined) return said;
  const names = errorText(inner.code, inner.subcode);
  return said === '' ? names : `${names}, ${said}`;
}
