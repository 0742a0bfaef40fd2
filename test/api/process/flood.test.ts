/**
 * Fifty helpers that print as fast as they are read, over the real readers, commands and tables: no turn takes longer than
 * the budget, all get their share, and a quiet helper is served at once. Time is counted, not measured: a line, a look at
 * a route and a write take what they are said to take, so that a slow machine does not matter.
 */
import test from 'ava';
import { LineReader } from '../../../src/api/process/line-reader.js';
import type { OutFeed } from '../../../src/rib/types.js';
import { TURN_BUDGET_MS, TurnScheduler, type TurnTask } from '../../../src/util/turn.js';
import { Lab } from '../lab.js';

const HELPERS = 50;
const TURNS = 400;
const LINE_MS = 0.005;
const WRITE_MS = 0.02;
/** A reader hands over 8 KiB of lines before it looks at the clock. */
const PIECE_MS = (8192 / 'announce route 10.0.0.0/24 next-hop self med 1'.length) * LINE_MS + WRITE_MS;
const CHUNK_OCTETS = 65536;

/** Lines of one helper over and over: 1,000 routes, another MED each time. */
function* flood(helper: number): Generator<Buffer> {
  for (let round = 0; ; round++) {
    const lines: string[] = [];
    for (let i = 0; i < 1000; i++) {
      lines.push(`announce route 10.${helper}.${i >> 2}.${(i & 3) << 6}/26 next-hop self med ${round % 100}`);
    }
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

/** Time that only work moves, in the place of the machine's while `act` runs. */
function onCountedTime(act: (pass: (ms: number) => void) => void): void {
  const { now } = performance;
  let nowMs = 1000;
  performance.now = () => nowMs;
  try {
    act((ms) => {
      nowMs += ms;
    });
  } finally {
    performance.now = now;
  }
}

test('fifty helpers that flood: no turn takes longer than its budget', (t) => {
  onCountedTime((pass) => {
    const due: (() => void)[] = [];
    const scheduler = new TurnScheduler(
      () => performance.now(),
      (callback) => void due.push(callback),
    );
    const lab = new Lab(100_000, scheduler);
    const peer = lab.add('192.0.2.2');
    const feed = lab.up(peer);
    let written = 0;
    drainInTurns(feed, scheduler, (octets) => {
      written += octets;
      pass(WRITE_MS);
    });
    const counts: number[] = [];
    const readerOf = (index: number): { reader: LineReader; hasRoom: boolean } => {
      const { dispatcher } = lab.console({ process: `p${index}`, ack: false });
      const one = {
        hasRoom: true,
        reader: new LineReader(scheduler, {
          onLine: (line, octets) => {
            counts[index] = (counts[index] ?? 0) + 1;
            pass(LINE_MS);
            dispatcher.line(line, octets);
          },
          onBadLine: (reason) => t.fail(reason),
          onBatch: () => undefined,
          onRoom: () => {
            one.hasRoom = true;
          },
          onEnd: () => undefined,
        }),
      };
      return one;
    };
    const helpers = Array.from({ length: HELPERS }, (_, i) => ({ state: readerOf(i), lines: flood(i) }));
    const quiet = readerOf(HELPERS);
    let asked = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      // What the loop does between two turns: the pipes bring more, wherever there is room.
      for (const helper of helpers) {
        if (!helper.state.hasRoom) continue;
        for (let octets = 0; octets < CHUNK_OCTETS && helper.state.hasRoom; ) {
          const chunk = helper.lines.next().value as Buffer;
          helper.state.hasRoom = helper.state.reader.push(chunk);
          octets += chunk.length;
        }
      }
      // At first all fifty are new.
      if (turn > 20 && turn % 10 === 5) {
        asked++;
        quiet.reader.push(Buffer.from(`announce route 10.200.${turn >> 8}.${turn & 255}/32 next-hop self\n`));
        due.shift()!();
        t.is(counts[HELPERS], asked, 'the quiet helper is served in the same turn');
      } else due.shift()!();
    }
    const { longestTurnMs } = scheduler;
    t.true(longestTurnMs >= TURN_BUDGET_MS && longestTurnMs <= TURN_BUDGET_MS + PIECE_MS, `${longestTurnMs} ms`);
    const shares = counts.slice(0, HELPERS);
    t.true(
      Math.max(...shares) < 3 * Math.min(...shares),
      `lines of a helper: ${Math.min(...shares)} to ${Math.max(...shares)}`,
    );
    t.true(written > 0);
  });
});

/** As a session does it: routes go out whenever there are some. */
function drainInTurns(feed: OutFeed, scheduler: TurnScheduler, onWritten: (octets: number) => void): void {
  const task: TurnTask = {
    isDrain: true,
    step: (deadlineMs) =>
      feed.drain((chunk) => {
        onWritten(chunk.length);
        return true;
      }, deadlineMs) === 'more',
    gathers: (nowMs) => feed.gathers(nowMs),
  };
  feed.onReady = () => scheduler.schedule(task);
  scheduler.schedule(task);
}
