import test from 'ava';
import { courseOf, pairOf, prefixesOf, until } from './lab.js';

test.serial('sync: done when the kernel has it; ttl: gone when it is not announced again', async (t) => {
  const { speaker, listener, helper } = await pairOf(t);
  t.true(
    (await speaker.ask('announce route 10.0.9.0/24 next-hop self sync')).isDone,
    'nobody is up: nobody is waited for',
  );
  await until('up', () => courseOf(listener.told()).includes('up'));
  for (let i = 0; i < 5; i++) {
    const { isDone, reason } = await speaker.ask(`announce route 10.0.${i}.0/24 next-hop self sync 5`);
    t.true(isDone, reason);
  }
  await until('the routes', () => prefixesOf(listener.told()).length === 6);
  t.true((await speaker.ask('withdraw route 10.0.9.0/24 sync')).isDone);
  helper.say('announce route 10.1.0.0/24 next-hop self ttl 2', 'announce route 10.1.1.0/24 next-hop self ttl 2');
  await until('the routes', () => prefixesOf(listener.told()).includes('10.1.1.0/24'));
  // Without a lease it stays; by a control client it changes its owner too.
  helper.say('announce route 10.1.1.0/24 next-hop self');
  await until('the end of the lease', () => !prefixesOf(listener.told()).includes('10.1.0.0/24'));
  t.true(prefixesOf(listener.told()).includes('10.1.1.0/24'));
  t.is(courseOf(listener.told()).filter((step) => step === '+10.1.1.0/24').length, 1);
  helper.say('announce route 10.1.2.0/24 next-hop self ttl 2');
  for (let i = 0; i < 8; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    helper.say('announce route 10.1.2.0/24 next-hop self ttl 2');
  }
  t.false(courseOf(listener.told()).includes('-10.1.2.0/24'), 'renewed in time');
  await until('not renewed', () => courseOf(listener.told()).includes('-10.1.2.0/24'));
});

test.serial('sync: a peer that does not read is named, and the route stays', async (t) => {
  const { speaker, listener, helper } = await pairOf(t, { neighbor: { holdTime: 0 } }, { neighbor: { holdTime: 0 } });
  await until('up', () => courseOf(listener.told()).includes('up'));
  listener.signal('SIGSTOP');
  t.teardown(() => listener.signal('SIGCONT'));
  // More than the buffers of the system take.
  const many = Array.from({ length: 250 }, (_, i) => i);
  for (const i of many) {
    const prefixes = many
      .map((j) => `172.${16 + (i >> 4)}.${((i & 15) << 4) + (j >> 4)}.${(j & 15) << 4}/28`)
      .join(' ');
    await speaker.ask(
      `announce attributes next-hop self med ${i} community [ ${many.map((n) => `65000:${n}`).join(' ')} ] nlri ${prefixes}`,
    );
  }
  for (let i = 0; i < 6000; i++)
    void speaker.ask(
      `announce route 10.${i >> 8}.${i & 255}.0/24 next-hop self med ${i} community [ ${many.map((n) => `65000:${n}`).join(' ')} ]`,
    );
  const { isDone, reason } = await speaker.ask('announce route 192.0.2.0/24 next-hop self sync 1');
  t.false(isDone);
  t.regex(reason, /not sent within 1 s to 127\.0\.0\.2/);
  const waiting = speaker.ask('announce route 192.0.3.0/24 next-hop self sync 10');
  listener.signal('SIGCONT');
  t.true((await waiting).isDone);
  await until('the routes', () => prefixesOf(listener.told()).includes('192.0.2.0/24'));
  t.is(helper.pids.length, 1);
});
