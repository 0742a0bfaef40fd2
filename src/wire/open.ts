/**
 * The OPEN message (RFC 4271 section 4.2) with its capabilities (RFC 5492), in the short and in the extended form of the
 * optional parameters (RFC 9072). Checks what can be seen in the message alone; what depends on our side is negotiate.ts.
 *
 *   1 octet   version
 *   2 octets  My Autonomous System (AS_TRANS when the number needs four octets)
 *   2 octets  hold time
 *   4 octets  BGP identifier
 *   1 octet   length of the optional parameters; then for each: type (1), length (1), value
 *   RFC 9072: 1 octet not 0, 1 octet 255, 2 octets length; then for each: type (1), length (2), value
 */
import { Reader, ShortReadError, Writer } from '../util/bytes.js';
import { asn4 } from './capability/asn4.js';
import { capabilityType, readCapability } from './capability/index.js';
import type { CapabilityTlv } from './capability/types.js';
import { AS_TRANS, ErrorCode, MessageType, OpenError } from './codes.js';
import { NotificationError } from './errors.js';
import { buildMessage, HEADER_SIZE } from './message.js';

export const BGP_VERSION = 4;

export interface OpenMessage {
  readonly version: number;
  /** The fixed field: AS_TRANS for a number that needs four octets. `asOf` gives the number that counts. */
  readonly as: number;
  readonly holdTimeSeconds: number;
  /** 4 octets. */
  readonly routerId: Uint8Array;
  /** All of them in their order, unknown ones too. */
  readonly capabilities: readonly CapabilityTlv[];
}

/** Optional parameter types (RFC 5492 section 4, RFC 9072 section 2). */
const Parameter = { capabilities: 2, extendedLength: 255 } as const;
/** Octets of parameters that the short form has room for. */
const MAX_SHORT = 255;

function openError(subcode: number, reason: string, data?: Uint8Array): NotificationError {
  return new NotificationError(ErrorCode.open, subcode, data, reason);
}

/**
 * @param message a whole message, length already checked by the framer
 * @returns the message; its octets are copied, so that it may be kept
 * @throws NotificationError 2/0, 2/1, 2/4, and 2/2 for two different four-octet AS numbers (RFC 4271 section 6.2)
 */
export function decodeOpen(message: Uint8Array): OpenMessage {
  const body = new Reader(message.slice(HEADER_SIZE));
  try {
    const version = body.u8();
    if (version !== BGP_VERSION) {
      const supported = new Writer(2).u16(BGP_VERSION).finish();
      throw openError(OpenError.unsupportedVersion, `version ${version}`, supported);
    }
    const as = body.u16();
    const holdTimeSeconds = body.u16();
    const routerId = body.view(4);
    const capabilities = decodeParameters(body);
    checkCapabilities(capabilities);
    return { version, as, holdTimeSeconds, routerId, capabilities };
  } catch (error) {
    if (error instanceof ShortReadError) throw openError(OpenError.unspecific, 'a length in the OPEN runs over');
    throw error;
  }
}

/** @throws ShortReadError, NotificationError */
function decodeParameters(body: Reader): CapabilityTlv[] {
  const shortLength = body.u8();
  // The extended form is recognized by the first parameter's type; the outer length then means nothing (RFC 9072 section 2).
  const isExtended = shortLength > 0 && body.left > 0 && body.bytes[body.offset] === Parameter.extendedLength;
  let length = shortLength;
  if (isExtended) {
    body.skip(1);
    length = body.u16();
  }
  if (length !== body.left) {
    throw openError(OpenError.unspecific, `optional parameters of ${length} octets in ${body.left}`);
  }
  const capabilities: CapabilityTlv[] = [];
  while (body.left > 0) {
    const type = body.u8();
    const value = new Reader(body.view(isExtended ? body.u16() : body.u8()));
    if (type !== Parameter.capabilities) {
      throw openError(OpenError.unsupportedOptionalParameter, `optional parameter ${type}`);
    }
    while (value.left > 0) {
      const code = value.u8();
      capabilities.push({ code, value: value.view(value.u8()) });
    }
  }
  return capabilities;
}

/** Decodes every known capability once, for the errors that end a session (RFC 5492, 4760, 6793). */
function checkCapabilities(capabilities: readonly CapabilityTlv[]): void {
  for (const code of new Set(capabilities.map((tlv) => tlv.code))) {
    const type = capabilityType(code);
    if (type !== undefined) readCapability(capabilities, type);
  }
}

/**
 * @returns a whole message: one optional parameter for each capability; all in one where there is no room for that
 *   (RFC 5492 section 4), and the extended form, which old speakers do not know, only for what fits in neither (RFC 9072)
 */
export function encodeOpen(open: OpenMessage): Uint8Array {
  const { version, as, holdTimeSeconds, routerId, capabilities } = open;
  const out = new Writer(128).u8(version).u16(as).u16(holdTimeSeconds).bytes(routerId);
  const tlvOctets = capabilities.reduce((sum, { value }) => sum + 2 + value.length, 0);
  const isShort = tlvOctets + 2 * capabilities.length <= MAX_SHORT;
  if (!isShort && tlvOctets + 2 <= MAX_SHORT) {
    out.u8(tlvOctets + 2).u8(Parameter.capabilities);
    out.u8(tlvOctets);
    for (const { code, value } of capabilities) out.u8(code).u8(value.length).bytes(value);
    return buildMessage(MessageType.open, out.view());
  }
  if (isShort) out.u8(tlvOctets + 2 * capabilities.length);
  else {
    out
      .u8(MAX_SHORT)
      .u8(Parameter.extendedLength)
      .u16(tlvOctets + 3 * capabilities.length);
  }
  for (const { code, value } of capabilities) {
    out.u8(Parameter.capabilities);
    if (isShort) out.u8(value.length + 2);
    else out.u16(value.length + 2);
    out.u8(code).u8(value.length).bytes(value);
  }
  return buildMessage(MessageType.open, out.view());
}

/** The AS number that counts: capability 65's, else the fixed field's (RFC 6793 section 4.1). */
export function asOf(open: OpenMessage): number {
  return readCapability(open.capabilities, asn4) ?? open.as;
}

/** What goes in the fixed field for an AS number (RFC 6793 section 9). */
export function fixedFieldAs(as: number): number {
  return as > 0xffff ? AS_TRANS : as;
}
