/** What a session agreed on, for tests of decoders: eBGP with four-octet AS numbers and all families, unless said otherwise. */
import { families } from '../../src/wire/family/index.js';
import type { Negotiated } from '../../src/wire/negotiated.js';

export function makeNegotiated(changes: Partial<Negotiated> = {}): Negotiated {
  const all = families.map(() => true);
  const none = families.map(() => false);
  return {
    localAs: 65000,
    peerAs: 65001,
    localRouterId: Uint8Array.of(192, 0, 2, 254),
    peerRouterId: Uint8Array.of(192, 0, 2, 1),
    isExternal: true,
    asn4: true,
    holdTimeSeconds: 180,
    sendMessageSize: 4096,
    receiveMessageSize: 65535,
    families: all,
    addPathSend: none,
    addPathReceive: none,
    extendedNextHop: none,
    multipleLabels: none,
    labelLimits: families.map(() => 255),
    refresh: 'enhanced',
    localRole: undefined,
    peerRole: undefined,
    aigp: false,
    peerGracefulRestart: false,
    gracefulNotification: false,
    peerLongLived: false,
    pathsLimit: families.map(() => 0),
    linkLocalNextHop: false,
    multisession: false,
    operational: false,
    ...changes,
  };
}
