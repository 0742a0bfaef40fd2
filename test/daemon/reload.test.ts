import { createServer } from 'node:net';
import test from 'ava';
import { courseOf, freePort, pairOf, prefixesOf, until } from './lab.js';

test.serial('a listener that cannot be had leaves everything as it was, and the next reload works', async (t) => {
  const { speaker, listener, helper, configuration } = await pairOf(t);
  await until('up', () => courseOf(listener.told()).includes('up'));
  const port = await freePort('127.0.0.3');
  const other = await freePort('127.0.0.4');
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(port, '127.0.0.3', resolve));
  t.teardown(() => occupant.close());
  const [neighbor] = configuration.neighbors;
  const listen = [
    { address: '127.0.0.4', port: other },
    { address: '127.0.0.3', port },
  ];
  const next = { ...configuration, listen, neighbors: [{ ...neighbor, routes: ['route 10.0.0.0/24 next-hop self'] }] };
  speaker.configure({ ...next, processes: {}, neighbors: [] });
  const refused = await speaker.ask('reload');
  t.false(refused.isDone);
  t.regex(refused.reason, new RegExp(`cannot listen on 127\\.0\\.0\\.3 port ${port}: .*EADDRINUSE`));
  t.regex(speaker.log, /the old one stays/);
  t.is(helper.pids.length, 1);
  t.regex((await speaker.ask('show neighbor summary')).lines.join('\n'), /established/);
  // What was opened on the way is closed again.
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(other, '127.0.0.4', resolve));
  await new Promise((resolve) => probe.close(resolve));
  await new Promise((resolve) => occupant.close(resolve));
  speaker.configure(next);
  t.true((await speaker.ask('reload')).isDone);
  await until('the route', () => prefixesOf(listener.told()).includes('10.0.0.0/24'));
  t.is(courseOf(listener.told()).filter((step) => step === 'up').length, 1, 'no session was reset');
});

test.serial('all addresses of a port in the place of one, and back', async (t) => {
  const { speaker, configuration } = await pairOf(t);
  const port = await freePort('127.0.0.1');
  for (const address of ['127.0.0.1', '0.0.0.0', '127.0.0.1']) {
    speaker.configure({ ...configuration, listen: [{ address, port }] });
    const { isDone, reason } = await speaker.ask('reload');
    t.true(isDone, reason);
  }
});

test.serial('a route table that is used otherwise: 6/6, and what the API announced stays', async (t) => {
  const { speaker, listener, helper, configuration } = await pairOf(t);
  await until('up', () => courseOf(listener.told()).includes('up'));
  helper.say('neighbor 127.0.0.2 announce route 10.1.0.0/24 next-hop self', 'announce route 10.2.0.0/24 next-hop self');
  const all = ['10.1.0.0/24', '10.2.0.0/24'];
  await until('the routes', () => prefixesOf(listener.told()).length === 2);
  const [neighbor] = configuration.neighbors;
  let ups = 1;
  for (const change of [{ adjRibOut: false }, { autoFlush: false }]) {
    speaker.configure({ ...configuration, neighbors: [{ ...neighbor, ...change }] });
    t.true((await speaker.ask('reload')).isDone);
    ups++;
    await until('up again', () => courseOf(listener.told()).filter((step) => step === 'up').length === ups);
    // Nothing is replayed where nothing is remembered.
    if ('adjRibOut' in change) await until('End-of-RIB', () => courseOf(listener.told()).at(-1) === 'eor ipv4');
    else await until('the routes again', () => prefixesOf(listener.told()).join() === all.join());
    helper.say('neighbor 127.0.0.2 announce route 10.3.0.0/24 next-hop self', 'flush adj-rib out');
    await until('a new route', () => prefixesOf(listener.told()).includes('10.3.0.0/24'));
    helper.say('withdraw route 10.3.0.0/24', 'flush adj-rib out');
    await until('its withdrawal', () => !prefixesOf(listener.told()).includes('10.3.0.0/24'));
  }
  t.is(listener.log.match(/Other Configuration Change[^\n]*NOTIFICATION received/g)?.length, 2);
  t.notRegex(listener.log, /De-configured/);
});

