/**
 * The End-of-RIB marker (RFC 4724 section 2): an empty UPDATE for IPv4 unicast, for any other family one whose only
 * attribute is an MP_UNREACH_NLRI without routes. Telling a received one is left to the UPDATE decoder.
 */
import { Writer } from '../util/bytes.js';
import { Flag } from './attribute/types.js';
import { AttributeCode, MessageType } from './codes.js';
import type { Family } from './family/types.js';
import { buildMessage } from './message.js';

/** @returns a whole message */
export function encodeEndOfRib(family: Family): Uint8Array {
  const body = new Writer(10).u16(0);
  if (family.isClassic) return buildMessage(MessageType.update, body.u16(0).view());
  // With the two-octet length that ExaBGP writes here: any length octets are right (RFC 4271 section 4.3).
  body
    .u16(7)
    .u8(Flag.optional | Flag.extendedLength)
    .u8(AttributeCode.mpUnreachNlri)
    .u16(3)
    .u16(family.afi)
    .u8(family.safi);
  return buildMessage(MessageType.update, body.view());
}
