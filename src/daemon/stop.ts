/**
 * How the daemon ends: as `shutdown` of the configuration says for each session, outgoing state frozen before any helper
 * is told, in bounded time. Product contract, "Stop"; RFC 4271 section 6.7, RFC 4486, RFC 9003, RFC 4724.
 */
import type { Peer, StopReason } from '../session/peer.js';
import type { Clock } from '../util/timers.js';
import { Cease } from '../wire/codes.js';

export type ShutdownMode = 'auto' | 'withdraw' | 'cease' | 'silent';

/** Longest wait for withdrawals to reach the peers. */
const WITHDRAW_MS = 5000;
/** Longest wait for the kernel to take the last words. */
const DRAIN_MS = 1000;
const POLL_MS = 20;

/** How a session ends on purpose: without a word where the peer shall keep our routes. */
export function stopReasonFor(peer: Peer, mode: ShutdownMode, subcode: number, text: string): StopReason {
  const isSilent = mode === 'silent' || (mode === 'auto' && peer.isGraceful);
  return isSilent ? { kind: 'silent' } : { kind: 'cease', subcode, text };
}

/** Ends a session that begins again by itself, in the way of a stop. Nothing happens while no connection is up. */
export function restartSession(peer: Peer, mode: ShutdownMode, subcode: number, text: string, clock: Clock): void {
  if (mode !== 'withdraw') {
    peer.restart(stopReasonFor(peer, mode, subcode, text));
    return;
  }
  const since = peer.upSinceMs;
  void within(clock, WITHDRAW_MS, withdrawn(peer)).then(() => {
    // It may have ended for another reason meanwhile.
    if (peer.upSinceMs === since) peer.restart(stopReasonFor(peer, mode, subcode, text));
  });
}

/** What the stop is carried out on. */
export interface Stoppable {
  readonly clock: Clock;
  peers(): readonly Peer[];
  /** Ends all sessions for good. */
  endSessions(reasonOf: (peer: Peer) => StopReason): void;
  /** Helpers get the shutdown event and TERM, later KILL. Resolves when all have ended, in bounded time. */
  endHelpers(): Promise<void>;
}

/** Ends helpers and sessions. Resolves when nothing more is to be sent. */
export async function stopAll(daemon: Stoppable, mode: ShutdownMode, text: string): Promise<void> {
  const { clock } = daemon;
  const endSessions = (): void =>
    daemon.endSessions((peer) => stopReasonFor(peer, mode, Cease.administrativeShutdown, text));
  if (mode === 'withdraw') {
    // Not frozen: what helpers withdraw at their end is sent, and then the rest.
    await daemon.endHelpers();
    await within(clock, WITHDRAW_MS, Promise.all(daemon.peers().map(withdrawn)));
    endSessions();
  } else {
    // Closing the sessions first freezes what the peers hold: what helpers say from now on is answered, not sent.
    endSessions();
    await daemon.endHelpers();
  }
  const untilMs = clock.nowMs() + DRAIN_MS;
  while (clock.nowMs() < untilMs && daemon.peers().some((peer) => peer.hasPending)) await pause(clock, POLL_MS);
}

function withdrawn(peer: Peer): Promise<void> {
  return new Promise((resolve) => peer.withdrawAll(resolve));
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.start(ms, resolve));
}

async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, pause(clock, ms)]);
}
