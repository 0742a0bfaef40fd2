/** When what is due goes to the socket. */
import test from 'ava';
import { OPEN_GATE, Sender, type SenderOptions } from '../../src/session/sender.js';
import { FakeClock } from '../support/fake-clock.js';
import { makeProfile } from '../support/profile.js';
import { FakeFeed, FakeScheduler } from './harness.js';

const OPTIONS: SenderOptions = {
  families: [],
  manualEor: false,
  rateLimit: 0,
  enhancedRefresh: false,
  peerWaitsForEor: false,
};

/** A session whose socket takes everything. */
function session() {
  const clock = new FakeClock();
  const scheduler = new FakeScheduler();
  const feed = new FakeFeed(makeProfile({}));
  const written: number[] = [];
  const output = {
    writeUpdates: (chunk: Uint8Array) => written.push(chunk[0]!) > 0,
    hasPending: false,
    endOfRibSent: () => undefined,
  };
  const sender = new Sender(feed, output, OPTIONS, OPEN_GATE, scheduler, clock);
  const settle = (): void => {
    while (scheduler.run());
  };
  settle();
  return { clock, feed, sender, written, settle };
}

test('a route to a quiet session goes at once, what follows within a millisecond waits for others', (t) => {
  const { clock, feed, sender, written, settle } = session();
  feed.isGathering = true;
  clock.advance(5);
  feed.put(Uint8Array.of(1));
  settle();
  t.deepEqual(written, [1]);
  feed.put(Uint8Array.of(2));
  feed.put(Uint8Array.of(3));
  settle();
  t.deepEqual(written, [1]);
  clock.advance(1);
  settle();
  t.deepEqual(written, [1, 2, 3]);
  clock.advance(1);
  feed.put(Uint8Array.of(4));
  settle();
  t.deepEqual(written, [1, 2, 3, 4]);
  feed.put(Uint8Array.of(5));
  sender.close();
  clock.advance(10);
  settle();
  t.deepEqual(written, [1, 2, 3, 4]);
});

test('what somebody waits for goes at once', (t) => {
  const { clock, feed, written, settle } = session();
  clock.advance(5);
  feed.isGathering = true;
  feed.put(Uint8Array.of(1));
  settle();
  feed.put(Uint8Array.of(2));
  feed.isGathering = false;
  feed.onReady();
  settle();
  t.deepEqual(written, [1, 2]);
});
