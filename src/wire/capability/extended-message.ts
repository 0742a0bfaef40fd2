/** Extended Message: messages up to 65535 octets (RFC 8654 section 3). */
import { CapabilityCode } from '../codes.js';
import { flagCapability } from './flag.js';

export const extendedMessage = flagCapability(
  CapabilityCode.extendedMessage,
  'extended-message',
  'extended-message',
  '"name": "extended-message", "size": 65535',
  'extended message(65535)',
);
