/**
 * Prefix limits of one session: an exact count of what the peer announced and did not withdraw, per family, where a limit
 * is configured. Warns, drops what is too much, or ends the session with Cease 6/1, whose Data names family and limit
 * (RFC 4486 section 4).
 */
import { ByteTable } from '../rib/byte-table.js';
import { readU32, Writer } from '../util/bytes.js';
import type { Logger } from '../util/log.js';
import { Cease, ErrorCode } from '../wire/codes.js';
import { NotificationError } from '../wire/errors.js';
import { familyByName, familyIndex } from '../wire/family/index.js';
import { writePrefixKey, writeRouteKey } from '../wire/route-key.js';
import type { DecodedUpdate, NlriRun } from '../wire/update.js';
import type { PrefixLimit } from './peer-config.js';

const PATH_ID_OCTETS = 4;

/** One family's count. */
class FamilyCount {
  readonly keys = new ByteTable();
  count = 0;
  isWarned = false;
  isFull = false;

  constructor(
    readonly name: string,
    public limit: PrefixLimit,
  ) {}
}

export class PrefixLimits {
  private readonly byIndex: (FamilyCount | undefined)[] = [];
  private readonly scratch = new Uint8Array(8192);

  /** @param limits by family name @param onClose told before a limit ends the session */
  constructor(
    limits: Readonly<Record<string, PrefixLimit>>,
    private readonly log: Logger,
    private readonly onClose: (limit: PrefixLimit) => void,
  ) {
    for (const [name, limit] of Object.entries(limits)) {
      const family = familyByName(name);
      if (family !== undefined) this.byIndex[familyIndex(family)] = new FamilyCount(name, limit);
    }
  }

  /** Prefixes held of a family; undefined where no limit is set. */
  count(index: number): number | undefined {
    return this.byIndex[index]?.count;
  }

  /**
   * Counts an UPDATE.
   * @returns the UPDATE, or one without the prefixes that are too many ("drop")
   * @throws NotificationError 6/1 when a limit that closes is passed
   */
  apply(update: DecodedUpdate): DecodedUpdate {
    for (const run of update.withdrawn) this.withdraw(run);
    let announced: NlriRun[] | undefined;
    for (const [position, run] of update.announced.entries()) {
      const kept = this.announce(run);
      if (kept !== undefined) announced ??= update.announced.slice(0, position);
      if (announced !== undefined) announced.push(...(kept ?? [run]));
    }
    return announced === undefined ? update : { ...update, announced };
  }

  private withdraw(run: NlriRun): void {
    const family = this.byIndex[familyIndex(run.family)];
    if (family === undefined) return;
    this.eachKey(run, (length) => {
      const id = family.keys.find(this.scratch, 0, length);
      if (id === 0 || !family.keys.isUsed(id)) return;
      family.keys.release(id);
      family.count--;
    });
  }

  /** @returns undefined when all of the run stays, else the stretches that do */
  private announce(run: NlriRun): NlriRun[] | undefined {
    const family = this.byIndex[familyIndex(run.family)];
    if (family === undefined) return undefined;
    const { limit } = family;
    let kept: NlriRun[] | undefined;
    let keptTo = run.start;
    this.eachKey(run, (length, start, end) => {
      const known = family.keys.find(this.scratch, 0, length);
      if (known !== 0 && family.keys.isUsed(known)) return;
      if (family.count >= limit.limit) {
        this.exceeded(family, run);
        if (limit.action === 'drop') {
          kept ??= [];
          if (start > keptTo) kept.push({ ...run, start: keptTo, end: start });
          keptTo = end;
          return;
        }
      }
      family.keys.retain(family.keys.intern(this.scratch, 0, length));
      family.count++;
    });
    this.warn(family);
    if (kept !== undefined && keptTo < run.end) kept.push({ ...run, start: keptTo });
    return kept;
  }

  private warn(family: FamilyCount): void {
    const { name, limit, count } = family;
    const isOver = count * 100 >= limit.limit * limit.warn;
    if (isOver && !family.isWarned) {
      this.log.warn(
        { family: name, prefixes: count, limit: limit.limit },
        `${limit.warn}% of the prefix limit reached`,
      );
    }
    family.isWarned = isOver;
    if (count < limit.limit) family.isFull = false;
  }

  private exceeded(family: FamilyCount, run: NlriRun): void {
    const { name, limit } = family;
    if (!family.isFull) {
      family.isFull = true;
      const what = { warn: 'kept all the same', drop: 'what is too much is dropped', close: 'the session ends' };
      this.log.error({ family: name, limit: limit.limit }, `prefix limit exceeded: ${what[limit.action]}`);
    }
    if (limit.action !== 'close') return;
    this.onClose(limit);
    const { afi, safi } = run.family;
    const data = new Writer(7).u16(afi).u8(safi).u32(limit.limit).finish();
    const reason = `more than ${limit.limit} prefixes of ${name}`;
    throw new NotificationError(ErrorCode.cease, Cease.maximumPrefixes, data, reason);
  }

  /** Puts each route's key into the scratch buffer and tells its length and where the NLRI (with path id) stands. */
  private eachKey(run: NlriRun, use: (length: number, start: number, end: number) => void): void {
    const { family, source, addPath } = run;
    const index = familyIndex(family);
    for (let at = run.start; at < run.end; ) {
      const start = at;
      let pathId = 0;
      if (addPath) {
        pathId = readU32(source, at);
        at += PATH_ID_OCTETS;
      }
      const size = family.sizeOf(source, at, run.end);
      if (size < 0) return;
      const begin = at;
      at += size;
      const length =
        family.prefixSize === undefined
          ? writeRouteKey(this.scratch, index, pathId, family.split(source, begin, at).key)
          : writePrefixKey(this.scratch, index, pathId, source, begin, at);
      use(length, start, at);
    }
  }
}
