/**
 * The routes that a neighbor has in the configuration: announced when the neighbor appears, and on a reload only where
 * their text changed, so that what helpers and watchdogs did to the others stays. Works in slices of turns, comparison
 * included. The grammar is api/route-text.ts, the tables are rib/.
 */
import { parseConfiguredRoute } from '../api/route-text.js';
import type { OutgoingRib } from '../rib/rib-out.js';
import { CONFIGURATION_OWNER, type Member, type SetId, type Targets } from '../rib/types.js';
import type { WatchdogTable } from '../rib/watchdog.js';
import { toHex } from '../util/bytes.js';
import type { Logger } from '../util/log.js';
import { TextSet } from '../util/text-set.js';
import { CommandError, Tokens } from '../util/tokens.js';
import { inTurns, type TurnScheduler } from '../util/turn.js';
import { textDifference } from './text-difference.js';

/** Routes handled between two looks at the clock. */
const BATCH = 32;

export class ConfiguredRoutes {
  constructor(
    private readonly rib: OutgoingRib,
    private readonly watchdogs: WatchdogTable,
    private readonly scheduler: TurnScheduler,
    private readonly log: Logger,
  ) {}

  /**
   * Makes the member's configured routes those of `after`, touching only texts that were not in `before`, or no longer are.
   * @param sendsReplaced of several routes with one NLRI all are sent when a session starts, as ExaBGP does; after a
   *   reload that changed something only the last one
   * @returns when all of it is in the tables: whether anything changed
   */
  apply(member: Member, before: readonly string[], after: readonly string[], sendsReplaced: boolean): Promise<boolean> {
    if (before.length === 0 && after.length === 0) return Promise.resolve(false);
    return inTurns(this.scheduler, this.work(member, before, after, sendsReplaced && before.length === 0));
  }

  private *work(
    member: Member,
    before: readonly string[],
    after: readonly string[],
    keepsReplaced: boolean,
  ): Generator<void, boolean, void> {
    const { come, gone } = before.length === 0 ? { come: after, gone: [] } : yield* textDifference(before, after);
    const targets = this.rib.targetsOf([member]);
    // Announced first: a route whose attributes changed is never withdrawn in between. Nothing goes at the first time.
    const kept = gone.length === 0 ? undefined : new TextSet();
    for (const [i, text] of come.entries()) {
      if (i % BATCH === 0) yield;
      this.handleOne(text, () => this.announce(member, targets, text, kept, keepsReplaced));
    }
    for (const [i, text] of gone.entries()) {
      if (i % BATCH === 0) yield;
      this.handleOne(text, () => this.withdraw(member, targets, text, kept));
    }
    const isOther = come.length > 0 || gone.length > 0;
    if (isOther && !keepsReplaced) this.rib.forgetSuperseded(member);
    return isOther;
  }

  private announce(
    member: Member,
    targets: Targets,
    text: string,
    kept: TextSet | undefined,
    keepsReplaced: boolean,
  ): void {
    const { routes, set, words } = parseConfiguredRoute(new Tokens(text));
    const setId = this.rib.internSet(set);
    for (const { key } of routes) {
      kept?.add(toHex(key));
      if (this.watchdogs.size > 0) this.watchdogs.remove(member, key);
      if (keepsReplaced) this.keepReplaced(member, key, setId);
      if (words.watchdog !== undefined) {
        this.watchdogs.add(words.watchdog, !words.startsWithdrawn, member, key, setId);
      } else if (!this.rib.announce(targets, key, key.length, setId, CONFIGURATION_OWNER)) {
        this.log.error({ neighbor: member.name, route: text }, 'too many routes: the table is full (maxRoutes)');
      }
    }
    this.rib.releaseSet(setId);
  }

  private keepReplaced(member: Member, key: Uint8Array, set: SetId): void {
    const before = this.rib.find(member, key, key.length);
    if (before === undefined || before === set) return;
    if (this.rib.ownerOf(member, key, key.length) === CONFIGURATION_OWNER) this.rib.supersede(member, key, key.length);
  }

  /** Only what the configuration still holds: a route that somebody announced since then is theirs. */
  private withdraw(member: Member, targets: Targets, text: string, kept: TextSet | undefined): void {
    for (const { key } of parseConfiguredRoute(new Tokens(text)).routes) {
      if (kept?.has(toHex(key)) === true) continue;
      this.watchdogs.remove(member, key);
      if (this.rib.ownerOf(member, key, key.length) === CONFIGURATION_OWNER) {
        this.rib.withdraw(targets, key, key.length);
      }
    }
  }

  /** Texts were checked when the file was read; one that is refused all the same costs itself only. */
  private handleOne(text: string, handle: () => void): void {
    try {
      handle();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.log.error({ route: text, reason: error.message }, 'a configured route was refused');
    }
  }
}
