import test from 'ava';
import fc from 'fast-check';
import type { PeerObserver } from '../../src/session/observer.js';
import type { PeerConfig } from '../../src/session/peer-config.js';
import { sessionProfile } from '../../src/session/session-profile.js';
import { parseIpv4 } from '../../src/util/ip.js';
import { encodeEndOfRib } from '../../src/wire/end-of-rib.js';
import { families, familyByName } from '../../src/wire/family/index.js';
import { KEEPALIVE } from '../../src/wire/keepalive.js';
import { buildMessage } from '../../src/wire/message.js';
import { encodeNotification, encodeShutdownText } from '../../src/wire/notification.js';
import { openOf } from '../../src/wire/offer.js';
import { encodeOpen } from '../../src/wire/open.js';
import { encodeOperational, type OperationalMessage } from '../../src/wire/operational.js';
import { encodeRouteRefresh } from '../../src/wire/refresh.js';
import { makeNegotiated } from '../support/negotiated.js';
import { type Bench, baseConfig, bench, MemoryTransport, settle } from './harness.js';

const ipv4 = familyByName('ipv4 unicast')!;
const UPDATE = Buffer.from(
  'ffffffffffffffffffffffffffffffff002f02000000144001010040020602010000fde9400304c000020118c63364',
  'hex',
);
const BAD_MARKER = Buffer.from('fffffffffffffffffffffffffffffffe001304', 'hex');

interface OpenChanges {
  as?: number;
  hold?: number;
  id?: string;
  families?: string[];
  capabilities?: Partial<PeerConfig['capabilities']>;
}

/** The OPEN of the other side. */
function theirOpen({
  as = 65001,
  hold = 90,
  id = '192.0.2.2',
  families: names,
  capabilities,
}: OpenChanges = {}): Uint8Array {
  return encodeOpen(
    openOf({
      localAs: as,
      routerId: parseIpv4(id)!,
      holdTimeSeconds: hold,
      families: names ?? ['ipv4 unicast'],
      capabilities: { ...baseConfig.capabilities, ...capabilities },
      hostName: '',
      domainName: '',
      softwareVersion: '',
      isRestarting: false,
    }),
  );
}

/** "1" OPEN, "2", "3 6/2", "4", "5" for each message. */
function kinds(messages: readonly Uint8Array[]): string {
  return messages
    .map((message) => {
      const type = message[18]!;
      if (type !== 3) return String(type);
      const data = Buffer.from(message.subarray(21)).toString('hex');
      return `3 ${message[19]}/${message[20]}${data === '' ? '' : `:${data}`}`;
    })
    .join(' ');
}

/** Starts and connects. */
function connected(changes: Partial<PeerConfig> = {}, observer?: PeerObserver): Bench & { wire: MemoryTransport } {
  const b = bench(changes, observer);
  b.peer.start();
  const wire = b.opened[0]!;
  wire.connected();
  return { ...b, wire };
}

function established(changes: Partial<PeerConfig> = {}, open: OpenChanges = {}, observer?: PeerObserver) {
  const b = connected(changes, observer);
  b.wire.data(theirOpen(open));
  b.wire.data(KEEPALIVE);
  b.wire.take();
  return b;
}

test('a session comes up: OPEN, KEEPALIVE, routes, End-of-RIB', (t) => {
  const b = connected();
  t.is(kinds(b.wire.take()), '1');
  b.wire.data(theirOpen());
  t.is(kinds(b.wire.take()), '4');
  t.is(b.peer.state, 'OPENCONFIRM');
  b.wire.data(KEEPALIVE);
  t.is(b.peer.state, 'ESTABLISHED');
  t.is(b.peer.localAddress, '192.0.2.1');
  t.is(b.peer.negotiated?.peerAs, 65001);
  b.feeds[0]!.put(UPDATE);
  b.scheduler.run();
  const sent = b.wire.take();
  t.deepEqual(
    sent.map((m) => Buffer.from(m).toString('hex')),
    [Buffer.from(UPDATE).toString('hex'), Buffer.from(encodeEndOfRib(ipv4)).toString('hex')],
  );
  t.deepEqual(b.log, [
    'state CONNECT',
    'connected',
    'state OPENSENT',
    'state OPENCONFIRM',
    'negotiated',
    'state ESTABLISHED',
    'up',
  ]);
  t.is(b.peer.counters.sent.open, 1);
  t.is(b.peer.counters.sent.update, 2);
  t.is(b.peer.counters.received.keepalive, 1);
});

test('our messages arrive however the stream is cut', (t) => {
  const stream = Buffer.concat([theirOpen(), KEEPALIVE, UPDATE, UPDATE, KEEPALIVE]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 }), (cuts) => {
      const seen: string[] = [];
      const b = connected(
        {},
        {
          wantsUpdates: () => true,
          onUpdate: (_peer, _direction, update) => seen.push(String(update.announced.length)),
        },
      );
      const edges = [0, ...[...new Set(cuts)].sort((x, y) => x - y), stream.length];
      for (let i = 1; i < edges.length; i++) b.wire.data(stream.subarray(edges[i - 1], edges[i]));
      t.deepEqual(seen, ['1', '1']);
      t.is(b.peer.state, 'ESTABLISHED');
    }),
    { numRuns: 50 },
  );
});

