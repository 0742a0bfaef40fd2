/** Real sockets on loopback: listener, dialer, transport and two peers against each other. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { Member, OutFeed, RibOut } from '../../src/rib/types.js';
import { Dialer } from '../../src/session/dialer.js';
import { Listeners } from '../../src/session/listener.js';
import type { PeerObserver } from '../../src/session/observer.js';
import type { Peer } from '../../src/session/peer.js';
import type { PeerConfig } from '../../src/session/peer-config.js';
import type { PeerContext } from '../../src/session/peer-context.js';
import { PeerTable } from '../../src/session/peer-table.js';
import { socketFd } from '../../src/session/socket-fd.js';
import { SocketTransport } from '../../src/session/transport.js';
import { silentLogger } from '../../src/util/log.js';
import { loadNative, type Native } from '../../src/util/native.js';
import { systemClock } from '../../src/util/timers.js';
import { TurnScheduler } from '../../src/util/turn.js';
import { type EncodeProfile, EncodeProfiles } from '../../src/wire/negotiated.js';
import { baseConfig, FakeFeed } from './harness.js';

const UPDATE = Buffer.from(
  'ffffffffffffffffffffffffffffffff002f02000000144001010040020602010000fde9400304c000020118c63364',
  'hex',
);

/** Waits until it holds; the test's own time limit is the end of it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Speaker {
  readonly table: PeerTable;
  readonly listeners: Listeners;
  readonly feeds: FakeFeed[];
  readonly downs: string[];
  readonly warnings: object[];
}

function speaker(t: ExecutionContext, native: Native | undefined, observer: PeerObserver = {}): Speaker {
  const feeds: FakeFeed[] = [];
  const downs: string[] = [];
  const warnings: object[] = [];
  const rib = {
    openFeed(_member: Member, profile: EncodeProfile): OutFeed {
      const feed = new FakeFeed(profile);
      feeds.push(feed);
      return feed;
    },
    removeMember() {},
  } as unknown as RibOut;
  const log = {
    ...silentLogger,
    warn: (fields: object, message: string) => void warnings.push({ ...fields, message }),
    child: () => log,
  };
  const context: PeerContext = {
    clock: systemClock,
    random: Math.random,
    log,
    scheduler: new TurnScheduler(),
    rib,
    profiles: new EncodeProfiles(),
    observers: [
      { onDown: (_peer, { kind, code, subcode, text }) => void downs.push(`${kind} ${code}/${subcode} ${text}`) },
      observer,
    ],
    transportsOf: new Dialer(native, systemClock, log).transportsOf,
    softwareVersion: 'crier/test',
  };
  const table = new PeerTable(context, ({ name }) => ({ name }), rib);
  const listeners = new Listeners(native, table, systemClock, log);
  t.teardown(async () => {
    table.stopAll(() => ({ kind: 'silent' }));
    await listeners.close();
  });
  return { table, listeners, feeds, downs, warnings };
}

const A: Partial<PeerConfig> = { localAs: 65000, peerAs: 65001, routerId: '192.0.2.1' };
const B: Partial<PeerConfig> = { localAs: 65001, peerAs: 65000, routerId: '192.0.2.2', passive: true };

function pair(remote: string, local: string, port: number, changes: Partial<PeerConfig> = {}): PeerConfig {
  return {
    ...baseConfig,
    ...changes,
    name: `${remote} ${local}`,
    remoteAddress: remote,
    localAddress: local,
    remotePort: port,
  };
}

/** Two speakers: the first connects, the second listens. */
async function twoSpeakers(
  t: ExecutionContext,
  native: Native | undefined,
  addresses: [string, string],
  changes: [Partial<PeerConfig>, Partial<PeerConfig>] = [{}, {}],
): Promise<{ a: Speaker; b: Speaker; left: Peer; right: Peer }> {
  const [one, two] = addresses;
  const a = speaker(t, native);
  const b = speaker(t, native);
  const right = b.table.add(pair(one, two, 0, { ...B, ...changes[1] }))!;
  const { port } = await b.listeners.listen({ address: two, port: 0 }, b.table.configs());
  const left = a.table.add(pair(two, one, port, { ...A, ...changes[0] }))!;
  b.table.start();
  a.table.start();
  return { a, b, left, right };
}

const native = loadNative();
const kinds: [string, Native | undefined][] = [['node', undefined]];
if (native !== undefined) kinds.push(['native', native]);

