import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { courseOf, pairOf, prefixesOf, until } from './lab.js';

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

test.serial('after its end only what the next life did not announce again is withdrawn', async (t) => {
  const { listener, helper } = await pairOf(t, {
    process: { onExit: { withdraw: { afterSeconds: 2 } } },
    says: ['announce route 10.0.0.0/24 next-hop self'],
  });
  helper.say('announce route 10.0.1.0/24 next-hop self', 'announce route 10.0.2.0/24 next-hop self');
  await until('the routes', () => prefixesOf(listener.told()).length === 3);
  process.kill(helper.pids[0]!, 'SIGKILL');
  await until('a new life', () => helper.pids.length === 2);
  helper.say('announce route 10.0.2.0/24 next-hop self');
  await until('the withdrawal', () => prefixesOf(listener.told()).length === 2);
  t.deepEqual(prefixesOf(listener.told()), ['10.0.0.0/24', '10.0.2.0/24']);
  const course = courseOf(listener.told());
  t.deepEqual(
    course.filter((step) => step.startsWith('-')),
    ['-10.0.1.0/24'],
  );
  t.is(course.filter((step) => step.startsWith('+')).length, 3, 'nothing is sent twice');
});

test.serial('a helper that is started again is told which sessions are up', async (t) => {
  const { helper } = await pairOf(t);
  await until('up', () => courseOf(helper.told).includes('up'));
  process.kill(helper.pids[0]!, 'SIGKILL');
  await until('a new life', () => helper.pids.length === 2);
  await until('up', () => courseOf(helper.told.slice(helper.told.indexOf(`pid ${helper.pids[1]}`))).includes('up'));
  t.pass();
});

test.serial('respawn: false', async (t) => {
  const { speaker, listener, helper } = await pairOf(t, { process: { respawn: false } });
  helper.say('announce route 10.0.0.0/24 next-hop self');
  await until('the route', () => prefixesOf(listener.told()).length === 1);
  process.kill(helper.pids[0]!, 'SIGKILL');
  await until('its end', () => speaker.log.includes('respawn is off'));
  t.regex((await speaker.ask('show neighbor summary')).lines.join('\n'), /established/);
  t.is(helper.pids.length, 1);
  t.deepEqual(prefixesOf(listener.told()), ['10.0.0.0/24'], 'what it announced stays');
});

test.serial('at the stop a helper reads its last lines before it is ended', async (t) => {
  // Ends by itself when it is told, and would lose the line if TERM came first.
  const script = `
    const { appendFileSync } = require('node:fs');
    const file = process.argv[1];
    appendFileSync(file, 'pid ' + process.pid + '\\n');
    process.on('SIGTERM', () => { appendFileSync(file, 'TERM\\n'); process.exit(0); });
    process.stdin.setEncoding('utf8').on('data', (text) => appendFileSync(file, text));
  `;
  const { speaker, listener } = await pairOf(t);
  await until('up', () => courseOf(listener.told()).includes('up'));
  const file = join(speaker.folder, 'polite');
  speaker.configure({
    processes: { polite: { run: [process.execPath, '-e', script, file] } },
  });
  t.true((await speaker.ask('reload')).isDone);
  await until('the helper', () => speaker.told('polite').length === 1);
  const pid = Number(speaker.told('polite')[0]!.slice(4));
  speaker.signal('SIGTERM');
  t.is(await speaker.ended(), 0);
  const told = speaker.told('polite');
  t.regex(told[1]!, /"notification": "shutdown"/);
  t.is(told[2], 'TERM');
  t.false(isAlive(pid));
});

test.serial('a helper that ignores TERM is killed in the end', async (t) => {
  const { speaker } = await pairOf(t, {
    process: {
      run: ['/bin/sh', '-c', 'trap "" TERM; echo announce route 10.0.0.0/24 next-hop self; while :; do sleep 1; done'],
    },
  });
  await until('the helper', () => speaker.log.includes('helper started'));
  const pid = Number(/"pid":(\d+),"msg":"helper started"/.exec(speaker.log)![1]);
  t.true(isAlive(pid));
  speaker.signal('SIGTERM');
  t.is(await speaker.ended(), 0);
  t.false(isAlive(pid));
});
