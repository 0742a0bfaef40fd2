/**
 * How long to wait before the next attempt. Two kinds of failure grow apart: a connection that cannot be made is tried
 * again after ConnectRetryTime, growing to 120 s; a session that fails waits in Idle (IdleHoldTime: 1, 2, 4 … 120 s).
 * RFC 4271 section 8.1.1 (DampPeerOscillations) and 10 (jitter).
 */

const MAX_DELAY_SECONDS = 120;
const CONNECT_GROWTH = 1.5;
/** A session that was Established this long clears its record. */
const FORGET_AFTER_MS = 300_000;

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

  /** @param random gives numbers from 0 to below 1 */
  constructor(private readonly random: () => number) {}

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

  /** Seconds to stay in Idle after a session that failed. */
  idleHoldSeconds(): number {
    return idleHoldAfter(this.sessionFailures);
  }
}