for (const [kind, sockets] of kinds) {
  test(`${kind} sockets: a session over IPv4, routes, a Cease with its text`, async (t) => {
    const { a, b, left, right } = await twoSpeakers(t, sockets, ['127.0.0.2', '127.0.0.3']);
    await until(() => left.state === 'ESTABLISHED' && right.state === 'ESTABLISHED');
    t.is(left.localAddress, '127.0.0.2');
    t.is(right.localAddress, '127.0.0.3');
    for (let i = 0; i < 5000; i++) a.feeds[0]!.put(UPDATE);
    // The routes and End-of-RIB.
    await until(() => right.counters.received.update === 5001);
    await until(() => a.feeds[0]!.flushes > 0);
    left.stop({ kind: 'cease', subcode: 2, text: 'bye' });
    await until(() => b.downs.length > 0);
    t.deepEqual(b.downs, ['notification-received 6/2 bye']);
  });

  test(`${kind} sockets: a NOTIFICATION arrives although input was not read`, async (t) => {
    const { a, b, left, right } = await twoSpeakers(t, sockets, ['127.0.0.4', '127.0.0.5']);
    await until(() => left.state === 'ESTABLISHED' && right.state === 'ESTABLISHED');
    right.pauseReading();
    for (let i = 0; i < 20_000; i++) a.feeds[0]!.put(UPDATE);
    await until(() => left.hasPending || a.feeds[0]!.flushes > 1);
    right.teardown(4, 'reset');
    await until(() => a.downs.length > 0);
    t.deepEqual(a.downs, ['notification-received 6/4 reset']);
    t.deepEqual(b.downs, ['notification-sent 6/4 reset']);
  });

  test(`${kind} sockets: a slow reader holds the sender up, and loses nothing`, async (t) => {
    const { a, left, right } = await twoSpeakers(t, sockets, ['127.0.0.6', '127.0.0.7']);
    await until(() => left.state === 'ESTABLISHED' && right.state === 'ESTABLISHED');
    right.pauseReading();
    const big = Buffer.concat(new Array(1000).fill(UPDATE));
    for (let i = 0; i < 400; i++) a.feeds[0]!.put(big);
    await until(() => a.feeds[0]!.due.length < 400);
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.true(a.feeds[0]!.due.length > 0);
    right.resumeReading();
    await until(() => right.counters.received.update >= 400_000);
    t.is(left.state, 'ESTABLISHED');
  });
}

test('a session over IPv6', async (t) => {
  const { left, right } = await twoSpeakers(
    t,
    native,
    ['::1', '::1'],
    [{ families: ['ipv6 unicast'] }, { families: ['ipv6 unicast'] }],
  );
  await until(() => left.state === 'ESTABLISHED' && right.state === 'ESTABLISHED');
  t.is(left.localAddress, '::1');
});

test('an unknown address is closed at once', async (t) => {
  const b = speaker(t, undefined);
  const { port } = await b.listeners.listen({ address: '127.0.0.1', port: 0 }, []);
  b.table.start();
  const socket = connect({ host: '127.0.0.1', port });
  t.teardown(() => socket.destroy());
  await new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => undefined));
  t.like(b.warnings[0], { address: '127.0.0.1', message: 'connection refused' });
});

test('peers of a range come with their connection and go with it, no more than maxPeers', async (t) => {
  const b = speaker(t, native);
  const range = {
    ...baseConfig,
    ...B,
    peerAs: [65000, 65009],
    name: '127.1.0.0/16',
    remoteAddress: '127.1.0.0/16',
    isRange: true,
    maxPeers: 1,
  };
  b.table.add(range);
  const { port } = await b.listeners.listen({ address: '127.0.0.1', port: 0 }, b.table.configs());
  b.table.start();
  const a = speaker(t, native);
  const left = a.table.add(pair('127.0.0.1', '127.1.2.3', port, A))!;
  a.table.start();
  await until(() => left.state === 'ESTABLISHED');
  t.deepEqual(
    b.table.all().map(({ config }) => config.name),
    ['127.1.2.3'],
  );
  const second = connect({ host: '127.0.0.1', port, localAddress: '127.1.2.4' });
  t.teardown(() => second.destroy());
  await new Promise<void>((resolve) => second.on('close', () => resolve()).on('error', () => undefined));
  t.is(b.table.all().length, 1);
  left.stop({ kind: 'cease', subcode: 2, text: '' });
  await until(() => b.table.all().length === 0);
});

test('nobody listens: the reason is in the log and the next attempt follows', async (t) => {
  const a = speaker(t, native);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  a.table.add(pair('127.0.0.1', '127.0.0.2', port, { ...A, connectRetrySeconds: 1 }));
  a.table.start();
  await until(() => a.warnings.length >= 2);
  t.like(a.warnings[0], { message: 'could not connect: connection refused (ECONNREFUSED)' });
});

const needsNative = test.macro((t, changes: Partial<PeerConfig>, name: string) => {
  const a = speaker(t, undefined);
  a.table.add(pair('127.0.0.1', '127.0.0.2', 1, { ...A, ...changes }));
  a.table.start();
  return until(() => a.warnings.length > 0).then(() => {
    t.regex((a.warnings[0] as { message: string }).message, new RegExp(`could not connect: ${name} cannot be had`));
  });
});
const md5 = { key: Buffer.from('secret'), ip: undefined, file: undefined, isBase64: false };
test('without native sockets MD5 fails closed', needsNative, { md5 }, 'md5');
test('without native sockets TTL fails closed', needsNative, { ttl: { outgoing: 255, minimum: undefined } }, 'ttl');
test('without native sockets the device fails closed', needsNative, { sourceInterface: 'lo' }, 'sourceInterface');

