/**
 * What the interop tests of families ask of a routing daemon: two iBGP sessions with crier, both clients of the daemon as
 * a route reflector. What crier says on the first, the daemon shows and says on the second, decoded and written anew.
 */

import type { RouteName } from './family-routes.js';
import type { Host } from './network.js';

/** One side of both sessions; crier's neighbors are the daemon's addresses, in this order. */
export const FAMILY_AS = 65001;
export const DAEMON_ADDRESSES = ['10.0.0.101', '10.0.0.102'] as const;
export const CRIER_ADDRESSES = ['10.0.0.1', '10.0.0.2'] as const;

/** A route that the daemon itself originates. */
export interface Originated {
  readonly family: string;
  /** What makes the daemon send and take it back, in the daemon's own way (see its `tell`). */
  readonly say: string;
  readonly takeBack: string;
  /** Members that the NLRI has in crier's event. */
  readonly nlri: Readonly<Record<string, unknown>>;
  /** `string` members of extended communities that the event has. */
  readonly communities?: readonly string[];
}

export interface FamilyPeer {
  readonly name: string;
  readonly programs: readonly string[];
  readonly families: readonly string[];
  /** What crier's neighbors have besides. */
  readonly neighbor?: Readonly<Record<string, unknown>>;
  /** Writes its configuration and gives the command lines, in their order. */
  configure(folder: string): readonly (readonly string[])[];
  isReady(host: Host, folder: string): Promise<boolean>;
  isEstablished(host: Host, folder: string, which: 0 | 1): Promise<boolean>;
  /** All that its own tools show of what it has from crier's first session. */
  listing(host: Host, folder: string): Promise<string>;
  /** Routes of its families that it must not be sent, with the reason. */
  readonly cannotTake?: Partial<Record<RouteName, string>>;
  /** What crier announces on the second session to be sent anything there. */
  readonly asks?: readonly string[];
  /** What the listing must have of each route. */
  readonly shows: Partial<Record<RouteName, readonly RegExp[]>>;
  /** Routes of its families that its tools do not show, or not rightly, with the reason. */
  readonly cannotShow: Partial<Record<RouteName, string>>;
  /** Routes of its families that do not come out on the second session as they came in, with the reason. */
  readonly cannotRelay: Partial<Record<RouteName, string>>;
  /** What it changes on the way, with the reason: members of the event ("next-hop" for where the routes are). */
  readonly changes?: Partial<Record<RouteName, { readonly members: readonly string[]; readonly reason: string }>>;
  /** Routes that it does not lose by a withdrawal of the key, with the reason. */
  readonly keeps?: Partial<Record<RouteName, string>>;
  readonly originated: readonly Originated[];
  /** Runs what `say` or `takeBack` has. */
  tell?(host: Host, folder: string, words: string): Promise<void>;
}

/** A pattern of a line that has all these texts in this order. */
export function inOneLine(...texts: readonly string[]): RegExp {
  return new RegExp(texts.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('[^\\n]*'));
}
