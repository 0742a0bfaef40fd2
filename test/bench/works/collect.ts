/** BGP's routes out to a program: a peer sends a table until a helper has the last event, or nobody wants any. */
import { observe } from './observe.js';
import { fullSize, type Work } from './types.js';

/** The helper parses every event after the measured time. */
const CHECK_SECONDS = 300;

const collectTo = (form: 'json' | 'text'): Work => ({
  name: `collect-${form}`,
  about: `a peer sends prefixes, six an UPDATE, until a helper has the last as ${form === 'json' ? 'JSON' : 'text'}`,
  ...(form === 'json' ? { goal: '≤ 2 s' } : {}),
  daemons: ['crier', 'exabgp'],
  quick: form === 'json' ? ['crier', 'exabgp'] : ['crier'],
  routes: fullSize,
  async run(lab, daemon, routes) {
    const peer = await lab.loadPeer(daemon, { tableRoutes: routes, book: { routes: 1 } });
    const helper = await lab.helper('load', { do: 'collect', form, routes }, form);
    const running = lab.start(daemon, lab.job({ helpers: [helper] }));
    const channel = await lab.helperChannel('load');
    await lab.established(peer);
    const measured = await observe(lab, daemon, { peer, running }, routes, async () => {
      peer.say('send');
      const { at } = await peer.wait('sending', lab.scale.giveUpSeconds);
      return { from: at!, to: (await channel.wait('collected', lab.scale.giveUpSeconds)).at! };
    });
    channel.say('check');
    const { count, wrong } = await channel.wait('checked', CHECK_SECONDS);
    if (count !== routes || wrong !== 0)
      throw new Error(`the helper should have ${routes} prefixes, has ${count} and ${wrong} events that are wrong`);
    return measured;
  },
});

/** The peer asks for routes behind its table (ROUTE-REFRESH): they come when all before was read. */
const collectNobody: Work = {
  name: 'collect-nobody',
  about: 'a peer sends prefixes, six an UPDATE, and no helper listens',
  daemons: ['crier', 'exabgp'],
  quick: ['crier'],
  routes: fullSize,
  async run(lab, daemon, routes) {
    const peer = await lab.loadPeer(daemon, { tableRoutes: routes, book: { routes: 1 } });
    const helper = await lab.helper('load', { do: 'one' });
    const running = lab.start(daemon, lab.job({ helpers: [helper] }));
    await lab.helperChannel('load');
    await peer.wait('complete', lab.scale.giveUpSeconds);
    await lab.established(peer);
    return observe(lab, daemon, { peer, running }, routes, async () => {
      peer.say('sendAndAsk');
      const { at } = await peer.wait('sending', lab.scale.giveUpSeconds);
      return { from: at!, to: (await peer.wait('echo', lab.scale.giveUpSeconds)).at! };
    });
  },
};

export const collectWorks: readonly Work[] = [collectTo('json'), collectTo('text'), collectNobody];
