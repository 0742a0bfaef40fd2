import { spawnSync } from 'node:child_process';
import { readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { type AddressInfo, createServer, Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { loadNative, type Native, NativeError, type SocketOptions } from '../../src/util/native.js';

const native = loadNative() as Native;
const PLAIN: SocketOptions = {
  md5: undefined,
  ttlOutgoing: undefined,
  ttlMinimum: undefined,
  dscp: undefined,
  device: undefined,
};
const key = (text: string): Uint8Array => Buffer.from(text);

/** A listener on a native socket that answers "hello" to everybody. */
async function listen(t: ExecutionContext, address: string, options: SocketOptions): Promise<number> {
  const fd = native.createListenSocket({ address, port: 0, options });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('hello');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ fd }, resolve);
  });
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Connects a native socket. @returns what was read, or undefined when nothing came within `waitMs` */
async function dial(
  t: ExecutionContext,
  address: string,
  port: number,
  options: SocketOptions,
  waitMs: number,
): Promise<string | undefined> {
  const family = address.includes(':') ? 6 : 4;
  const fd = native.createTcpSocket({
    family,
    options,
    bind: { address: family === 4 ? '127.0.0.1' : '::1', port: 0 },
  });
  const socket = new Socket({ fd });
  t.teardown(() => socket.destroy());
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(undefined);
    }, waitMs);
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text === '' ? undefined : text);
    });
    socket.connect({ host: address, port });
  });
}

for (const [address, local, range, bits] of [
  ['127.0.0.1', '127.0.0.1', '127.0.0.0', 8],
  ['::1', '::1', '::', 64],
] as const) {
  test(`${address}: the same MD5 key talks, another or none does not`, async (t) => {
    const md5 = { key: key('right'), address: local };
    const port = await listen(t, address, { ...PLAIN, md5 });
    t.is(await dial(t, address, port, { ...PLAIN, md5: { key: key('right'), address } }, 5000), 'hello');
    const wrong = dial(t, address, port, { ...PLAIN, md5: { key: key('wrong'), address } }, 400);
    const none = dial(t, address, port, PLAIN, 400);
    t.deepEqual(await Promise.all([wrong, none]), [undefined, undefined]);
  });

  test(`${address}: a listener takes the MD5 key of a range, and loses it`, async (t) => {
    const fd = native.createListenSocket({ address, port: 0, options: PLAIN });
    native.setMd5Key(fd, { address: range, prefixLength: bits }, key('range'));
    native.setMd5Key(fd, { address: range, prefixLength: bits }, undefined);
    native.setMd5Key(fd, { address: range, prefixLength: bits }, undefined);
    native.close(fd);
    const md5 = { key: key('range'), address: range, prefixLength: bits };
    const port = await listen(t, address, { ...PLAIN, md5 });
    t.is(await dial(t, address, port, { ...PLAIN, md5: { key: key('range'), address } }, 5000), 'hello');
    t.is(await dial(t, address, port, PLAIN, 400), undefined);
  });

  test(`${address}: TTL, minimum TTL, DSCP and device read back`, (t) => {
    const fd = native.createTcpSocket({
      family: address === '::1' ? 6 : 4,
      bind: { address, port: 0 },
      options: { md5: undefined, ttlOutgoing: 255, ttlMinimum: 254, dscp: 48, device: 'lo' },
    });
    t.teardown(() => native.close(fd));
    t.deepEqual(native.getSocketState(fd), { ttlOutgoing: 255, ttlMinimum: 254, dscp: 48, device: 'lo' });
    native.setSocketOptions(fd, { ...PLAIN, ttlOutgoing: 1, ttlMinimum: 0 });
    t.deepEqual(native.getSocketState(fd), { ttlOutgoing: 1, ttlMinimum: 0, dscp: 48, device: 'lo' });
  });

  test(`${address}: GTSM keeps out what was sent with a low TTL`, async (t) => {
    const port = await listen(t, address, { ...PLAIN, ttlMinimum: 255, ttlOutgoing: 255 });
    t.is(await dial(t, address, port, { ...PLAIN, ttlOutgoing: 255 }, 5000), 'hello');
    t.is(await dial(t, address, port, { ...PLAIN, ttlOutgoing: 64 }, 400), undefined);
  });
}

test('sockets are close-on-exec and non-blocking', (t) => {
  const fd = native.createTcpSocket({ family: 4, options: PLAIN });
  t.teardown(() => native.close(fd));
  const flags = Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!, 8);
  t.is(flags & 0o2004000, 0o2004000);
});

test('a pipe carries octets and is not passed on', (t) => {
  const { read, write } = native.pipe();
  t.is(writeSync(write, 'through'), 7);
  t.is(native.unreadOctets(read), 7);
  t.is(native.unreadOctets(write), 7);
  const buffer = Buffer.alloc(20);
  t.is(buffer.toString('utf8', 0, readSync(read, buffer)), 'through');
  const seen = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' }).stdout;
  t.false(new RegExp(` ${write} -> `).test(seen));
  native.close(read);
  t.throws(() => writeSync(write, 'x'), { code: 'EPIPE' });
  native.close(write);
});

