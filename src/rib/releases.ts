/**
 * References to NLRI that are given back: what a peer far behind still had to send when it left may be a million, so this
 * is done in slices. Until then the ids stay what they are.
 */
import type { TurnTask } from '../util/turn.js';
import type { ByteTable } from './byte-table.js';
import type { IdBits } from './id-bits.js';

/** References given back between two looks at the clock; fewer in all are given back at once. */
const BATCH = 1024;

/** Anything that runs tasks in turns. */
interface Scheduler {
  schedule(task: TurnTask): void;
}

export class Releases implements TurnTask {
  private readonly bitSets: IdBits[] = [];
  private readonly lists: Uint32Array[] = [];
  private at = 0;
  private readonly scratch = new Uint32Array(BATCH);

  constructor(
    private readonly nlri: ByteTable,
    private readonly scheduler: Scheduler,
  ) {}

  /** @param bits a reference each; from now on not the caller's */
  bits(bits: IdBits): void {
    this.bitSets.push(bits);
    if (bits.count <= BATCH) this.releaseBits();
    else this.scheduler.schedule(this);
  }

  /** @param ids a reference each; from now on not the caller's */
  ids(ids: Uint32Array): void {
    this.lists.push(ids);
    this.scheduler.schedule(this);
  }

  step(deadlineMs: number): boolean {
    do {
      if (this.bitSets.length > 0) this.releaseBits();
      else if (this.lists.length > 0) this.releaseIds();
      else return false;
    } while (performance.now() < deadlineMs);
    return this.bitSets.length > 0 || this.lists.length > 0;
  }

  private releaseBits(): void {
    const bits = this.bitSets[this.bitSets.length - 1]!;
    const count = bits.collect(0, this.scratch, BATCH);
    for (let i = 0; i < count; i++) {
      bits.delete(this.scratch[i]!);
      this.nlri.release(this.scratch[i]!);
    }
    if (bits.count === 0) this.bitSets.pop();
  }

  private releaseIds(): void {
    const ids = this.lists[this.lists.length - 1]!;
    const end = Math.min(ids.length, this.at + BATCH);
    while (this.at < end) this.nlri.release(ids[this.at++]!);
    if (this.at < ids.length) return;
    this.lists.pop();
    this.at = 0;
  }
}
