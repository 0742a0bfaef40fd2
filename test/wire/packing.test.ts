/**
 * Packing, for every family: routes whose attributes are equal share messages, whatever their labels or other payload are;
 * messages are filled up to the size that the peer takes, and say what went in.
 */
import test from 'ava';
import fc from 'fast-check';
import { NO_BYTES, toHex } from '../../src/util/bytes.js';
import { parseIp } from '../../src/util/ip.js';
import { packSet } from '../../src/wire/attribute-set.js';
import { families, familyIndex } from '../../src/wire/family/index.js';
import type { Family } from '../../src/wire/family/types.js';
import { bodyOf } from '../../src/wire/message.js';
import { eachNlri } from '../../src/wire/nlri.js';
import { packRouteKey } from '../../src/wire/route-key.js';
import type { NlriRun } from '../../src/wire/update.js';
import { decodeUpdate } from '../../src/wire/update-decoder.js';
import { UpdateWriter } from '../../src/wire/update-writer.js';
import { makeNegotiated } from '../support/negotiated.js';
import { nlriOf } from '../support/nlri.js';
import { makeProfile } from '../support/profile.js';

const ALL = families.map(() => true);
const ROUTES = 1500;
const SEED = 4711;
const SIZES = [4096, 65535] as const;

interface Route {
  readonly key: Uint8Array;
  readonly payload: Uint8Array;
}

/** Different routes of a family, as many as there are among the samples. */
function routesOf(family: Family): Route[] {
  const byKey = new Map<string, Route>();
  for (const nlri of fc.sample(nlriOf(family), { numRuns: ROUTES, seed: SEED })) {
    const route = family.split(nlri, 0, nlri.length);
    byKey.set(toHex(route.key), route);
  }
  return [...byKey.values()];
}

function nextHopOf({ nextHop: { addressSize } }: Family): Uint8Array | undefined {
  if (addressSize === 0) return undefined;
  return parseIp(addressSize === 4 ? '192.0.2.1' : '2001:db8::1');
}

