/** The budget of a turn, counted on a clock that only work moves. */
import test from 'ava';
import { inTurns, TURN_BUDGET_MS, TurnScheduler, type TurnTask } from '../../src/util/turn.js';

/** A machine whose only time is that of its work. */
class Machine {
  nowMs = 0;
  private readonly due: (() => void)[] = [];
  readonly scheduler = new TurnScheduler(
    () => this.nowMs,
    (callback) => void this.due.push(callback),
  );

  /** Runs one turn. @returns false when nothing is due */
  turn(): boolean {
    const callback = this.due.shift();
    callback?.();
    return callback !== undefined;
  }

  /** A task of so many pieces that take `pieceMs` each. */
  task(pieces: number, pieceMs: number, isDrain = false): TurnTask & { left: number; doneAtMs: number } {
    const machine = this;
    return {
      isDrain,
      left: pieces,
      doneAtMs: Number.NaN,
      step(deadlineMs) {
        do {
          machine.nowMs += pieceMs;
          this.left--;
        } while (this.left > 0 && machine.nowMs < deadlineMs);
        if (this.left === 0) this.doneAtMs = machine.nowMs;
        return this.left > 0;
      },
    };
  }
}

test('no turn is longer than the budget and one piece, whatever is to be done', (t) => {
  for (const [count, pieceMs] of [
    [1, 0.1],
    [50, 0.1],
    [1000, 0.03],
    [3, 1.9],
  ] as const) {
    const machine = new Machine();
    for (let i = 0; i < count; i++) machine.scheduler.schedule(machine.task(2000, pieceMs, i % 3 === 0));
    for (let i = 0; i < 200 && machine.turn(); i++);
    const { longestTurnMs } = machine.scheduler;
    t.true(longestTurnMs >= TURN_BUDGET_MS && longestTurnMs < TURN_BUDGET_MS + pieceMs + 1e-6, `${longestTurnMs}`);
  }
});

test('a drain that gathers waits for what fills, and not for another drain or for nothing', (t) => {
  const machine = new Machine();
  const drain = { ...machine.task(3, 0.1, true), gathers: (nowMs: number) => nowMs < 25 };
  const fill = machine.task(1000, 0.1);
  machine.scheduler.schedule(fill);
  machine.turn();
  machine.scheduler.schedule(drain);
  for (let i = 0; i < 5; i++) machine.turn();
  t.true(drain.doneAtMs >= 25 && drain.doneAtMs < 28, `${drain.doneAtMs}`);
  t.true(fill.left > 0);

  const idle = new Machine();
  const first = { ...idle.task(1, 0.1, true), gathers: () => true };
  const second = { ...idle.task(1, 0.1, true), gathers: () => true };
  idle.scheduler.schedule(first);
  idle.scheduler.schedule(second);
  idle.turn();
  t.deepEqual([first.left, second.left], [0, 0]);
});

test('a small job that comes does not wait for large ones', (t) => {
  const machine = new Machine();
  for (let i = 0; i < 50; i++) machine.scheduler.schedule(machine.task(100_000, 0.1));
  for (let i = 0; i < 30; i++) machine.turn();
  const small = machine.task(1, 0.1);
  const from = machine.nowMs;
  machine.scheduler.schedule(small);
  machine.turn();
  t.true(small.doneAtMs - from <= 0.2, `${small.doneAtMs - from}`);
});

test('small jobs that never end to come do not starve large ones', (t) => {
  const machine = new Machine();
  const large = machine.task(1000, 0.1);
  machine.scheduler.schedule(large);
  machine.turn();
  const endless = (): TurnTask => {
    const task = machine.task(1, 0.1);
    return {
      step(deadlineMs) {
        task.step(deadlineMs);
        machine.scheduler.schedule(endless());
        return false;
      },
    };
  };
  for (let i = 0; i < 20; i++) machine.scheduler.schedule(endless());
  for (let i = 0; i < 100; i++) machine.turn();
  t.is(large.left, 0);
});

test('what drains has half of the time, however many bring work', (t) => {
  const machine = new Machine();
  const drain = machine.task(1e6, 0.1, true);
  const others = Array.from({ length: 50 }, () => machine.task(1e6, 0.1));
  for (const task of [...others, drain]) machine.scheduler.schedule(task);
  while (machine.nowMs < 5000) machine.turn();
  const drained = 1e6 - drain.left;
  t.true(drained > 20_000 && drained < 30_000, `${drained} of 50,000 pieces`);
  const shares = others.map(({ left }) => 1e6 - left);
  t.true(Math.max(...shares) < 2 * Math.min(...shares), `${Math.min(...shares)} to ${Math.max(...shares)}`);
});

test('all that is scheduled is done, each task once at a time', (t) => {
  const machine = new Machine();
  const tasks = Array.from({ length: 100 }, (_, i) => machine.task(1 + (i % 7) * 20, 0.3, i % 2 === 0));
  for (const task of tasks) {
    machine.scheduler.schedule(task);
    machine.scheduler.schedule(task);
  }
  while (machine.turn());
  t.true(tasks.every(({ left }) => left === 0));
});

test('a generator is done in turns, and what it throws is told', async (t) => {
  const scheduler = new TurnScheduler();
  function* count(to: number): Generator<void, number, void> {
    for (let i = 0; i < to; i++) yield;
    if (to === 3) throw new RangeError('three');
    return to;
  }
  t.is(await inTurns(scheduler, count(5)), 5);
  await t.throwsAsync(inTurns(scheduler, count(3)), { instanceOf: RangeError });
});

test('what comes to a quiet daemon runs at once, but not one behind the other', (t) => {
  const machine = new Machine();
  const [first, second, large] = [machine.task(1, 0.1), machine.task(1, 0.1), machine.task(1000, 0.1)];
  machine.nowMs = 50;
  machine.scheduler.scheduleNow(first);
  t.is(first.left, 0);
  machine.scheduler.scheduleNow(second);
  t.is(second.left, 1);
  machine.turn();
  t.is(second.left, 0);
  machine.nowMs += 50;
  machine.scheduler.scheduleNow(large);
  t.true(large.left > 900 && large.left < 1000, 'only for a moment');
  const third = machine.task(1, 0.1);
  machine.nowMs += 50;
  machine.scheduler.scheduleNow(third);
  t.is(third.left, 1, 'somebody has work');
  for (let i = 0; i < 100; i++) machine.turn();
  t.deepEqual([third.left, large.left], [0, 0]);
});

test('the loop stays awake until then, and no longer', (t) => {
  const machine = new Machine();
  machine.scheduler.stayAwake(1);
  machine.scheduler.stayAwake(0.5);
  let turns = 0;
  while (machine.turn()) {
    machine.nowMs += 0.1;
    turns++;
  }
  t.true(turns >= 10 && turns <= 12, `${turns}`);
  t.true(machine.nowMs < 1.3);
});
