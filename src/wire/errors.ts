/**
 * What goes wrong on the wire. A NotificationError ends the session: thrown by decoders, caught in session/input.ts
 * only; session/connection.ts sends it. An AttributeFault does not: it is a value that the UPDATE decoder returns (RFC 7606).
 */
import { NO_BYTES } from '../util/bytes.js';

/** Ends the session with a NOTIFICATION (RFC 4271 section 6). */
export class NotificationError extends Error {
  /** @param code, subcode of the NOTIFICATION @param data its Data field @param reason for log and events */
  constructor(
    readonly code: number,
    readonly subcode: number,
    readonly data: Uint8Array = NO_BYTES,
    reason = '',
  ) {
    super(reason);
    this.name = 'NotificationError';
  }
}

/** What a fault costs, weakest first (RFC 7606 section 2). */
export const FaultAction = { discard: 0, withdraw: 1, reset: 2 } as const;
export type FaultAction = (typeof FaultAction)[keyof typeof FaultAction];

/** One malformed attribute: what is wrong and what it costs. */
export interface AttributeFault {
  /** Attribute type code. */
  readonly code: number;
  readonly action: FaultAction;
  /** For the log. */
  readonly reason: string;
  /** UPDATE Message Error subcode, used when the action is reset. */
  readonly subcode: number;
}
