/**
 * Long-Lived Graceful Restart (RFC 9494 section 3.1). AFI (2), SAFI (1), flags (1), stale time in seconds (3) for each
 * family. Of several capabilities the last counts. Whether it means anything beside the peer's other capabilities (it
 * needs graceful restart) is left to negotiate.ts.
 */
import { type Reader, Writer } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import type { FamilyNumbers } from './multiprotocol.js';
import type { CapabilityType } from './types.js';
import { unknownJson, unknownSentKey, unknownText } from './unknown.js';

export interface LongLivedFamily extends FamilyNumbers {
  /** F is its highest bit; the others are kept as they came. */
  readonly flags: number;
  /** 24 bits. */
  readonly staleSeconds: number;
}

/** F: the family's forwarding state was kept. */
export const LONG_LIVED_FORWARDING = 0x80;

const FAMILY_OCTETS = 7;

function pack(families: readonly LongLivedFamily[]): Uint8Array {
  const out = new Writer(FAMILY_OCTETS * families.length);
  for (const { afi, safi, flags, staleSeconds } of families) {
    out
      .u16(afi)
      .u8(safi)
      .u8(flags)
      .u8(staleSeconds >>> 16)
      .u16(staleSeconds & 0xffff);
  }
  return out.finish();
}

export const longLivedGracefulRestart: CapabilityType<readonly LongLivedFamily[]> = {
  code: CapabilityCode.longLivedGracefulRestart,
  name: 'long-lived graceful restart',
  sentKey: unknownSentKey(CapabilityCode.longLivedGracefulRestart),

  decode(value: Reader, before) {
    if (value.left % FAMILY_OCTETS !== 0) return before;
    const families: LongLivedFamily[] = [];
    while (value.left > 0) {
      const [afi, safi, flags] = [value.u16(), value.u8(), value.u8()];
      families.push({ afi, safi, flags, staleSeconds: value.u24() });
    }
    return families;
  },

  encode: (families) => [pack(families)],
  // No frozen dialect has a form of its own for it.
  toJson: (families) => unknownJson(CapabilityCode.longLivedGracefulRestart, pack(families)),
  print: () => unknownText(CapabilityCode.longLivedGracefulRestart),
};
