/** What happens to a table that is there: a session that comes back gets all of it, a reload sends only what changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../channel.js';
import { control } from '../control.js';
import { monotonicMs } from '../monotonic.js';
import { observe } from './observe.js';
import { fullSize, tenth, type Work } from './types.js';

const reconnect: Work = {
  name: 'reconnect',
  about: 'a session comes back and gets the full table, from Established to the last route',
  daemons: ['crier', 'exabgp', 'bird'],
  quick: ['crier'],
  routes: fullSize,
  async run(lab, daemon, routes) {
    const peer = await lab.loadPeer(daemon, { book: { work: 'thousand', routes } });
    const { path, lines } = lab.files.of('thousand', routes);
    const { giveUpSeconds } = lab.scale;
    const isHelped = daemon.loader === undefined;
    const helpers = isHelped ? [await lab.helper('load', { do: 'inject', file: path, answers: 'off', lines })] : [];
    const running = lab.start(daemon, lab.job({ helpers, staticRoutes: isHelped ? 0 : routes }));
    await peer.wait('up', giveUpSeconds);
    if (isHelped) (await lab.helperChannel('load')).say('go');
    await peer.wait('complete', giveUpSeconds);
    return observe(lab, daemon, { peer, running }, routes, async () => {
      peer.say('reset');
      const { at } = await peer.wait('up', giveUpSeconds);
      return { from: at!, to: (await peer.wait('complete', giveUpSeconds)).at! };
    });
  },
};

const reload: Work = {
  name: 'reload',
  about: 'a reload of static routes (100,000 at full size) of which ten changed, until the peer has these',
  daemons: ['crier', 'exabgp', 'bird'],
  quick: ['crier'],
  routes: tenth,
  async run(lab, daemon, routes) {
    const peer = await lab.loadPeer(daemon, { book: { work: 'thousand', routes } });
    const job = lab.job({ staticRoutes: routes });
    const running = lab.start(daemon, job);
    await peer.wait('complete', lab.scale.giveUpSeconds);
    await lab.established(peer);
    return observe(lab, daemon, { peer, running }, routes, async () => {
      peer.say('revise');
      const from = monotonicMs();
      daemon.reload!(job, running);
      return { from, to: (await peer.wait('complete', lab.scale.giveUpSeconds)).at! };
    });
  },
};

/** Waits until the peer gets no more UPDATEs. */
async function quiet(peer: Channel, giveUpSeconds: number): Promise<void> {
  for (let before = -1; ; ) {
    peer.say('report');
    const { sessions = [] } = await peer.wait('report', giveUpSeconds);
    const messages = sessions.reduce((sum, session) => sum + session.messages, 0);
    if (messages === before) return;
    before = messages;
    await sleep(QUIET_MS);
  }
}

const QUIET_MS = 300;

const operate: Work = {
  name: 'operate',
  about: 'an operator lists a full table, has all of it sent again, and clears it; then it is announced again',
  daemons: ['crier'],
  quick: [],
  routes: fullSize,
  async run(lab, daemon, routes) {
    const peer = await lab.loadPeer(daemon, { book: { work: 'thousand', routes } });
    const { path, lines } = lab.files.of('thousand', routes);
    const { giveUpSeconds } = lab.scale;
    const helper = await lab.helper('load', { do: 'inject', file: path, answers: 'off', lines });
    const job = lab.job({ helpers: [helper] });
    const running = lab.start(daemon, job);
    const channel = await lab.helperChannel('load');
    await lab.established(peer);
    channel.say('go');
    await peer.wait('complete', giveUpSeconds);
    return observe(lab, daemon, { peer, running }, 0, async () => {
      const from = monotonicMs();
      const shown = await control(job, 'show', 'adj-rib', 'out');
      if (shown < routes) throw new Error(`show adj-rib out printed ${shown} lines for ${routes} routes`);
      const shownAt = monotonicMs();
      await control(job, 'flush', 'adj-rib', 'out');
      await quiet(peer, giveUpSeconds);
      const clearAt = monotonicMs();
      await control(job, 'clear', 'adj-rib', 'out');
      const to = (await peer.wait('empty', giveUpSeconds)).at!;
      channel.say('go');
      await peer.wait('complete', giveUpSeconds);
      return { from, to, details: { showSeconds: (shownAt - from) / 1000, clearSeconds: (to - clearAt) / 1000 } };
    });
  },
};

const CHURNS = 10;

const churns: Work = {
  name: 'churn-memory',
  about: `${CHURNS} times: all routes come with attributes of their own, go, come with others, and go`,
  goal: 'as much memory after the last as after the first',
  daemons: ['crier'],
  quick: [],
  routes: fullSize,
  async run(lab, daemon, routes) {
    const peer = await lab.loadPeer(daemon, { book: { work: 'each', routes } });
    const helper = await lab.helper('load', { do: 'churn', routes, rounds: CHURNS });
    const running = lab.start(daemon, lab.job({ helpers: [helper], isAnswering: true }));
    const channel = await lab.helperChannel('load');
    const { giveUpSeconds } = lab.scale;
    await lab.established(peer);
    return observe(lab, daemon, { peer, running }, routes * (4 * CHURNS + 1), async () => {
      channel.say('go');
      const { at: from } = await channel.wait('begun', giveUpSeconds);
      const residentMb: number[] = [];
      for (let round = 0; round < CHURNS; round++) {
        const { count, wrong } = await channel.wait('churned', giveUpSeconds);
        if (wrong !== 0) throw new Error(`${wrong} of ${count} answers were not "done"`);
        await quiet(peer, giveUpSeconds);
        residentMb.push(running.rssOctets / 1e6);
        channel.say('goOn');
      }
      await channel.wait('answered', giveUpSeconds);
      const { at: to } = await peer.wait('complete', giveUpSeconds);
      const details = { firstMb: residentMb[0]!, mostMb: Math.max(...residentMb), lastMb: residentMb.at(-1)! };
      return { from: from!, to: to!, details };
    });
  },
};

export const tableWorks: readonly Work[] = [reconnect, reload, operate, churns];