// What is answered with a NOTIFICATION, in which state.

const answered = test.macro(
  (
    t,
    state: 'OPENSENT' | 'OPENCONFIRM' | 'ESTABLISHED',
    input: Uint8Array,
    expected: string,
    changes: Partial<PeerConfig> = {},
  ) => {
    const b = connected(changes);
    if (state !== 'OPENSENT') b.wire.data(theirOpen());
    if (state === 'ESTABLISHED') b.wire.data(KEEPALIVE);
    t.is(b.peer.state, state);
    b.wire.take();
    b.wire.data(input);
    t.is(kinds(b.wire.take()), expected);
    t.true(b.wire.isEnded);
    t.is(b.peer.state, 'IDLE');
  },
);
const ALL_STATES = ['OPENSENT', 'OPENCONFIRM', 'ESTABLISHED'] as const;
const header = (length: number, type: number): Uint8Array => {
  const message = new Uint8Array(19).fill(0xff);
  message.set([length >>> 8, length & 0xff, type], 16);
  return message;
};
for (const state of ALL_STATES) {
  test(`${state}: a bad marker`, answered, state, BAD_MARKER, '3 1/1');
  test(`${state}: a length of 18`, answered, state, header(18, 4), '3 1/2:0012');
  test(`${state}: an unknown type`, answered, state, header(19, 9), '3 1/3:09');
  test(`${state}: a KEEPALIVE of 23 octets`, answered, state, header(23, 4), '3 1/2:0017');
  test(`${state}: an OPEN of 5000 octets`, answered, state, header(5000, 1), '3 1/2:1388');
  const noLarge = { capabilities: { ...baseConfig.capabilities, extendedMessage: false } };
  test(`${state}: an UPDATE of 4097 octets`, answered, state, header(4097, 2), '3 1/2:1001', noLarge);
}
const ASM: OperationalMessage = { name: 'ASM', layout: 'advisory', afi: 1, safi: 1, advisory: 'hello' };
const RPCQ: OperationalMessage = { name: 'RPCQ', layout: 'query', afi: 1, safi: 1, routerId: undefined, sequence: 1 };
const ADVISORY = encodeOperational(ASM, Uint8Array.of(192, 0, 2, 2));
const knowsOperational = { capabilities: { ...baseConfig.capabilities, operational: true } };
for (const state of ['OPENSENT', 'OPENCONFIRM', 'ESTABLISHED'] as const) {
  test(`${state}: OPERATIONAL, which was not offered`, answered, state, ADVISORY, '3 1/3:06');
}
test('OPENSENT: OPERATIONAL', answered, 'OPENSENT', ADVISORY, '3 5/1:06', knowsOperational);
test('OPENCONFIRM: OPERATIONAL', answered, 'OPENCONFIRM', ADVISORY, '3 5/2:06', knowsOperational);
test('OPENSENT: an UPDATE', answered, 'OPENSENT', UPDATE, '3 5/1:02');
test('OPENSENT: a KEEPALIVE', answered, 'OPENSENT', KEEPALIVE, '3 5/1:04');
test(
  'OPENSENT: a ROUTE-REFRESH',
  answered,
  'OPENSENT',
  encodeRouteRefresh({ afi: 1, safi: 1, subtype: 0 }),
  '3 5/1:05',
);
test('OPENCONFIRM: an UPDATE', answered, 'OPENCONFIRM', UPDATE, '3 5/2:02');
test('OPENCONFIRM: another OPEN', answered, 'OPENCONFIRM', theirOpen(), '3 5/2:01');
test('ESTABLISHED: another OPEN', answered, 'ESTABLISHED', theirOpen(), '3 5/3:01');
test('a wrong AS', answered, 'OPENSENT', theirOpen({ as: 65009 }), '3 2/2');
test('a hold time of 2', answered, 'OPENSENT', theirOpen({ hold: 2 }), '3 2/6');
test('identifier 0', answered, 'OPENSENT', theirOpen({ id: '0.0.0.0' }), '3 2/3');
test('our identifier within one AS', answered, 'OPENSENT', theirOpen({ as: 65000, id: '192.0.2.1' }), '3 2/3', {
  peerAs: 65000,
});
test('no family in common', answered, 'OPENSENT', theirOpen({ families: ['ipv6 unicast'] }), '3 2/7:010400010001');
const version3 = theirOpen();
version3[19] = 3;
test('version 3', answered, 'OPENSENT', version3, '3 2/1:0004');
const short = encodeRouteRefresh({ afi: 1, safi: 1, subtype: 0 }).slice(0, 22);
short[17] = 22;
test(
  'ESTABLISHED: a short ROUTE-REFRESH',
  answered,
  'ESTABLISHED',
  short,
  `3 7/1:${Buffer.from(short).toString('hex')}`,
);

