/** MULTI_EXIT_DISC (RFC 4271 section 5.1.4). */
import { AttributeCode } from '../codes.js';
import { Flag } from './types.js';
import { u32Attribute } from './u32-attribute.js';

export const multiExitDisc = u32Attribute({
  code: AttributeCode.multiExitDisc,
  flags: Flag.optional,
  rfcName: 'MULTI_EXIT_DISC',
  keyword: 'med',
});
