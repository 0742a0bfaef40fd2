import test from 'ava';
import fc from 'fast-check';
import { LineReader } from '../../../src/api/process/line-reader.js';
import { TurnScheduler, type TurnTask } from '../../../src/util/turn.js';

/** Runs tasks at once, as often as asked. */
class Immediate extends TurnScheduler {
  private task: TurnTask | undefined;
  isOthersBusy = false;
  override get isBusy(): boolean {
    return this.isOthersBusy;
  }
  override schedule(task: TurnTask): void {
    this.task = task;
  }
  override scheduleNow(task: TurnTask): void {
    this.task = task;
  }
  run(): void {
    while (this.task !== undefined) {
      const task = this.task;
      this.task = undefined;
      while (task.step(Number.POSITIVE_INFINITY));
    }
  }
}

function reader(lineMax?: number) {
  const got: string[] = [];
  const scheduler = new Immediate();
  const hooks = { onLine: (line: string): void => void got.push(line), onBatch: (): void => undefined };
  const lines = new LineReader(
    scheduler,
    {
      onLine: (line) => hooks.onLine(line),
      onBadLine: (reason) => got.push(`BAD ${reason}`),
      onBatch: () => hooks.onBatch(),
      onRoom: () => got.push('ROOM'),
      onEnd: () => got.push('END'),
    },
    lineMax,
  );
  return { got, scheduler, lines, hooks };
}

const BAD_UTF8 = 'BAD line is not valid UTF-8';
const cases: [title: string, input: string | Buffer, expected: string[]][] = [
  ['lines', 'a\nb\n\nc\n', ['a', 'b', '', 'c']],
  ['CRLF', 'a\r\nb\r\n\r\n', ['a', 'b', '']],
  ['a lone CR splits nothing', 'a\rb\nc\n', ['a\rb', 'c']],
  ['CR CR LF', 'a\r\r\nb\n', ['a\r', 'b']],
  ['U+2028 and U+2029 split nothing', 'a\u2028b\u2029c\nd\n', ['a\u2028b\u2029c', 'd']],
  ['VT and FF split nothing', 'a\vb\fc\nd\n', ['a\vb\fc', 'd']],
  ['text beyond ASCII', 'grüße 漢字 🙂\nb\n', ['grüße 漢字 🙂', 'b']],
  ['NEL is no line end', 'a\u0085b\nc\n', ['BAD line holds a control character', 'c']],
  ['a lone 0xff', Buffer.from('a\xffb\nc\n', 'latin1'), [BAD_UTF8, 'c']],
  ['a character cut by the line end', Buffer.from('a\xe2\x80\nb\n', 'latin1'), [BAD_UTF8, 'b']],
  ['an octet 0', 'a\0b\nc\n', ['BAD line holds an octet 0x00', 'c']],
  ['longest line', `${'x'.repeat(32)}\n`, ['x'.repeat(32)]],
  ['longest line with CR', `${'x'.repeat(32)}\r\nb\n`, ['x'.repeat(32), 'b']],
  ['a line too long', `a\n${'x'.repeat(33)}\nb\n`, ['a', 'BAD line is longer than 32 octets', 'b']],
  ['a line far too long', `${'x'.repeat(3000)}\nb\n`, ['BAD line is longer than 32 octets', 'b']],
];
for (const [title, input, expected] of cases) {
  test(`${title}: whole, octet by octet, and cut anywhere`, (t) => {
    const bytes = Buffer.from(input as string);
    const run = (cuts: number[]): string[] => {
      const { got, scheduler, lines } = reader(32);
      let from = 0;
      for (const cut of [...cuts, bytes.length]) {
        lines.push(Buffer.from(bytes.subarray(from, cut)));
        scheduler.run();
        from = cut;
      }
      lines.end(true);
      scheduler.run();
      return got;
    };
    const all = [...expected, 'END'];
    t.deepEqual(run([]), all);
    t.deepEqual(run([...bytes.keys()]), all);
    for (let cut = 1; cut < bytes.length; cut++) t.deepEqual(run([cut]), all);
  });
}