const silent = test.macro((t, state: (typeof ALL_STATES)[number], input: Uint8Array) => {
  const b = connected();
  if (state !== 'OPENSENT') b.wire.data(theirOpen());
  if (state === 'ESTABLISHED') b.wire.data(KEEPALIVE);
  b.wire.take();
  b.wire.data(input);
  t.is(kinds(b.wire.take()), '');
  t.true(b.wire.isEnded);
  t.is(b.peer.state, 'IDLE');
});
for (const state of ALL_STATES) {
  test(`${state}: a Cease is never answered`, silent, state, encodeNotification(6, 2));
  test(`${state}: a version error is never answered`, silent, state, encodeNotification(2, 1, Uint8Array.of(0, 4)));
  test(`${state}: an unknown error is never answered`, silent, state, encodeNotification(99, 99));
}

test('a good UPDATE in front of a fatal header is handled', (t) => {
  let updates = 0;
  const b = established({}, {}, { wantsUpdates: () => true, onUpdate: () => void updates++ });
  b.wire.data(Buffer.concat([UPDATE, BAD_MARKER]));
  t.is(updates, 1);
  t.is(kinds(b.wire.take()), '3 1/1');
});

test('the shutdown text of the peer is in the reason', (t) => {
  const b = established();
  b.wire.data(encodeNotification(6, 2, encodeShutdownText('maintenance')));
  t.is(b.log.at(-1), 'down notification-received 6/2 maintenance');
});

// Timers.

test('the hold timer ends the session with 4/0, input restarts it', (t) => {
  const b = established();
  b.clock.advance(89_000);
  b.wire.data(KEEPALIVE);
  b.clock.advance(89_999);
  t.is(b.peer.state, 'ESTABLISHED');
  b.wire.take();
  b.clock.advance(2);
  t.is(kinds(b.wire.take()), '3 4/0');
  t.true(b.log.includes('down notification-sent 4/0 hold timer expired'));
});

test('before the OPEN the wait is openWait', (t) => {
  const b = connected({ openWaitSeconds: 60 });
  b.wire.take();
  b.clock.advance(59_999);
  t.is(b.peer.state, 'OPENSENT');
  b.clock.advance(2);
  t.is(kinds(b.wire.take()), '3 4/0');
});

test('hold time 0: neither keepalives nor an end', (t) => {
  const b = established({}, { hold: 0 });
  b.scheduler.run();
  b.wire.take();
  b.clock.advance(10_000_000);
  t.is(kinds(b.wire.take()), '');
  t.is(b.peer.state, 'ESTABLISHED');
});

test('KEEPALIVEs go out every third of the hold time, UPDATEs count as such', (t) => {
  const b = established({}, { hold: 30 });
  b.scheduler.run();
  b.wire.take();
  const alive = (ms: number): void => {
    b.clock.advance(ms);
    b.wire.data(KEEPALIVE);
  };
  alive(9_999);
  t.is(kinds(b.wire.take()), '');
  alive(1);
  t.is(kinds(b.wire.take()), '4');
  alive(5_000);
  b.feeds[0]!.put(UPDATE);
  b.scheduler.run();
  t.is(kinds(b.wire.take()), '2');
  alive(9_999);
  t.is(kinds(b.wire.take()), '');
  alive(1);
  t.is(kinds(b.wire.take()), '4');
});

test('not more than one KEEPALIVE a second', (t) => {
  const b = established({}, { hold: 3 });
  b.scheduler.run();
  b.wire.take();
  for (let i = 0; i < 10; i++) {
    b.clock.advance(500);
    b.wire.data(KEEPALIVE);
  }
  t.is(b.wire.take().length, 5);
});

test('while reading is paused, unread input counts as life', (t) => {
  const b = established();
  b.peer.pauseReading();
  b.peer.pauseReading();
  t.true(b.wire.isPaused);
  b.clock.advance(400_000);
  t.is(b.peer.state, 'ESTABLISHED');
  b.wire.handler.onTaken(true);
  b.peer.resumeReading();
  t.true(b.wire.isPaused);
  b.peer.resumeReading();
  t.false(b.wire.isPaused);
  b.clock.advance(89_000);
  t.is(b.peer.state, 'ESTABLISHED');
  b.clock.advance(1_500);
  t.is(b.peer.state, 'IDLE');
});

test('paused in the middle of a chunk, what is behind waits, in order, also over a second pause', (t) => {
  let isFull = true;
  const observer: PeerObserver = {
    wantsUpdates: () => true,
    onUpdate: (peer, direction) => isFull && direction === 'receive' && peer.pauseReading(),
  };
  const b = established({}, {}, observer);
  const count = (): number => b.peer.counters.received.update;
  b.wire.data(Buffer.concat([UPDATE, UPDATE, UPDATE, KEEPALIVE]));
  t.is(count(), 1);
  b.scheduler.isInputWaiting = true;
  b.peer.resumeReading();
  t.is(count(), 1, 'not in the turn of whoever resumes');
  b.scheduler.run();
  t.is(count(), 2);
  t.true(b.wire.isPaused);
  isFull = false;
  b.peer.resumeReading();
  b.scheduler.run();
  t.is(count(), 3);
  t.false(b.wire.isPaused);
  t.is(b.peer.counters.received.keepalive, 2);
});

