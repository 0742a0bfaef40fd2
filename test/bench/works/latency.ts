/** One announce until its UPDATE is at the peer: on an idle daemon, and while another helper prints as fast as it can. */
import { prefixText } from '../work-routes.js';
import { observe } from './observe.js';
import type { Work } from './types.js';

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
    let sorted: number[] = [];
    const measured = await observe(lab, daemon, { peer, running }, 0, async () => {
      single.say('go');
      const { times: said = [] } = await single.wait('said', lab.scale.giveUpSeconds);
      await peer.wait('complete', lab.scale.giveUpSeconds);
      flood?.say('stop');
      peer.say('times');
      const { times: come = [] } = await peer.wait('times', lab.scale.giveUpSeconds);
      sorted = come.map((at, i) => at - said[i]!).sort((a, b) => a - b);
      return { from: said[0]!, to: come.at(-1)! };
    });
    return {
      ...measured,
      seconds: percentile(sorted, 0.5) / 1000,
      details: { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99), maxMs: sorted.at(-1) ?? 0 },
    };
  },
});

export const latencyWorks: readonly Work[] = [latency(false), latency(true)];
