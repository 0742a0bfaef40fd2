/**
 * The ROUTE-REFRESH message (RFC 2918 section 3) with the subtypes that mark begin and end of a refresh (RFC 7313).
 *
 *   2 octets  AFI
 *   1 octet   subtype (reserved in RFC 2918)
 *   1 octet   SAFI
 */
import { toHex } from '../util/bytes.js';
import { ErrorCode, HeaderError, MessageType, RouteRefreshError } from './codes.js';
import { NotificationError } from './errors.js';
import { buildMessage, HEADER_SIZE, MARKER_SIZE } from './message.js';

/** RFC 7313 section 3.2. */
export const RefreshSubtype = { query: 0, begin: 1, end: 2 } as const;

export interface RouteRefresh {
  readonly afi: number;
  readonly safi: number;
  /** As received; subtypes beyond RefreshSubtype are to be ignored (RFC 7313 section 5). */
  readonly subtype: number;
}

const BODY_SIZE = 4;

/**
 * @param message a whole message @param isEnhanced enhanced route refresh was negotiated
 * @throws NotificationError 7/1 with the whole message (RFC 7313 section 5), without that capability 1/2
 */
export function decodeRouteRefresh(message: Uint8Array, isEnhanced: boolean): RouteRefresh {
  const size = message.length - HEADER_SIZE;
  if (size !== BODY_SIZE) {
    const reason = `ROUTE-REFRESH of ${message.length} octets (0x${toHex(message.subarray(HEADER_SIZE, HEADER_SIZE + 16))})`;
    if (isEnhanced) {
      throw new NotificationError(ErrorCode.routeRefresh, RouteRefreshError.invalidLength, message.slice(), reason);
    }
    const length = message.slice(MARKER_SIZE, MARKER_SIZE + 2);
    throw new NotificationError(ErrorCode.messageHeader, HeaderError.badLength, length, reason);
  }
  const at = HEADER_SIZE;
  return {
    afi: (message[at]! << 8) | message[at + 1]!,
    subtype: message[at + 2]!,
    safi: message[at + 3]!,
  };
}

/** @returns a whole message */
export function encodeRouteRefresh(refresh: RouteRefresh): Uint8Array {
  const { afi, safi, subtype } = refresh;
  return buildMessage(MessageType.routeRefresh, Uint8Array.of(afi >>> 8, afi, subtype, safi));
}

const SUBTYPE_NAMES: Readonly<Record<number, string>> = { 0: 'query', 1: 'begin', 2: 'end' };

/** @returns "query", "begin", "end", or "subtype-N" */
export function refreshSubtypeName(subtype: number): string {
  return SUBTYPE_NAMES[subtype] ?? `subtype-${subtype}`;
}
