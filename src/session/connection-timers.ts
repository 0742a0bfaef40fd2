/**
 * The timers of one connection: keepalives with jitter, which what we send puts off, and the limits on silence of the
 * neighbor (hold timer) and on its not taking what we send (send hold timer). RFC 4271 sections 4.4, 6.5 and 10, RFC 9687.
 * How long they run is said by fsm.ts and backoff.ts, what follows when one runs out by connection.ts.
 */
import { type Clock, NamedTimers } from '../util/timers.js';
import { withJitter } from './backoff.js';
import type { FsmTimer } from './fsm-types.js';

/** The smallest interval between KEEPALIVEs (RFC 4271 section 4.4). */
const MIN_KEEPALIVE_SECONDS = 1;

export class ConnectionTimers {
  private readonly timers: NamedTimers<FsmTimer>;
  /** As they were started last. */
  private holdMs = 0;
  private keepaliveMs = 0;
  private sendHoldMs = 0;

  /** @param random gives numbers from 0 to below 1 @param expired told which timer ran out */
  constructor(
    clock: Clock,
    private readonly random: () => number,
    expired: (timer: FsmTimer) => void,
  ) {
    this.timers = new NamedTimers(clock, expired);
  }

  /** Starts a timer, or restarts it. 0 seconds: it does not run. */
  start(timer: FsmTimer, seconds: number): void {
    if (seconds <= 0) {
      this.stop(timer);
      return;
    }
    let ms = 1000 * seconds;
    if (timer === 'hold') this.holdMs = ms;
    else if (timer === 'sendHold') this.sendHoldMs = ms;
    else if (timer === 'keepalive') {
      // A new factor each time it is set (RFC 4271 section 10); what we send in between restarts it with the same.
      ms = 1000 * Math.max(MIN_KEEPALIVE_SECONDS, withJitter(seconds, this.random));
      this.keepaliveMs = ms;
    }
    this.timers.start(timer, ms);
  }

  stop(timer: FsmTimer): void {
    this.timers.stop(timer);
  }

  stopAll(): void {
    this.timers.stopAll();
  }

  isRunning(timer: FsmTimer): boolean {
    return this.timers.isRunning(timer);
  }

  /** The hold timer runs anew, also when it has run out. */
  restartHold(): void {
    this.timers.start('hold', this.holdMs);
  }

  /** An UPDATE keeps the neighbor's hold timer going as a KEEPALIVE does (RFC 4271 section 4.4). */
  updateSent(): void {
    if (this.timers.isRunning('keepalive')) this.timers.start('keepalive', this.keepaliveMs);
  }

  /** The neighbor takes what we send (RFC 9687 section 4). */
  octetsTaken(): void {
    if (this.timers.isRunning('sendHold')) this.timers.start('sendHold', this.sendHoldMs);
  }
}