test('a peer that takes nothing: the send hold timer ends the session, without words that would wait', (t) => {
  const b = established();
  b.wire.hasPending = true;
  for (let i = 0; i < 6; i++) {
    b.clock.advance(79_000);
    b.wire.data(KEEPALIVE);
  }
  t.is(b.peer.state, 'ESTABLISHED');
  b.wire.take();
  b.clock.advance(6_500);
  t.is(b.peer.state, 'IDLE');
  t.false(kinds(b.wire.take()).includes('3'));
  t.true(b.log.includes('down notification-sent 8/0 send hold timer expired'));
});

// Attempts.

test('an attempt that gets no answer is given up and made again', (t) => {
  const b = bench({ connectRetrySeconds: 5 });
  b.peer.start();
  b.clock.advance(4_999);
  t.is(b.opened.length, 1);
  b.clock.advance(1);
  t.is(b.opened.length, 2);
  t.true(b.opened[0]!.isEnded);
  t.is(b.peer.state, 'CONNECT');
});

test('a refused connection is tried again, ever more rarely up to 120 s', (t) => {
  const b = bench({ connectRetrySeconds: 5 });
  b.peer.start();
  const waits: number[] = [];
  for (let i = 0; i < 12; i++) {
    b.opened.at(-1)!.fail({ kind: 'failed', text: 'connection refused' });
    const from = b.clock.nowMs();
    const count = b.opened.length;
    while (b.opened.length === count) b.clock.advance(100);
    waits.push((b.clock.nowMs() - from) / 1000);
  }
  t.deepEqual(waits.slice(0, 3), [7.5, 11.3, 16.9]);
  t.is(waits.at(-1), 120);
  t.false(b.log.includes('connected'));
});

test('a session that fails again and again waits 1, 2, 4 … seconds', (t) => {
  const b = bench();
  b.peer.start();
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    const wire = b.opened.at(-1)!;
    wire.connected();
    wire.data(BAD_MARKER);
    const from = b.clock.nowMs();
    const count = b.opened.length;
    while (b.opened.length === count) b.clock.advance(500);
    waits.push((b.clock.nowMs() - from) / 1000);
  }
  t.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
});

test('teardown says Cease with the text and connects again after a second', (t) => {
  const b = established();
  b.peer.teardown(4, 'moving');
  t.is(kinds(b.wire.take()), `3 6/4:06${Buffer.from('moving').toString('hex')}`);
  t.is(b.log.at(-1), 'down notification-sent 6/4 moving');
  b.clock.advance(1_000);
  t.is(b.opened.length, 2);
});

test('stop: Cease, and nothing more until start', (t) => {
  const b = established();
  b.peer.stop({ kind: 'cease', subcode: 2, text: 'bye' });
  t.is(kinds(b.wire.take()), '3 6/2:03627965');
  t.is(b.log.at(-1), 'down stopped 6/2 bye');
  b.clock.advance(1_000_000);
  t.is(b.opened.length, 1);
  t.is(b.peer.state, 'IDLE');
  b.peer.start();
  t.is(b.opened.length, 2);
});

test('a silent stop says nothing', (t) => {
  const b = established();
  b.peer.stop({ kind: 'silent' });
  t.is(kinds(b.wire.take()), '');
  t.true(b.wire.isEnded);
  t.is(b.log.at(-1), 'down graceful');
});

test('disabled stays down, also for connections of the peer', (t) => {
  const b = established();
  b.peer.disable('');
  t.is(kinds(b.wire.take()), '3 6/2');
  b.peer.start();
  b.clock.advance(1_000_000);
  t.is(b.opened.length, 1);
  const incoming = new MemoryTransport();
  t.false(b.peer.accept(incoming));
  t.is(kinds(incoming.take()), '3 6/5');
  b.peer.enable();
  t.is(b.opened.length, 2);
});

test('with the N bit of both a Cease that is meant is a hard reset (RFC 8538)', (t) => {
  const capabilities = { ...baseConfig.capabilities, gracefulRestart: { timeSeconds: 120 } };
  const b = established({ capabilities }, { capabilities });
  b.peer.stop({ kind: 'cease', subcode: 2, text: '' });
  t.is(kinds(b.wire.take()), '3 6/9:0602');
});

test('2/4 for our OPEN: the next goes without optional parameters, once', (t) => {
  const b = connected();
  const parameters = (): number => b.opened.at(-1)!.take()[0]![28]!;
  t.true(parameters() > 0);
  b.wire.data(encodeNotification(2, 4));
  b.clock.advance(1_000);
  b.opened[1]!.connected();
  t.is(parameters(), 0);
  b.opened[1]!.data(encodeNotification(2, 4));
  b.clock.advance(10_000);
  b.opened[2]!.connected();
  t.true(parameters() > 0);
});

