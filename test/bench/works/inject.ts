/** A program's routes into BGP: by the lines of a helper, or as each daemon takes them, until every peer holds the last. */
import type { Channel } from '../channel.js';
import type { Daemon } from '../daemons/types.js';
import type { Lab } from '../lab.js';
import { monotonicMs } from '../monotonic.js';
import { prefixText, type RouteWork } from '../work-routes.js';
import { observe } from './observe.js';
import { fullSize, type Measurement, tenth, type Work } from './types.js';

export type Answers = 'off' | 'read' | 'unread';

interface Injection {
  readonly work: RouteWork;
  readonly isIpv6?: boolean;
  readonly answers?: Answers;
  readonly peers?: readonly string[];
}

/** 127.0.1.1 and so on. */
export const peerAddresses = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`);

export async function inject(lab: Lab, daemon: Daemon, routes: number, options: Injection): Promise<Measurement> {
  const { work, isIpv6 = false, answers = 'off', peers = ['127.0.0.2'] } = options;
  const peer = await lab.loadPeer(daemon, { addresses: peers, book: { work, routes, isIpv6 } });
  const { giveUpSeconds } = lab.scale;
  if (daemon.loader !== undefined) {
    const job = lab.job({ peers, isIpv6 });
    const running = lab.start(daemon, job);
    await lab.established(peer);
    daemon.loader.prepare(job, routes, work);
    const { loader } = daemon;
    return observe(lab, daemon, { peer, running }, routes, async () => {
      const from = monotonicMs();
      loader.begin(job);
      return { from, to: (await peer.wait('complete', giveUpSeconds)).at! };
    });
  }
  const { path, lines } = lab.files.of(work, routes, isIpv6);
  const helper = await lab.helper('load', { do: 'inject', file: path, answers, lines });
  const running = lab.start(daemon, lab.job({ peers, isIpv6, helpers: [helper], isAnswering: answers !== 'off' }));
  const channel = await lab.helperChannel('load');
  await lab.established(peer);
  return observe(lab, daemon, { peer, running }, lines, async () => {
    channel.say('go');
    const from = (await channel.wait('begun', giveUpSeconds)).at!;
    const to = (await peer.wait('complete', giveUpSeconds)).at!;
    if (answers !== 'read') return { from, to };
    return {
      from,
      to,
      details: { answeredSeconds: ((await allAnswered(channel, lines, giveUpSeconds)) - from) / 1000 },
    };
  });
}

/** @returns when the last answer came @throws when there are not as many, or not all say done */
async function allAnswered(channel: Channel, lines: number, seconds: number): Promise<number> {
  const { at, count, wrong } = await channel.wait('answered', seconds);
  if (count !== lines || wrong !== 0) throw new Error(`${lines} lines, ${count} answers, ${wrong} of them not "done"`);
  return at!;
}

interface Kind {
  readonly name: string;
  readonly about: string;
  readonly goal?: string;
  readonly work: RouteWork;
  readonly isIpv6?: boolean;
  readonly daemons: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    name: 'inject-same',
    about: 'routes with one attribute set',
    goal: '≤ 1 s, ≤ 200 MB',
    work: 'same',
    daemons: ['crier', 'exabgp', 'gobgp', 'bird'],
  },
  {
    name: 'inject-thousand',
    about: 'routes with 1,000 attribute sets in turn',
    goal: '≤ 1.5 s, ≤ 200 MB',
    work: 'thousand',
    daemons: ['crier', 'exabgp', 'gobgp', 'bird'],
  },
  {
    name: 'inject-each',
    about: 'every route with attributes of its own',
    goal: '≤ 4 s, ≤ 450 MB',
    work: 'each',
    daemons: ['crier', 'exabgp', 'gobgp', 'bird'],
  },
  {
    name: 'inject-ipv6',
    about: 'IPv6 routes with one attribute set',
    work: 'same',
    isIpv6: true,
    daemons: ['crier', 'exabgp', 'bird'],
  },
  {
    name: 'inject-churn',
    about: 'lines that announce, change, withdraw and announce again',
    work: 'churn',
    daemons: ['crier', 'exabgp'],
  },
];

const ANSWERS: readonly { readonly answers: Answers; readonly suffix: string; readonly about: string }[] = [
  { answers: 'off', suffix: '', about: 'answers off' },
  { answers: 'read', suffix: '-read', about: 'answers on and read' },
  { answers: 'unread', suffix: '-unread', about: 'answers on and never read' },
];

function quickOf(name: string, answers: Answers): readonly string[] {
  if (answers !== 'off') return name === 'inject-same' ? ['crier'] : [];
  if (name === 'inject-same') return ['crier', 'exabgp', 'gobgp', 'bird'];
  return name === 'inject-thousand' || name === 'inject-each' ? ['crier', 'exabgp', 'bird'] : ['crier'];
}

const injects: Work[] = KINDS.flatMap(({ name, about, goal, work, isIpv6 = false, daemons }) =>
  ANSWERS.map(({ answers, suffix, about: how }) => ({
    name: `${name}${suffix}`,
    about: `${about}, ${how}`,
    ...(goal === undefined ? {} : { goal }),
    // A daemon that waits for a helper to read its answers never ends the last one.
    daemons:
      answers === 'off'
        ? daemons
        : daemons.filter((one) => one === 'crier' || (one === 'exabgp' && answers === 'read')),
    quick: quickOf(name, answers),
    routes: fullSize,
    run: (lab: Lab, daemon: Daemon, routes: number) => inject(lab, daemon, routes, { work, isIpv6, answers }),
  })),
);

const toPeers: Work[] = [1, 10, 100].map((count) => ({
  name: `peers-${count}`,
  about: `routes with one attribute set to ${count} peer${count > 1 ? 's' : ''}`,
  ...(count > 1 ? { goal: '≤ 8 octets a route for each further peer' } : {}),
  daemons: ['crier', 'exabgp', 'bird'],
  quick: count === 10 ? ['crier'] : [],
  routes: (scale, daemon) => Math.ceil(fullSize(scale, daemon) / (daemon.name === 'exabgp' ? count : 1)),
  run: (lab, daemon, routes) => inject(lab, daemon, routes, { work: 'same', peers: peerAddresses(count) }),
}));

const lockStep: Work = {
  name: 'lock-step',
  about: 'the next line only after "done"',
  goal: '≥ 20,000 lines/s',
  daemons: ['crier', 'exabgp'],
  quick: ['crier', 'exabgp'],
  routes: tenth,
  async run(lab, daemon, routes) {
    const peer = await lab.loadPeer(daemon, { book: { routes } });
    const { path, lines } = lab.files.of('same', routes);
    const helper = await lab.helper('load', { do: 'lockStep', file: path });
    const running = lab.start(daemon, lab.job({ helpers: [helper], isAnswering: true }));
    const channel = await lab.helperChannel('load');
    await lab.established(peer);
    return observe(lab, daemon, { peer, running }, lines, async () => {
      channel.say('go');
      const { at } = await channel.wait('begun', lab.scale.giveUpSeconds);
      const to = await allAnswered(channel, lines, lab.scale.giveUpSeconds);
      await peer.wait('complete', lab.scale.giveUpSeconds);
      return { from: at!, to };
    });
  },
};

const ROUTES_A_NEIGHBOR = 1000;

/** Each neighbor has routes of its own, which no other may get. */
const neighbors: Work = {
  name: 'neighbors',
  about: 'neighbors (1,000 at full size) with 1,000 routes of its own each',
  daemons: ['crier', 'exabgp'],
  quick: ['crier'],
  routes: (scale, daemon) =>
    Math.max(1, Math.ceil(fullSize(scale, daemon) / ROUTES_A_NEIGHBOR / (daemon.name === 'crier' ? 1 : 10))) *
    ROUTES_A_NEIGHBOR,
  async run(lab, daemon, routes) {
    const addresses = peerAddresses(routes / ROUTES_A_NEIGHBOR);
    const peer = await lab.loadPeer(daemon, {
      addresses,
      stride: ROUTES_A_NEIGHBOR,
      book: { routes: ROUTES_A_NEIGHBOR },
    });
    const { path, lines } = lab.files.custom(`neighbors-${routes}`, function* () {
      for (let i = 0; i < routes; i++)
        yield `neighbor ${addresses[Math.floor(i / ROUTES_A_NEIGHBOR)]} announce route ${prefixText(i)} next-hop self`;
    });
    const helper = await lab.helper('load', { do: 'inject', file: path, answers: 'off', lines });
    const running = lab.start(daemon, lab.job({ peers: addresses, helpers: [helper] }));
    const channel = await lab.helperChannel('load');
    await lab.established(peer);
    return observe(lab, daemon, { peer, running }, lines, async () => {
      channel.say('go');
      const { at } = await channel.wait('begun', lab.scale.giveUpSeconds);
      return { from: at!, to: (await peer.wait('complete', lab.scale.giveUpSeconds)).at! };
    });
  },
};

export const injectWorks: readonly Work[] = [...injects, lockStep, ...toPeers, neighbors];
