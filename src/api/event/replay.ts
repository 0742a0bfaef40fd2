/**
 * Brings helpers that lost events to what peers have announced, in slices of turns and never faster than they read: a
 * table of a million routes neither delays a keepalive nor fills the queue that has just run over.
 */
import type { TurnScheduler, TurnTask } from '../../util/turn.js';
import type { DecodedUpdate } from '../../wire/update.js';
import type { EventHelper, EventPeer } from './types.js';

/** The routes of one peer on their way to one helper. */
class Replay implements TurnTask {
  isCancelled = false;
  isPaused = false;

  constructor(
    private readonly batches: Iterator<readonly DecodedUpdate[]>,
    private readonly write: (update: DecodedUpdate) => void,
    private readonly onEnd: () => void,
  ) {}

  step(deadlineMs: number): boolean {
    while (!this.isCancelled && !this.isPaused) {
      const { value, done } = this.batches.next();
      if (done === true) {
        this.onEnd();
        return false;
      }
      // A batch is the state of this moment: written whole, so that no newer event comes between.
      for (const update of value) this.write(update);
      if (performance.now() >= deadlineMs) return !this.isCancelled && !this.isPaused;
    }
    return false;
  }
}

/** All replays that are under way. */
export class Replays {
  private readonly byHelper = new Map<EventHelper, Map<EventPeer, Replay>>();

  constructor(private readonly turns: Pick<TurnScheduler, 'schedule'>) {}

  /** Starts one, in place of an older one. @param write takes each UPDATE; it is valid during the call only */
  start(
    helper: EventHelper,
    peer: EventPeer,
    batches: Iterable<readonly DecodedUpdate[]>,
    write: (update: DecodedUpdate) => void,
  ): void {
    const replays = this.byHelper.get(helper) ?? new Map<EventPeer, Replay>();
    this.byHelper.set(helper, replays);
    const old = replays.get(peer);
    if (old !== undefined) old.isCancelled = true;
    const replay = new Replay(batches[Symbol.iterator](), write, () => replays.delete(peer));
    replays.set(peer, replay);
    this.turns.schedule(replay);
  }

  /** The helper's queue is full (true), or it reads again. */
  pause(helper: EventHelper, isPaused: boolean): void {
    for (const replay of this.byHelper.get(helper)?.values() ?? []) {
      replay.isPaused = isPaused;
      if (!isPaused) this.turns.schedule(replay);
    }
  }

  /** The helper is gone, or begins anew. */
  cancelHelper(helper: EventHelper): void {
    for (const replay of this.byHelper.get(helper)?.values() ?? []) replay.isCancelled = true;
    this.byHelper.delete(helper);
  }

  /** The peer's session ended: what it announced counts no more. */
  cancelPeer(peer: EventPeer): void {
    for (const replays of this.byHelper.values()) {
      const replay = replays.get(peer);
      if (replay !== undefined) replay.isCancelled = true;
      replays.delete(peer);
    }
  }
}