test('any octets give the lines that a plain split gives', (t) => {
  const piece = fc.constantFrom('a', 'b c', '\n', '\r', '\r\n', 'é', '\u2028', 'x'.repeat(40));
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 60 }), (pieces) => {
      const { got, scheduler, lines } = reader(64);
      for (const [text, isRun] of pieces) {
        lines.push(Buffer.from(text));
        if (isRun) scheduler.run();
      }
      lines.end(true);
      scheduler.run();
      const split = pieces
        .map(([text]) => text)
        .join('')
        .split('\n');
      if (split.at(-1) === '') split.pop();
      const plain = split.map((line) => line.replace(/\r$/, ''));
      t.deepEqual(got, [
        ...plain.map((line) => (Buffer.byteLength(line) > 64 ? 'BAD line is longer than 64 octets' : line)),
        'END',
      ]);
    }),
  );
});

test('a last line without newline counts only when it is whole', (t) => {
  for (const [isWhole, expected] of [
    [true, ['a', '10.0.0.0/2', 'END']],
    [false, ['a', 'END']],
  ] as const) {
    const { got, scheduler, lines } = reader();
    lines.push(Buffer.from('a\n10.0.0.0/2'));
    t.is(lines.end(isWhole), !isWhole);
    scheduler.run();
    t.deepEqual(got, expected);
  }
});

test('handling stops in the middle of a slice and goes on there', (t) => {
  const { got, scheduler, lines, hooks } = reader();
  hooks.onLine = (line) => {
    got.push(line);
    if (line === 'b' || line === 'c') lines.pause();
  };
  lines.push(Buffer.from('a\nb\nc\nd\n'));
  scheduler.run();
  t.deepEqual(got, ['a', 'b']);
  lines.push(Buffer.from('e\n'));
  scheduler.run();
  lines.resume();
  scheduler.run();
  t.deepEqual(got, ['a', 'b', 'c']);
  lines.resume();
  scheduler.run();
  t.deepEqual(got, ['a', 'b', 'c', 'd', 'e']);
});

test('what waits is thrown away: rest of the slice, what is held, later octets; not a line that has no end', (t) => {
  const { got, scheduler, lines, hooks } = reader();
  let count = 0;
  hooks.onLine = (line) => {
    got.push(line);
    if (line === 'reset') count += lines.drop();
    if (line === 'pause') lines.pause();
  };
  lines.push(Buffer.from('a\nreset\nb\nc\n'));
  lines.push(Buffer.from('d\ré\ne\nf'));
  scheduler.run();
  t.is(count, 4);
  lines.push(Buffer.from('g\npause\nx\nreset\ny\nz\n'));
  scheduler.run();
  lines.resume();
  scheduler.run();
  t.is(count, 6);
  lines.push(Buffer.from('pause\nx\ny\n'));
  scheduler.run();
  t.is(lines.drop(), 2);
  lines.resume();
  lines.push(Buffer.from('end\n'));
  scheduler.run();
  t.deepEqual(got, ['a', 'reset', 'fg', 'pause', 'x', 'reset', 'pause', 'end']);
});

test('asks the pipe to wait above its room, and to go on below', (t) => {
  const { got, scheduler, lines, hooks } = reader();
  let count = 0;
  hooks.onLine = () => void count++;
  const chunk = Buffer.from('announce\n'.repeat(7000));
  let isOpen = true;
  for (let i = 0; i < 17; i++) isOpen = lines.push(chunk);
  t.false(isOpen);
  scheduler.run();
  t.is(count, 7000 * 17);
  t.deepEqual(got, ['ROOM']);
});

test('a line in a hundred thousand pieces costs no more than its length', (t) => {
  const { got, scheduler, lines } = reader();
  for (let i = 0; i < 100_000; i++) lines.push(Buffer.from('x'));
  lines.push(Buffer.from('\n'));
  scheduler.run();
  t.deepEqual(
    got.map((line) => line.length),
    [100_000],
  );
});

test('answers go before the work of others, but not before that of the lines themselves', (t) => {
  const { got, scheduler, lines, hooks } = reader();
  hooks.onBatch = () => void got.push('BATCH');
  lines.push(Buffer.from('a\nb\n'));
  scheduler.run();
  scheduler.isOthersBusy = true;
  lines.push(Buffer.from('c\n'));
  scheduler.run();
  t.deepEqual(got, ['a', 'b', 'c', 'BATCH']);
});
