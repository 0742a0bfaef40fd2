import test from 'ava';
import { pairOf, RunningDaemon, until } from './lab.js';

const announcing = (prefix: string) => (line: string) => line.includes('"announce"') && line.includes(`"${prefix}"`);
const withdrawing = (prefix: string) => (line: string) => line.includes('"withdraw"') && line.includes(`"${prefix}"`);

test.serial('a helper announces, the peer sees it, and what the peer sends reaches the helper', async (t) => {
  const { speaker, listener } = await pairOf(
    t,
    { says: ['announce route 192.0.2.1/32 next-hop self med 7', 'nonsense'] },
    { says: ['announce route 198.51.100.0/24 next-hop self'] },
  );
  await until('the peer sees the route', () => listener.told().some(announcing('192.0.2.1/32')));
  await until('the helper sees the route', () => speaker.told().some(announcing('198.51.100.0/24')));
  t.true(listener.told().find(announcing('192.0.2.1/32'))!.includes('"med": 7'));
  t.deepEqual(
    speaker.told().filter((line) => line === 'done' || line.startsWith('error')),
    ['done', 'error'],
  );
  t.regex(speaker.log, /"reason":"unknown command[^\n]*","line":"nonsense","msg":"a line of a helper was refused"/);
  const summary = await speaker.control('show', 'neighbor', 'summary');
  t.is(summary.status, 0);
  t.regex(summary.out, /127\.0\.0\.2 +65001 .* established/);
  speaker.signal('SIGTERM');
  t.is(await speaker.ended(), 0);
  await until('the peer is told why', () => listener.told().some((line) => line.includes('"notification"')));
  t.regex(listener.log, /Administrative Shutdown.*crier is stopping/);
});

test.serial('a reload touches what changed; a bad one nothing, and the requester is told', async (t) => {
  const { speaker, listener, configuration } = await pairOf(t, {
    neighbor: { routes: ['route 10.0.0.0/24 next-hop self', 'route 10.1.0.0/24 next-hop self'] },
  });
  await until('the routes', () => listener.told().some(announcing('10.1.0.0/24')));
  const [neighbor] = configuration.neighbors;
  speaker.configure({ ...configuration, neighbors: [{ ...neighbor, routes: ['route 10.0.0.0/24 next-hop self'] }] });
  t.is((await speaker.control('reload')).status, 0);
  await until('the withdrawal', () => listener.told().some(withdrawing('10.1.0.0/24')));
  t.is(listener.told().filter(announcing('10.0.0.0/24')).length, 1, 'what did not change is not sent again');
  speaker.configure({ ...configuration, neighbors: [{ ...neighbor, holdTime: 'x' }] });
  const refused = await speaker.control('reload');
  t.is(refused.status, 1);
  t.regex(refused.error, /holdTime/);
  speaker.configure({ ...configuration, neighbors: [] });
  speaker.signal('SIGHUP');
  await until('the session ends', () => listener.told().some((line) => line.includes('"down"')));
  t.regex(listener.log, /De-configured/);
  t.is(listener.told().filter((line) => line.includes('"up"')).length, 1, 'the session was never reset before');
});

test.serial('a session with graceful restart is closed without a word', async (t) => {
  const gracefulRestart = { capabilities: { gracefulRestart: { time: 60 } } };
  const { speaker, listener } = await pairOf(t, { neighbor: gracefulRestart }, { neighbor: gracefulRestart });
  await until('up', () => listener.told().some((line) => line.includes('"up"')));
  speaker.signal('SIGTERM');
  t.is(await speaker.ended(), 0);
  await until('down', () => listener.told().some((line) => line.includes('"down"')));
  t.notRegex(listener.log, /NOTIFICATION received/);
});

test.serial('shutdown: withdraw', async (t) => {
  const { speaker, listener } = await pairOf(t, {
    top: { shutdown: 'withdraw' },
    says: ['announce route 192.0.2.1/32 next-hop self'],
  });
  await until('the route', () => listener.told().some(announcing('192.0.2.1/32')));
  speaker.signal('SIGINT');
  t.is(await speaker.ended(), 0);
  await until('down', () => listener.told().some((line) => line.includes('"down"')));
  const told = listener.told();
  const withdrawn = told.findIndex(withdrawing('192.0.2.1/32'));
  t.true(withdrawn >= 0);
  t.true(withdrawn < told.findIndex((line) => line.includes('"notification": {')));
});

test.serial('what a helper announced is withdrawn after its end where that is asked for', async (t) => {
  const speaker = { process: { onExit: { withdraw: { afterSeconds: 0 } }, respawn: false } };
  const { listener } = await pairOf(t, {
    process: {
      ...speaker.process,
      run: ['/bin/sh', '-c', 'echo announce route 192.0.2.1/32 next-hop self; sleep 1.5'],
    },
  });
  await until('the route', () => listener.told().some(announcing('192.0.2.1/32')));
  await until('the withdrawal', () => listener.told().some(withdrawing('192.0.2.1/32')));
  t.pass();
});

test.serial('neighbors at run time', async (t) => {
  const { speaker, listener } = await pairOf(t, {});
  await until('up', () => listener.told().some((line) => line.includes('"up"')));
  const added = await speaker.control(
    'neighbor add {"remoteAddress": "127.0.0.77", "localAs": 65000, "peerAs": 65002, "routerId": "1.1.1.1"}',
  );
  t.deepEqual({ status: added.status, error: added.error }, { status: 0, error: '' });
  const all = await speaker.control('show', 'neighbor', 'configuration');
  t.regex(all.out, /127\.0\.0\.77/);
  t.is((await speaker.control('reload')).status, 0);
  t.regex((await speaker.control('show', 'neighbor', 'configuration')).out, /127\.0\.0\.77/, 'survives a reload');
  t.is((await speaker.control('neighbor', 'delete', '127.0.0.77')).status, 0);
  t.notRegex((await speaker.control('show', 'neighbor', 'configuration')).out, /127\.0\.0\.77/);
});

test.serial('errors of the configuration end the start', async (t) => {
  const daemon = new RunningDaemon(t);
  await daemon.start({ neighbors: [{ remoteAddress: 'x' }], nonsense: 1 });
  t.is(await daemon.ended(), 1);
  t.regex(daemon.log, /crier\.json5:1:\d+: .*nonsense/);
  t.regex(daemon.log, /localAs: is missing/);
});

test.serial('a control socket in use ends the start', async (t) => {
  const { speaker } = await pairOf(t, {});
  const second = new RunningDaemon(t);
  await second.start({ control: { socket: speaker.socket } });
  t.is(await second.ended(), 1);
  t.regex(second.log, /another daemon listens there/);
});
