/** LOCAL_PREF (RFC 4271 section 5.1.5): from an external peer it is discarded, whatever it says (RFC 7606 section 7.5). */
import { AttributeCode } from '../codes.js';
import { discardFault } from './fault.js';
import { Flag } from './types.js';
import { u32Attribute } from './u32-attribute.js';

export const localPref = u32Attribute({
  code: AttributeCode.localPref,
  flags: Flag.transitive,
  rfcName: 'LOCAL_PREF',
  keyword: 'local-preference',
  refuse: ({ isExternal }) =>
    isExternal ? discardFault(AttributeCode.localPref, 'sent by an external peer') : undefined,
});
