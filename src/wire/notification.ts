/**
 * The NOTIFICATION message (RFC 4271 section 4.5), the shutdown communication in it (RFC 9003) and the hard reset around
 * it (RFC 8538 section 3). Names of the codes are in codes.ts; what a session does with it is left to session/.
 *
 *   1 octet   error code
 *   1 octet   error subcode
 *   n octets  data
 */
import { NO_BYTES, toHex } from '../util/bytes.js';
import { Cease, ErrorCode, errorText, MessageType } from './codes.js';
import type { NotificationError } from './errors.js';
import { buildMessage, HEADER_SIZE } from './message.js';

export interface NotificationMessage {
  readonly code: number;
  readonly subcode: number;
  /** The Data field as it is on the wire. */
  readonly data: Uint8Array;
  /**
   * Shutdown communication of a Cease 2 or 4 (RFC 9003), also inside a hard reset; undefined when there is none or it is
   * not valid. A stranger's text: escape it.
   */
  readonly shutdownText: string | undefined;
}

/** Longest shutdown communication in octets of UTF-8 (RFC 9003 section 2). */
export const MAX_SHUTDOWN_OCTETS = 255;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param message a whole message, length already checked by the framer
 * @returns the message; `data` is a copy, so that it may be kept. Never throws: a NOTIFICATION is never answered
 */
export function decodeNotification(message: Uint8Array): NotificationMessage {
  const code = message[HEADER_SIZE] ?? 0;
  const subcode = message[HEADER_SIZE + 1] ?? 0;
  const data = message.slice(HEADER_SIZE + 2);
  return { code, subcode, data, shutdownText: shutdownTextOf(code, subcode, data) };
}

/** @returns a whole message */
export function encodeNotification(code: number, subcode: number, data: Uint8Array = NO_BYTES): Uint8Array {
  const body = new Uint8Array(2 + data.length);
  body[0] = code;
  body[1] = subcode;
  body.set(data, 2);
  return buildMessage(MessageType.notification, body);
}

/** What we tell the peer of an error of its making, as a message (for observers and for the wire). */
export function notificationOf(error: NotificationError): NotificationMessage {
  const { code, subcode, data } = error;
  return { code, subcode, data, shutdownText: shutdownTextOf(code, subcode, data) };
}

/**
 * @param text cut at a character so that it fits @param maxOctets 128 towards speakers that know RFC 8203 only
 * @returns the Data field of a Cease 2 or 4; empty for an empty text (RFC 9003 section 2)
 */
export function encodeShutdownText(text: string, maxOctets = MAX_SHUTDOWN_OCTETS): Uint8Array {
  if (text === '') return NO_BYTES;
  const octets = new Uint8Array(maxOctets);
  const { written } = new TextEncoder().encodeInto(text, octets);
  const data = new Uint8Array(1 + written);
  data[0] = written;
  data.set(octets.subarray(0, written), 1);
  return data;
}

/** @returns the Data field of a hard reset around another NOTIFICATION (RFC 8538 section 3.1) */
export function encodeHardReset(code: number, subcode: number, data: Uint8Array = NO_BYTES): Uint8Array {
  const out = new Uint8Array(2 + data.length);
  out[0] = code;
  out[1] = subcode;
  out.set(data, 2);
  return out;
}

/** @returns code, subcode and data inside a hard reset, or undefined when it is none or its data is too short */
export function insideHardReset(
  notification: Pick<NotificationMessage, 'code' | 'subcode' | 'data'>,
): { code: number; subcode: number; data: Uint8Array } | undefined {
  const { code, subcode, data } = notification;
  if (code !== ErrorCode.cease || subcode !== Cease.hardReset || data.length < 2) return undefined;
  return { code: data[0]!, subcode: data[1]!, data: data.subarray(2) };
}

function shutdownTextOf(code: number, subcode: number, data: Uint8Array): string | undefined {
  const inner = insideHardReset({ code, subcode, data });
  // One level only: a hard reset inside a hard reset means nothing.
  if (inner !== undefined) return textOf(inner.code, inner.subcode, inner.data);
  return textOf(code, subcode, data);
}

/** RFC 9003 section 4: a wrong length or invalid UTF-8 is not interpreted. */
function textOf(code: number, subcode: number, data: Uint8Array): string | undefined {
  if (code !== ErrorCode.cease) return undefined;
  if (subcode !== Cease.administrativeShutdown && subcode !== Cease.administrativeReset) return undefined;
  if (data.length === 0 || data[0] !== data.length - 1 || data.length === 1) return undefined;
  try {
    return utf8.decode(data.subarray(1));
  } catch {
    return undefined;
  }
}

/**
 * The words of a NOTIFICATION for logs and `down` events: "Cease / Administrative Shutdown / maintenance", data that is
 * no text as hex. May hold a stranger's text: escape it.
 */
export function describeNotification(notification: NotificationMessage): string {
  const { code, subcode, data, shutdownText } = notification;
  const inner = insideHardReset(notification);
  let text = errorText(code, subcode);
  if (inner !== undefined) text += ` / ${errorText(inner.code, inner.subcode)}`;
  if (shutdownText !== undefined) return `${text} / ${shutdownText}`;
  const rest = inner === undefined ? data : inner.data;
  return rest.length === 0 ? text : `${text} / 0x${toHex(rest).toUpperCase()}`;
}
