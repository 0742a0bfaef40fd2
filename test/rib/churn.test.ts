/**
 * Memory that does not grow: a table that comes, changes and goes ten times, with attributes of its own for every route
 * each time, takes after each round what it took after the first ones.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { OutgoingRib } from '../../src/rib/rib-out.js';
import type { OutFeed } from '../../src/rib/types.js';
import { writeU32 } from '../../src/util/bytes.js';
import { silentLogger } from '../../src/util/log.js';
import { TurnScheduler } from '../../src/util/turn.js';
import { packSet } from '../../src/wire/attribute-set.js';
import { familyByName, familyIndex } from '../../src/wire/family/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { makeProfile } from '../support/profile.js';

/** Where the sets of a round fill every segment of the index to the same size. */
const ROUTES = 24_000;
const ROUNDS = 10;
/** Rounds until all tables have the size that they need. */
const WARM = 2;
const IPV4 = familyIndex(familyByName('ipv4 unicast')!);
const FOREVER = Number.POSITIVE_INFINITY;
/** A third of what would be left if only the sets of each round were never given back. */
const SLACK = 4 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('ten full churns, each with other attributes, leave memory as it was', async (t) => {
  const rib = new OutgoingRib({
    clock: new FakeClock(),
    scheduler: new TurnScheduler(),
    log: silentLogger,
    maxRoutes: ROUTES * 2,
    atOnceMs: FOREVER,
  });
  const owner = rib.addOwner();
  const feeds: OutFeed[] = [];
  for (const name of ['one', 'two', 'blocked']) {
    const member = rib.addMember(name, { reach: 'all', adjRibOut: true, autoFlush: true });
    feeds.push(rib.openFeed(member, makeProfile({})));
  }
  const [first, second] = feeds;
  const targets = rib.targetsOfProcess('p');
  const key = Uint8Array.of(IPV4, 0, 0, 0, 0, 24, 0, 0, 0);
  const value = new Uint8Array(8);
  const eachKey = (use: (route: number) => void): void => {
    for (let route = 0; route < ROUTES; route++) {
      key[6] = 10;
      key[7] = route >>> 8;
      key[8] = route;
      use(route);
    }
  };
  const drain = (): void => {
    for (const feed of [first!, second!]) while (feed.drain(() => true, FOREVER) !== 'idle');
  };
  const announceAll = (round: number): void => {
    eachKey((route) => {
      writeU32(value, 0, round);
      writeU32(value, 4, route);
      const set = rib.internSet(packSet('self', new Uint8Array(0), [{ code: 8, flags: 0xc0, value }]));
      if (!rib.announce(targets, key, key.length, set, owner)) t.fail('the table is full');
      rib.releaseSet(set);
    });
    drain();
  };
  const measured: { octets: OutgoingRib['octets']; heap: number; buffers: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    announceAll(2 * round);
    announceAll(2 * round + 1);
    eachKey(() => rib.withdraw(targets, key, key.length));
    drain();
    announceAll(2 * round + 1);
    if (round % 2 === 0) rib.clear(targets);
    else await new Promise<void>((resolve) => rib.withdrawOwner(owner, resolve));
    drain();
    // The third peer never takes anything: it costs its bits, and its routes what they cost.
    if (round % 3 === 2) {
      feeds[2]!.close();
      await new Promise((resolve) => setImmediate(resolve));
      t.is(rib.size, 0);
      feeds[2] = rib.openFeed(
        rib.addMember(`n${round}`, { reach: 'all', adjRibOut: true, autoFlush: true }),
        makeProfile({}),
      );
    }
    // Buffers are swept behind the collection.
    for (let i = 0; i < 3; i++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    measured.push({ octets: rib.octets, heap: heapUsed, buffers: arrayBuffers });
  }
  const reference = measured[WARM]!;
  for (const { octets, heap, buffers } of measured.slice(WARM + 1)) {
    t.is(octets.nlri, reference.octets.nlri);
    // Other sets fall into other segments of the index, one of which may grow.
    t.true(octets.sets < reference.octets.sets * 1.1, `${octets.sets} octets of sets, ${reference.octets.sets} before`);
    t.true(heap - reference.heap < SLACK, `${heap} octets of heap, ${reference.heap} before`);
    t.true(buffers - reference.buffers < SLACK, `${buffers} octets of buffers, ${reference.buffers} before`);
  }
});
