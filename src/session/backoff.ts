/**
 * How long to wait before the next attempt. Two kinds of failure grow apart: a connection that cannot be made is tried
 * again after ConnectRetryTime, growing to 120 s; a session that fails waits in Idle (IdleHoldTime: 1, 2, 4 … 120 s).
 * RFC 4271 section 8.1.1 (DampPeerOscillations) and 10 (jitter).
 */

const MAX_DELAY_SECONDS = 120;
const CONNECT_GROWTH = 1.5;
/** A session that was Established this long clears its record. */
const FORGET_AFTER_MS = 300_000;
/** A neighbor is never retried faster than this after its session ended. */
const MIN_IDLE_SECONDS = 1;

/**
 * Scales a timer by a factor between 0.75 and 1.0 (RFC 4271 section 10).
 * @param random gives numbers from 0 to below 1
 */
export function withJitter(seconds: number, random: () => number): number {
  return seconds * (0.75 + 0.25 * random());
}

/** Seconds between attempts to connect, before jitter, after `failures` of them failed. */
export function connectRetryAfter(baseSeconds: number, failures: number): number {
  return Math.max(baseSeconds, Math.min(MAX_DELAY_SECONDS, baseSeconds * CONNECT_GROWTH ** failures));
}

/** Seconds to stay in Idle after `failures` sessions failed in a row. */
export function idleHoldAfter(failures: number): number {
  return failures <= 0 ? 0 : Math.min(MAX_DELAY_SECONDS, 2 ** (failures - 1));
}

/** The record of one neighbor. */
export class BackOff {
  private connectFailures = 0;
  private sessionFailures = 0;
  /** Asked for the next wait in Idle: undefined as usual, null to stay there. */
  private holdOffSeconds: number | null | undefined;
  private isForConnect = false;

  /** @param random gives numbers from 0 to below 1 */
  constructor(private readonly random: () => number) {}

  /** It waits in Idle after an attempt that failed to connect, not after a session. */
  get isWaitingToConnect(): boolean {
    return this.isForConnect;
  }

  /** Started by hand: it waits for nothing any more. */
  started(): void {
    this.holdOffSeconds = undefined;
    this.isForConnect = false;
  }

  /** Stays down that long after the present session. @param seconds null: until started by hand */
  holdOff(seconds: number | null): void {
    this.holdOffSeconds = seconds;
  }

  countConnectFailure(): void {
    this.connectFailures++;
  }

  countSessionFailure(): void {
    this.sessionFailures++;
  }

  /** A session ended that was Established for `lastedMs`. */
  sessionLasted(lastedMs: number): void {
    this.connectFailures = 0;
    if (lastedMs >= FORGET_AFTER_MS) this.sessionFailures = 0;
  }

  forget(): void {
    this.connectFailures = 0;
    this.sessionFailures = 0;
  }

  /** Seconds, with a new random factor each time (RFC 4271 section 10). */
  connectRetrySeconds(baseSeconds: number): number {
    return withJitter(connectRetryAfter(baseSeconds, this.connectFailures), this.random);
  }

  /**
   * What ended is waited for in Idle.
   * @param hadTcp a session ended, not an attempt to connect
   * @param connectRetryTime base of the wait after an attempt, in seconds
   * @returns seconds; undefined: until started by hand
   */
  idleHoldSeconds(hadTcp: boolean, connectRetryTime: number): number | undefined {
    const { holdOffSeconds } = this;
    this.holdOffSeconds = undefined;
    this.isForConnect = !hadTcp && holdOffSeconds === undefined;
    if (holdOffSeconds !== undefined) return holdOffSeconds ?? undefined;
    if (!hadTcp) return this.connectRetrySeconds(connectRetryTime);
    return Math.max(MIN_IDLE_SECONDS, idleHoldAfter(this.sessionFailures));
  }
}