test('2/4 changes nothing where optional parameters are needed', (t) => {
  const b = connected({ families: ['ipv4 unicast', 'ipv6 unicast'] });
  b.wire.data(encodeNotification(2, 4));
  b.clock.advance(1_000);
  b.opened[1]!.connected();
  t.true(b.opened[1]!.take()[0]![28]! > 0);
});

// Both directions and collisions.

/** A passive or active peer that is handed a connection. */
function incoming(b: Bench): MemoryTransport {
  const transport = new MemoryTransport();
  b.peer.accept(transport);
  return transport;
}

test('a passive peer waits and takes a connection', (t) => {
  const b = bench({ passive: true });
  b.peer.start();
  t.is(b.opened.length, 0);
  t.is(b.peer.state, 'ACTIVE');
  const wire = incoming(b);
  t.is(kinds(wire.take()), '1');
  wire.data(theirOpen());
  wire.data(KEEPALIVE);
  t.is(b.peer.state, 'ESTABLISHED');
});

test('while an attempt is on its way, the connection of the peer is a second one, and the first to come up stays', (t) => {
  const b = bench();
  b.peer.start();
  const wire = incoming(b);
  wire.data(theirOpen());
  wire.data(KEEPALIVE);
  t.is(b.peer.state, 'ESTABLISHED');
  t.true(b.opened[0]!.isEnded);
  b.clock.advance(80_000);
  t.is(b.opened.length, 1);
});

test('after a failed attempt the connection of the peer is taken', (t) => {
  const b = bench();
  b.peer.start();
  b.opened[0]!.fail({ kind: 'failed', text: 'connection refused' });
  t.is(b.peer.state, 'IDLE');
  const wire = incoming(b);
  t.is(kinds(wire.take()), '1');
  t.is(b.peer.state, 'OPENSENT');
});

test('waiting after a failed session, the connection of the peer is refused', (t) => {
  const b = connected();
  b.wire.data(BAD_MARKER);
  const wire = incoming(b);
  t.true(wire.isEnded);
  t.is(kinds(wire.take()), '');
});

const collides = test.macro((t, peerId: string, isOursKept: boolean) => {
  const b = connected();
  const theirs = incoming(b);
  b.wire.data(theirOpen({ id: peerId }));
  theirs.take();
  b.wire.take();
  theirs.data(theirOpen({ id: peerId }));
  const [winner, loser] = isOursKept ? [b.wire, theirs] : [theirs, b.wire];
  t.is(kinds(loser.take()), '3 6/7');
  t.true(loser.isEnded);
  t.false(winner.isEnded);
  winner.data(KEEPALIVE);
  t.is(b.peer.state, 'ESTABLISHED');
  t.deepEqual(
    b.log.filter((line) => line.startsWith('down')),
    [],
  );
  t.is(b.log.filter((line) => line === 'connected').length, 1);
});
test('collision: our identifier is higher', collides, '192.0.2.0', true);
test('collision: our identifier is lower', collides, '192.0.2.9', false);
test('collision: identifiers are equal, the AS decides', collides, '192.0.2.1', false);

test('of two connections, one that breaks leaves the other alone', (t) => {
  for (const breaks of ['first', 'second'] as const) {
    const b = connected();
    const theirs = incoming(b);
    const [broken, left] = breaks === 'first' ? [b.wire, theirs] : [theirs, b.wire];
    broken.fail({ kind: 'reset', text: 'reset' });
    left.data(theirOpen());
    left.data(KEEPALIVE);
    t.is(b.peer.state, 'ESTABLISHED');
    b.clock.advance(60_000);
    t.is(b.opened.length, 1);
    t.deepEqual(
      b.log.filter((line) => line.startsWith('down')),
      [],
    );
  }
});

test('collision with an Established session: the new connection goes', (t) => {
  const b = established();
  const theirs = incoming(b);
  theirs.take();
  theirs.data(theirOpen());
  t.is(kinds(theirs.take()), '3 6/7');
  t.is(b.peer.state, 'ESTABLISHED');
});

test('a peer with graceful restart that comes anew takes the place of its old session, silently', (t) => {
  const capabilities = { ...baseConfig.capabilities, gracefulRestart: { timeSeconds: 120 } };
  const b = established({ capabilities }, { capabilities });
  const theirs = incoming(b);
  theirs.data(theirOpen({ capabilities }));
  t.true(b.wire.isEnded);
  t.is(kinds(b.wire.take()), '');
  t.true(b.feeds[0]!.isClosed);
  theirs.data(KEEPALIVE);
  t.is(b.peer.state, 'ESTABLISHED');
  t.is(b.feeds.length, 2);
});

