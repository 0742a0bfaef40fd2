import test from 'ava';
import type { PrefixLimit } from '../../src/session/peer-config.js';
import { PrefixLimits } from '../../src/session/prefix-limit.js';
import { NO_BYTES, toHex } from '../../src/util/bytes.js';
import { silentLogger } from '../../src/util/log.js';
import { NotificationError } from '../../src/wire/errors.js';
import { familyByName, familyIndex } from '../../src/wire/family/index.js';
import type { DecodedUpdate, NlriRun } from '../../src/wire/update.js';

const ipv4 = familyByName('ipv4 unicast')!;
const INDEX = familyIndex(ipv4);

/** A run of /24 (or, for odd numbers, /25) prefixes by their third octet. */
function run(octets: readonly number[], addPath = false): NlriRun {
  const source = Buffer.concat(
    octets.map((n) => Buffer.from([...(addPath ? [0, 0, 0, n] : []), 24, 10, 0, addPath ? 1 : n])),
  );
  return { family: ipv4, source, start: 0, end: source.length, addPath, nextHop: NO_BYTES };
}

function update(announced: readonly number[], withdrawn: readonly number[] = [], addPath = false): DecodedUpdate {
  return {
    attributes: undefined,
    announced: announced.length === 0 ? [] : [run(announced, addPath)],
    withdrawn: withdrawn.length === 0 ? [] : [run(withdrawn, addPath)],
    endOfRib: undefined,
    faults: [],
    isTreatedAsWithdraw: false,
  };
}

function limits(limit: Partial<PrefixLimit>, lines: string[] = []): PrefixLimits {
  const log = {
    ...silentLogger,
    warn: (_fields: object, message: string) => void lines.push(message),
    error: (_fields: object, message: string) => void lines.push(message),
  };
  const full: PrefixLimit = { limit: 3, warn: 80, action: 'close', restartSeconds: 0, ...limit };
  return new PrefixLimits({ 'ipv4 unicast': full }, log, () => void lines.push('closes'));
}

/** Third octets of what is left. */
function left(result: DecodedUpdate): number[] {
  return result.announced.flatMap(({ source, start, end }) => {
    const found: number[] = [];
    for (let at = start; at < end; at += 4) found.push(source[at + 3]!);
    return found;
  });
}

test('counts each prefix once, whatever is repeated', (t) => {
  const counted = limits({ limit: 10 });
  counted.apply(update([1, 2, 2, 3]));
  counted.apply(update([3, 1]));
  t.is(counted.count(INDEX), 3);
  counted.apply(update([4], [1, 9]));
  t.is(counted.count(INDEX), 3);
  counted.apply(update([], [1, 2, 3, 4, 4]));
  t.is(counted.count(INDEX), 0);
});

test('a prefix withdrawn and announced in one message is there', (t) => {
  const counted = limits({ limit: 10 });
  counted.apply(update([1], [1]));
  t.is(counted.count(INDEX), 1);
});

test('with ADD-PATH each path counts', (t) => {
  const counted = limits({ limit: 10 });
  counted.apply(update([1, 2, 3], [], true));
  t.is(counted.count(INDEX), 3);
});

test('close: the limit itself is fine, one more ends the session with family and limit', (t) => {
  const lines: string[] = [];
  const counted = limits({}, lines);
  counted.apply(update([1, 2, 3]));
  const error = t.throws(() => counted.apply(update([4])), { instanceOf: NotificationError });
  t.is(error.code, 6);
  t.is(error.subcode, 1);
  t.is(toHex(error.data), '00010100000003');
  t.deepEqual(lines, ['80% of the prefix limit reached', 'prefix limit exceeded: the session ends', 'closes']);
});

test('drop: what is too much goes no further, what was there before stays', (t) => {
  const counted = limits({ action: 'drop' });
  t.deepEqual(left(counted.apply(update([1, 2]))), [1, 2]);
  t.deepEqual(left(counted.apply(update([5, 1, 6, 2, 7]))), [5, 1, 2]);
  t.is(counted.count(INDEX), 3);
  t.deepEqual(left(counted.apply(update([8], [1]))), [8]);
  t.deepEqual(left(counted.apply(update([9]))), []);
});

test('warn: everything is kept, and said once', (t) => {
  const lines: string[] = [];
  const counted = limits({ action: 'warn' }, lines);
  t.deepEqual(left(counted.apply(update([1, 2, 3, 4, 5]))), [1, 2, 3, 4, 5]);
  counted.apply(update([6]));
  t.is(counted.count(INDEX), 6);
  t.deepEqual(lines, ['prefix limit exceeded: kept all the same', '80% of the prefix limit reached']);
});

test('families without a limit are not counted', (t) => {
  t.is(limits({}).count(familyIndex(familyByName('ipv6 unicast')!)), undefined);
});
