/**
 * What peers sent: kept where the configuration asks for it (adjRibIn, maxPrefix), forgotten when the session ends, and
 * held against the prefix limits. RFC 4486 (Cease 6/1), RFC 4271 section 6.7.
 */
import { AdjIn } from '../rib/adj-in.js';
import type { Direction, DownReason, PeerObserver } from '../session/observer.js';
import type { Peer } from '../session/peer.js';
import type { Logger } from '../util/log.js';
import type { Clock, RunningTimer } from '../util/timers.js';
import { families, familyIndex } from '../wire/family/index.js';
import type { DecodedUpdate } from '../wire/update.js';

/** Cease subcode "Maximum Number of Prefixes Reached" (RFC 4486 section 4). */
const MAXIMUM_PREFIXES = 1;

interface Kept {
  readonly routes: AdjIn;
  /** Families whose warning was given in this session. */
  readonly warned: Set<number>;
  readonly full: Set<number>;
}

export class ReceivedRoutesTable implements PeerObserver {
  private readonly kept = new Map<Peer, Kept>();
  private readonly restarts = new Map<Peer, RunningTimer>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Routes of a peer, where they are kept. */
  of(peer: Peer): AdjIn | undefined {
    return this.needs(peer) ? this.keptOf(peer).routes : undefined;
  }

  wantsUpdates(peer: Peer, direction: Direction): boolean {
    return direction === 'receive' && this.needs(peer);
  }

  onUpdate(peer: Peer, direction: Direction, update: DecodedUpdate): void {
    if (direction !== 'receive' || !this.needs(peer)) return;
    const kept = this.keptOf(peer);
    kept.routes.update(update);
    for (const run of update.announced) this.checkLimit(peer, kept, familyIndex(run.family));
    for (const [index, count] of families.map((_, i) => kept.routes.count(i)).entries()) {
      peer.counters.prefixes[index] = count;
    }
  }

  onDown(peer: Peer, _reason: DownReason): void {
    this.kept.delete(peer);
    peer.counters.prefixes.fill(0);
  }

  /** The neighbor is gone. */
  forget(peer: Peer): void {
    this.kept.delete(peer);
    this.restarts.get(peer)?.cancel();
    this.restarts.delete(peer);
  }

  private needs(peer: Peer): boolean {
    return peer.config.adjRibIn || Object.keys(peer.config.maxPrefix).length > 0;
  }

  private keptOf(peer: Peer): Kept {
    let kept = this.kept.get(peer);
    if (kept === undefined) {
      kept = { routes: new AdjIn(), warned: new Set(), full: new Set() };
      this.kept.set(peer, kept);
    }
    return kept;
  }

  private checkLimit(peer: Peer, kept: Kept, index: number): void {
    const family = families[index]!.name;
    const limit = peer.config.maxPrefix[family];
    if (limit === undefined) return;
    const count = kept.routes.count(index);
    const fields = { neighbor: peer.config.name, family, prefixes: count, limit: limit.limit };
    if (count * 100 >= limit.limit * limit.warn && !kept.warned.has(index)) {
      kept.warned.add(index);
      this.log.warn(fields, `${limit.warn} percent of the prefix limit are reached`);
    }
    if (count <= limit.limit || kept.full.has(index)) return;
    kept.full.add(index);
    this.log.error(fields, `the prefix limit is exceeded: ${limit.action}`);
    if (limit.action !== 'close') return;
    peer.stop({ kind: 'cease', subcode: MAXIMUM_PREFIXES, text: `more than ${limit.limit} prefixes of ${family}` });
    if (limit.restartSeconds === 0) return;
    this.restarts.get(peer)?.cancel();
    this.restarts.set(
      peer,
      this.clock.start(limit.restartSeconds * 1000, () => peer.start()),
    );
  }
}
