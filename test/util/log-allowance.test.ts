import test from 'ava';
import { LogAllowance } from '../../src/util/log-allowance.js';
import { FakeClock } from '../support/fake-clock.js';

test('so many lines a while; what was left out is told with the next one', (t) => {
  const clock = new FakeClock();
  const allowance = new LogAllowance(clock, 2, 1000);
  const take = (): number | undefined => allowance.take();
  t.deepEqual([take(), take(), take(), take()], [0, 0, undefined, undefined]);
  clock.advance(999);
  t.is(take(), undefined);
  clock.advance(1);
  t.deepEqual([take(), take(), take()], [3, 0, undefined]);
});
