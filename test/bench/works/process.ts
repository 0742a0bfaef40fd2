/** What the program costs by itself: to start, and to wait. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CRIER } from '../daemons/crier.js';
import { monotonicMs } from '../monotonic.js';
import { observe } from './observe.js';
import type { Work } from './types.js';

const QUICK_STARTS = 5;
const FULL_STARTS = 20;
const QUICK_IDLE_MS = 3000;
const FULL_IDLE_MS = 20_000;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** @returns milliseconds from start to end */
function timed(...args: string[]): number {
  const from = monotonicMs();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed`);
  return monotonicMs() - from;
}

const startVersion: Work = {
  name: 'start-version',
  about: '`crier version` against `node -e 0`, in turn',
  goal: '≤ 40 ms more than node',
  daemons: ['crier'],
  quick: ['crier'],
  routes: () => 0,
  async run(lab) {
    const own: number[] = [];
    const bare: number[] = [];
    for (let i = lab.scale.isQuick ? QUICK_STARTS : FULL_STARTS; i > 0; i--) {
      bare.push(timed('-e', '0'));
      own.push(timed(CRIER, 'version'));
    }
    const details = { nodeMs: median(bare), moreMs: median(own) - median(bare) };
    return { seconds: median(own) / 1000, routes: 0, peakRssOctets: 0, details };
  },
};

const startSession: Work = {
  name: 'start-session',
  about: 'from the start of the daemon until its first session is established',
  daemons: ['crier', 'exabgp', 'gobgp', 'bird'],
  quick: ['crier', 'exabgp', 'bird'],
  routes: () => 0,
  async run(lab, daemon) {
    const peer = await lab.loadPeer(daemon, { book: {} });
    const job = lab.job({});
    const from = monotonicMs();
    const running = lab.start(daemon, job);
    const { at } = await peer.wait('up', lab.scale.giveUpSeconds);
    return { seconds: (at! - from) / 1000, routes: 0, peakRssOctets: running.peakRssOctets };
  },
};

const idle: Work = {
  name: 'idle',
  about: 'processor time of a daemon with one session and nothing to do (seconds: of CPU in 100 seconds)',
  daemons: ['crier', 'exabgp', 'gobgp', 'bird'],
  quick: ['crier'],
  routes: () => 0,
  async run(lab, daemon) {
    const peer = await lab.loadPeer(daemon, { book: {} });
    const running = lab.start(daemon, lab.job({ isLoopWatched: false }));
    await lab.established(peer);
    const before = running.cpuSeconds;
    const from = monotonicMs();
    const measured = await observe(lab, daemon, { peer, running }, 0, async () => {
      await sleep(lab.scale.isQuick ? QUICK_IDLE_MS : FULL_IDLE_MS);
      return { from, to: monotonicMs() };
    });
    const cpuPercent = ((running.cpuSeconds - before) / ((monotonicMs() - from) / 1000)) * 100;
    return { ...measured, seconds: cpuPercent, details: { cpuPercent } };
  },
};

export const processWorks: readonly Work[] = [startVersion, startSession, idle];
