import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const program = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

test('without a terminal: one cycle in plain lines, status 0, nothing left behind', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'crier-demo-test-'));
  const child = spawn(process.execPath, [program, 'demo'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  t.teardown(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const status = await new Promise((resolve) => child.on('close', resolve));
  t.is(status, 0, text);
  const steps = [
    'session up',
    'address announced: ',
    'service stopped',
    'withdrawn: ',
    'started again',
    'announced again',
  ];
  const places = steps.map((step) => text.indexOf(step));
  t.deepEqual(
    [...places].sort((a, b) => a - b),
    places,
    text,
  );
  t.true(places[0]! >= 0, text);
  t.false(text.includes(String.fromCharCode(27)), 'no colors');
  t.deepEqual(readdirSync(folder), []);
});
