/** The encode profile of a session: what was agreed on and configured that shapes the octets we send. RFC 2545, 8950. */
import { parseIp, parseIpv4 } from '../util/ip.js';
import { families } from '../wire/family/index.js';
import type { EncodeProfile, Negotiated } from '../wire/negotiated.js';
import type { PeerConfig } from './peer-config.js';

/** @param localAddress the session's own address, without zone @returns what EncodeProfiles interns */
export function sessionProfile(
  config: PeerConfig,
  negotiated: Negotiated,
  localAddress: string | undefined,
): Omit<EncodeProfile, 'id'> {
  const { groupUpdates } = config;
  return {
    localAs: negotiated.localAs,
    isExternal: negotiated.isExternal,
    asn4: negotiated.asn4,
    messageSize: negotiated.sendMessageSize,
    families: negotiated.families,
    addPath: negotiated.addPathSend,
    pathsLimit: negotiated.pathsLimit,
    extendedNextHop: negotiated.extendedNextHop,
    groupUpdates:
      typeof groupUpdates === 'boolean' ? groupUpdates : families.map(({ name }) => groupUpdates.includes(name)),
    withdrawsAttributes: config.exabgpWire,
    // Who wants what ExaBGP sends gets stacks of labels without asking, too.
    labelLimits: config.exabgpWire ? undefined : negotiated.labelLimits,
    ...selfAddresses(config, negotiated, localAddress),
    localRole: negotiated.localRole,
    aigp: negotiated.aigp,
  };
}

/** What `next-hop self` means: the session's own address, else the configured ones, else (migrated) the router id. */
function selfAddresses(
  { nextHopSelf, selfFromRouterId, routerId }: PeerConfig,
  { linkLocalNextHop }: Negotiated,
  localAddress: string | undefined,
): { self4: Uint8Array | undefined; self6: Uint8Array | undefined } {
  const own = localAddress === undefined ? undefined : parseIp(localAddress);
  const of = (size: number, configured: string | undefined): Uint8Array | undefined =>
    own?.length === size ? own : configured === undefined ? undefined : parseIp(configured);
  const self4 = of(4, nextHopSelf.ipv4);
  const self6 = of(16, nextHopSelf.ipv6);
  const linkLocal = nextHopSelf.linkLocal === undefined ? undefined : parseIp(nextHopSelf.linkLocal);
  return {
    self4: self4 ?? (selfFromRouterId && own?.length === 16 ? parseIpv4(routerId) : undefined),
    self6: linkLocalNextHop ? withLinkLocal(self6, linkLocal) : self6,
  };
}

/** A global address with the link-local one of the same link behind it (RFC 2545 section 3). */
function withLinkLocal(self: Uint8Array | undefined, linkLocal: Uint8Array | undefined): Uint8Array | undefined {
  if (self === undefined || linkLocal === undefined || isLinkLocal(self)) return self;
  const both = new Uint8Array(32);
  both.set(self);
  both.set(linkLocal, 16);
  return both;
}

/** fe80::/10 (RFC 4291 section 2.5.6). */
function isLinkLocal(address: Uint8Array): boolean {
  return address[0] === 0xfe && (address[1]! & 0xc0) === 0x80;
}