test.serial('maxRoutes holds at once; what needs a start is said', async (t) => {
  const { speaker, configuration } = await pairOf(t, { top: { maxRoutes: 1 } });
  t.true((await speaker.ask('announce route 10.0.0.0/24 next-hop self')).isDone);
  t.regex((await speaker.ask('announce route 10.0.1.0/24 next-hop self')).reason, /too many routes/);
  speaker.configure({
    ...configuration,
    maxRoutes: 2,
    user: 'nobody',
    log: { destination: `${speaker.folder}/log` },
    control: { socket: `${speaker.folder}/other.sock` },
  });
  t.true((await speaker.ask('reload')).isDone);
  t.true((await speaker.ask('announce route 10.0.1.0/24 next-hop self')).isDone);
  t.regex((await speaker.ask('announce route 10.0.2.0/24 next-hop self')).reason, /too many routes/);
  for (const part of ['user', 'log', 'control']) {
    await until(part, () => new RegExp(`"part":"${part}".*at the next start only`).test(speaker.log));
  }
  t.notRegex(speaker.log, /"part":"maxRoutes"/);
});

test.serial('an option that needs no new life of a helper gives it none', async (t) => {
  const { speaker, helper, configuration } = await pairOf(t);
  await until('the helper', () => helper.pids.length === 1);
  const process = { run: helper.run };
  for (const [options, lives] of [
    [{ respawn: false, strict: true, onExit: { withdraw: { afterSeconds: 1 } } }, 1],
    [{ respawn: false, ack: false }, 2],
  ] as const) {
    speaker.configure({ ...configuration, processes: { record: { ...process, ...options } } });
    t.true((await speaker.ask('reload')).isDone);
    await until('lives', () => helper.pids.length >= lives);
  }
  t.is(helper.pids.length, 2);
  globalThis.process.kill(helper.pids[1]!);
  await until('respawn: false holds', () => speaker.log.includes('respawn is off'));
});

test.serial('the state of a watchdog and what the API did outlive a reload', async (t) => {
  const routes = [
    'route 10.0.0.0/24 next-hop self watchdog dog withdraw',
    'route 10.0.1.0/24 next-hop self watchdog cat',
    'route 10.0.2.0/24 next-hop self',
  ];
  const { speaker, listener, helper, configuration } = await pairOf(t, { neighbor: { routes } });
  const holds = (...thirds: number[]) =>
    until(
      `the routes ${thirds}`,
      () => prefixesOf(listener.told()).join() === thirds.map((n) => `10.0.${n}.0/24`).join(),
    );
  await holds(1, 2);
  helper.say('announce watchdog dog', 'withdraw watchdog cat', 'withdraw route 10.0.2.0/24');
  await holds(0);
  const [neighbor] = configuration.neighbors;
  const more = [
    ...routes,
    'route 10.0.3.0/24 next-hop self watchdog dog withdraw',
    'route 10.0.4.0/24 next-hop self watchdog cat',
    'route 10.0.5.0/24 next-hop self',
  ];
  speaker.configure({ ...configuration, neighbors: [{ ...neighbor, routes: more }] });
  t.true((await speaker.ask('reload')).isDone);
  await holds(0, 3, 5);
  helper.say('withdraw watchdog dog', 'announce watchdog cat');
  await holds(1, 4, 5);
  // Written by hand, a route is no longer the watchdog's.
  helper.say('announce route 10.0.0.0/24 next-hop self', 'announce watchdog dog', 'withdraw watchdog dog');
  await holds(0, 1, 4, 5);
  speaker.signal('SIGALRM');
  await until('a new session', () => courseOf(listener.told()).filter((step) => step === 'up').length === 2);
  await holds(0, 1, 4, 5);
  t.pass();
});