test('two of ours against each other, both connecting at once: one session stays', (t) => {
  for (const secondFirst of [false, true]) {
    const a = bench({ routerId: '192.0.2.1' });
    const z = bench({ routerId: '192.0.2.2', localAs: 65001, peerAs: 65000 });
    a.peer.start();
    z.peer.start();
    const pair = (out: MemoryTransport, into: Bench): MemoryTransport => {
      const far = new MemoryTransport();
      out.other = far;
      far.other = out;
      into.peer.accept(far);
      out.connected();
      return far;
    };
    const far: MemoryTransport[] = [];
    if (secondFirst) far.push(pair(z.opened[0]!, a), pair(a.opened[0]!, z));
    else far.push(pair(a.opened[0]!, z), pair(z.opened[0]!, a));
    settle([a.opened[0]!, z.opened[0]!, ...far], a.scheduler, z.scheduler);
    t.is(a.peer.state, 'ESTABLISHED');
    t.is(z.peer.state, 'ESTABLISHED');
    t.is([a.opened[0]!, z.opened[0]!].filter((wire) => wire.isEnded).length, 1);
    // The identifier of z is higher: the connection that it opened stays.
    t.false(z.opened[0]!.isEnded);
  }
});

// AS numbers that are found out.

test('localAs "auto": our OPEN follows the peer\'s and copies its AS', (t) => {
  const b = connected({ localAs: 'auto', peerAs: 'auto' });
  t.is(kinds(b.wire.take()), '');
  b.wire.data(theirOpen({ as: 4200000001 }));
  t.is(kinds(b.wire.take()), '1 4');
  b.wire.data(KEEPALIVE);
  t.is(b.peer.negotiated?.localAs, 4200000001);
  t.false(b.peer.negotiated?.isExternal);
});

test('localAs "auto": a peer that says nothing is left', (t) => {
  const b = connected({ localAs: 'auto', peerAs: 'auto', openWaitSeconds: 60 });
  b.clock.advance(60_000);
  t.true(b.wire.isEnded);
  t.is(kinds(b.wire.take()), '');
});

test('DelayOpen: our OPEN waits, or answers', (t) => {
  const late = connected({ delayOpenSeconds: 10 });
  t.is(kinds(late.wire.take()), '');
  late.clock.advance(10_000);
  t.is(kinds(late.wire.take()), '1');
  const early = connected({ delayOpenSeconds: 10 });
  early.wire.data(theirOpen());
  t.is(kinds(early.wire.take()), '1 4');
});

test('peerAs as a list', (t) => {
  const b = connected({ peerAs: [65007, 65001] });
  b.wire.data(theirOpen());
  t.is(b.peer.state, 'OPENCONFIRM');
});

// Prefix limits, refreshes, End-of-RIB.

test('over the prefix limit: 6/1 with family and limit, and down until restartSeconds passed', (t) => {
  const maxPrefix = { 'ipv4 unicast': { limit: 1, warn: 80, action: 'close' as const, restartSeconds: 300 } };
  const b = established({ maxPrefix });
  b.scheduler.run();
  b.wire.take();
  b.wire.data(UPDATE);
  b.wire.data(UPDATE);
  t.is(b.peer.counters.prefixes[families.indexOf(ipv4)], 1);
  const other = Buffer.from(UPDATE);
  other[other.length - 1] = 0x65;
  b.wire.data(other);
  t.is(kinds(b.wire.take()), '3 6/1:00010100000001');
  b.clock.advance(299_000);
  t.is(b.opened.length, 1);
  b.clock.advance(1_000);
  t.is(b.opened.length, 2);
});

test('restartSeconds 0: down until started by hand', (t) => {
  const maxPrefix = { 'ipv4 unicast': { limit: 0, warn: 80, action: 'close' as const, restartSeconds: 0 } };
  const b = established({ maxPrefix });
  b.wire.data(UPDATE);
  b.clock.advance(10_000_000);
  t.is(b.opened.length, 1);
  b.peer.start();
  t.is(b.opened.length, 2);
});

test('requests to refresh that come in heaps are answered twice at most, between markers', (t) => {
  const b = established();
  b.scheduler.run();
  b.wire.take();
  const request = encodeRouteRefresh({ afi: 1, safi: 1, subtype: 0 });
  for (let i = 0; i < 200; i++) b.wire.data(request);
  while (b.scheduler.run());
  t.is(b.feeds[0]!.refreshes.length, 2);
  t.deepEqual(
    b.wire.take().map((message) => `${message[18]}.${message[21]}`),
    ['5.1', '5.2', '5.1', '5.2'],
  );
  b.wire.data(request);
  while (b.scheduler.run());
  t.is(b.feeds[0]!.refreshes.length, 3);
});

test('refreshes of other families and unknown subtypes are ignored', (t) => {
  const b = established();
  b.scheduler.run();
  b.wire.data(encodeRouteRefresh({ afi: 2, safi: 1, subtype: 0 }));
  b.wire.data(encodeRouteRefresh({ afi: 1, safi: 1, subtype: 255 }));
  b.wire.data(encodeRouteRefresh({ afi: 1, safi: 1, subtype: 2 }));
  b.scheduler.run();
  t.is(b.feeds[0]!.refreshes.length, 0);
  t.is(b.peer.state, 'ESTABLISHED');
});

