/**
 * What the event router sees of sessions and helpers: small interfaces, so that it runs in tests without sockets and
 * processes. session/peer.ts and api/process/ have more than this.
 */
import type { FsmState } from '../../session/fsm-types.js';
import type { PeerConfig } from '../../session/peer-config.js';
import type { Family } from '../../wire/family/types.js';
import type { Negotiated } from '../../wire/negotiated.js';
import type { DecodedUpdate } from '../../wire/update.js';
import type { ProcessConfig } from '../process/process-config.js';
import type { Helper } from '../process/types.js';

/** A neighbor as events see it. */
export interface EventPeer {
  readonly config: PeerConfig;
  /** Address of the peer; differs from config.remoteAddress for members of a range. */
  readonly remoteAddress: string;
  /** The session's own address in use; undefined while not connected. */
  readonly localAddress: string | undefined;
  readonly state: FsmState;
  readonly negotiated: Negotiated | undefined;
  pauseReading(): void;
  resumeReading(): void;
  sendRouteRefresh(family: Family, subtype: number): boolean;
}

/** A helper as events see it. */
export interface EventHelper extends Pick<Helper, 'name' | 'write'> {
  readonly config: Pick<ProcessConfig, 'encoder' | 'dialect'>;
}

/**
 * What peers sent, where it is kept (`adjRibIn`).
 * @returns UPDATEs that bring a helper to the present state, in batches: each is read from the table when it is asked
 *   for and used at once; undefined when nothing is kept
 */
export type ReceivedRoutes = (peer: EventPeer) => Iterable<readonly DecodedUpdate[]> | undefined;
