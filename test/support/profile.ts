/** Encode profiles for tests: IPv4 and IPv6 unicast on an eBGP session, unless said otherwise. */
import { families } from '../../src/wire/family/index.js';
import { type EncodeProfile, EncodeProfiles } from '../../src/wire/negotiated.js';

const profiles = new EncodeProfiles();
const UNICAST = ['ipv4 unicast', 'ipv6 unicast'];

/** A yes for each named family. */
export function perFamily(names: readonly string[]): boolean[] {
  return families.map(({ name }) => names.includes(name));
}

export function makeProfile(changes: Partial<Omit<EncodeProfile, 'id'>> = {}): EncodeProfile {
  return profiles.intern({
    localAs: 65000,
    isExternal: true,
    asn4: true,
    messageSize: 4096,
    families: perFamily(UNICAST),
    addPath: perFamily([]),
    extendedNextHop: perFamily([]),
    groupUpdates: true,
    self4: Uint8Array.of(192, 0, 2, 254),
    self6: undefined,
    localRole: undefined,
    aigp: false,
    ...changes,
  });
}
