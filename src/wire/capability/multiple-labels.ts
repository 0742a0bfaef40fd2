/**
 * Multiple Labels: how many labels a speaker takes with a prefix, per family (RFC 8277 section 2.1). AFI (2), SAFI (1), count
 * (1); 255 is any number, 0 means nothing. Of several for one family the first counts.
 */
import { type Reader, Writer } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import type { FamilyNumbers } from './multiprotocol.js';
import type { CapabilityType } from './types.js';
import { unknownJson, unknownSentKey, unknownText } from './unknown.js';

/** Any number of labels. */
export const ANY_COUNT = 255;

export interface LabelCount extends FamilyNumbers {
  readonly count: number;
}

function pack(counts: readonly LabelCount[]): Uint8Array {
  const out = new Writer(4 * counts.length);
  for (const { afi, safi, count } of counts) out.u16(afi).u8(safi).u8(count);
  return out.finish();
}

export const multipleLabels: CapabilityType<readonly LabelCount[]> = {
  code: CapabilityCode.multipleLabels,
  name: 'multiple-labels',
  sentKey: unknownSentKey(CapabilityCode.multipleLabels),

  decode(value: Reader, before) {
    if (value.left === 0 || value.left % 4 !== 0) return before;
    const counts = [...(before ?? [])];
    while (value.left > 0) {
      const one = { afi: value.u16(), safi: value.u8(), count: value.u8() };
      const isKnown = counts.some(({ afi, safi }) => afi === one.afi && safi === one.safi);
      if (one.count > 0 && !isKnown) counts.push(one);
    }
    return counts;
  },

  encode: (counts) => [pack(counts)],
  // No frozen dialect has a form of its own for it.
  toJson: (counts) => unknownJson(CapabilityCode.multipleLabels, pack(counts)),
  print: () => unknownText(CapabilityCode.multipleLabels),
};
