/**
 * The message header (RFC 4271 section 4.1) and what is allowed of each message type: the smallest length and whether the
 * extended message capability raises its limit (RFC 8654). Bodies are left to open.ts, update.ts and the others.
 *
 *   16 octets  marker, all ones
 *   2 octets   length of the message, header included
 *   1 octet    type
 */
import { MessageType } from './codes.js';

export const HEADER_SIZE = 19;
export const MARKER_SIZE = 16;
/** Largest message without the extended message capability (RFC 4271 section 4.1). */
export const MAX_MESSAGE_SIZE = 4096;
/** Largest message with it (RFC 8654 section 3). */
export const MAX_EXTENDED_MESSAGE_SIZE = 65535;

/** What the header of one type may say. */
export interface MessageLimits {
  /** Smallest length of the whole message. */
  readonly smallest: number;
  /** Largest length when it does not depend on what was negotiated. */
  readonly largest: number | undefined;
}

/** Limits by message type (RFC 4271 section 6.1; RFC 8654 section 4 excepts OPEN and KEEPALIVE). */
export const MESSAGE_LIMITS: Readonly<Record<number, MessageLimits>> = {
  [MessageType.open]: { smallest: 29, largest: MAX_MESSAGE_SIZE },
  [MessageType.update]: { smallest: 23, largest: undefined },
  [MessageType.notification]: { smallest: 21, largest: undefined },
  [MessageType.keepalive]: { smallest: HEADER_SIZE, largest: HEADER_SIZE },
  // Its length has an error of its own (RFC 7313 section 5): refresh.ts judges it.
  [MessageType.routeRefresh]: { smallest: HEADER_SIZE, largest: undefined },
  // Type and length of its one TLV (draft-ietf-idr-operational-message section 3.2).
  [MessageType.operational]: { smallest: HEADER_SIZE + 4, largest: undefined },
};

/** @returns a whole message: header and body */
export function buildMessage(type: MessageType, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_SIZE + body.length);
  writeHeader(message, 0, message.length, type);
  message.set(body, HEADER_SIZE);
  return message;
}

/** Writes a header at `at`. @param length of the whole message */
export function writeHeader(target: Uint8Array, at: number, length: number, type: MessageType): void {
  target.fill(0xff, at, at + MARKER_SIZE);
  target[at + MARKER_SIZE] = length >>> 8;
  target[at + MARKER_SIZE + 1] = length;
  target[at + MARKER_SIZE + 2] = type;
}

/** The type octet of a whole message. */
export function typeOf(message: Uint8Array): number {
  return message[HEADER_SIZE - 1]!;
}

/** The body of a whole message (a view). */
export function bodyOf(message: Uint8Array): Uint8Array {
  return message.subarray(HEADER_SIZE);
}
