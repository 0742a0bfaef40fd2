/** All routing daemons of the interop tests. */
import type { PeerKind } from './peer.js';
import { bird } from './peer-bird.js';
import { exabgp } from './peer-exabgp.js';
import { frr } from './peer-frr.js';
import { gobgp } from './peer-gobgp.js';
import { openbgpd } from './peer-openbgpd.js';

export const peerKinds: readonly PeerKind[] = [bird, frr, gobgp, openbgpd, exabgp];