const nativeTest = native === undefined ? test.skip : test;

nativeTest('MD5: the right key comes up; a wrong one stays down, with a line that says so', async (t) => {
  const key = (text: string) => ({ md5: { ...md5, key: Buffer.from(text) } });
  const right = await twoSpeakers(t, native, ['127.0.0.8', '127.0.0.9'], [key('one'), key('one')]);
  await until(() => right.left.state === 'ESTABLISHED');
  const wrong = await twoSpeakers(
    t,
    native,
    ['127.0.0.10', '127.0.0.11'],
    [{ ...key('one'), connectRetrySeconds: 0.2 }, key('two')],
  );
  await until(() => wrong.a.warnings.length > 0);
  t.like(wrong.a.warnings[0], { md5: 'MD5 set', message: 'could not connect: no answer' });
  t.not(wrong.left.state, 'ESTABLISHED');
  t.false(JSON.stringify(wrong.a.warnings).includes('one'));
});

nativeTest('MD5 on a range, with keys that come and go while it listens', async (t) => {
  const b = speaker(t, native);
  const { port } = await b.listeners.listen({ address: '127.0.0.1', port: 0 }, []);
  const range = { ...baseConfig, ...B, name: '127.2.0.0/16', remoteAddress: '127.2.0.0/16', isRange: true, md5 };
  b.table.add(range);
  b.listeners.update(b.table.configs());
  b.table.start();
  const a = speaker(t, native);
  const left = a.table.add(pair('127.0.0.1', '127.2.3.4', port, { ...A, md5 }))!;
  a.table.start();
  await until(() => left.state === 'ESTABLISHED');
  left.stop({ kind: 'silent' });
  b.table.remove(range.name);
  b.listeners.update(b.table.configs());
  const plain = connect({ host: '127.0.0.1', port, localAddress: '127.2.3.5' });
  t.teardown(() => plain.destroy());
  plain.on('error', () => undefined);
  // Without the key the connection is made again (and then closed: nobody has this address).
  await new Promise<void>((resolve) => plain.on('connect', () => resolve()));
  t.pass();
});

nativeTest('GTSM: minimum TTL is met by 255 and not by the usual one', async (t) => {
  const gtsm = { ttl: { outgoing: 255, minimum: 255 } };
  const good = await twoSpeakers(t, native, ['127.0.0.12', '127.0.0.13'], [gtsm, gtsm]);
  await until(() => good.left.state === 'ESTABLISHED');
  const bad = await twoSpeakers(t, native, ['127.0.0.14', '127.0.0.15'], [{ ...gtsm, connectRetrySeconds: 0.2 }, {}]);
  await until(() => bad.a.warnings.length > 0);
  t.not(bad.left.state, 'ESTABLISHED');
});

nativeTest('an accepted connection has the options of its neighbor', async (t) => {
  const b = speaker(t, native);
  let accepted: Socket | undefined;
  const taker = {
    configFor: () => ({ ...baseConfig, ttl: { outgoing: 77, minimum: 9 }, dscp: 10 }),
    take: (_remote: string, _local: string, transport: unknown) => {
      t.true(transport instanceof SocketTransport);
      accepted = (transport as unknown as { socket: Socket }).socket;
    },
  };
  const listeners = new Listeners(native, taker, systemClock, silentLogger);
  t.teardown(() => listeners.close());
  const { port } = await listeners.listen({ address: '127.0.0.1', port: 0 }, []);
  const socket = connect({ host: '127.0.0.1', port });
  t.teardown(() => socket.destroy());
  await until(() => accepted !== undefined);
  t.teardown(() => accepted!.destroy());
  t.like(native!.getSocketState(socketFd(accepted!)!), { ttlOutgoing: 77, ttlMinimum: 9, dscp: 10 });
  t.is(b.warnings.length, 0);
});

test('socketFd: a number while open, undefined afterwards', async (t) => {
  const server: Server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
  t.true((socketFd(socket) ?? -1) > 2);
  socket.destroy();
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
  t.is(socketFd(socket), undefined);
});

test('octets from a socket are plain ones, so that a slice of them is a copy', async (t) => {
  const server: Server = createServer((socket) => socket.end(UPDATE));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const transport = new SocketTransport(connect({ port, host: '127.0.0.1', allowHalfOpen: true }), systemClock);
  t.teardown(() => transport.end());
  let seen: Uint8Array | undefined;
  transport.handler = {
    onConnected: () => undefined,
    onData: (chunk) => {
      seen = chunk;
    },
    onWritable: () => undefined,
    onTaken: () => undefined,
    onClosed: () => undefined,
  };
  await until(() => seen !== undefined);
  t.false(Buffer.isBuffer(seen));
  t.deepEqual(seen, new Uint8Array(UPDATE));
});