test('refused arguments are errors that name the call', (t) => {
  const fd = native.createTcpSocket({ family: 4, options: PLAIN });
  t.teardown(() => native.close(fd));
  const bad = (act: () => unknown, message: RegExp): void => {
    t.regex(t.throws(act, { instanceOf: NativeError })!.message, message);
  };
  const wild = native as unknown as Record<string, (...values: unknown[]) => unknown>;
  bad(() => native.setMd5Key(fd, { address: '127.0.0.1' }, new Uint8Array(81)), /TCP_MD5SIG: a key has 1 to 80/);
  bad(() => native.setMd5Key(fd, { address: '127.0.0.1' }, new Uint8Array(0)), /a key has 1 to 80/);
  bad(() => native.setMd5Key(fd, { address: 'nowhere' }, key('k')), /"nowhere" is not an IP address/);
  bad(() => native.setMd5Key(fd, { address: '10.0.0.0', prefixLength: 33 }, key('k')), /prefix length/);
  bad(() => native.setMd5Key(fd, { address: '2001:db8::1' }, key('k')), /TCP_MD5SIG: EINVAL/);
  bad(() => native.setSocketOptions(fd, { ...PLAIN, ttlOutgoing: 256 }), /TTL must be a number from 1 to 255/);
  bad(() => native.setSocketOptions(fd, { ...PLAIN, dscp: 1.5 }), /DSCP/);
  bad(
    () => native.setSocketOptions(fd, { ...PLAIN, device: 'a-name-that-is-too-long' }),
    /not the name of an interface/,
  );
  bad(() => native.setSocketOptions(fd, { ...PLAIN, device: 'nowhere0' }), /SO_BINDTODEVICE nowhere0: ENODEV/);
  bad(() => native.setSocketOptions(99999, { ...PLAIN, dscp: 1 }), /SO_DOMAIN: EBADF/);
  bad(() => wild.setSocketOptions!('1', PLAIN), /descriptor/);
  bad(() => native.close(-1), /descriptor/);
  bad(() => native.close(99999), /close: EBADF/);
  bad(
    () => native.createListenSocket({ address: '192.0.2.1', port: 0, options: PLAIN }),
    /bind 192.0.2.1 port 0: EADDRNOTAVAIL/,
  );
  bad(() => native.createListenSocket({ address: '127.0.0.1', port: 65536, options: PLAIN }), /port/);
  bad(
    () => native.createTcpSocket({ family: 6, bind: { address: '127.0.0.1', port: 0 }, options: PLAIN }),
    /"127.0.0.1" is not IPv6/,
  );
  bad(
    () => native.createTcpSocket({ family: 6, bind: { address: 'fe80::1%nowhere0', port: 0 }, options: PLAIN }),
    /no interface "nowhere0"/,
  );
});

test('a full table of MD5 keys names its sysctl', (t) => {
  const fd = native.createTcpSocket({ family: 4, options: PLAIN });
  t.teardown(() => native.close(fd));
  const error = t.throws(
    () => {
      for (let i = 0; i < 1_000_000; i++)
        native.setMd5Key(fd, { address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` }, key('k'));
    },
    { instanceOf: NativeError },
  );
  t.regex(error!.message, /TCP_MD5SIG: ENOMEM, .*net\.core\.optmem_max/);
});

test.serial('notify writes one datagram to a path or an abstract name', (t) => {
  t.teardown(() => delete process.env.NOTIFY_SOCKET);
  delete process.env.NOTIFY_SOCKET;
  t.false(native.notify('READY=1'));
  const path = `/tmp/crier-notify-test.${process.pid}`;
  t.teardown(() => rmSync(path, { force: true }));
  process.env.NOTIFY_SOCKET = path;
  t.throws(() => native.notify('READY=1'), { instanceOf: NativeError, message: /sendto .*: ENOENT/ });
  process.env.NOTIFY_SOCKET = 'relative';
  t.throws(() => native.notify('READY=1'), { instanceOf: NativeError, message: /absolute path/ });
  if (spawnSync('python3', ['--version']).status !== 0) return t.log('no python3 here to receive datagrams with');
  const receiver = [
    'import socket, subprocess, sys',
    's = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.settimeout(20)',
    'name = sys.argv[1]; s.bind("\\0" + name[1:] if name[0] == "@" else name)',
    'subprocess.run(sys.argv[2:], check=True); print(s.recv(100).decode())',
  ].join('\n');
  const module = new URL('../../src/util/native.js', import.meta.url).href;
  for (const name of [path, `@crier-notify-test.${process.pid}`]) {
    const program = `(await import(${JSON.stringify(module)})).loadNative().notify('READY=1\\nSTATUS=up')`;
    const got = spawnSync('python3', ['-c', receiver, name, process.execPath, '--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, NOTIFY_SOCKET: name },
    });
    t.is(got.stdout, 'READY=1\nSTATUS=up\n', got.stderr);
  }
});
