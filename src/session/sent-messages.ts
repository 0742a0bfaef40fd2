/** Takes chunks that we send apart again, for observers that want to see them: as the peer will read them. */
import { MessageType } from '../wire/codes.js';
import { NotificationError } from '../wire/errors.js';
import { bodyOf, HEADER_SIZE, MARKER_SIZE, typeOf } from '../wire/message.js';
import type { Negotiated } from '../wire/negotiated.js';
import { decodeRouteRefresh, type RouteRefresh } from '../wire/refresh.js';
import type { DecodedUpdate } from '../wire/update.js';
import { decodeUpdate } from '../wire/update-decoder.js';

/** Told of each message of a chunk; views. */
export interface SentVisitor {
  update(update: DecodedUpdate, message: Uint8Array): void;
  refresh(refresh: RouteRefresh, message: Uint8Array): void;
}

/** @param chunk whole UPDATE and ROUTE-REFRESH messages */
export function eachSent(chunk: Uint8Array, negotiated: Negotiated, visitor: SentVisitor): void {
  const asPeer: Negotiated = { ...negotiated, addPathReceive: negotiated.addPathSend };
  for (let at = 0; at + HEADER_SIZE <= chunk.length; ) {
    const length = (chunk[at + MARKER_SIZE]! << 8) | chunk[at + MARKER_SIZE + 1]!;
    const message = chunk.subarray(at, at + length);
    at += length;
    if (typeOf(message) === MessageType.routeRefresh) {
      visitor.refresh(decodeRouteRefresh(message, true), message);
      continue;
    }
    const update = decoded(message, asPeer);
    if (update !== undefined) visitor.update(update, message);
  }
}

/** Whoever announced raw attributes may have asked for an UPDATE that nobody can read. */
function decoded(message: Uint8Array, asPeer: Negotiated): DecodedUpdate | undefined {
  try {
    return decodeUpdate(bodyOf(message), asPeer, 'offline');
  } catch (error) {
    if (error instanceof NotificationError) return undefined;
    throw error;
  }
}
