/** One announce until its UPDATE is at the peer: on an idle daemon, and while another helper prints as fast as it can. */

import type { Channel } from '../channel.js';
import type { Lab } from '../lab.js';
import { prefixText } from '../work-routes.js';
import { observe } from './observe.js';
import type { Measurement, Work } from './types.js';

const INTERVAL_MS = 20;
const FULL_COUNT = 500;
const QUICK_COUNT = 100;
/** First prefix of the other helper, far from the measured ones. */
const FLOOD_FIRST = 1 << 17;
const FLOOD_ROUTES = 50_000;

const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Routes that come and go, so that every line changes something. */
function* floodLines(): Generator<string> {
  for (let i = 0; i < FLOOD_ROUTES; i++)
    yield `announce route ${prefixText(FLOOD_FIRST + i)} next-hop self med ${i % 100} community [65000:${i % 1000}]`;
  for (let i = 0; i < FLOOD_ROUTES; i++) yield `withdraw route ${prefixText(FLOOD_FIRST + i)}`;
}

const FLOODERS = 50;

/** Fifty programs that print as fast as they are read; the one that is measured wants to be served all the same. */
const fiftyFlooders: Work = {
  name: 'flood-fifty',
  about: `one announce until its UPDATE is at the peer, while ${FLOODERS} other helpers flood (seconds: median)`,
  goal: 'keepalives ≤ 100 ms late',
  daemons: ['crier'],
  quick: [],
  routes: ({ isQuick, size }) => Math.min(size, isQuick ? QUICK_COUNT : FULL_COUNT),
  async run(lab, daemon, count) {
    const peer = await lab.loadPeer(daemon, { keepsTimes: true, book: { routes: count, allowsOthers: true } });
    const { path } = lab.files.custom('flood', floodLines);
    const single = await lab.helper('single', { do: 'single', count, intervalMs: INTERVAL_MS });
    const flooders = Array.from({ length: FLOODERS }, (_, i) =>
      lab.script(`flood${i}`, `while cat '${path}'; do :; done`),
    );
    const running = lab.start(daemon, lab.job({ helpers: [single, ...flooders] }));
    const channel = await lab.helperChannel('single');
    await lab.established(peer);
    let sorted: readonly number[] = [];
    const measured = await observe(lab, daemon, { peer, running }, 0, async () => {
      const span = await announceSingly(lab, peer, channel);
      sorted = span.sorted;
      return span;
    });
    return withFigures(measured, sorted);
  },
};

interface Singles {
  readonly from: number;
  readonly to: number;
  /** Milliseconds from line to UPDATE, the smallest first. */
  readonly sorted: readonly number[];
}

/** The helper announces routes one by one. @param onEnd called when the peer has the last */
async function announceSingly(lab: Lab, peer: Channel, single: Channel, onEnd?: () => void): Promise<Singles> {
  single.say('go');
  const { times: said = [] } = await single.wait('said', lab.scale.giveUpSeconds);
  await peer.wait('complete', lab.scale.giveUpSeconds);
  onEnd?.();
  peer.say('times');
  const { times: come = [] } = await peer.wait('times', lab.scale.giveUpSeconds);
  const sorted = come.map((at, i) => at - said[i]!).sort((a, b) => a - b);
  return { from: said[0]!, to: come.at(-1)!, sorted };
}

function withFigures(measured: Measurement, sorted: readonly number[]): Measurement {
  const [p50Ms, p99Ms] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  return {
    ...measured,
    seconds: p50Ms / 1000,
    details: { p50Ms, p99Ms, maxMs: sorted.at(-1) ?? 0, ...measured.details },
  };
}

const latency = (isLoaded: boolean): Work => ({
  name: isLoaded ? 'latency-loaded' : 'latency-idle',
  about: `one announce until its UPDATE is at the peer, ${isLoaded ? 'while another helper floods' : 'idle'} (seconds: median)`,
  ...(isLoaded ? {} : { goal: 'median ≤ 0.2 ms, p99 ≤ 1 ms' }),
  daemons: isLoaded ? ['crier'] : ['crier', 'exabgp'],
  quick: isLoaded ? ['crier'] : ['crier', 'exabgp'],
  routes: ({ isQuick, size }) => Math.min(size, isQuick ? QUICK_COUNT : FULL_COUNT),
  async run(lab, daemon, count) {
    const peer = await lab.loadPeer(daemon, { keepsTimes: true, book: { routes: count, allowsOthers: isLoaded } });
    const helpers = [await lab.helper('single', { do: 'single', count, intervalMs: INTERVAL_MS })];
    if (isLoaded) {
      const { path } = lab.files.custom('flood', floodLines);
      helpers.push(await lab.helper('flood', { do: 'flood', file: path }));
    }
    const running = lab.start(daemon, lab.job({ helpers, isLoopWatched: isLoaded }));
    const single = await lab.helperChannel('single');
    await lab.established(peer);
    const flood = isLoaded ? await lab.helperChannel('flood') : undefined;
    flood?.say('go');
    await flood?.wait('begun', lab.scale.giveUpSeconds);
    let sorted: readonly number[] = [];
    const measured = await observe(lab, daemon, { peer, running }, 0, async () => {
      const span = await announceSingly(lab, peer, single, () => flood?.say('stop'));
      sorted = span.sorted;
      return span;
    });
    return withFigures(measured, sorted);
  },
});

export const latencyWorks: readonly Work[] = [latency(false), latency(true), fiftyFlooders];
