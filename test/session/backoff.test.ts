import test from 'ava';
import fc from 'fast-check';
import { BackOff, connectRetryAfter, idleHoldAfter, withJitter } from '../../src/session/backoff.js';

test('sessions that fail wait 1, 2, 4 … 120 seconds', (t) => {
  t.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map(idleHoldAfter), [0, 1, 2, 4, 8, 16, 32, 64, 120, 120, 120]);
});

test('attempts to connect grow from the configured time to 120 seconds, and never shrink below it', (t) => {
  t.is(connectRetryAfter(5, 0), 5);
  t.is(connectRetryAfter(5, 2), 11.25);
  t.is(connectRetryAfter(5, 100), 120);
  t.is(connectRetryAfter(300, 0), 300);
  t.is(connectRetryAfter(300, 9), 300);
});

test('jitter stays between 0.75 and 1', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const value = withJitter(100, () => random);
      return value >= 75 && value <= 100;
    }),
  );
  t.pass();
});

test('failures are forgotten after five minutes in Established, not before', (t) => {
  const backOff = new BackOff(() => 1);
  for (let i = 0; i < 4; i++) backOff.countSessionFailure();
  t.is(backOff.idleHoldSeconds(true, 5), 8);
  backOff.sessionLasted(299_999);
  t.is(backOff.idleHoldSeconds(true, 5), 8);
  backOff.sessionLasted(300_000);
  backOff.countSessionFailure();
  t.is(backOff.idleHoldSeconds(true, 5), 1);
});

test('a session, however short, clears the failures to connect', (t) => {
  const backOff = new BackOff(() => 1);
  backOff.countConnectFailure();
  t.is(backOff.connectRetrySeconds(4), 6);
  backOff.sessionLasted(0);
  t.is(backOff.connectRetrySeconds(4), 4);
});
