/** Multiprotocol Extensions: the families a speaker wants (RFC 4760 section 8). AFI (2), reserved (1), SAFI (1). */
import { type Reader, Writer } from '../../util/bytes.js';
import { afiName, CapabilityCode, ErrorCode, OpenError, safiName } from '../codes.js';
import { NotificationError } from '../errors.js';
import type { CapabilityType } from './types.js';

/** A family by its numbers; it need not be one that the codec knows. */
export interface FamilyNumbers {
  readonly afi: number;
  readonly safi: number;
}

export const multiprotocol: CapabilityType<readonly FamilyNumbers[]> = {
  code: CapabilityCode.multiprotocol,
  name: 'multiprotocol',
  sentKey: 'multiprotocol',

  decode(value: Reader, before) {
    if (value.left !== 4) {
      const reason = `multiprotocol capability of ${value.left} octets`;
      throw new NotificationError(ErrorCode.open, OpenError.unspecific, undefined, reason);
    }
    const afi = value.u16();
    value.skip(1);
    const safi = value.u8();
    const known = before ?? [];
    return known.some((family) => family.afi === afi && family.safi === safi) ? known : [...known, { afi, safi }];
  },

  encode: (families) => families.map(({ afi, safi }) => new Writer(4).u16(afi).u8(0).u8(safi).finish()),

  toJson(families) {
    const names = families.map(({ afi, safi }) => `"${afiName(afi)}/${safiName(safi)}"`);
    return `{ "name": "multiprotocol", "families": [ ${names.join(', ')} ] }`;
  },

  print: (families) => `multiprotocol(${families.map(familyText).join(',')})`,
};

/** "ipv4 unicast" */
export function familyText({ afi, safi }: FamilyNumbers): string {
  return `${afiName(afi)} ${safiName(safi)}`;
}

/** "ipv4/unicast" */
export function familySlash({ afi, safi }: FamilyNumbers): string {
  return `${afiName(afi)}/${safiName(safi)}`;
}
