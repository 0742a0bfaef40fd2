import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { isAlive, program, script, supervised } from './supervised.js';

const ended = (told: string[]) => (): boolean => told.some((line) => line.startsWith('helper-'));

for (const native of [true, false]) {
  const hooks = native ? {} : { native: undefined };
  test(`lines come, answers go (${native ? 'pipes' : 'socket pairs'})`, async (t) => {
    const { supervisor, told, until } = supervised(t, {
      ...hooks,
      onLine: (helper) => helper.write('answer', 'done\n'),
    });
    supervisor.apply([script('echo one; read a; echo "got $a"; read a; exit 3')]);
    await until(ended(told));
    t.deepEqual(told, ['helper+', 'helper: one', 'helper: got done', 'helper- 3 null']);
  });
}

test('stdin and stdout may be opened again by name', async (t) => {
  const { supervisor, told, until } = supervised(t, { onLine: (helper) => helper.write('answer', 'done\n') });
  supervisor.apply([
    script('echo x > /dev/stdout; read a < /dev/stdin; echo "$a"; echo y | tee /dev/stdout; echo e > /dev/stderr'),
  ]);
  await until(ended(told));
  t.deepEqual(told, ['helper+', 'helper: x', 'helper: done', 'helper: y', 'helper: y', 'helper- 0 null']);
});

test('a group and session of its own, a dumb terminal, its folder and environment, only its three descriptors', async (t) => {
  process.env.NOTIFY_SOCKET = '/nowhere';
  t.teardown(() => delete process.env.NOTIFY_SOCKET);
  const { supervisor, told, started, until } = supervised(t);
  // Whoever started this program may have left descriptors open: they are not ours.
  const others = spawnSync('ls', ['/proc/self/fd'], { encoding: 'utf8' }).stdout.trim().split('\n');
  const text = `ls /proc/self/fd | tr '\\n' ' '; echo; pwd; echo $TERM $A $NOTIFY_SOCKET; ps -o pgid= -p $$ | tr -d ' '`;
  supervisor.apply([script(text, { cwd: '/usr', env: { A: 'b' } })]);
  await until(ended(told));
  t.deepEqual(told.slice(1, -1), [
    `helper: ${others.join(' ')} `,
    'helper: /usr',
    'helper: dumb b',
    `helper: ${started[0]!.pid}`,
  ]);
});

test('stderr goes to the log: whole lines, made harmless, cut, and only so many', async (t) => {
  const { supervisor, told, logged, until } = supervised(t);
  supervisor.apply([
    program(`
      process.stderr.write('grüße \\x1b[31m\\n' + 'x'.repeat(5000) + '\\n');
      process.stderr.write('many\\n'.repeat(5000) + 'last');
    `),
  ]);
  await until(ended(told));
  await until(() => logged.some((line) => line.includes('left out')));
  t.true(logged.some((line) => line.startsWith('info helper: grüße \\x1b[31m ')));
  t.true(logged.some((line) => line.startsWith(`info helper: ${'x'.repeat(2048)} [cut]`)));
  t.is(logged.filter((line) => line.startsWith('info helper: many')).length, 198);
  t.true(
    logged.some((line) => line.includes('"lines":4803')),
    logged.at(-1),
  );
});

test('a last line without newline counts when the helper ended well', async (t) => {
  const { supervisor, told, until } = supervised(t);
  supervisor.apply([script('printf "a\\nannounce 10.0.0.0/24"')]);
  await until(ended(told));
  t.deepEqual(told, ['helper+', 'helper: a', 'helper: announce 10.0.0.0/24', 'helper- 0 null']);
});

for (const [how, text, end] of [
  ['was killed', 'printf "a\\nannounce 10.0.0.0/2"; sleep 0.1; kill -KILL $$', 'helper- null SIGKILL'],
  ['failed', 'printf "a\\nannounce 10.0.0.0/2"; exit 1', 'helper- 1 null'],
] as const) {
  test(`a last line without newline does not count when the helper ${how}`, async (t) => {
    const { supervisor, told, logged, until } = supervised(t);
    supervisor.apply([script(text)]);
    await until(ended(told));
    t.deepEqual(told, ['helper+', 'helper: a', end]);
    t.true(logged.some((line) => line.includes('last line of the helper had no end')));
  });
}

test('a life ends with the process, though others hold its pipes; they are ended too', async (t) => {
  const { supervisor, told, until } = supervised(t);
  supervisor.apply([script('(trap "" TERM; sleep 60) & echo $!; echo last')]);
  const begin = Date.now();
  await until(ended(told));
  t.true(Date.now() - begin < 10_000);
  t.deepEqual(told.slice(2), ['helper: last', 'helper- 0 null']);
  const grandchild = Number(told[1]!.slice('helper: '.length));
  await until(() => !isAlive(grandchild));
  t.pass();
});

