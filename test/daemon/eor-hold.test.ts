import test from 'ava';
import { EorHold } from '../../src/daemon/eor-hold.js';
import type { Clock } from '../../src/util/timers.js';

/** A clock that stands until it is moved. */
class StandingClock implements Clock {
  private ms = 0;
  private readonly timers = new Set<{ at: number; callback: () => void }>();

  nowMs(): number {
    return this.ms;
  }

  start(delayMs: number, callback: () => void) {
    const timer = { at: this.ms + delayMs, callback };
    this.timers.add(timer);
    return {
      cancel: () => void this.timers.delete(timer),
      refresh: () => {
        timer.at = this.ms + delayMs;
        this.timers.add(timer);
      },
    };
  }

  /** Goes on in time, firing what is due on the way. */
  move(ms: number): void {
    const end = this.ms + ms;
    for (;;) {
      const next = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers.delete(next);
      this.ms = next.at;
      next.callback();
    }
    this.ms = end;
  }
}

const TIMES = { quietSeconds: 2, maxSeconds: 60 };

function setUp(processes: readonly string[] = ['a']) {
  const clock = new StandingClock();
  const hold = new EorHold(clock);
  const released: string[] = [];
  for (const family of [0, 1]) hold.hold('n', family, processes, TIMES, () => released.push(`n ${family}`));
  return { clock, hold, released };
}

test('without processes nothing waits', (t) => {
  t.deepEqual(setUp([]).released, ['n 0', 'n 1']);
});

test('ready releases all families', (t) => {
  const { hold, released } = setUp();
  t.deepEqual(released, []);
  hold.ready('a');
  t.deepEqual(released, ['n 0', 'n 1']);
});

test('announce eor releases one family', (t) => {
  const { hold, released } = setUp();
  hold.announced('a', 'n', 1);
  t.deepEqual(released, ['n 1']);
});

test('the end of the process releases', (t) => {
  const { hold, released } = setUp();
  hold.ended('a');
  t.is(released.length, 2);
});

test('quiet is counted from the last command', (t) => {
  const { clock, hold, released } = setUp();
  clock.move(5000);
  t.deepEqual(released, [], 'a process that has said nothing yet is waited for');
  hold.active('a');
  clock.move(1500);
  hold.active('a');
  clock.move(1900);
  t.deepEqual(released, []);
  clock.move(300);
  t.is(released.length, 2);
});

test('nobody is waited for longer than maxSeconds', (t) => {
  const { clock, hold, released } = setUp();
  for (let i = 0; i < 59; i++) {
    hold.active('a');
    clock.move(1000);
  }
  t.deepEqual(released, []);
  hold.active('a');
  clock.move(1200);
  t.is(released.length, 2);
});

test('every process must be settled', (t) => {
  const { hold, released } = setUp(['a', 'b']);
  hold.ready('a');
  t.deepEqual(released, []);
  hold.ended('b');
  t.is(released.length, 2);
});

test('a session that is gone releases nothing later', (t) => {
  const { hold, released } = setUp();
  hold.forget('n');
  hold.ready('a');
  t.deepEqual(released, []);
});
