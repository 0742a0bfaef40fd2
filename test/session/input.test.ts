/** Input that waits for its turn: what it delays, what it keeps alive, and what comes before what. */
import test from 'ava';
import { Input } from '../../src/session/input.js';
import type { PeerObserver } from '../../src/session/observer.js';
import { parseIpv4 } from '../../src/util/ip.js';
import { TurnScheduler, type TurnTask } from '../../src/util/turn.js';
import { MessageType } from '../../src/wire/codes.js';
import { KEEPALIVE } from '../../src/wire/keepalive.js';
import { buildMessage } from '../../src/wire/message.js';
import { encodeNotification } from '../../src/wire/notification.js';
import { openOf } from '../../src/wire/offer.js';
import { encodeOpen } from '../../src/wire/open.js';
import { baseConfig, bench } from './harness.js';

const UPDATE = Buffer.from(
  'ffffffffffffffffffffffffffffffff002f02000000144001010040020602010000fde9400304c000020118c63364',
  'hex',
);
const OPEN = encodeOpen(
  openOf({
    localAs: 65001,
    routerId: parseIpv4('192.0.2.2')!,
    holdTimeSeconds: 90,
    families: ['ipv4 unicast'],
    capabilities: baseConfig.capabilities,
    hostName: '',
    domainName: '',
    softwareVersion: '',
    isRestarting: false,
  }),
);

/** An established session whose input waits until the scheduler runs. */
function waiting(observer?: PeerObserver) {
  const b = bench({}, observer);
  b.peer.start();
  const wire = b.opened[0]!;
  wire.connected();
  wire.data(OPEN);
  wire.data(KEEPALIVE);
  wire.take();
  b.scheduler.isInputWaiting = true;
  const { received } = b.peer.counters;
  return { ...b, wire, received };
}

test('nothing is read in the turn of the socket', (t) => {
  const b = waiting();
  b.wire.data(UPDATE);
  t.is(b.received.update, 0);
  b.scheduler.run();
  t.is(b.received.update, 1);
});

test('when much waits, the socket waits too', (t) => {
  const b = waiting();
  const chunk = Buffer.concat(new Array(100).fill(UPDATE));
  let count = 0;
  while (!b.wire.isPaused) {
    b.wire.data(chunk);
    count += 100;
    t.true(count * UPDATE.length < 200_000);
  }
  t.is(b.received.update, 0);
  b.scheduler.run();
  t.is(b.received.update, count);
  t.false(b.wire.isPaused);
});

test('a KEEPALIVE that waits to be read keeps the session', (t) => {
  const b = waiting();
  b.clock.advance(89_999);
  b.wire.data(KEEPALIVE);
  b.clock.advance(1000);
  t.is(b.peer.state, 'ESTABLISHED');
  b.scheduler.run();
  b.clock.advance(89_999);
  t.is(b.peer.state, 'ESTABLISHED');
  b.clock.advance(2);
  t.is(b.peer.state, 'IDLE');
});

test('input that waits and is no whole message keeps nothing', (t) => {
  const b = waiting();
  b.clock.advance(89_999);
  b.wire.data(KEEPALIVE.subarray(0, 10));
  b.clock.advance(1000);
  t.is(b.peer.state, 'ESTABLISHED');
  b.scheduler.run();
  t.is(b.peer.state, 'IDLE');
  t.true(b.log.includes('down notification-sent 4/0 hold timer expired'));
});

test('a helper that stalls while the hold timer is due costs no session', (t) => {
  const b = waiting();
  b.clock.advance(89_999);
  b.wire.data(KEEPALIVE);
  b.clock.advance(1000);
  b.peer.pauseReading();
  b.scheduler.run();
  b.clock.advance(300_000);
  t.is(b.peer.state, 'ESTABLISHED');
  b.peer.resumeReading();
  b.scheduler.run();
  t.is(b.peer.state, 'ESTABLISHED');
  t.is(b.received.keepalive, 2);
});

test('what the peer said last is read before its end', (t) => {
  const updates: number[] = [];
  const b = waiting({
    wantsUpdates: (_peer, direction) => direction === 'receive',
    onUpdate: (peer) => updates.push(peer.counters.received.update),
  });
  b.wire.data(Buffer.concat([UPDATE, UPDATE, encodeNotification(6, 2)]));
  b.wire.fail({ kind: 'closed', text: 'closed' });
  t.is(b.peer.state, 'ESTABLISHED');
  b.scheduler.run();
  t.deepEqual(updates, [1, 2]);
  t.is(b.log.at(-1), 'down notification-received 6/2');
});

test('an end behind UPDATEs is an end', (t) => {
  const b = waiting();
  b.wire.data(UPDATE);
  b.wire.fail({ kind: 'reset', text: 'reset' });
  b.scheduler.run();
  t.is(b.received.update, 1);
  t.is(b.log.at(-1), 'down reset reset');
  t.is(b.peer.state, 'IDLE');
});

test('an end does not wait for a helper', (t) => {
  const b = waiting();
  b.wire.data(UPDATE);
  b.wire.fail({ kind: 'reset', text: 'reset' });
  b.peer.pauseReading();
  b.clock.advance(0);
  t.is(b.log.at(-1), 'down reset reset');
});

test('what waits when the session ends is never read', (t) => {
  const b = waiting();
  b.wire.data(UPDATE);
  b.peer.stop({ kind: 'cease', subcode: 2, text: '' });
  b.scheduler.run();
  t.is(b.received.update, 0);
});

test('a message that ends the session is the last one', (t) => {
  const b = waiting();
  const bad = buildMessage(MessageType.update, Uint8Array.of(0, 9, 0, 0));
  b.wire.data(Buffer.concat([UPDATE, bad, UPDATE]));
  b.scheduler.run();
  t.is(b.received.update, 2);
  t.is(b.peer.state, 'IDLE');
});

test('a turn ends in the middle of a chunk, and goes on there', (t) => {
  let input!: Input;
  let isQueued = false;
  let count = 0;
  let isDrained = false;
  const scheduler = {
    schedule: (task: TurnTask) => {
      t.is(task, input);
      isQueued = true;
    },
    stayAwake: () => undefined,
  };
  input = new Input(scheduler, {
    begin: () => undefined,
    receive: () => void count++,
    failed: (error) => t.fail(error.message),
    full: () => undefined,
    drained: () => {
      isDrained = true;
    },
  });
  input.push(Buffer.concat(new Array(1000).fill(KEEPALIVE)));
  t.true(isQueued);
  let turns = 1;
  while (input.step(0)) {
    t.true(count < turns * 60 && count > 0, `${count} in ${turns} turns`);
    turns++;
  }
  t.is(count, 1000);
  t.true(isDrained);
  t.false(input.isWaiting);
});

test('many peers that send at once share a turn', async (t) => {
  let nowMs = 0;
  const turns: (() => void)[] = [];
  const scheduler = new TurnScheduler(
    () => nowMs,
    (callback) => void turns.push(callback),
  );
  let total = 0;
  const chunk = Buffer.concat(new Array(50).fill(UPDATE));
  for (let i = 0; i < 100; i++) {
    const input: Input = new Input(scheduler, {
      begin: () => undefined,
      receive: () => {
        total++;
        nowMs += 0.01;
      },
      failed: (error) => t.fail(error.message),
      full: () => undefined,
      drained: () => undefined,
    });
    input.push(chunk);
  }
  t.is(total, 0);
  while (turns.length > 0) turns.shift()!();
  t.is(total, 5000);
  t.true(scheduler.longestTurnMs <= 11, `${scheduler.longestTurnMs} ms`);
});
