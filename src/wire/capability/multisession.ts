/**
 * Multisession (draft-ietf-idr-bgp-multisession section 4, code 68; Cisco's 131 before it). Flags (1), then the codes of
 * the capabilities that tell the sessions of one peer apart. Some speakers send each octet in a TLV of its own.
 */
import { NO_BYTES, type Reader } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import type { CapabilityType } from './types.js';

function multisessionType(
  code: number,
  variant: 'RFC' | 'Cisco',
  sentKey: string,
  text: string,
): CapabilityType<Uint8Array> {
  return {
    code,
    name: 'multisession',
    sentKey,
    decode: (value: Reader, before = NO_BYTES) => concatenated(before, value.rest()),
    encode: (codes) => [codes],
    toJson: (codes) => {
      const list = Array.from(codes.subarray(1), (one) => ` "${one}"`).join(',');
      return `{ "name": "multisession", "variant": "${variant}", "capabilities": [${list} ] }`;
    },
    print: () => text,
  };
}

/** A copy of both. */
function concatenated(one: Uint8Array, two: Uint8Array): Uint8Array {
  const out = new Uint8Array(one.length + two.length);
  out.set(one);
  out.set(two, one.length);
  return out;
}

export const multisession = multisessionType(
  CapabilityCode.multisession,
  'RFC',
  'multi-session',
  'multisession (rfc) ',
);
export const multisessionCisco = multisessionType(
  CapabilityCode.multisessionCisco,
  'Cisco',
  'cisco-multi-sesion',
  'multisession ',
);
