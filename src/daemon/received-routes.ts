/**
 * What peers sent, kept where the configuration asks for it (`adjRibIn`) and forgotten when the session ends. Answers
 * `show adj-rib in`, and gives UPDATEs that bring a helper that lost events to the present state.
 */
import type { EventPeer } from '../api/event/types.js';
import { AdjIn } from '../rib/adj-in.js';
import type { RouteKey } from '../rib/types.js';
import type { Direction, PeerObserver } from '../session/observer.js';
import type { Peer } from '../session/peer.js';
import { readU32, Writer } from '../util/bytes.js';
import { nextHopOf, payloadOf, tlvsOf } from '../wire/attribute-set.js';
import { families } from '../wire/family/index.js';
import type { DecodedUpdate } from '../wire/update.js';

/** Octets of a route key before the family's own: family index (1), path identifier (4). */
const KEY_HEAD_OCTETS = 5;
const NO_NEXT_HOP = new Uint8Array(0);
/** Routes read from the table at once. */
const BATCH = 256;

export class ReceivedRoutesTable implements PeerObserver {
  private readonly tables = new Map<EventPeer, AdjIn>();

  /** Routes of a peer; undefined where they are not kept. */
  of(peer: EventPeer): AdjIn | undefined {
    if (!peer.config.adjRibIn) return undefined;
    let table = this.tables.get(peer);
    if (table === undefined) {
      table = new AdjIn();
      this.tables.set(peer, table);
    }
    return table;
  }

  /** The same as UPDATEs, in batches that are read when they are asked for. */
  *updatesOf(peer: EventPeer): Generator<DecodedUpdate[]> {
    const table = this.of(peer);
    let cursor: number | undefined = 0;
    while (table !== undefined && cursor !== undefined) {
      const batch: DecodedUpdate[] = [];
      cursor = table.list(cursor, BATCH, (key, set) => batch.push(toUpdate(peer, key, set)));
      yield batch;
    }
  }

  wantsUpdates(peer: Peer, direction: Direction): boolean {
    return direction === 'receive' && peer.config.adjRibIn;
  }

  onUpdate(peer: Peer, direction: Direction, update: DecodedUpdate): void {
    if (direction !== 'receive') return;
    const table = this.of(peer);
    if (table === undefined) return;
    table.update(update);
    for (let index = 0; index < families.length; index++) peer.counters.prefixes[index] = table.count(index);
  }

  onDown(peer: Peer): void {
    this.tables.delete(peer);
  }

  /** The neighbor is gone, or its routes are no longer kept. */
  forget(peer: EventPeer): void {
    this.tables.delete(peer);
  }
}

/** An UPDATE with one announced route. */
function toUpdate(peer: EventPeer, key: RouteKey, set: Uint8Array): DecodedUpdate {
  const index = key[0]!;
  const family = families[index]!;
  const addPath = peer.negotiated?.addPathReceive[index] === true;
  const out = new Writer(64);
  if (addPath) out.u32(readU32(key, 1));
  family.write(out, key, KEY_HEAD_OCTETS, key.length, payloadOf(set));
  const source = out.finish();
  const nextHop = nextHopOf(set);
  return {
    attributes: tlvsOf(set).slice(),
    announced: [
      {
        family,
        source,
        start: 0,
        end: source.length,
        addPath,
        nextHop: nextHop === undefined || nextHop === 'self' ? NO_NEXT_HOP : nextHop.slice(),
      },
    ],
    withdrawn: [],
    endOfRib: undefined,
    faults: [],
    isTreatedAsWithdraw: false,
  };
}
