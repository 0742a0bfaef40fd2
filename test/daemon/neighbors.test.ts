import test, { type ExecutionContext } from 'ava';
import { courseOf, freePort, type Puppet, prefixesOf, RunningDaemon, until } from './lab.js';

const API = { processes: ['record'], receive: ['neighbor-changes', 'parsed', 'update'] };

/** A daemon that takes any peer of 127.1.0.0/16 and tells its helper all of them; its own address is 127.1.0.1. */
async function hub(t: ExecutionContext, options: object = {}) {
  const daemon = new RunningDaemon(t);
  const port = await freePort('127.1.0.1');
  const helper = daemon.puppet('told');
  await daemon.start({
    routerId: '127.1.0.1',
    listen: [{ address: '127.1.0.1', port }],
    processes: { record: { run: helper.run } },
    neighbors: [
      {
        ...{ remoteAddress: '127.1.0.0/16', localAddress: '127.1.0.1', localAs: 65001, peerAs: [65000, 65002] },
        ...{ passive: true, api: API, ...options },
      },
    ],
  });
  /** An entry of `neighbors` for a session to the hub. */
  const neighbor = (localAddress: string, more: object = {}) => ({
    ...{ remoteAddress: '127.1.0.1', remotePort: port, localAddress, localAs: 65000, peerAs: 65001 },
    ...{ routerId: localAddress, connectRetryTime: 1, api: API, ...more },
  });
  return { daemon, helper, neighbor };
}

/** A daemon without neighbors. */
async function lonely(t: ExecutionContext): Promise<{ daemon: RunningDaemon; helper: Puppet }> {
  const daemon = new RunningDaemon(t);
  const helper = daemon.puppet('told');
  await daemon.start({ processes: { record: { run: helper.run } } });
  return { daemon, helper };
}

const count = (course: readonly string[], step: string): number => course.filter((one) => one === step).length;

test.serial(
  'neighbors come, go, are switched off and on; commands without a selector are for those to come too',
  async (t) => {
    const { daemon: peer, helper: seen, neighbor } = await hub(t);
    const { daemon, helper } = await lonely(t);
    const at = (address: string): string[] => prefixesOf(seen.told, address);
    helper.say(
      'announce route 10.0.0.0/24 next-hop self',
      'announce route 10.0.9.0/24 next-hop self',
      'withdraw route 10.0.9.0/24',
    );
    await until('answers', () => helper.answers.length === 3);
    t.deepEqual(helper.answers, ['done', 'done', 'done']);
    const routes = ['route 10.0.1.0/24 next-hop self'];
    t.true((await daemon.ask(`neighbor add ${JSON.stringify(neighbor('127.1.0.2', { routes }))}`)).isDone);
    await until('End-of-RIB', () => courseOf(seen.told, '127.1.0.2').includes('eor ipv4'));
    t.deepEqual(at('127.1.0.2'), ['10.0.0.0/24', '10.0.1.0/24']);
    t.is(courseOf(seen.told, '127.1.0.2').at(-1), 'eor ipv4', 'all came before it');
    t.true((await daemon.ask(`neighbor add ${JSON.stringify(neighbor('127.1.0.3'))}`)).isDone);
    await until('a second one', () => at('127.1.0.3').length === 1);
    const local = (address: string): string => `neighbor 127.1.0.1 local-ip ${address}`;
    helper.say(
      `${local('127.1.0.3')} announce route 10.0.3.0/24 next-hop self`,
      'announce route 10.0.4.0/24 next-hop self',
    );
    await until('the routes', () => at('127.1.0.3').length === 3 && at('127.1.0.2').length === 3);
    t.deepEqual(at('127.1.0.3'), ['10.0.0.0/24', '10.0.3.0/24', '10.0.4.0/24']);
    t.true((await daemon.ask('neighbor disable 127.1.0.1 local-ip 127.1.0.3')).isDone);
    await until('down', () => count(courseOf(seen.told, '127.1.0.3'), 'down') === 1);
    await until('the reason', () => /Administrative Shutdown[^\n]*disabled by the operator/.test(peer.log));
    helper.say(
      'announce route 10.0.5.0/24 next-hop self',
      `${local('127.1.0.3')} announce route 10.0.6.0/24 next-hop self`,
    );
    await until('the other one goes on', () => at('127.1.0.2').includes('10.0.5.0/24'));
    t.true((await daemon.ask('reload')).isDone);
    t.is(count(courseOf(seen.told, '127.1.0.3'), 'up'), 1, 'a reload does not switch it on');
    t.true((await daemon.ask('neighbor enable 127.1.0.1 local-ip 127.1.0.3')).isDone);
    await until('all its routes', () => at('127.1.0.3').length === 5);
    t.deepEqual(
      at('127.1.0.3'),
      [0, 3, 4, 5, 6].map((n) => `10.0.${n}.0/24`),
    );
    t.true((await daemon.ask('neighbor delete 127.1.0.1 local-ip 127.1.0.2')).isDone);
    await until('the end', () => courseOf(seen.told, '127.1.0.2').at(-1) === 'down');
    await until('the reason', () => peer.log.includes('De-configured'));
    t.regex((await daemon.ask('neighbor delete 127.1.0.1 local-ip 127.1.0.2')).reason, /no neighbor/);
    // What was for a neighbor alone is gone with it.
    t.true((await daemon.ask('neighbor delete 127.1.0.1 local-ip 127.1.0.3')).isDone);
    t.true((await daemon.ask(`neighbor add ${JSON.stringify(neighbor('127.1.0.3'))}`)).isDone);
    await until('again', () => at('127.1.0.3').length === 3);
    t.deepEqual(
      at('127.1.0.3'),
      [0, 4, 5].map((n) => `10.0.${n}.0/24`),
    );
    t.false((await daemon.ask(`neighbor add ${JSON.stringify(neighbor('127.1.0.3'))}`)).isDone, 'it is there already');
  },
);