/** Whole messages one behind the other -> each. */
function messagesOf(writer: UpdateWriter): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (const { bytes } of writer.take()) {
    for (let at = 0; at < bytes.length; ) {
      const length = (bytes[at + 16]! << 8) | bytes[at + 17]!;
      out.push(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return out;
}

/** Keys with payloads, in the order of the message. */
function readRuns(runs: readonly NlriRun[], hasPaths: boolean): string[] {
  const out: string[] = [];
  for (const run of runs) {
    eachNlri(run, (source, start, end, pathId) => {
      const { key, payload } = run.family.split(source, start, end);
      out.push(`${toHex(key)} ${toHex(payload)}${hasPaths ? ` ${pathId}` : ''}`);
    });
  }
  return out;
}

const packs = test.macro({
  title: (_, family: Family, size: number, hasPaths: boolean) =>
    `${family.name}: messages of ${size} octets are shared and filled${hasPaths ? ', with path identifiers' : ''}`,
  exec(t, family: Family, size: number, hasPaths: boolean) {
    const negotiated = makeNegotiated({
      isExternal: false,
      multipleLabels: ALL,
      ...(hasPaths ? { addPathReceive: ALL } : {}),
    });
    const writer = new UpdateWriter(
      makeProfile({ isExternal: false, messageSize: size, ...(hasPaths ? { addPath: ALL } : {}) }),
    );
    const index = familyIndex(family);
    const routes = routesOf(family);
    t.true(routes.length > 2, 'too few routes to try');
    const add = ({ key }: Route, i: number): boolean => {
      const packed = packRouteKey(index, i, key);
      return writer.add(packed, 0, packed.length);
    };
    const check = (kind: 'announced' | 'withdrawn', expected: string[]): void => {
      const messages = messagesOf(writer);
      const updates = messages.map((message) => decodeUpdate(bodyOf(message), negotiated, 'offline'));
      t.deepEqual(
        updates.flatMap((update) => readRuns(update[kind], hasPaths)),
        expected,
      );
      t.true(messages.every(({ length }) => length <= size));
      // The next route had no room any more.
      const largest = Math.max(...updates.flatMap((update) => update[kind].map(largestNlri)));
      t.true(messages.slice(0, -1).every(({ length }) => length > size - largest - 4));
    };
    const path = (i: number): string => (hasPaths ? ` ${i}` : '');
    // Routes without a payload have a set of their own.
    for (const hasPayload of [true, false]) {
      const some = routes.filter(({ payload }) => payload.length > 0 === hasPayload);
      some.forEach((route, i) => {
        if (i === 0 || hasPayload) t.true(writer.announce(family, packSet(nextHopOf(family), route.payload, [])));
        t.true(add(route, i));
      });
      check(
        'announced',
        some.map(({ key, payload }, i) => `${toHex(key)} ${toHex(payload)}${path(i)}`),
      );
    }
    writer.withdraw(family);
    routes.forEach((route, i) => {
      t.true(add(route, i));
    });
    const withdrawn = routes.map(({ key }, i) => {
      const out = familyWithdrawal(family, key);
      return `${toHex(out.key)} ${toHex(out.payload)}${path(i)}`;
    });
    check('withdrawn', withdrawn);
  },
});

/** A route as its withdrawal is read. */
function familyWithdrawal(family: Family, key: Uint8Array): Route {
  const writer = new UpdateWriter(makeProfile({ isExternal: false }));
  writer.withdraw(family);
  const packed = packRouteKey(familyIndex(family), 0, key);
  writer.add(packed, 0, packed.length);
  const [message] = messagesOf(writer);
  const update = decodeUpdate(bodyOf(message!), makeNegotiated({ multipleLabels: ALL }), 'offline');
  let route: Route = { key: NO_BYTES, payload: NO_BYTES };
  for (const run of update.withdrawn) {
    eachNlri(run, (source, start, end) => {
      route = run.family.split(source, start, end);
    });
  }
  return route;
}

function largestNlri(run: NlriRun): number {
  let largest = 0;
  eachNlri(run, (_source, start, end) => {
    largest = Math.max(largest, end - start);
  });
  return largest + (run.addPath ? 4 : 0);
}

for (const family of families) {
  for (const size of SIZES) test(packs, family, size, false);
  test(packs, family, SIZES[0], true);
}

test('routes that differ in more than their payload share no message', (t) => {
  const family = families.find(({ name }) => name === 'ipv4 mpls-vpn')!;
  const writer = new UpdateWriter(makeProfile({ isExternal: false }));
  const [one, two] = routesOf(family).filter(({ payload }) => payload.length > 0);
  const med = (value: number) => ({ code: 4, flags: 0x80, value: Uint8Array.of(0, 0, 0, value) });
  const key = packRouteKey(familyIndex(family), 0, one!.key);
  for (const [hop, payload, value] of [
    ['192.0.2.1', one!.payload, 1],
    ['192.0.2.1', two!.payload, 1],
    ['192.0.2.2', two!.payload, 1],
    ['192.0.2.2', two!.payload, 2],
  ] as const) {
    t.true(writer.announce(family, packSet(parseIp(hop), payload, [med(value)])));
    writer.add(key, 0, key.length);
  }
  t.is(messagesOf(writer).length, 3);
});

test('a route with more labels than the peer takes is not sent, one with as many is', (t) => {
  const family = families.find(({ name }) => name === 'ipv4 nlri-mpls')!;
  const set = (labels: number) => packSet(parseIp('192.0.2.1'), new Uint8Array(3 * labels).fill(1), []);
  const writer = new UpdateWriter(makeProfile({ labelLimits: families.map(() => 2) }));
  const key = packRouteKey(familyIndex(family), 0, Uint8Array.of(8, 10));
  t.true(writer.announce(family, set(1)));
  t.true(writer.add(key, 0, key.length));
  t.true(writer.announce(family, set(2)));
  t.true(writer.add(key, 0, key.length));
  t.false(writer.announce(family, set(3)));
  t.true(writer.announce(family, set(1)));
  t.true(writer.add(key, 0, key.length));
  t.is(messagesOf(writer).length, 2);
  t.true(new UpdateWriter(makeProfile()).announce(family, set(9)));
});
