/**
 * What a neighbor is told last: the Cease of a session that is ended on purpose, with a shutdown communication where there
 * may be one (RFC 9003), and the Hard Reset that a neighbor needs to hear when it keeps routes over NOTIFICATIONs (RFC 8538).
 */
import { Cease, ErrorCode } from '../wire/codes.js';
import { encodeHardReset, encodeShutdownText } from '../wire/notification.js';
import type { NotificationContent } from './fsm-types.js';

/** Ceases after which the session does not come back by itself: routes that were kept are meant to go (RFC 8538 section 3). */
const HARD_CEASES: readonly number[] = [Cease.maximumPrefixes, Cease.administrativeShutdown, Cease.peerDeconfigured];

/** @param text goes along where the subcode has a shutdown communication (RFC 9003 section 2), else it is left out */
export function ceaseContent(subcode: number, text: string): NotificationContent {
  const hasText = subcode === Cease.administrativeShutdown || subcode === Cease.administrativeReset;
  return { code: ErrorCode.cease, subcode, data: encodeShutdownText(hasText ? text : '') };
}

/**
 * What is sent to say something.
 * @param isGraceful Graceful Notification was negotiated: what must end for good goes as Hard Reset (RFC 8538 section 3)
 */
export function hardenedIfFinal(content: NotificationContent, isGraceful: boolean): NotificationContent {
  const { code, subcode, data } = content;
  if (!isGraceful || code !== ErrorCode.cease || !HARD_CEASES.includes(subcode)) return content;
  return { code: ErrorCode.cease, subcode: Cease.hardReset, data: encodeHardReset(code, subcode, data) };
}
