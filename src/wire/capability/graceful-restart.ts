/**
 * Graceful Restart (RFC 4724 section 3) with the N bit (RFC 8538 section 2). Flags and restart time (2), then AFI (2),
 * SAFI (1), flags (1) for each family. The last capability sent counts (RFC 4724 section 4.1).
 */
import { type Reader, Writer } from '../../util/bytes.js';
import { CapabilityCode } from '../codes.js';
import { type FamilyNumbers, familySlash } from './multiprotocol.js';
import type { CapabilityType } from './types.js';

export interface GracefulRestart {
  /** R: the speaker has just restarted. */
  readonly isRestarting: boolean;
  /** N: NOTIFICATIONs keep routes too (RFC 8538). */
  readonly notification: boolean;
  /** 12 bits. */
  readonly timeSeconds: number;
  /** F: the family's forwarding state was kept. */
  readonly families: readonly (FamilyNumbers & { readonly isForwarding: boolean })[];
}

const RESTARTING = 0x8000;
const NOTIFICATION = 0x4000;
const TIME_MASK = 0x0fff;
const FORWARDING = 0x80;

function flagsOf(value: GracefulRestart): number {
  return (value.isRestarting ? RESTARTING : 0) | (value.notification ? NOTIFICATION : 0);
}

export const gracefulRestart: CapabilityType<GracefulRestart> = {
  code: CapabilityCode.gracefulRestart,
  name: 'graceful restart',
  sentKey: 'graceful-restart',

  decode(value: Reader, before) {
    if (value.left < 2 || (value.left - 2) % 4 !== 0) return before;
    const head = value.u16();
    const families: (FamilyNumbers & { isForwarding: boolean })[] = [];
    while (value.left > 0) {
      families.push({ afi: value.u16(), safi: value.u8(), isForwarding: (value.u8() & FORWARDING) !== 0 });
    }
    return {
      isRestarting: (head & RESTARTING) !== 0,
      notification: (head & NOTIFICATION) !== 0,
      timeSeconds: head & TIME_MASK,
      families,
    };
  },

  encode(value) {
    const out = new Writer(2 + 4 * value.families.length).u16(flagsOf(value) | (value.timeSeconds & TIME_MASK));
    for (const { afi, safi, isForwarding } of value.families)
      out
        .u16(afi)
        .u8(safi)
        .u8(isForwarding ? FORWARDING : 0);
    return [out.finish()];
  },

  toJson(value) {
    const families = value.families.map((f) => `"${familySlash(f)}": [${f.isForwarding ? ' "restart"' : ''} ] `);
    const flags = value.isRestarting ? ' "forwarding"' : '';
    return (
      `{ "name": "graceful restart", "time": ${value.timeSeconds}, ` +
      `"address-family-flags": { ${families.join(', ')}}, "restart-flags": [${flags} ] }`
    );
  },

  print(value) {
    const families = value.families.map((f) => `${familySlash(f)}=0x${f.isForwarding ? '80' : '0'}`);
    return [
      'graceful restart',
      'flags',
      `0x${(flagsOf(value) >>> 12).toString(16)}`,
      'time',
      value.timeSeconds,
      ...families,
    ].join(' ');
  },
};