test.serial('a neighbor that a reload brings gets what was announced before', async (t) => {
  const { helper: seen, neighbor } = await hub(t);
  const { daemon, helper } = await lonely(t);
  helper.say('announce route 10.0.0.0/24 next-hop self');
  await until('an answer', () => helper.answers.length === 1);
  const configuration = { processes: { record: { run: helper.run } } };
  daemon.configure({
    ...configuration,
    neighbors: [neighbor('127.1.0.4', { routes: ['route 10.0.1.0/24 next-hop self'] })],
  });
  t.true((await daemon.ask('reload')).isDone);
  await until('End-of-RIB', () => courseOf(seen.told, '127.1.0.4').includes('eor ipv4'));
  t.deepEqual(prefixesOf(seen.told, '127.1.0.4'), ['10.0.0.0/24', '10.0.1.0/24']);
  t.is(helper.pids.length, 1);
});

test.serial('a peer of a range has all its routes before End-of-RIB', async (t) => {
  const total = 20_000;
  const routes = Array.from({ length: total }, (_, i) => `route 10.${i >> 8}.${i & 255}.0/24 next-hop self med ${i}`);
  const { daemon: peer, helper: seen, neighbor } = await hub(t, { routes });
  const { daemon, helper } = await lonely(t);
  seen.say('announce route 192.0.2.0/24 next-hop self');
  await until('an answer', () => seen.answers.length === 1);
  t.true((await daemon.ask(`neighbor add ${JSON.stringify(neighbor('127.1.0.5'))}`)).isDone);
  await until('End-of-RIB', () => courseOf(helper.told).includes('eor ipv4'));
  const course = courseOf(helper.told);
  t.is(course.slice(0, course.indexOf('eor ipv4')).filter((step) => step.startsWith('+')).length, total + 1);
  // It is a neighbor like others while it is there.
  seen.say('neighbor 127.1.0.5 announce route 192.0.3.0/24 next-hop self', 'withdraw route 192.0.2.0/24');
  await until('the change', () => courseOf(helper.told).includes('-192.0.2.0/24'));
  t.true(prefixesOf(helper.told).includes('192.0.3.0/24'));
  for (const one of ['127.1.0.5', '127.1.0.0/16']) {
    t.false((await peer.ask(`neighbor disable ${one}`)).isDone, 'it would be back at once');
  }
  t.true((await peer.ask('neighbor delete 127.1.0.5')).isDone);
  await until('the end', () => courseOf(helper.told).includes('down'));
  t.regex(daemon.log, /De-configured/);
});

test.serial(
  'of configured routes with one NLRI the last holds; the others are sent first where ExaBGP would',
  async (t) => {
    const { helper: seen, neighbor } = await hub(t);
    const routes = [1, 2, 3].map((med) => `route 10.0.1.0/24 next-hop self med ${med}`);
    const { daemon } = await lonely(t);
    const medsOf = (address: string): string[] =>
      seen.told
        .filter((line) => line.includes(`"peer": "${address}"`))
        .flatMap((line) => [...line.matchAll(/"med": (\d)/g)].map(([, med]) => med!));
    for (const [address, exabgpWire, meds] of [
      ['127.1.0.2', false, ['3']],
      ['127.1.0.3', true, ['1', '2', '3']],
    ] as const) {
      t.true((await daemon.ask(`neighbor add ${JSON.stringify(neighbor(address, { routes, exabgpWire }))}`)).isDone);
      await until('End-of-RIB', () => courseOf(seen.told, address).includes('eor ipv4'));
      t.deepEqual(medsOf(address), meds);
    }
  },
);
