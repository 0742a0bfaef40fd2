/**
 * UPDATEs that one neighbor sends: decoded as far as anybody wants to know them, counted against its prefix limits,
 * faults logged (RFC 7606), and told to observers. What is kept of them (Adj-RIB-In) is an observer's.
 */
import type { Logger } from '../util/log.js';
import type { Clock } from '../util/timers.js';
import { families, familyByName, familyIndex } from '../wire/family/index.js';
import { bodyOf } from '../wire/message.js';
import type { Negotiated } from '../wire/negotiated.js';
import { decodeUpdate } from '../wire/update-decoder.js';
import type { PeerCounters } from './counters.js';
import { FaultLog } from './fault-log.js';
import type { Observers } from './observer.js';
import type { PrefixLimit } from './peer-config.js';
import { PrefixLimits } from './prefix-limit.js';

export class ReceivedUpdates {
  private limits: PrefixLimits | undefined;
  private readonly faults: FaultLog;

  /** @param onLimitCloses told before a limit ends the session */
  constructor(
    private readonly counters: PeerCounters,
    private readonly observers: Observers,
    private readonly log: Logger,
    clock: Clock,
    private readonly onLimitCloses: (limit: PrefixLimit) => void,
  ) {
    this.faults = new FaultLog(log, clock);
  }

  /**
   * Counts from here on.
   * @param maxPrefix limits by family name
   * @returns false when no family of the session has a limit: nothing is counted
   */
  begin(maxPrefix: Readonly<Record<string, PrefixLimit>>, negotiated: Negotiated): boolean {
    const limits = Object.entries(maxPrefix).filter(([name]) => {
      const family = familyByName(name);
      return family !== undefined && negotiated.families[familyIndex(family)];
    });
    this.limits =
      limits.length === 0 ? undefined : new PrefixLimits(Object.fromEntries(limits), this.log, this.onLimitCloses);
    return this.limits !== undefined;
  }

  /** The session is over. */
  end(): void {
    this.limits = undefined;
  }

  /**
   * @param message the whole UPDATE, a view
   * @throws NotificationError 3/x where it is beyond repair, 6/1 where a limit that closes is passed
   */
  receive(message: Uint8Array, negotiated: Negotiated): void {
    const isWanted = this.observers.wantUpdates('receive');
    let update = decodeUpdate(bodyOf(message), negotiated, isWanted ? 'full' : 'check');
    if (update.faults.length > 0) {
      this.counters.malformed++;
      this.faults.report(update, message);
    }
    if (this.limits !== undefined) {
      update = this.limits.apply(update);
      this.copyCounts(this.limits);
    }
    if (isWanted) this.observers.update('receive', update, message);
  }

  private copyCounts(limits: PrefixLimits): void {
    for (let index = 0; index < families.length; index++) {
      const count = limits.count(index);
      if (count !== undefined) this.counters.prefixes[index] = count;
    }
  }
}