test.serial('all that an ended helper wrote is handled, however long that takes', async (t) => {
  const { supervisor, told, until } = supervised(t, {
    isQuiet: true,
    onLine: () => {
      count += 1;
      // A slow turn: its pipe was full when it ended, and we are the ones who take time.
      if (count % 3000 === 0) for (const end = performance.now() + 100; performance.now() < end; );
    },
  });
  let count = 0;
  supervisor.apply([script('yes "announce route 10.0.0.0/24 next-hop self" | head -n 60000')]);
  await until(ended(told));
  t.is(count, 60_000);
});

test('garbage, a line of 100 MB and half a line cost one answer each', async (t) => {
  const { supervisor, told, until } = supervised(t);
  supervisor.apply([
    program(`
      const fs = require('node:fs');
      const put = (data) => { for (let at = 0; at < data.length; at += fs.writeSync(1, data, at)); };
      put(Buffer.from('first\\n\\xff\\xfe\\n', 'latin1'));
      const block = Buffer.alloc(1 << 20, 'x');
      for (let i = 0; i < 100; i++) put(block);
      put(Buffer.from('\\nannounce'));
      setTimeout(() => { put(Buffer.from(' all\\nlast\\n')); }, 50);
    `),
  ]);
  await until(ended(told));
  t.deepEqual(told, [
    'helper+',
    'helper: first',
    'helper! line is not valid UTF-8',
    'helper! line is longer than 1048576 octets',
    'helper: announce all',
    'helper: last',
    'helper- 0 null',
  ]);
});

test.serial('a flood leaves time for others: timers go on, another helper is heard', async (t) => {
  let flood = 0;
  const { supervisor, told, until } = supervised(t, {
    isQuiet: true,
    onLine: (helper, line) => {
      if (helper.name === 'flood') flood += 1;
      else told.push(line);
    },
  });
  supervisor.apply([
    script('exec yes announce', { name: 'flood' }),
    script('sleep 0.3; echo heard; sleep 60', { name: 'other' }),
  ]);
  let latest = performance.now();
  let worst = 0;
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - latest);
    latest = performance.now();
  }, 5);
  t.teardown(() => clearInterval(timer));
  await until(() => told.includes('heard') && flood > 100_000);
  t.true(worst < 500, `a timer was ${worst} ms late`);
});

test('a helper that closes its stdin or stdout goes on', async (t) => {
  const { supervisor, told, logged, until } = supervised(t, {
    onLine: (helper) => {
      for (let i = 0; i < 10; i++) helper.write('event', `${'x'.repeat(100_000)}\n`);
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'crier-child-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const wait = (name: string): string => `while [ ! -e ${folder}/${name} ]; do sleep 0.02; done`;
  supervisor.apply([script(`exec <&-; echo a; ${wait('one')}; echo b; exec >&-; ${wait('two')}; exit 7`)]);
  await until(() => logged.some((line) => line.includes('nothing more is written to the helper')));
  writeFileSync(join(folder, 'one'), '');
  await until(() => logged.some((line) => line.includes('has closed its stdout')));
  writeFileSync(join(folder, 'two'), '');
  await until(ended(told));
  t.deepEqual(told, ['helper+', 'helper: a', 'helper: b', 'helper- 7 null']);
});

test.serial('a million answers to a helper that never reads stay flat', async (t) => {
  let count = 0;
  const { supervisor, started, until } = supervised(t, {
    isQuiet: true,
    onLine: (helper) => {
      count += 1;
      helper.write('answer', 'done\n');
      helper.write('update', `${'u'.repeat(200)} ${count}\n`, 'peer');
    },
  });
  supervisor.apply([script('yes announce | head -n 1000000; sleep 60')]);
  await until(() => count === 1_000_000, 50_000);
  t.true(started[0]!.queuedOctets! < 1_200_000, String(started[0]!.queuedOctets));
});

test.serial('a million updates reach a helper that reads slowly, when its source pauses as told', async (t) => {
  const total = 300_000;
  let sent = 0;
  let isPaused = false;
  const { supervisor, told, started, until } = supervised(t, { isQuiet: false });
  supervisor.apply([
    program(
      `
      let count = 0;
      process.stdin.once('data', () => console.log('reading'));
      process.stdin.on('data', (chunk) => {
        for (const c of chunk) if (c === 10) count++;
        process.stdin.pause();
        setTimeout(() => process.stdin.resume(), 5);
        if (count === ${total}) { console.log(count); process.exit(0); }
      });
    `,
      { queue: { bytes: 1 << 20, stallSeconds: 60 } },
    ),
  ]);
  const feed = (): void => {
    isPaused =
      told
        .filter((line) => /^helper[<>]/.test(line))
        .at(-1)
        ?.startsWith('helper>') ?? false;
    for (let i = 0; i < 1000 && sent < total && !isPaused; i++) {
      started[0]!.write('update', `update ${sent++} ${'x'.repeat(60)}\n`, 'peer');
    }
    if (sent < total) setTimeout(feed, 2);
  };
  started[0]!.write('update', `update ${sent++}\n`, 'peer');
  await until(() => told.includes('helper: reading'));
  feed();
  await until(ended(told), 50_000);
  t.true(told.includes(`helper: ${total}`));
  t.false(told.some((line) => line.startsWith('helper~')));
  t.true(told.some((line) => line.startsWith('helper> peer')));
});
