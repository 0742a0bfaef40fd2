import test from 'ava';
import { AdjIn } from '../../src/rib/adj-in.js';
import { nextHopOf, packTlvs } from '../../src/wire/attribute-set.js';
import { familyByName, familyIndex } from '../../src/wire/family/index.js';
import type { DecodedUpdate, NlriRun } from '../../src/wire/update.js';

const ipv4 = familyByName('ipv4 unicast')!;
const IPV4 = familyIndex(ipv4);
const MED = 4;

function run(source: readonly number[], addPath = false): NlriRun {
  const bytes = Uint8Array.from(source);
  return { family: ipv4, source: bytes, start: 0, end: bytes.length, addPath, nextHop: Uint8Array.of(192, 0, 2, 1) };
}

function update(announced: readonly NlriRun[], withdrawn: readonly NlriRun[], med = 1): DecodedUpdate {
  return {
    attributes: packTlvs([{ code: MED, flags: 0x80, value: Uint8Array.of(0, 0, 0, med) }]),
    announced,
    withdrawn,
    endOfRib: undefined,
    faults: [],
    isTreatedAsWithdraw: false,
  } as DecodedUpdate;
}

function held(table: AdjIn): string[] {
  const out: string[] = [];
  table.list(0, 1000, (key, set) => {
    const pathId = key[4];
    out.push(
      `${ipv4.print(key, 5, key.length)} path ${pathId} med ${set.at(-1)} via ${(nextHopOf(set) as Uint8Array).join('.')}`,
    );
  });
  return out.sort();
}

test('holds what was announced last and not withdrawn', (t) => {
  const table = new AdjIn();
  table.update(update([run([8, 10, 16, 10, 1])], [], 1));
  table.update(update([run([16, 10, 1])], [], 2));
  t.deepEqual(held(table), ['10.0.0.0/8 path 0 med 1 via 192.0.2.1', '10.1.0.0/16 path 0 med 2 via 192.0.2.1']);
  t.is(table.count(IPV4), 2);
  table.update(update([], [run([8, 10, 8, 11])]));
  t.deepEqual(held(table), ['10.1.0.0/16 path 0 med 2 via 192.0.2.1']);
  t.is(table.size, 1);
});

test('the same prefix withdrawn and announced in one UPDATE is announced (RFC 4271 section 4.3)', (t) => {
  const table = new AdjIn();
  table.update(update([run([8, 10])], [run([8, 10])]));
  t.is(table.count(IPV4), 1);
});

test('path identifiers tell routes apart (RFC 7911)', (t) => {
  const table = new AdjIn();
  table.update(update([run([0, 0, 0, 1, 8, 10, 0, 0, 0, 2, 8, 10], true)], []));
  t.deepEqual(held(table), ['10.0.0.0/8 path 1 med 1 via 192.0.2.1', '10.0.0.0/8 path 2 med 1 via 192.0.2.1']);
  table.update(update([], [run([0, 0, 0, 1, 8, 10], true)]));
  t.deepEqual(held(table), ['10.0.0.0/8 path 2 med 1 via 192.0.2.1']);
});

test('lists in steps', (t) => {
  const table = new AdjIn();
  table.update(update([run([8, 10, 8, 11, 8, 12])], []));
  const seen: number[] = [];
  let cursor: number | undefined = 0;
  while (cursor !== undefined) cursor = table.list(cursor, 2, (key) => seen.push(key[6]!));
  t.deepEqual(seen.sort(), [10, 11, 12]);
});

test('forgets one family, or all', (t) => {
  const table = new AdjIn();
  table.update(update([run([8, 10])], []));
  table.clear(IPV4 + 1);
  t.is(table.size, 1);
  table.clear();
  t.is(table.size, 0);
  t.is(table.count(IPV4), 0);
});
