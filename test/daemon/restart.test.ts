import test from 'ava';
import { courseOf, pairOf, prefixesOf, type RunningDaemon, until } from './lab.js';

const GRACEFUL = { capabilities: { gracefulRestart: { time: 60 } } };
const ROUTE = '192.0.2.1/32';

const ups = (daemon: RunningDaemon): number => courseOf(daemon.told()).filter((step) => step === 'up').length;

/** A session ends by one of these and comes back with its routes. */
const WAYS: Record<string, (speaker: RunningDaemon) => unknown> = {
  teardown: (speaker) => speaker.ask('neighbor 127.0.0.2 teardown 9 "for a test"'),
  restart: (speaker) => speaker.ask('restart'),
  SIGALRM: (speaker) => speaker.signal('SIGALRM'),
};
const NOTICES: Record<string, RegExp> = {
  teardown: /Hard Reset[^\n]*NOTIFICATION received/,
  restart: /Administrative Reset[^\n]*"text":"crier is restarting"[^\n]*NOTIFICATION received/,
  SIGALRM: /Administrative Reset[^\n]*"text":"crier is restarting"[^\n]*NOTIFICATION received/,
};

for (const [way, end] of Object.entries(WAYS)) {
  test.serial(`${way}: Cease, then the session and its routes come back`, async (t) => {
    const { speaker, listener, helper } = await pairOf(t);
    helper.say(`announce route ${ROUTE} next-hop self`);
    await until('the route', () => prefixesOf(listener.told()).includes(ROUTE));
    await end(speaker);
    await until('up again', () => ups(listener) === 2);
    await until('the route again', () => prefixesOf(listener.told()).includes(ROUTE));
    t.regex(listener.log, NOTICES[way]!);
    t.is(helper.pids.length, 1, 'helpers go on');
  });

  test.serial(`${way}: without a word where graceful restart was agreed on`, async (t) => {
    const { speaker, listener } = await pairOf(t, { neighbor: GRACEFUL }, { neighbor: GRACEFUL });
    await until('up', () => ups(listener) === 1);
    await end(speaker);
    await until('up again', () => ups(listener) === 2);
    t.notRegex(listener.log, /NOTIFICATION received/);
  });

  test.serial(`${way}: all is withdrawn first where that is configured`, async (t) => {
    const { speaker, listener, helper } = await pairOf(
      t,
      { neighbor: GRACEFUL, top: { shutdown: 'withdraw' } },
      { neighbor: GRACEFUL },
    );
    helper.say(`announce route ${ROUTE} next-hop self`, 'ready');
    await until('the route', () => prefixesOf(listener.told()).includes(ROUTE));
    await end(speaker);
    await until('up again', () => ups(listener) === 2);
    await until('the route again', () => prefixesOf(listener.told()).includes(ROUTE));
    const course = courseOf(listener.told()).filter((step) => !step.startsWith('eor') && step !== 'connected');
    t.deepEqual(course, ['up', `+${ROUTE}`, `-${ROUTE}`, 'down', 'up', `+${ROUTE}`]);
    t.regex(listener.log, NOTICES[way]!);
  });
}

test.serial('SIGUSR2 reads the configuration anew and gives helpers a new life', async (t) => {
  const { speaker, listener, helper, configuration } = await pairOf(t, {
    says: [`announce route ${ROUTE} next-hop self`],
  });
  await until('the route', () => prefixesOf(listener.told()).includes(ROUTE));
  const [neighbor] = configuration.neighbors;
  speaker.configure({ ...configuration, neighbors: [{ ...neighbor, routes: ['route 10.0.0.0/24 next-hop self'] }] });
  speaker.signal('SIGUSR2');
  await until('a new route', () => prefixesOf(listener.told()).includes('10.0.0.0/24'));
  await until('a new life', () => helper.pids.length === 2);
  await until('its state', () =>
    courseOf(helper.told.slice(helper.told.indexOf(`pid ${helper.pids[1]}`))).includes('up'),
  );
  t.true(
    helper.told.some((line) => line.includes('"shutdown"')),
    'the old life was told',
  );
  t.is(ups(listener), 1, 'the session goes on');
  t.deepEqual(prefixesOf(listener.told()), ['10.0.0.0/24', ROUTE]);
});

test.serial('signals, and commands that do the same, are told to helpers that asked for them', async (t) => {
  const { speaker, helper, configuration } = await pairOf(t);
  const [neighbor] = configuration.neighbors;
  speaker.configure({
    ...configuration,
    neighbors: [{ ...neighbor, api: [{ processes: ['record'], receive: ['signal', 'neighbor-changes'] }] }],
  });
  const told = (): string[] =>
    helper.told
      .filter((line) => line.includes('"type": "signal"'))
      .map((line) => /"code".*"name": "\w+"/.exec(line)![0]);
  t.true((await speaker.ask('reload')).isDone);
  speaker.signal('SIGHUP');
  await until('the signal', () => told().length === 1);
  t.true((await speaker.ask('reload')).isDone);
  t.true((await speaker.ask('restart')).isDone);
  speaker.signal('SIGTERM');
  t.is(await speaker.ended(), 0);
  t.deepEqual(told(), [
    '"code": "1", "name": "SIGHUP"',
    '"code": "0", "name": "UNKNOWN"',
    '"code": "0", "name": "UNKNOWN"',
    '"code": "15", "name": "SIGTERM"',
  ]);
});
