/**
 * What neighbors and templates say that must be seen together before it can be written: a template may name the families
 * and its neighbor the capability that holds for them. Laid over one another as ExaBGP does: lists grow, single values
 * of the neighbor win.
 */
import type { AddPathMode } from '../../session/peer-config.js';

export interface FamilyMention {
  readonly name: string;
  readonly at: number;
  /** Paths of one prefix that the peer should send at most (add-path block). */
  readonly limit?: number;
}

/** A line of the operational section. */
export interface OperationalLine {
  readonly text: string;
  readonly at: number;
}

export interface Facts {
  readonly localAddress?: string;
  readonly holdTimeSeconds?: number;
  readonly passive?: boolean;
  /** Seconds; "hold-time": as long as the hold time. */
  readonly gracefulRestart?: number | 'hold-time' | 'off';
  readonly addPath?: AddPathMode | 'off';
  /** From the add-path block: these alone. */
  readonly addPathFamilies?: readonly FamilyMention[];
  readonly nextHop?: boolean;
  /** From the nexthop block: families whose routes may have IPv6 next hops. */
  readonly nextHopFamilies?: readonly FamilyMention[];
  readonly families?: readonly string[];
  readonly md5Password?: string;
  readonly md5Base64?: boolean;
  readonly md5Ip?: string;
  /** A connection must be signed in a way that does not exist here. */
  readonly needsTcpAo?: boolean;
  readonly hasApi?: boolean;
  /** Processes of the api block without a name. */
  readonly unnamedProcesses?: readonly string[];
  readonly hasHostName?: boolean;
  /** The capability. */
  readonly operational?: boolean;
  /** From the operational section. */
  readonly operationalLines?: readonly OperationalLine[];
}

/** @param layers templates in their order, the neighbor last */
export function layFacts(layers: readonly Facts[]): Facts {
  const result: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      const before = result[key];
      result[key] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
    }
  }
  return result;
}
