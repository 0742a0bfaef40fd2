import test from 'ava';
import fc from 'fast-check';
import { type QueueLimits, StdinQueue } from '../../../src/api/process/stdin-queue.js';
import type { LineKind } from '../../../src/api/process/types.js';
import type { Clock } from '../../../src/util/timers.js';

class FakeClock implements Clock {
  private timers: { at: number; callback: () => void }[] = [];
  private now = 0;
  nowMs(): number {
    return this.now;
  }
  start(delayMs: number, callback: () => void) {
    const timer = { at: this.now + delayMs, callback };
    this.timers.push(timer);
    const cancel = (): void => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
    return { cancel, refresh: () => undefined };
  }
  advance(ms: number): void {
    this.now += ms;
    for (const timer of this.timers.filter(({ at }) => at <= this.now)) {
      this.timers = this.timers.filter((other) => other !== timer);
      timer.callback();
    }
  }
}

/** A pipe of some octets, and a helper that reads when told. */
function pipe(capacity: number, limits: QueueLimits, canProbe = false) {
  let inPipe = Buffer.alloc(0);
  let waiting: { bytes: Buffer; done: () => void } | undefined;
  const clock = new FakeClock();
  const told: string[] = [];
  const got: Buffer[] = [];
  const fill = (bytes: Buffer): Buffer => {
    const room = capacity - inPipe.length;
    inPipe = Buffer.concat([inPipe, bytes.subarray(0, room)]);
    return bytes.subarray(room);
  };
  const queue = new StdinQueue(
    {
      write(bytes, done) {
        const rest = fill(bytes);
        if (rest.length === 0) return true;
        waiting = { bytes: rest, done };
        return false;
      },
      ...(canProbe ? { unread: () => inPipe.length } : {}),
    },
    limits,
    clock,
    {
      onPressure: (sources, isAbove) => told.push(`${isAbove ? 'pause' : 'go'} ${sources.join(' ')}`),
      onCaughtUp: (count) => told.push(`caught up ${count}`),
      onAnswersFull: (isFull) => told.push(`answers ${isFull ? 'full' : 'fit'}`),
      onOverflow: (reason) => told.push(`overflow: ${reason}`),
    },
  );
  const read = (octets: number): void => {
    got.push(inPipe.subarray(0, octets));
    inPipe = inPipe.subarray(octets);
    if (waiting === undefined) return;
    const { bytes, done } = waiting;
    waiting = undefined;
    // Like the system: a pipe that was full takes more when a page of it is free.
    const rest = capacity - inPipe.length < Math.min(4096, capacity / 4) ? bytes : fill(bytes);
    if (rest.length > 0) waiting = { bytes: rest, done };
    else done();
  };
  const readAll = (): string => {
    queue.flush();
    while (inPipe.length > 0) read(capacity);
    return Buffer.concat(got.splice(0)).toString();
  };
  return { queue, clock, told, read, readAll };
}

const LIMITS = { bytes: 100_000, stallSeconds: 60 };

test('lines arrive in order, whatever their kind', (t) => {
  const { queue, readAll } = pipe(64, { ...LIMITS, bytes: 1_000_000 });
  let expected = '';
  for (let i = 0; i < 500; i++) {
    const line = i % 3 === 0 ? 'done\n' : `line ${i} é\n`;
    queue.push((['answer', 'update', 'state', 'event'] as const)[i % 4]!, line, 'peer');
    expected += line;
  }
  t.is(readAll(), expected);
  t.is(queue.queuedOctets, 0);
});

test('a million answers to a helper that has not read yet take no memory, and all arrive when it does', (t) => {
  const { queue, readAll, told } = pipe(1000, LIMITS);
  for (let i = 0; i < 1_000_000; i++) queue.push('answer', 'done\n');
  t.true(queue.queuedOctets < 15_000);
  t.is(readAll(), 'done\n'.repeat(1_000_000));
  t.deepEqual(told, []);
});

test('answers that differ are counted when the helper never reads', (t) => {
  const { queue, readAll } = pipe(1000, LIMITS);
  for (let i = 0; i < 100_000; i++) queue.push('answer', `error: ${i}\n`);
  t.true(queue.queuedOctets <= LIMITS.bytes / 4, String(queue.queuedOctets));
  const lost = queue.lostAnswers;
  t.is(readAll().split('\n').length - 1 + lost, 100_000);
});

test('answers to a helper that reads are never lost: its lines wait', (t) => {
  const { queue, read, readAll, told } = pipe(1000, LIMITS);
  queue.push('answer', `${'x'.repeat(1500)}\n`);
  queue.flush();
  read(1000);
  for (let i = 0; i < 100_000; i++) queue.push('answer', `error: ${i}\n`);
  t.deepEqual(told, ['answers full']);
  t.is(readAll().split('\n').length - 1, 100_001);
  t.deepEqual(told, ['answers full', 'answers fit']);
  t.is(queue.lostAnswers, 0);
});