test('what we may send depends on what the peer said', (t) => {
  const b = established({}, { capabilities: { routeRefresh: false, enhancedRouteRefresh: false } });
  b.wire.take();
  t.false(b.peer.sendRouteRefresh(ipv4, 0));
  const both = established();
  both.wire.take();
  t.true(both.peer.sendRouteRefresh(ipv4, 0));
  t.false(both.peer.sendRouteRefresh(familyByName('ipv6 unicast')!, 0));
  t.is(kinds(both.wire.take()), '5');
});

test('manualEor: none is sent until asked for', (t) => {
  const b = established({ manualEor: true });
  while (b.scheduler.run());
  t.is(kinds(b.wire.take()), '');
  t.true(b.peer.sendEor(ipv4));
  while (b.scheduler.run());
  t.is(kinds(b.wire.take()), '2');
  t.false(b.peer.sendEor(familyByName('ipv6 unicast')!));
});

test('a full socket stops the routes until it takes more', (t) => {
  const b = established();
  b.scheduler.run();
  b.wire.take();
  b.wire.hasRoom = false;
  for (let i = 0; i < 3; i++) b.feeds[0]!.put(UPDATE);
  while (b.scheduler.run());
  t.is(b.wire.take().length, 1);
  b.wire.hasRoom = true;
  b.wire.handler.onWritable();
  while (b.scheduler.run());
  t.is(b.wire.take().length, 2);
});

test('rateLimit holds messages a second', (t) => {
  const b = established({ rateLimit: 10, manualEor: true });
  b.scheduler.run();
  for (let i = 0; i < 40; i++) b.feeds[0]!.put(UPDATE);
  for (let i = 0; i < 100; i++) {
    b.clock.advance(10);
    b.scheduler.run();
  }
  const sent = b.wire.take().length;
  t.true(sent >= 18 && sent <= 22, String(sent));
});

test('the R bit is set until the first End-of-RIB went out', (t) => {
  const capabilities = { ...baseConfig.capabilities, gracefulRestart: { timeSeconds: 120 } };
  const flagsOf = (open: Uint8Array): number => {
    const at = Buffer.from(open).indexOf(Buffer.from('0640', 'hex'));
    return open[at + 3]! >>> 4;
  };
  const b = connected({ capabilities });
  const hex = (wire: MemoryTransport): Uint8Array => wire.take()[0]!;
  t.is(flagsOf(hex(b.wire)) & 8, 8);
  b.wire.data(theirOpen({ capabilities }));
  b.wire.data(KEEPALIVE);
  while (b.scheduler.run());
  b.peer.teardown(4, '');
  b.clock.advance(1_000);
  b.opened[1]!.connected();
  t.is(flagsOf(hex(b.opened[1]!)) & 8, 0);
});

test('an UPDATE with a fault that can be survived keeps the session and its hold timer', (t) => {
  const b = established();
  const bad = Buffer.from(UPDATE);
  bad[26] = 9; // ORIGIN 9
  b.clock.advance(80_000);
  b.wire.data(bad);
  b.clock.advance(80_000);
  t.is(b.peer.state, 'ESTABLISHED');
  t.is(b.peer.counters.malformed, 1);
});

test('an UPDATE that cannot be framed ends the session', (t) => {
  const b = established();
  b.wire.take();
  b.wire.data(buildMessage(2, Uint8Array.of(0, 9, 0, 0)));
  t.is(kinds(b.wire.take()), '3 3/1');
});

test('observers may act at once', (t) => {
  const stopAtUp = established({}, {}, { onUp: (peer) => peer.teardown(4, '') });
  t.is(stopAtUp.peer.state, 'IDLE');
  t.is(stopAtUp.feeds.length, 0);
  const stopAtUpdate = established(
    {},
    {},
    {
      wantsUpdates: () => true,
      onUpdate: (peer) => peer.stop({ kind: 'cease', subcode: 2, text: '' }),
    },
  );
  stopAtUpdate.wire.data(Buffer.concat([UPDATE, UPDATE]));
  t.is(stopAtUpdate.peer.state, 'IDLE');
  t.is(stopAtUpdate.peer.counters.received.update, 1);
});

test('the routes end before the layers above hear of the end', (t) => {
  const order: string[] = [];
  const b = established({}, {}, { onDown: () => void order.push(b.feeds[0]!.isClosed ? 'closed' : 'open') });
  b.wire.fail({ kind: 'reset', text: 'reset' });
  t.deepEqual(order, ['closed']);
  t.is(b.log.at(-1), 'down reset reset');
});

// Operational messages.

