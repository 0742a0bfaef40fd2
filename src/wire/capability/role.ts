/** BGP Role (RFC 9234 section 4.1). Several capabilities must say the same (section 4.2): negotiate.ts judges that. */
import type { Reader } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import type { CapabilityType } from './types.js';
import { unknownJson, unknownSentKey, unknownText } from './unknown.js';

/** The different values that were sent; a sound OPEN has one. */
export const role: CapabilityType<readonly number[]> = {
  code: CapabilityCode.role,
  name: 'role',
  sentKey: unknownSentKey(CapabilityCode.role),

  decode(value: Reader, before) {
    if (value.left !== 1) return before;
    const one = value.u8();
    return before?.includes(one) ? before : [...(before ?? []), one];
  },

  encode: (roles) => roles.map((one) => Uint8Array.of(one)),
  // No frozen dialect has a form of its own for it.
  toJson: (roles) => unknownJson(CapabilityCode.role, Uint8Array.from(roles)),
  print: () => unknownText(CapabilityCode.role),
};
