import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const MAIN = fileURLToPath(new URL('../../../helpers/healthcheck/main.js', import.meta.url));
const FAST = ['--interval', '0.05', '--fast-interval', '0.05', '--no-ip-setup', '--ip', '192.0.2.1'];

interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly errors: () => string;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  until(isTrue: () => boolean): Promise<void>;
}

/** @param answer what the daemon says to a line; undefined: nothing */
function run(t: ExecutionContext, words: string[], answer: (line: string) => string | undefined): Running {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  let rest = '';
  let errors = '';
  child.stdin!.on('error', () => undefined);
  child.stderr!.on('data', (chunk) => {
    errors += String(chunk);
  });
  child.stdout!.on('data', (chunk) => {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop()!;
    for (const line of parts) {
      lines.push(line);
      const said = answer(line);
      if (said !== undefined) child.stdin!.write(said);
    }
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const until = async (isTrue: () => boolean): Promise<void> => {
    for (const end = Date.now() + 20_000; !isTrue(); await new Promise((resolve) => setTimeout(resolve, 10)))
      if (Date.now() > end) throw new Error(`never came: ${JSON.stringify(lines)} ${errors}`);
  };
  return { child, lines, errors: () => errors, ended, until };
}

function folder(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'crier-healthcheck-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const UP = 'announce route 192.0.2.1/32 next-hop self med 100';
const DOWN = 'withdraw route 192.0.2.1/32 next-hop self';
const changes = (lines: string[]): string[] => lines.filter((line, i) => line !== lines[i - 1]);

test('up, down, up, disabled, up, the end; with hooks', async (t) => {
  const path = folder(t);
  const words = [
    ...[...FAST, '--withdraw-on-down', '--rise', '2', '--fall', '2', '--command', `test -e ${path}/good`],
    ...['--disable', `${path}/disabled`, '--pid', `${path}/pid`],
    ...['--execute', `echo $STATE >> ${path}/all`, '--up-execute', `echo up >> ${path}/all`],
  ];
  writeFileSync(`${path}/good`, '');
  const { child, lines, ended, until } = run(t, words, () => 'done\n');
  const goesOn = async (count: number): Promise<void> => until(() => changes(lines).length === count);
  await goesOn(1);
  rmSync(`${path}/good`);
  await goesOn(2);
  writeFileSync(`${path}/good`, '');
  await goesOn(3);
  writeFileSync(`${path}/disabled`, '');
  await goesOn(4);
  rmSync(`${path}/disabled`);
  await goesOn(5);
  t.is(readFileSync(`${path}/pid`, 'utf8'), `${child.pid}\n`);
  child.kill('SIGTERM');
  t.deepEqual(await ended, { code: 0, signal: null });
  t.deepEqual(changes(lines), [UP, DOWN, UP, DOWN, UP, DOWN]);
  const states = readFileSync(`${path}/all`, 'utf8').trim().split('\n').join(' ');
  t.is(states, 'RISING up UP FALLING DOWN RISING up UP DISABLED INIT RISING up UP');
});

test('routes are printed after each check, with --debounce on changes only', async (t) => {
  const plain = run(t, [...FAST, '--rise', '1'], () => 'done\n');
  await plain.until(() => plain.lines.length >= 3);
  t.deepEqual(changes(plain.lines), [UP]);
  const quiet = run(t, [...FAST, '--rise', '1', '--debounce'], () => 'done\n');
  await quiet.until(() => quiet.lines.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.is(quiet.lines.length, 1);
});

test('each line waits for its answer; events are none', async (t) => {
  const { child, lines, until, ended } = run(t, [...FAST, '--ip', '192.0.2.2', '--rise', '1'], (line) =>
    line.includes('192.0.2.1') ? '{ "exabgp": "4.2.21", "type": "state" }\nneighbor 10.0.0.1 down\n' : 'done\n',
  );
  await until(() => lines.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.deepEqual(lines, [UP]);
  child.stdin!.write('done\n');
  await until(() => lines.length === 2);
  child.kill('SIGTERM');
  t.is((await ended).code, 0);
});

test('answers that are off do not stop it, nor its end', async (t) => {
  const { child, lines, until, ended } = run(t, [...FAST, '--ip', '192.0.2.2', '--rise', '1'], () => undefined);
  await until(() => lines.length >= 4);
  child.kill('SIGTERM');
  t.deepEqual(await ended, { code: 0, signal: null });
  t.deepEqual(lines.slice(-2), [DOWN, 'withdraw route 192.0.2.2/32 next-hop self']);
});

test('an error is logged with its reason', async (t) => {
  const { until, errors } = run(t, [...FAST, '--rise', '1', '--name', 'web'], () => 'error: no such family\n');
  await until(() => errors().includes('error: no such family'));
  t.regex(errors(), /^healthcheck-web\[\d+\]: .*refused "announce route 192\.0\.2\.1\/32/m);
});

test('interval 0: announced once, nothing withdrawn', async (t) => {
  const words = ['--interval', '0', '--fast-interval', '0', '--no-ip-setup', '--ip', '192.0.2.0/30', '--no-ack', '-s'];
  const { lines, ended, errors } = run(t, [...words, '--deaggregate-networks', '--start-ip', '1'], () => undefined);
  t.deepEqual(await ended, { code: 0, signal: null });
  t.is(errors(), '');
  t.deepEqual(
    lines,
    [1, 2, 3, 0].map((n, i) => `announce route 192.0.2.${n}/32 next-hop self med ${100 + i}`),
  );
});

test('it ends in silence when nobody reads its lines', async (t) => {
  const { child, lines, until, ended } = run(t, [...FAST, '--rise', '1', '--no-ack'], () => undefined);
  await until(() => lines.length > 0);
  child.stdout!.destroy();
  t.is((await ended).code, 0);
});

test('a check that hangs is bad, and the end does not wait for it', async (t) => {
  const path = folder(t);
  const command = `echo x >> ${path}/ran; sleep 60`;
  const { child, lines, until, ended } = run(
    t,
    [...FAST, '--fall', '1', '--timeout', '0.2', '-c', command],
    () => 'done\n',
  );
  await until(() => lines.length > 0);
  t.is(lines[0], 'announce route 192.0.2.1/32 next-hop self med 1000');
  const count = lines.length;
  await until(() => existsSync(`${path}/ran`) && lines.length > count);
  child.kill('SIGTERM');
  t.is((await ended).code, 0);
  t.is(lines.at(-1), DOWN);
});

test('wrong usage and no address are told', async (t) => {
  const wrong = run(t, ['--nonsense'], () => undefined);
  t.is((await wrong.ended).code, 2);
  t.regex(wrong.errors(), /unknown option "--nonsense"/);
  const help = run(t, ['--help'], () => undefined);
  t.is((await help.ended).code, 0);
  t.regex(help.lines.join('\n'), /--withdraw-on-down/);
  const none = run(t, ['--no-ip-setup', '--label', 'no-such-label'], () => undefined);
  t.is((await none.ended).code, 1);
  t.regex(none.errors(), /No IP found/);
});
