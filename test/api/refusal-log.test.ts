import test from 'ava';
import { RefusalLog } from '../../src/api/refusal-log.js';
import type { Logger } from '../../src/util/log.js';
import { FakeClock } from '../support/fake-clock.js';

function refusals() {
  const clock = new FakeClock();
  const told: Record<string, unknown>[] = [];
  const log = { warn: (fields: object) => told.push({ ...fields }) } as unknown as Logger;
  return { clock, told, log: new RefusalLog(log, clock, 'p') };
}

test('so many a while, then the others are counted', (t) => {
  const { clock, told, log } = refusals();
  for (let i = 0; i < 1000; i++) log.report('why', `line ${i}`);
  t.is(told.length, 20);
  t.deepEqual(told[0], { process: 'p', reason: 'why', line: 'line 0' });
  clock.advance(10_000);
  log.report('why', 'again');
  t.deepEqual(told[20], { process: 'p', reason: 'why', line: 'again', leftOut: 980 });
});

test('a line forges nothing, is cut, and is left out where it may hold a key', (t) => {
  const { told, log } = refusals();
  log.report('why', `a\u001b[31m\r${'x'.repeat(1000)}`);
  log.report('why', '{"md5": {"key": "hush"}}');
  log.report('why', undefined);
  t.regex(told[0]!.line as string, /^a\\u001b\[31m\\u000dx+$/);
  t.true((told[0]!.line as string).length < 230);
  t.deepEqual(told.slice(1), [
    { process: 'p', reason: 'why' },
    { process: 'p', reason: 'why' },
  ]);
});
