/** The gate that a first session's End-of-RIB passes: joins the session's question to the marks of helpers (eor-hold.ts). */
import type { Peer } from '../session/peer.js';
import type { EorGate } from '../session/sender.js';
import { familyIndex } from '../wire/family/index.js';
import type { EorHold } from './eor-hold.js';

/** @param feedersOf names of the processes that may command the neighbor */
export function eorGateOf(peer: Peer, hold: EorHold, feedersOf: () => readonly string[]): EorGate {
  return {
    wait(family, go) {
      let isWanted = true;
      hold.hold(peer.config.name, familyIndex(family), feedersOf(), peer.config.eorHold, () => {
        if (isWanted) go();
      });
      return () => {
        isWanted = false;
      };
    },
  };
}
