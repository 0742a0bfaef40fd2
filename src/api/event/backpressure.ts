/**
 * Slow readers slow their sources: while a helper's queue is above its mark, reading from the peers that feed it pauses
 * (product contract, "Slow readers"). Each pause is undone once, whatever came in between.
 */
import type { EventPeer } from './types.js';

export class Backpressure<Helper> {
  private readonly paused = new Map<Helper, Set<EventPeer>>();

  /** The helper's queue is above the mark: these peers wait. May be told again when more peers feed it. */
  pause(helper: Helper, peers: Iterable<EventPeer>): void {
    const waiting = this.paused.get(helper) ?? new Set<EventPeer>();
    this.paused.set(helper, waiting);
    for (const peer of peers) {
      if (waiting.has(peer)) continue;
      waiting.add(peer);
      peer.pauseReading();
    }
  }

  /** The helper reads again, drops, or is gone: its peers are read on. */
  release(helper: Helper): void {
    const waiting = this.paused.get(helper);
    this.paused.delete(helper);
    for (const peer of waiting ?? []) peer.resumeReading();
  }

  /** The peer is gone for good. */
  forget(peer: EventPeer): void {
    for (const waiting of this.paused.values()) waiting.delete(peer);
  }
}
