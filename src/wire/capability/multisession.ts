/** Multisession (an abandoned draft, codes 68 and 131): named in events, never negotiated. Its value is a list of codes. */
import type { Reader } from '../../util/bytes.js';
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
    decode: (value: Reader) => value.rest().slice(),
    encode: (codes) => [codes],
    toJson: (codes) => {
      const list = Array.from(codes.subarray(1), (one) => ` "${one}"`).join(',');
      return `{ "name": "multisession", "variant": "${variant}", "capabilities": [${list} ] }`;
    },
    print: () => text,
  };
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
