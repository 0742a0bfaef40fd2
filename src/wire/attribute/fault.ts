/** Makes the faults of attribute decoders (RFC 7606 section 2: what a malformed attribute costs). */
import { UpdateError } from '../codes.js';
import { type AttributeFault, FaultAction } from '../errors.js';

/** The announcements of the message become withdrawals. */
export function withdrawFault(
  code: number,
  reason: string,
  subcode: number = UpdateError.attributeLength,
): AttributeFault {
  return { code, action: FaultAction.withdraw, reason, subcode };
}

/** The attribute is dropped, the rest of the message counts. */
export function discardFault(code: number, reason: string): AttributeFault {
  return { code, action: FaultAction.discard, reason, subcode: UpdateError.optionalAttribute };
}

/** True for what `decode` returned as a fault. */
export function isFault(result: Uint8Array | AttributeFault): result is AttributeFault {
  return !(result instanceof Uint8Array);
}
