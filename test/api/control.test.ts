/** Control clients over a real socket: many at once, half lines, clients that close early, modes, left-over sockets. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ControlPipes } from '../../src/api/control-pipes.js';
import { ControlSocket } from '../../src/api/control-socket.js';
import { labWithPeer } from './lab.js';

function folder(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'crier-control-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function listening(t: ExecutionContext, mode = 0o660) {
  const { lab, peer } = labWithPeer();
  const path = join(folder(t), 'run', 'crier.sock');
  const control = await ControlSocket.listen(lab.context, { path, mode });
  t.teardown(() => control.close());
  return { lab, peer, path, control };
}

/** Says all, half-closes, and gives what came back. */
function talk(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let got = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      got += part;
    });
    socket.on('error', reject).on('end', () => resolve(got));
    socket.end(text);
  });
}

test('lines in, answers out, reasons told; the connection ends after the last answer', async (t) => {
  const { lab, peer, path } = await listening(t);
  const got = await talk(path, 'announce route 10.0.0.0/24 next-hop self\nbogus\nshow adj-rib out\n');
  const route = 'neighbor 127.0.0.2 ipv4 unicast 10.0.0.0/24 next-hop self';
  t.is(got, `done\nerror: unknown command "bogus" (column 1)\n${route}\ndone\n`);
  t.is(lab.routes(peer).length, 1);
});

test('half a line is not a line', async (t) => {
  const { lab, peer, path } = await listening(t);
  t.is(await talk(path, '# x\nwithdraw route 10.0.0.0/2'), 'done\nerror: the last line has no end\n');
  t.deepEqual(lab.routes(peer), []);
});

test('many clients, each with its own answers and switches', async (t) => {
  const { path } = await listening(t);
  const [one, two, three] = await Promise.all([
    talk(path, 'silence-ack\nversion\n'),
    talk(path, '{"id": 1, "text": "version"}\n'),
    talk(path, '#\n'.repeat(5000)),
  ]);
  t.is(one, 'exabgp 4.2.21\n');
  t.is(two, '{"id":1,"line":"exabgp 4.2.21"}\n{"id":1,"answer":"done"}\n');
  t.is(three, 'done\n'.repeat(5000));
});

test('a listing longer than the socket takes comes whole', async (t) => {
  const { path } = await listening(t);
  await talk(path, 'announce route 10.0.0.0/8 next-hop self split /23\n');
  const lines = (await talk(path, 'show adj-rib out extensive\n')).trimEnd().split('\n');
  t.is(lines.length, 2 ** 15 + 1);
});

test('the mode is set; a socket in use is kept, a left one replaced, a file refused', async (t) => {
  const { lab, path, control } = await listening(t, 0o600);
  t.is(statSync(path).mode & 0o777, 0o600);
  await t.throwsAsync(ControlSocket.listen(lab.context, { path, mode: 0o600 }), { message: /another daemon/ });
  control.close();
  const left = join(folder(t), 'left.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(left)}, () => process.kill(process.pid, 9))`;
  t.is(spawnSync(process.execPath, ['-e', script]).signal, 'SIGKILL');
  t.true(statSync(left).isSocket());
  const next = await ControlSocket.listen(lab.context, { path: left, mode: 0o660 });
  t.is(await talk(left, '#\n'), 'done\n');
  next.close();
  writeFileSync(left, 'a file');
  await t.throwsAsync(ControlSocket.listen(lab.context, { path: left, mode: 0o660 }), { message: /no socket/ });
});

/** What a pipe holds now. */
function readSome(fd: number): string {
  const buffer = Buffer.alloc(1000);
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
    throw error;
  }
}

test('named pipes: commands in, plain answers out', async (t) => {
  const { lab } = labWithPeer();
  const name = join(folder(t), 'exabgp');
  t.throws(() => ControlPipes.open(lab.context, name), { message: /does not exist: make it with mkfifo/ });
  writeFileSync(`${name}.out`, '');
  t.throws(() => ControlPipes.open(lab.context, name), { message: /is no named pipe/ });
  rmSync(`${name}.out`);
  execFileSync('mkfifo', [`${name}.in`, `${name}.out`]);
  const pipes = ControlPipes.open(lab.context, name);
  t.teardown(() => pipes.close());
  const reader = openSync(`${name}.out`, constants.O_RDWR | constants.O_NONBLOCK);
  const writer = openSync(`${name}.in`, 'r+');
  t.teardown(() => {
    closeSync(reader);
    closeSync(writer);
  });
  writeSync(writer, 'version\nbogus\n');
  const expected = 'exabgp 4.2.21\ndone\nerror\n';
  let got = '';
  while (got.length < expected.length) {
    await new Promise((resolve) => setImmediate(resolve));
    got += readSome(reader);
  }
  t.is(got, expected);
});
