/** Software Version: what the peer runs (draft-abraitis-bgp-version-capability). Length (1) and text. */
import { type Reader, Writer } from '../../util/bytes.js';
import { decodeText, encodeText, jsonString } from '../../util/stranger-text.js';
import { CapabilityCode } from '../codes.js';
import type { CapabilityType } from './types.js';
import { unknownSentKey, unknownText } from './unknown.js';

function lengthAndText(text: string): Uint8Array {
  const octets = encodeText(text);
  return new Writer(256).u8(octets.length).bytes(octets).finish();
}

export const softwareVersion: CapabilityType<string> = {
  code: CapabilityCode.softwareVersion,
  name: 'software-version',
  sentKey: unknownSentKey(CapabilityCode.softwareVersion),

  decode(value: Reader, before) {
    if (value.left < 1) return before;
    const length = value.u8();
    return length > value.left ? before : decodeText(value.view(length));
  },

  encode: (text) => [lengthAndText(text)],

  toJson: (text) => `{ "software": ${jsonString(text)} }`,
  print: () => unknownText(CapabilityCode.softwareVersion),
};
