import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { freePort, RunningDaemon, until } from './lab.js';

/**
 * Announces so many routes, no two of which share an UPDATE, so many times, then the last; reads its answers or never
 * reads anything.
 */
const ANNOUNCE = `
  const [total, times, reads, last] = process.argv.slice(1);
  if (reads === 'reads') process.stdin.resume();
  let i = 0;
  const more = () => {
    for (; i < total * times; i++) {
      const n = i % total;
      const prefix = '10.' + (n >> 16) + '.' + ((n >> 8) & 255) + '.' + (n & 255) + '/32';
      if (!process.stdout.write('announce route ' + prefix + ' next-hop self med ' + i + '\\n')) {
        i++;
        return process.stdout.once('drain', more);
      }
    }
    if (last) process.stdout.write('announce route ' + last + ' next-hop self\\n');
    setInterval(() => {}, 1 << 30);
  };
  more();
`;

/**
 * Keeps the table of what it is told, in the folder of its first argument: writes "first" at its first line, reads no
 * more until "go" is there, then at most so many octets a second, and writes the table when the last route comes.
 */
const READ = `
  const { existsSync, renameSync, writeFileSync } = require('node:fs');
  const [folder, rate, last] = process.argv.slice(1);
  const table = new Set();
  let tail = '', overflows = 0;
  const take = (text) => {
    const lines = (tail + text).split('\\n');
    tail = lines.pop();
    for (const line of lines) {
      const event = JSON.parse(line);
      if (event.type === 'state' && event.neighbor.state === 'down') table.clear();
      if (line.includes('"overflow"')) overflows++;
      const { announce = {}, withdraw = {} } = event.neighbor?.message?.update ?? {};
      for (const { nlri } of Object.values(withdraw).flat()) table.delete(nlri);
      for (const hops of Object.values(announce)) for (const { nlri } of Object.values(hops).flat()) table.add(nlri);
    }
    if (!table.has(last)) return;
    writeFileSync(folder + '/new', JSON.stringify({ overflows, prefixes: [...table].sort() }));
    renameSync(folder + '/new', folder + '/table');
  };
  process.stdin.setEncoding('utf8').once('data', (text) => {
    process.stdin.pause();
    writeFileSync(folder + '/first', '');
    take(text);
    const wait = setInterval(() => {
      if (!existsSync(folder + '/go')) return;
      clearInterval(wait);
      process.stdin.on('data', (chunk) => {
        take(chunk);
        process.stdin.pause();
        setTimeout(() => process.stdin.resume(), 1000 * chunk.length / rate);
      });
      process.stdin.resume();
    }, 20);
  });
`;

const LAST = '192.0.2.1/32';
const prefixes = (total: number): string[] =>
  Array.from({ length: total }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);

interface Options {
  total: number;
  times?: number;
  reads: 'reads' | 'never';
  /** Announced behind all others by the helper itself. */
  last?: string;
  octetsPerSecond: number;
  queue: object;
  adjRibIn?: boolean;
}

/** A daemon that takes the routes and tells them to the slow reader, and one that announces them. */
async function flow(
  t: ExecutionContext,
  { total, times = 1, reads, last = '', octetsPerSecond, queue, adjRibIn = false }: Options,
) {
  const [taker, sender] = [new RunningDaemon(t), new RunningDaemon(t)];
  const port = await freePort('127.0.0.2');
  const capabilities = { gracefulRestart: { time: 60 } };
  await taker.start({
    routerId: '127.0.0.2',
    listen: [{ address: '127.0.0.2', port }],
    processes: {
      slow: { run: [process.execPath, '-e', READ, taker.folder, String(octetsPerSecond), LAST], queue },
    },
    neighbors: [
      {
        ...{ remoteAddress: '127.0.0.1', localAddress: '127.0.0.2', localAs: 65001, peerAs: 65000, passive: true },
        ...{ api: { processes: ['slow'], receive: ['neighbor-changes', 'parsed', 'update'] }, adjRibIn, capabilities },
      },
    ],
  });
  await sender.start({
    routerId: '127.0.0.1',
    processes: {
      flood: { run: [process.execPath, '-e', ANNOUNCE, String(total), String(times), reads, last] },
    },
    neighbors: [
      {
        ...{ remoteAddress: '127.0.0.2', remotePort: port, localAddress: '127.0.0.1', localAs: 65000, peerAs: 65001 },
        ...{ connectRetryTime: 1, capabilities },
      },
    ],
  });
  const go = (): void => writeFileSync(join(taker.folder, 'go'), '');
  const table = (): { overflows: number; prefixes: string[] } | undefined => {
    const file = join(taker.folder, 'table');
    return existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { overflows: number; prefixes: string[] })
      : undefined;
  };
  await until('the first line', () => existsSync(join(taker.folder, 'first')));
  return { taker, sender, go, table };
}