test('sources pause above the mark and go on below; nothing is lost', (t) => {
  const { queue, read, readAll, told } = pipe(1000, LIMITS);
  queue.push('update', `${'x'.repeat(1500)}\n`, 'a');
  queue.flush();
  read(1000);
  for (let i = 0; i < 520; i++) queue.push('update', `${'u'.repeat(99)}\n`, 'a');
  t.deepEqual(told, ['pause a']);
  queue.push('update', 'u\n', 'b');
  t.deepEqual(told, ['pause a', 'pause b']);
  t.is(readAll().split('\n').length - 1, 522);
  t.deepEqual(told, ['pause a', 'pause b', 'go a b']);
});

test('one that stalls loses updates, not states, and is told when it reads again', (t) => {
  const { queue, clock, read, readAll, told } = pipe(1000, LIMITS);
  queue.push('update', `${'x'.repeat(1500)}\n`, 'a');
  queue.flush();
  read(1000);
  for (let i = 0; i < 300; i++) queue.push('update', `${'u'.repeat(199)}\n`, 'a');
  queue.push('state', 'down\n');
  queue.flush();
  clock.advance(59_000);
  t.deepEqual(told, ['pause a']);
  clock.advance(1000);
  t.deepEqual(told, ['pause a', 'overflow: it has read nothing for 60 s', 'go a']);
  queue.push('update', 'later\n', 'a');
  queue.push('event', 'later\n');
  queue.push('answer', 'done\n');
  queue.push('shutdown', 'shutdown\n');
  const lines = readAll().split('\n').slice(1, -1);
  const updates = lines.filter((line) => line === 'u'.repeat(199));
  t.deepEqual(lines.slice(updates.length), ['down', 'done', 'shutdown']);
  t.is(told.at(-1), `caught up ${302 - updates.length}`);
  queue.push('update', 'again\n', 'a');
  t.is(readAll(), 'again\n');
});

test('one that reads a little now and then has not stalled', (t) => {
  const { queue, clock, read, told } = pipe(10_000, LIMITS, true);
  queue.push('update', `${'u'.repeat(199)}\n`, 'a');
  queue.flush();
  read(1);
  for (let i = 0; i < 320; i++) queue.push('update', `${'u'.repeat(199)}\n`, 'a');
  queue.flush();
  for (let i = 0; i < 5; i++) {
    read(1);
    clock.advance(60_000);
  }
  t.deepEqual(told, ['pause a']);
  clock.advance(60_000);
  t.deepEqual(told, ['pause a', 'overflow: it has read nothing for 60 s', 'go a']);
});

test('one that has never read loses updates at the mark, and nobody waits for it', (t) => {
  const { queue, told } = pipe(1000, LIMITS);
  queue.push('update', `${'u'.repeat(1099)}\n`, 'a');
  queue.flush();
  for (let i = 0; i < 100_000; i++) queue.push('update', `${'u'.repeat(99)}\n`, 'a');
  t.true(queue.queuedOctets < 15_000);
  t.is(
    told.find((text) => text.startsWith('overflow')),
    'overflow: it has never read',
  );
  t.false(told.some((text) => text.startsWith('pause') && !told.includes(text.replace('pause', 'go'))));
  t.true(queue.lostLines > 99_900);
});

test('states too are bounded', (t) => {
  const { queue } = pipe(1000, LIMITS);
  for (let i = 0; i < 100_000; i++) queue.push('state', `state ${i}\n`);
  t.true(queue.queuedOctets <= LIMITS.bytes + 200);
  queue.push('shutdown', 'shutdown\n');
  t.true(queue.queuedOctets <= LIMITS.bytes + 400);
});

test('after its end nothing is kept and everybody goes on', (t) => {
  const { queue, read, told } = pipe(1000, LIMITS);
  queue.push('update', `${'x'.repeat(1500)}\n`, 'a');
  queue.flush();
  read(1000);
  for (let i = 0; i < 600; i++) queue.push('update', `${'u'.repeat(99)}\n`, 'a');
  queue.close();
  queue.push('answer', 'done\n');
  t.is(queue.queuedOctets, 0);
  t.deepEqual(told, ['pause a', 'go a']);
});

test('only whole lines are ever dropped, and answers to a reader never', (t) => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom<LineKind>('answer', 'update', 'event', 'state'),
        size: fc.nat(900),
        lines: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ read: fc.integer({ min: 1, max: 3000 }) }) },
    { weight: 1, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 100_000 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, canProbe) => {
      const { queue, clock, read, readAll } = pipe(700, { bytes: 8000, stallSeconds: 60 }, canProbe);
      const asked: string[] = [];
      let serial = 0;
      let text = '';
      for (const one of steps) {
        if ('kind' in one) {
          const lines: string[] = [];
          for (let i = 0; i < one.lines; i++) lines.push(`${one.kind} ${serial++} ${'é'.repeat(one.size)}`);
          asked.push(...lines);
          queue.push(one.kind, `${lines.join('\n')}\n`, 'a');
          queue.flush();
        } else if ('read' in one) read(one.read);
        else clock.advance(one.wait);
      }
      text += readAll();
      const got = text.split('\n');
      t.is(got.pop(), '');
      let at = 0;
      for (const line of got) {
        at = asked.indexOf(line, at);
        t.true(at >= 0, 'a line nobody wrote, or out of order');
        at += 1;
      }
      const answers = asked.filter((line) => line.startsWith('answer'));
      t.is(got.filter((line) => line.startsWith('answer')).length + queue.lostAnswers, answers.length);
    }),
  );
});
