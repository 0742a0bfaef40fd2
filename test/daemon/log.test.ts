import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openLog } from '../../src/daemon/logging.js';

const module = new URL('../../src/daemon/logging.js', import.meta.url).href;

test('one line an event, without secrets, and a file can be rotated', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'crier-log-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  const log = await openLog({ level: 'info', destination: file, format: 'json' });
  log.logger.child({ neighbor: '192.0.2.1' }).info({ md5: { key: 'hush' }, password: 'hush', text: 'a\nb' }, 'one');
  log.logger.debug({}, 'not at this level');
  await log.flush(1000);
  renameSync(file, `${file}.1`);
  log.reopen();
  log.setLevel('debug');
  log.logger.child({ n: 1 }).debug({ deep: { password: 'hush' } }, 'two');
  await log.flush(1000);
  const first = readFileSync(`${file}.1`, 'utf8');
  const second = readFileSync(file, 'utf8');
  t.is(first.split('\n').length, 2);
  const { time, ...line } = JSON.parse(first) as Record<string, unknown>;
  t.deepEqual(line, {
    level: 'info',
    neighbor: '192.0.2.1',
    md5: { key: '[redacted]' },
    password: '[redacted]',
    text: 'a\nb',
    msg: 'one',
  });
  t.regex(String(time), /^\d{4}-\d\d-\d\dT/);
  t.regex(second, /"msg":"two"/);
  t.notRegex(first + second, /hush|not at this level/);
});

test('a pipe that nobody reads blocks nothing, and what was lost is counted', async (t) => {
  const script = `
    const { openLog } = await import(${JSON.stringify(module)});
    const log = await openLog({ level: 'info', destination: 'stderr', format: 'json' });
    for (let i = 0; i < 50000; i++) log.logger.info({ i }, 'a line of some length that fills the pipe');
    process.stdout.write('wrote\\n');
    process.stdin.once('data', async () => {
      setTimeout(async () => { log.logger.info({}, 'read again'); await log.flush(5000); process.exit(0); }, 300);
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = new Promise((resolve) => child.once('close', resolve));
  child.stderr.pause();
  await new Promise((resolve) => child.stdout.once('data', resolve));
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stderr.resume();
  child.stdin.write('go\n');
  await exited;
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; lines?: number });
  const lost = lines.filter(({ msg }) => msg === 'log lines were lost').reduce((sum, line) => sum + line.lines!, 0);
  const told = lines.filter(({ msg }) => msg.startsWith('a line')).length;
  t.is(told + lost, 50000);
  t.true(lost > 0);
  t.is(lines.at(-1)!.msg, 'read again');
});

test('lines that a full disk refused are counted, the notice of them too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'crier-log-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  symlinkSync('/dev/full', file);
  const log = await openLog({ level: 'info', destination: file, format: 'json' });
  for (let i = 0; i < 700; i++) log.logger.info({ i }, 'lost');
  await log.flush(1000);
  log.logger.info({}, 'lost');
  await log.flush(1000);
  rmSync(file);
  log.reopen();
  log.logger.info({}, 'written');
  await log.flush(1000);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line) as { msg: string; lines?: number }).map(({ msg, lines }) => [msg, lines]),
    [
      ['log lines were lost', 701],
      ['written', undefined],
    ],
  );
});

test('a reader that went away costs lines only', async (t) => {
  const script = `
    const { openLog } = await import(${JSON.stringify(module)});
    const log = await openLog({ level: 'info', destination: 'stderr', format: 'json' });
    process.stdin.once('data', async () => {
      for (let i = 0; i < 3; i++) { log.logger.info({}, 'x'); await log.flush(1000); }
      process.stdout.write('alive');
      process.exit(0);
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  const closed = new Promise((resolve) => child.stderr.once('close', resolve));
  child.stderr.destroy();
  await closed;
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stdin.write('go\n');
  await new Promise((resolve) => child.once('close', resolve));
  t.is(text, 'alive');
});