async function routesOut(daemon: RunningDaemon): Promise<number> {
  const { lines } = await daemon.ask('show adj-rib out');
  return lines.length;
}

test.serial('a slow reader slows its peer, loses nothing, and costs no memory', async (t) => {
  const total = 60_000;
  const { taker, sender, go, table } = await flow(t, {
    ...{ total, reads: 'reads', octetsPerSecond: 8_000_000, queue: { bytes: 1 << 20, stallSeconds: 60 } },
  });
  const before = taker.residentMiB;
  go();
  await until('all is announced', () => sender.log.includes('helper started'));
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, taker.residentMiB);
  }, 50);
  t.teardown(() => clearInterval(watch));
  while ((await routesOut(sender)) < total) await new Promise((resolve) => setTimeout(resolve, 200));
  t.true((await sender.ask(`announce route ${LAST} next-hop self`)).isDone);
  await until('the last route', () => table() !== undefined);
  t.deepEqual(table(), { overflows: 0, prefixes: [...prefixes(total), LAST].sort() });
  t.notRegex(taker.log, /dropped/);
  t.regex((await taker.ask('show neighbor summary')).lines.join('\n'), /established/);
  t.true(most - before < 120, `${before} MiB became ${most}`);
});

for (const adjRibIn of [true, false]) {
  test.serial(`a reader that stalled is brought up to date from ${adjRibIn ? 'Adj-RIB-In' : 'the peer'}`, async (t) => {
    const total = 30_000;
    const { taker, sender, go, table } = await flow(t, {
      ...{ total, reads: 'reads', octetsPerSecond: 20_000_000, queue: { bytes: 1 << 18, stallSeconds: 1 }, adjRibIn },
    });
    await until('events are dropped', () => taker.log.includes('events for the helper are dropped'));
    while ((await routesOut(sender)) < total) await new Promise((resolve) => setTimeout(resolve, 200));
    for (let i = 0; i < 10; i++) t.true((await sender.ask(`withdraw route 10.0.0.${i}/32`)).isDone);
    go();
    await until('it has caught up', () => /"events":\d+,"msg":"events for a helper were dropped/.test(taker.log));
    t.true((await sender.ask(`announce route ${LAST} next-hop self`)).isDone);
    const expected = [...prefixes(total).slice(10), LAST].sort();
    await until('the exact table', () => table()?.prefixes.length === expected.length);
    t.deepEqual(table()!.prefixes, expected);
    t.true(table()!.overflows >= 1);
    t.regex((await taker.ask('show neighbor summary')).lines.join('\n'), /established/);
  });
}

test.serial('a helper that never reads announces all it wants, in flat memory', async (t) => {
  const total = 500;
  const { taker, sender, go, table } = await flow(t, {
    ...{ total, times: 400, reads: 'never', last: LAST },
    ...{ octetsPerSecond: 50_000_000, queue: { bytes: 1 << 20, stallSeconds: 60 } },
  });
  go();
  const before = sender.residentMiB;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, sender.residentMiB);
  }, 20);
  t.teardown(() => clearInterval(watch));
  await until('the last route', () => table() !== undefined);
  t.deepEqual(table()!.prefixes, [...prefixes(total), LAST].sort());
  t.true(most - before < 80, `${before} MiB became ${most}`);
  t.true((await sender.ask('version')).isDone);
  t.notRegex(taker.log, /session down/);
});
