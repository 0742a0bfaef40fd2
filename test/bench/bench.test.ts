/** The benchmark itself: tiny works run, are checked, and give results of the promised shape. No timing is asserted. */
import test from 'ava';
import { readOptions, UsageError } from './options.js';
import { RouteBook } from './peer/route-book.js';
import { median, table } from './results.js';
import { Bench } from './run-bench.js';
import { attributeText, commandLines, ipv4Index, prefixOctets, prefixText, revisedIndexes } from './work-routes.js';

test('two tiny works give results that count', async (t) => {
  const options = readOptions([
    '--quick',
    '--size',
    '300',
    '--daemons',
    'crier',
    '--works',
    'inject-churn,collect-json',
  ]);
  if (typeof options === 'string') throw new Error(options);
  const bench = new Bench(options);
  t.teardown(() => bench.close());
  const told: string[] = [];
  const report = await bench.run((work, daemon, round) => told.push(`${work.name} ${daemon.name} ${round}`));
  t.deepEqual(told, ['inject-churn crier 1', 'collect-json crier 1']);
  t.deepEqual(report.options, { size: 300, rounds: 1, quick: true });
  t.deepEqual(Object.keys(report.versions), ['crier']);
  for (const { runs, summary, daemon } of report.results) {
    t.is(daemon, 'crier');
    t.deepEqual(
      runs.filter((run) => 'error' in run),
      [],
    );
    t.true(summary!.seconds > 0 && summary!.secondsMin <= summary!.seconds && summary!.seconds <= summary!.secondsMax);
    t.true(summary!.routesPerSecond! > 0);
    t.true(summary!.peakRssOctets > 1e6);
    t.true(summary!.keepaliveDelayMs! >= 0);
    t.is(summary!.crierIsTimes, 1);
  }
  t.regex(
    table(report.results),
    /^work +daemon +routes +seconds .*\ninject-churn +crier +300 .*\ncollect-json +crier +300 /,
  );
  t.deepEqual(JSON.parse(JSON.stringify(report)).results.length, 2);
});

test('every prefix has its number', (t) => {
  for (const index of [0, 1, 255, 65536, 999_999, 126 * 65536 - 1, 126 * 65536, 200 * 65536]) {
    t.is(ipv4Index(prefixOctets(index), 0), index, prefixText(index));
    t.false(prefixText(index).startsWith('127.'));
  }
});

/** An UPDATE body: withdrawn prefixes, attributes, announced prefixes. */
function body(withdrawn: readonly number[], attributes: string, announced: readonly number[]): Buffer {
  const octets = (indexes: readonly number[]): Buffer => Buffer.concat(indexes.map((index) => prefixOctets(index)));
  const block = Buffer.from(attributes.replaceAll(' ', ''), 'hex');
  const length = (of: Uint8Array): Buffer => Buffer.from([of.length >>> 8, of.length & 255]);
  const gone = octets(withdrawn);
  return Buffer.concat([length(gone), gone, length(block), block, octets(announced)]);
}

const SAME = '40010100 40020602010000fde8 4003047f000001';
const bookOptions = { first: 0, routes: 6, isIpv6: false, isExact: true, share: 1, allowsOthers: false } as const;

test('a book holds what it is told, right or wrong', (t) => {
  const book = new RouteBook({ ...bookOptions, work: 'same' });
  const tell = (...args: Parameters<typeof body>): void => {
    const data = body(...args);
    book.update(data, 0, data.length);
  };
  tell([], SAME, [0, 1, 2, 3, 4]);
  t.deepEqual([book.held, book.right, book.isComplete], [5, 5, false]);
  tell([], `${SAME} 80040400000001`, [5]);
  t.deepEqual([book.held, book.right, book.isComplete], [6, 5, false], 'a MED that nobody asked for');
  tell([], SAME, [5, 5]);
  t.true(book.isComplete);
  tell([2], '', []);
  t.deepEqual([book.held, book.right, book.isComplete], [5, 5, false]);
  tell([], SAME, [2, 6]);
  t.deepEqual([book.unknown, book.isComplete], [1, false], 'a prefix that nobody asked for');
});

test('a reload makes ten routes wrong until they come again', (t) => {
  const book = new RouteBook({ ...bookOptions, work: 'thousand' });
  const attributes = (index: number, community: number): string =>
    `${SAME} 8004040000000${index} c00804fde8${community.toString(16).padStart(4, '0')}`;
  for (let i = 0; i < 6; i++) {
    const data = body([], attributes(i, i), [i]);
    book.update(data, 0, data.length);
  }
  t.true(book.isComplete);
  book.revise();
  t.is(book.right, 0);
  for (const index of revisedIndexes(6)) {
    const data = body([], attributes(index, 1000 + index), [index]);
    book.update(data, 0, data.length);
  }
  t.true(book.isComplete);
});

test('the last line of a churn completes it', (t) => {
  // The lines played by the rules of the product: the last word for a route holds.
  const held = new Map<string, string>();
  const lines = [...commandLines('churn', 2500, false)];
  const states: string[] = [];
  for (const line of lines) {
    const [verb, , prefix, ...words] = line.split(' ');
    if (verb === 'withdraw') held.delete(prefix!);
    else held.set(prefix!, words.join(' '));
    states.push(`${held.size} ${held.get(prefix!)}`);
  }
  const wanted = new RouteBook({ ...bookOptions, work: 'churn', routes: 2500 }).wanted;
  t.is(held.size, wanted);
  t.not(states.at(-1), states.at(-2));
  for (let i = 0; i < 2500; i++)
    t.is(held.get(prefixText(i)), i % 3 === 0 && i % 2 === 1 ? undefined : attributeText('thousand', i));
});

const wrong = test.macro((t, argv: string[]) => {
  t.throws(() => readOptions(argv), { instanceOf: UsageError });
});
test('a work that does not exist', wrong, ['--works', 'nothing']);
test('a daemon that does not exist', wrong, ['--daemons', 'crier,nobody']);
test('no rounds', wrong, ['--rounds', '0']);
test('a size that is no number', wrong, ['--size', 'many']);
test('an unknown option', wrong, ['--fast']);

test('the median of an even number of runs lies between', (t) => {
  t.is(median([4, 1, 3]), 3);
  t.is(median([4, 1, 3, 2]), 2.5);
});