test('operational messages come and go where both sides offered them', (t) => {
  const seen: string[] = [];
  const observer: PeerObserver = {
    onOperational: (_peer, direction, { name, ...rest }) =>
      seen.push(`${direction} ${name} ${'advisory' in rest ? rest.advisory : rest.routerId?.join('.')}`),
  };
  const b = established(knowsOperational, { capabilities: { operational: true } }, observer);
  b.wire.data(ADVISORY);
  t.true(b.peer.sendOperational(RPCQ));
  t.is(kinds(b.wire.take()), '6');
  t.deepEqual(seen, ['receive ASM hello', 'send RPCQ 192.0.2.1']);
});

test('an operational message that nobody understands is left out, and counts as life', (t) => {
  const seen: string[] = [];
  const b = established(
    knowsOperational,
    { hold: 90 },
    { onOperational: (_peer, _direction, { name }) => seen.push(name) },
  );
  for (let i = 0; i < 4; i++) {
    b.clock.advance(60_000);
    b.wire.data(buildMessage(6, Uint8Array.of(0, 9, 0, 0)));
  }
  t.is(b.peer.state, 'ESTABLISHED');
  t.deepEqual(seen, []);
});

test('without the offer of both no operational message is sent', (t) => {
  const cases = [established(knowsOperational), established({}, { capabilities: { operational: true } })];
  for (const { peer, wire } of cases) {
    t.false(peer.sendOperational(ASM));
    t.is(kinds(wire.take()), '');
  }
  t.false(connected(knowsOperational).peer.sendOperational(ASM));
});

test('a static advisory is said again in the next session, with what the configuration says', (t) => {
  const texts = ['asm afi ipv4 safi unicast advisory "from the file"', 'rpcq afi ipv4 safi unicast sequence 9'];
  const open = { capabilities: { operational: true } };
  const said: string[] = [];
  const observer: PeerObserver = {
    onOperational: (_peer, _direction, message) => said.push('advisory' in message ? message.advisory : message.name),
  };
  const b = established({ ...knowsOperational, operational: texts }, open, observer);
  t.deepEqual(said.splice(0), ['from the file', 'RPCQ']);
  t.true(b.peer.sendOperational({ ...ASM, advisory: 'one' }));
  t.true(b.peer.sendOperational({ ...ASM, advisory: 'two' }));
  t.true(b.peer.sendOperational({ ...ASM, name: 'ADM', advisory: 'for now' }));
  said.length = 0;
  b.peer.teardown(4, '');
  b.clock.advance(5000);
  const next = b.opened[1]!;
  next.connected();
  next.data(theirOpen(open));
  next.data(KEEPALIVE);
  t.deepEqual(said, ['from the file', 'RPCQ', 'two']);
});

test('what the configuration says is said once a session', (t) => {
  const said: string[] = [];
  const observer: PeerObserver = { onOperational: (_peer, _direction, { name }) => said.push(name) };
  const operational = ['asm afi ipv4 safi unicast advisory "from the file"'];
  const open = { capabilities: { operational: true } };
  const b = established({ ...knowsOperational, operational }, open, observer);
  b.peer.teardown(4, '');
  b.clock.advance(5000);
  const next = b.opened[1]!;
  next.connected();
  next.data(theirOpen(open));
  next.data(KEEPALIVE);
  t.deepEqual(said, ['ASM', 'ASM']);
});

test('a static advisory that ended the session is not said again', (t) => {
  const open = { capabilities: { operational: true } };
  const b = established(knowsOperational, open);
  t.true(b.peer.sendOperational(ASM));
  b.wire.data(encodeNotification(1, 0));
  b.clock.advance(5000);
  const next = b.opened[1]!;
  next.connected();
  next.data(theirOpen(open));
  next.data(KEEPALIVE);
  t.is(b.peer.state, 'ESTABLISHED');
  t.notRegex(kinds(next.take()), /6/);
});

const selfTable = [
  ['nothing is said', {}, {}, '20010db8000000000000000000000001'],
  ['it was not negotiated', { linkLocal: 'fe80::1' }, {}, '20010db8000000000000000000000001'],
  [
    'it was negotiated',
    { linkLocal: 'fe80::1' },
    { linkLocalNextHop: true },
    '20010db8000000000000000000000001fe800000000000000000000000000001',
  ],
] as const;
for (const [title, own, negotiated, expected] of selfTable) {
  test(`a link-local address behind "self": ${title}`, (t) => {
    const nextHopSelf = { ...baseConfig.nextHopSelf, ...own };
    const profile = sessionProfile({ ...baseConfig, nextHopSelf }, makeNegotiated(negotiated), '2001:db8::1');
    t.is(Buffer.from(profile.self6!).toString('hex'), expected);
  });
}

test('"self" on a link-local session is that address alone', (t) => {
  const nextHopSelf = { ...baseConfig.nextHopSelf, linkLocal: 'fe80::1' };
  const config = { ...baseConfig, nextHopSelf };
  const profile = sessionProfile(config, makeNegotiated({ linkLocalNextHop: true }), 'fe80::2');
  t.is(profile.self6!.length, 16);
});
