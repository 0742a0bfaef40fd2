/** Link-Local Next Hop: an IPv6 next hop may be a link-local address alone (draft-ietf-idr-linklocal-capability section 3). */
import { NO_BYTES } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import { decodeFlag } from './flag.js';
import type { CapabilityType } from './types.js';
import { unknownJson, unknownSentKey, unknownText } from './unknown.js';

export const linkLocalNextHop: CapabilityType<true> = {
  code: CapabilityCode.linkLocalNextHop,
  name: 'link-local next hop',
  sentKey: unknownSentKey(CapabilityCode.linkLocalNextHop),
  decode: decodeFlag,
  encode: () => [NO_BYTES],
  // No frozen dialect has a form of its own for it.
  toJson: () => unknownJson(CapabilityCode.linkLocalNextHop, NO_BYTES),
  print: () => unknownText(CapabilityCode.linkLocalNextHop),
};
