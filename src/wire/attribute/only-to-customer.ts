/**
 * OTC, Only to Customer (RFC 9234 section 5). What roles make of it is left to the UPDATE decoder and the attribute
 * encoder. The frozen dialects come from versions that did not know it: their JSON shows it as any unknown attribute.
 */
import { AttributeCode } from '../codes.js';
import { rawToJson } from './raw.js';
import { Flag } from './types.js';
import { u32Attribute } from './u32-attribute.js';

const FLAGS = Flag.optional | Flag.transitive;

export const onlyToCustomer = u32Attribute({
  code: AttributeCode.onlyToCustomer,
  flags: FLAGS,
  rfcName: 'OTC',
  keyword: 'otc',
  toJson: (value) => rawToJson(AttributeCode.onlyToCustomer, FLAGS | Flag.partial, value),
});
