/** ATOMIC_AGGREGATE (RFC 4271 section 5.1.6): a flag without value. A wrong length: discarded (RFC 7606 section 7.6). */
import { NO_BYTES } from '../../util/bytes.js';
import { octetsOf } from '../../util/text-writer.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import { discardFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

const AS_JSON = octetsOf('"atomic-aggregate": true');
const AS_TEXT = octetsOf('atomic-aggregate');

export const atomicAggregate: AttributeType = {
  code: AttributeCode.atomicAggregate,
  flags: Flag.transitive,
  rfcName: 'ATOMIC_AGGREGATE',
  keyword: 'atomic-aggregate',
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array) {
    return value.length === 0 ? value : discardFault(this.code, `length ${value.length}, must be 0`);
  },
  isPlain: (_source, start, end) => start === end,
  hasText: (value) => value.length === 0,
  parse: () => NO_BYTES,
  print: () => '',
  toJson: () => '"atomic-aggregate": true',
  writeJson(out, _source, start, end) {
    if (start !== end) return false;
    out.bytes(AS_JSON);
    return true;
  },
  writeText(out, _source, start, end) {
    if (start !== end) return false;
    out.bytes(AS_TEXT);
    return true;
  },
};
