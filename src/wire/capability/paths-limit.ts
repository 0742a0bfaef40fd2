/**
 * PATHS-LIMIT: how many paths of one prefix a speaker wants to be sent, per family with ADD-PATH
 * (draft-abraitis-idr-addpath-paths-limit section 3). AFI (2), SAFI (1), limit (2); 0 says nothing. Of several limits for
 * one family the first counts.
 */
import { type Reader, Writer } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import type { FamilyNumbers } from './multiprotocol.js';
import type { CapabilityType } from './types.js';
import { unknownJson, unknownSentKey, unknownText } from './unknown.js';

export interface PathsLimit extends FamilyNumbers {
  readonly limit: number;
}

const FAMILY_OCTETS = 5;

function pack(limits: readonly PathsLimit[]): Uint8Array {
  const out = new Writer(FAMILY_OCTETS * limits.length);
  for (const { afi, safi, limit } of limits) out.u16(afi).u8(safi).u16(limit);
  return out.finish();
}

export const pathsLimit: CapabilityType<readonly PathsLimit[]> = {
  code: CapabilityCode.pathsLimit,
  name: 'paths-limit',
  sentKey: unknownSentKey(CapabilityCode.pathsLimit),

  decode(value: Reader, before) {
    if (value.left === 0 || value.left % FAMILY_OCTETS !== 0) return before;
    const limits = [...(before ?? [])];
    while (value.left > 0) {
      const one = { afi: value.u16(), safi: value.u8(), limit: value.u16() };
      const isKnown = limits.some(({ afi, safi }) => afi === one.afi && safi === one.safi);
      if (one.limit > 0 && !isKnown) limits.push(one);
    }
    return limits;
  },

  encode: (limits) => [pack(limits)],
  // No frozen dialect has a form of its own for it.
  toJson: (limits) => unknownJson(CapabilityCode.pathsLimit, pack(limits)),
  print: () => unknownText(CapabilityCode.pathsLimit),
};
