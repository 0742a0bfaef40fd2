/** What capabilities without a value share: being there is all they say. A value that should not be is ignored with it. */
import { NO_BYTES, type Reader } from '../../util/bytes.js';
import type { CapabilityType } from './types.js';

/** @returns `true` for an empty value, else what was known before (the malformed one is as if absent) */
export function decodeFlag(value: Reader, before: true | undefined): true | undefined {
  return value.left === 0 ? true : before;
}

/** A capability that is only there or not. @param members of its JSON object @param text of the text encoder */
export function flagCapability(
  code: number,
  name: string,
  sentKey: string,
  members: string,
  text: string,
): CapabilityType<true> {
  return {
    code,
    name,
    sentKey,
    decode: decodeFlag,
    encode: () => [NO_BYTES],
    toJson: () => `{ ${members} }`,
    print: () => text,
  };
}
