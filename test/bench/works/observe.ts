/** Around every work: the KEEPALIVEs that go on during it, the processor time it takes, and the check of what is held. */
import { type Channel, inWords } from '../channel.js';
import type { RunningDaemon } from '../daemons/running-daemon.js';
import type { Daemon } from '../daemons/types.js';
import type { Lab } from '../lab.js';
import { monotonicMs } from '../monotonic.js';
import type { Measurement } from './types.js';

/** From begin to end, in milliseconds of the common clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly details?: Readonly<Record<string, number>>;
}

const SETTLE_SECONDS = 30;

/**
 * Observes the sessions while `act` works and until each has sent a KEEPALIVE more, then checks what the peers hold.
 * @param routes done by `act`
 */
export async function observe(
  lab: Lab,
  daemon: Daemon,
  { peer, running }: { peer: Channel; running: RunningDaemon },
  routes: number,
  act: () => Promise<Span>,
): Promise<Measurement> {
  peer.say('observe');
  const beginMs = monotonicMs();
  const cpuBefore = running.cpuSeconds;
  const { from, to, details } = await act();
  const cpuSeconds = running.cpuSeconds - cpuBefore;
  const { keepaliveDelayMs, updates } = await settle(lab, daemon, peer);
  // What goes on when a KEEPALIVE is due is what delays it; what goes on before is hidden by its jitter.
  const loop = lab.loopDelay(beginMs);
  return {
    seconds: (to - from) / 1000,
    routes,
    peakRssOctets: running.peakRssOctets,
    keepaliveDelayMs: Math.max(keepaliveDelayMs, loop?.delayMs ?? 0),
    cpuSeconds,
    details: { ...details, updates, ...(loop === undefined ? {} : { loopCpuMs: loop.cpuMs }) },
  };
}

/** @returns how late the latest KEEPALIVE was, and the UPDATEs of one session so far */
async function settle(lab: Lab, daemon: Daemon, peer: Channel): Promise<{ keepaliveDelayMs: number; updates: number }> {
  peer.say('settle');
  const { sessions = [] } = await peer.wait('settled', SETTLE_SECONDS);
  for (const session of sessions) {
    const { wanted, held, right, unknown } = session;
    if (held !== right || unknown > 0 || right < wanted * daemon.completeShare)
      throw new Error(`a peer: ${inWords(session)}`);
  }
  const dueMs = (lab.scale.holdTimeSeconds * 1000) / 3;
  return {
    keepaliveDelayMs: Math.max(0, ...sessions.map(({ worstGapMs }) => worstGapMs - dueMs)),
    updates: sessions[0]?.messages ?? 0,
  };
}
