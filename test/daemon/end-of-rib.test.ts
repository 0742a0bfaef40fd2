import test from 'ava';
import { courseOf, pairOf, prefixesOf, type RunningDaemon, until } from './lab.js';

const GRACEFUL = { capabilities: { gracefulRestart: { time: 60 } } };
const FIRST = 'announce route 10.0.0.0/24 next-hop self';

const eors = (daemon: RunningDaemon): number => courseOf(daemon.told()).filter((step) => step.startsWith('eor')).length;

/** A session with graceful restart, of a daemon that has just started; its helper has announced one route. */
async function restarted(t: Parameters<typeof pairOf>[0], eorHold = { quietSeconds: 60, maxSeconds: 120 }) {
  const pair = await pairOf(t, { neighbor: { ...GRACEFUL, eorHold }, says: [FIRST] }, { neighbor: GRACEFUL });
  await until('the route', () => prefixesOf(pair.listener.told()).includes('10.0.0.0/24'));
  return pair;
}

test.serial('End-of-RIB waits for `ready`; routes do not wait', async (t) => {
  const { listener, helper } = await restarted(t);
  helper.say('announce route 10.0.1.0/24 next-hop self');
  await until('another route', () => prefixesOf(listener.told()).includes('10.0.1.0/24'));
  t.is(eors(listener), 0);
  helper.say('announce route 10.0.2.0/24 next-hop self', 'ready');
  await until('End-of-RIB', () => eors(listener) === 1);
  t.deepEqual(
    courseOf(listener.told()).filter((step) => /^[+e]/.test(step)),
    ['+10.0.0.0/24', '+10.0.1.0/24', '+10.0.2.0/24', 'eor ipv4'],
  );
});

test.serial('`announce eor` of a family lets it go, once', async (t) => {
  const { listener, helper } = await restarted(t);
  t.is(eors(listener), 0);
  helper.say('announce eor ipv4 unicast', 'announce route 10.0.9.0/24 next-hop self');
  await until('what comes behind', () => prefixesOf(listener.told()).includes('10.0.9.0/24'));
  t.is(eors(listener), 1);
});

test.serial('a helper that fell quiet is done', async (t) => {
  const { listener, helper } = await restarted(t, { quietSeconds: 2, maxSeconds: 60 });
  for (let i = 1; i < 5; i++) {
    helper.say(`announce route 10.0.${i}.0/24 next-hop self`);
    await until('a route', () => prefixesOf(listener.told()).includes(`10.0.${i}.0/24`));
  }
  await until('End-of-RIB', () => eors(listener) === 1);
  t.is(courseOf(listener.told()).at(-1), 'eor ipv4');
});

test.serial('the end of the helper', async (t) => {
  const { listener, helper } = await restarted(t);
  t.is(eors(listener), 0);
  process.kill(helper.pids[0]!, 'SIGKILL');
  await until('End-of-RIB', () => eors(listener) === 1);
  t.pass();
});

test.serial('nobody is waited for longer than maxSeconds', async (t) => {
  const { listener } = await restarted(t, { quietSeconds: 60, maxSeconds: 3 });
  await until('End-of-RIB', () => eors(listener) === 1);
  t.pass();
});

test.serial('only the first session after the start waits', async (t) => {
  const { speaker, listener, helper } = await restarted(t);
  t.is(eors(listener), 0);
  await speaker.ask('neighbor * teardown 4');
  await until('End-of-RIB of the second session', () => eors(listener) === 1);
  t.is(helper.pids.length, 1);
});

test.serial('the peer keeps the routes of a daemon that is started again', async (t) => {
  const { speaker, listener, helper, configuration } = await restarted(t);
  helper.say('announce route 10.0.1.0/24 next-hop self', 'ready');
  await until('End-of-RIB', () => eors(listener) === 1);
  speaker.signal('SIGTERM');
  t.is(await speaker.ended(), 0);
  t.notRegex(listener.log, /NOTIFICATION received/);
  await speaker.start({ ...configuration });
  await until('up again', () => courseOf(listener.told()).filter((step) => step === 'up').length === 2);
  await until('the route', () => prefixesOf(listener.told()).includes('10.0.0.0/24'));
  t.is(eors(listener), 1, 'held again');
  helper.say('ready');
  await until('End-of-RIB', () => eors(listener) === 2);
});
