/**
 * The attribute sets that withdrawals carry, for peers that want them: what the withdraw was given, else what the route had.
 * By NLRI, whichever the view. Some families repeat the payload in every withdrawal: there a set without one does not take
 * the place of what the route had. Plain prefixes never have one, so that they cost nothing.
 */
import { payloadOf } from '../wire/attribute-set.js';
import { families } from '../wire/family/index.js';
import type { ByteTable } from './byte-table.js';
import type { SetId } from './types.js';

/** By family index. */
const IS_PLAIN: readonly boolean[] = families.map(({ prefixSize }) => prefixSize !== undefined);
const REPEATS_PAYLOAD: readonly boolean[] = families.map(({ withdrawsPayload }) => withdrawsPayload === true);

export class LastSets {
  private readonly byNlri = new Map<number, SetId>();

  constructor(private readonly sets: ByteTable) {}

  get(id: number): SetId | undefined {
    return this.byNlri.get(id);
  }

  put(id: number, family: number, set: SetId): void {
    if (IS_PLAIN[family] === true) return;
    if (REPEATS_PAYLOAD[family] === true && payloadOf(this.sets.bytesOf(set)).length === 0) return;
    this.sets.retain(set);
    this.delete(id);
    this.byNlri.set(id, set);
  }

  putIfNone(id: number, family: number, set: SetId): void {
    if (IS_PLAIN[family] === false && !this.byNlri.has(id)) this.put(id, family, set);
  }

  /** The route is announced anew, or its NLRI is forgotten. */
  delete(id: number): void {
    if (this.byNlri.size === 0) return;
    const set = this.byNlri.get(id);
    if (set === undefined) return;
    this.byNlri.delete(id);
    this.sets.release(set);
  }
}
