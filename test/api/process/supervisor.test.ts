import { spawn } from 'node:child_process';
import test from 'ava';
import { DAEMON_LIFE_VARIABLE, DAEMON_VARIABLE, daemonLife } from '../../../src/api/process/helper-environment.js';
import { endLeftOvers } from '../../../src/api/process/left-overs.js';
import { silentLogger } from '../../../src/util/log.js';
import { systemClock } from '../../../src/util/timers.js';
import { isAlive, script, supervised } from './supervised.js';

const count = (told: string[], line: string): number => told.filter((one) => one === line).length;

test('one that dies is started again, later each time; the daemon goes on', async (t) => {
  const { supervisor, told, logged, started, until } = supervised(t);
  supervisor.apply([script('exit 1', { respawn: true })]);
  await until(() => count(told, 'helper- 1 null') === 3);
  const delays = logged.flatMap((line) => /"delayMs":(\d+)/.exec(line)?.[1] ?? []).map(Number);
  t.deepEqual(delays.slice(0, 2), [250, 500]);
  t.is(new Set(started.map(({ owner }) => owner)).size, 3);
});

test('one that cannot be started is logged and tried again', async (t) => {
  const { supervisor, told, logged, until } = supervised(t);
  supervisor.apply([
    script('', { name: 'missing', argv: ['/nowhere/program'], respawn: true }),
    script('', { name: 'forbidden', argv: ['/etc/passwd'] }),
    script('', { name: 'empty', argv: [] }),
    script('', { name: 'odd', argv: ['a\0b'] }),
    script('', { name: 'folder', cwd: '/nowhere' }),
    script('echo well', { name: 'good' }),
  ]);
  await until(() => told.includes('good- 0 null'));
  await until(
    () => logged.filter((line) => line.includes('"process":"missing"') && line.startsWith('error')).length > 1,
  );
  for (const name of ['forbidden', 'empty', 'odd']) {
    t.true(
      logged.some((line) => line.startsWith('error') && line.includes(`"process":"${name}"`)),
      name,
    );
  }
  t.true(logged.some((line) => line.includes('its working directory /nowhere does not exist')));
  t.deepEqual(told, ['good+', 'good: well', 'good- 0 null']);
});

test('respawn off: not started again, but by hand', async (t) => {
  const { supervisor, told, until } = supervised(t);
  supervisor.apply([script('echo life')]);
  await until(() => told.includes('helper- 0 null'));
  t.is(supervisor.helper('helper'), undefined);
  t.like(supervisor.status(), [{ name: 'helper', pid: undefined, starts: 1, lastEnd: 'exit status 0' }]);
  supervisor.restart('helper');
  await until(() => count(told, 'helper- 0 null') === 2);
  t.pass();
});

test('a new configuration touches only what changed', async (t) => {
  const { supervisor, told, started, until } = supervised(t);
  const sleeper = (name: string, text = 'echo ready; sleep 60') => script(text, { name });
  supervisor.apply([sleeper('keep'), sleeper('change'), sleeper('gone')]);
  await until(
    () => started.length === 3 && ['keep', 'change', 'gone'].every((name) => told.includes(`${name}: ready`)),
  );
  supervisor.apply([sleeper('keep'), sleeper('change', 'echo other; sleep 60'), sleeper('new')]);
  await until(
    () => told.includes('change: other') && told.includes('new: ready') && told.includes('gone- null SIGTERM'),
  );
  t.is(supervisor.helper('keep')?.pid, started[0]!.pid);
  t.deepEqual(
    supervisor.helpers().map(({ name }) => name),
    ['keep', 'change', 'new'],
  );
  t.false(told.some((line) => line.startsWith('keep-')));
});

test('stop asks first, then makes the whole group end', async (t) => {
  const { supervisor, told, until } = supervised(t);
  supervisor.apply([
    script('trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done', { name: 'polite', respawn: true }),
    script('trap "" TERM; echo ready; while :; do sleep 0.05; done', { name: 'deaf', respawn: true }),
    script('sleep 60 & echo $!; wait', { name: 'parent', respawn: true }),
  ]);
  await until(() => told.includes('polite: ready') && told.includes('deaf: ready') && told.length >= 6);
  const grandchild = Number(told.find((line) => line.startsWith('parent: '))!.slice('parent: '.length));
  await supervisor.stopAll(400);
  t.true(told.includes('polite: bye'));
  t.true(told.includes('polite- 0 null'));
  t.true(told.includes('deaf- null SIGKILL'));
  t.true(told.includes('parent- null SIGTERM'));
  await until(() => !isAlive(grandchild));
  t.deepEqual(supervisor.helpers(), []);
});

test('what is written just before the stop arrives', async (t) => {
  const { supervisor, told, until } = supervised(t);
  supervisor.apply([script("trap 'read a; echo got $a; exit 0' TERM; echo ready; while :; do sleep 0.05; done")]);
  await until(() => told.includes('helper: ready'));
  supervisor.helper('helper')!.write('shutdown', 'shutdown\n');
  await supervisor.stopAll(5000);
  t.true(told.includes('helper: got shutdown'));
});

test('helpers of a killed daemon are ended at the next start, nothing else is', async (t) => {
  const daemon = `/test/left-over/${process.pid}`;
  const sleeper = (env: Record<string, string>, isDetached = true) => {
    const child = spawn('/bin/sh', ['-c', isDetached ? 'sleep 300 & wait' : 'exec sleep 300'], {
      detached: isDetached,
      stdio: 'ignore',
      env: { ...process.env, ...env },
    });
    t.teardown(() => {
      try {
        if (isDetached) process.kill(-child.pid!, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {}
    });
    return child;
  };
  const lost = sleeper({ [DAEMON_VARIABLE]: daemon, [DAEMON_LIFE_VARIABLE]: '1:1' });
  const gone = new Promise((resolve) => lost.once('exit', (_code, signal) => resolve(signal)));
  const kept = [
    sleeper({ [DAEMON_VARIABLE]: `${daemon}x`, [DAEMON_LIFE_VARIABLE]: '1:1' }),
    sleeper({ [DAEMON_VARIABLE]: daemon, [DAEMON_LIFE_VARIABLE]: daemonLife() }),
    sleeper({ [DAEMON_VARIABLE]: daemon, [DAEMON_LIFE_VARIABLE]: '' }),
    sleeper({ [DAEMON_VARIABLE]: daemon, [DAEMON_LIFE_VARIABLE]: '1:1' }, false),
    sleeper({}),
  ];
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.is(await endLeftOvers(daemon, 2000, systemClock, silentLogger), 1);
  t.is(await gone, 'SIGTERM');
  for (const child of kept) t.true(isAlive(child.pid!));
  t.is(await endLeftOvers(daemon, 2000, systemClock, silentLogger), 0);
});
