/** ADD-PATH: several paths for one prefix, per family and direction (RFC 7911 section 4). AFI (2), SAFI (1), mode (1). */
import { type Reader, Writer } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import { type FamilyNumbers, familySlash, familyText } from './multiprotocol.js';
import type { CapabilityType } from './types.js';

/** Send/Receive octet: what the speaker that sent the capability can do. */
export const AddPathMode = { receive: 1, send: 2, both: 3 } as const;
export type AddPathMode = (typeof AddPathMode)[keyof typeof AddPathMode];

export interface AddPathFamily extends FamilyNumbers {
  readonly mode: AddPathMode;
}

const MODE_NAMES: Readonly<Record<AddPathMode, string>> = { 1: 'receive', 2: 'send', 3: 'send/receive' };

function isMode(value: number): value is AddPathMode {
  return value >= AddPathMode.receive && value <= AddPathMode.both;
}

export const addPath: CapabilityType<readonly AddPathFamily[]> = {
  code: CapabilityCode.addPath,
  name: 'addpath',
  sentKey: 'add-path',

  decode(value: Reader, before) {
    if (value.left % 4 !== 0) return before;
    const families = [...(before ?? [])];
    while (value.left > 0) {
      const afi = value.u16();
      const safi = value.u8();
      const mode = value.u8();
      // Any other value is as if the capability had not been sent for that family (RFC 7911 section 4).
      if (!isMode(mode)) continue;
      const known = families.findIndex((family) => family.afi === afi && family.safi === safi);
      if (known >= 0) families[known] = { afi, safi, mode };
      else families.push({ afi, safi, mode });
    }
    return families;
  },

  encode(families) {
    const out = new Writer(4 * families.length);
    for (const { afi, safi, mode } of families) out.u16(afi).u8(safi).u8(mode);
    return [out.finish()];
  },

  toJson(families) {
    const members = families.map((family) => `"${familySlash(family)}": "${MODE_NAMES[family.mode]}"`).join(',');
    return `{ "name": "addpath"${members === '' ? '' : `, ${members}`} }`;
  },

  print: (families) => `addpath(${families.map((f) => `${MODE_NAMES[f.mode]} ${familyText(f)}`).join(',')})`,
};
