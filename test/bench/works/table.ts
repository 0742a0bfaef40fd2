/** What happens to a table that is there: a session that comes back gets all of it, a reload sends only what changed. */
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

export const tableWorks: readonly Work[] = [reconnect, reload];
