/**
 * The routes that a neighbor has in the configuration: announced when the neighbor appears, and on a reload only where
 * their text changed, so that what helpers and watchdogs did to the others stays. Works in slices. The grammar is
 * api/route-text.ts, the tables are rib/.
 */
import { parseConfiguredRoute } from '../api/route-text.js';
import type { OutgoingRib } from '../rib/rib-out.js';
import { CONFIGURATION_OWNER, type Member } from '../rib/types.js';
import type { WatchdogTable } from '../rib/watchdog.js';
import { toHex } from '../util/bytes.js';
import type { Logger } from '../util/log.js';
import { CommandError, Tokens } from '../util/tokens.js';
import type { TurnScheduler } from '../util/turn.js';

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
   * @returns when all of it is in the tables
   */
  async apply(member: Member, before: readonly string[], after: readonly string[]): Promise<void> {
    const known = new Set(before);
    const wanted = new Set(after);
    const gone = before.filter((text) => !wanted.has(text));
    const come = after.filter((text) => !known.has(text));
    // Announced first: a route whose attributes changed is never withdrawn in between.
    const kept = new Set<string>();
    await this.inSlices(come, (text) => this.announce(member, text, kept));
    await this.inSlices(gone, (text) => this.withdraw(member, text, kept));
  }

  private announce(member: Member, text: string, kept: Set<string>): void {
    const { routes, set, words } = parseConfiguredRoute(new Tokens(text));
    const targets = this.rib.targetsOf([member]);
    const setId = this.rib.internSet(set);
    for (const { key } of routes) {
      kept.add(toHex(key));
      this.watchdogs.remove(member, key);
      if (words.watchdog !== undefined) {
        this.watchdogs.add(words.watchdog, !words.startsWithdrawn, member, key, setId);
      } else if (!this.rib.announce(targets, key, key.length, setId, CONFIGURATION_OWNER)) {
        this.log.error({ neighbor: member.name, route: text }, 'too many routes: the table is full (maxRoutes)');
      }
    }
    this.rib.releaseSet(setId);
  }

  /** Only what the configuration still holds: a route that somebody announced since then is theirs. */
  private withdraw(member: Member, text: string, kept: ReadonlySet<string>): void {
    const targets = this.rib.targetsOf([member]);
    for (const { key } of parseConfiguredRoute(new Tokens(text)).routes) {
      if (kept.has(toHex(key))) continue;
      this.watchdogs.remove(member, key);
      if (this.rib.ownerOf(member, key, key.length) === CONFIGURATION_OWNER) {
        this.rib.withdraw(targets, key, key.length);
      }
    }
  }

  private inSlices(texts: readonly string[], handle: (text: string) => void): Promise<void> {
    if (texts.length === 0) return Promise.resolve();
    let at = 0;
    return new Promise((resolve) => {
      this.scheduler.schedule({
        step: (deadlineMs) => {
          do {
            for (let i = 0; i < BATCH && at < texts.length; i++) this.handleOne(texts[at++]!, handle);
          } while (at < texts.length && performance.now() < deadlineMs);
          if (at < texts.length) return true;
          resolve();
          return false;
        },
      });
    });
  }

  /** Texts were checked when the file was read; one that is refused all the same costs itself only. */
  private handleOne(text: string, handle: (text: string) => void): void {
    try {
      handle(text);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.log.error({ route: text, reason: error.message }, 'a configured route was refused');
    }
  }
}
