/** `crier check` as a user runs it: exit status, what goes to which output. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));

interface Result {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function check(...words: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'check', ...words], (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

function fileOf(t: ExecutionContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'crier-check-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'c.json5'), text);
  return join(folder, 'c.json5');
}

test('the examples are good', async (t) => {
  const files = readdirSync('etc').filter((name) => name.endsWith('.json5'));
  t.true(files.length >= 7);
  t.deepEqual(await check(...files.map((name) => join('etc', name))), { status: 0, out: '', err: '' });
});

test('mistakes go to stderr, status 1', async (t) => {
  const file = fileOf(t, '{foo: 1,\n maxRoutes: 0}');
  const { status, out, err } = await check(file);
  t.deepEqual([status, out], [1, '']);
  t.regex(err, /^\S+c\.json5:1:2: foo: unknown key "foo".*\n\S+c\.json5:2:13: maxRoutes: must be at least 1\n$/);
});

test('--print writes what reads back, keys hidden', async (t) => {
  const file = fileOf(
    t,
    '{neighbors: [{remoteAddress: "192.0.2.1", localAddress: "192.0.2.2", localAs: 1, peerAs: 2, md5: {password: "geheim"}}]}',
  );
  const first = await check('--print', file);
  t.is(first.status, 0);
  t.notRegex(first.out, /geheim/);
  const second = await check('--print', fileOf(t, first.out));
  t.deepEqual(second, first);
  t.regex((await check('--print', '--secrets', file)).out, /password: "geheim"/);
});

test('wrong usage, status 2', async (t) => {
  t.is((await check()).status, 2);
  t.is((await check('--prnt', 'etc/minimal.json5')).status, 2);
});

test('schemas', async (t) => {
  const { status, out } = await check('--json-schema');
  t.is(status, 0);
  t.is((JSON.parse(out) as { title: string }).title, 'crier.json5');
  t.is((await check('--api-schema')).status, 0);
});
