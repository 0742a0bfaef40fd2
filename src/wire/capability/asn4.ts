/** Four-octet AS numbers: the speaker's own number (RFC 6793 section 3). */
import { type Reader, Writer } from '../../util/bytes.js';
import { CapabilityCode, ErrorCode, OpenError } from '../codes.js';
import { NotificationError } from '../errors.js';
import type { CapabilityType } from './types.js';

export const asn4: CapabilityType<number> = {
  code: CapabilityCode.asn4,
  name: 'asn4',
  sentKey: 'asn4',

  decode(value: Reader, before) {
    if (value.left !== 4) {
      const reason = `four-octet AS capability of ${value.left} octets`;
      throw new NotificationError(ErrorCode.open, OpenError.unspecific, undefined, reason);
    }
    const as = value.u32();
    if (before !== undefined && before !== as) {
      const reason = `two four-octet AS capabilities: ${before} and ${as}`;
      throw new NotificationError(ErrorCode.open, OpenError.badPeerAs, undefined, reason);
    }
    return as;
  },

  encode: (as) => [new Writer(4).u32(as).finish()],
  toJson: (as) => `{ "name": "asn4", "asn4": ${as} }`,
  print: (as) => `asn4(${as})`,
};
