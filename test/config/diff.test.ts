/** What a reload has to touch. */
import test, { type ExecutionContext } from 'ava';
import { diffConfigs, diffNeighbors, isEqual } from '../../src/config/diff.js';
import { loadGood, withNeighbor } from './files.js';

const neighbors = (t: ExecutionContext, options: string, rest?: string) =>
  loadGood(t, withNeighbor(options, rest)).neighbors;

const changes = test.macro((t, before: string, after: string, options: string[], needsReset: boolean) => {
  const rest = 'processes: {p: {run: "/bin/sh"}}, listen: {address: "0.0.0.0"},';
  const diff = diffNeighbors(neighbors(t, before, rest), neighbors(t, after, rest));
  t.deepEqual([diff.added, diff.removed], [[], []]);
  t.deepEqual(
    diff.changed.map((change) => [change.options, change.needsReset]),
    options.length === 0 ? [] : [[options, needsReset]],
  );
});

test('nothing', changes, 'holdTime: 180', '', [], false);
test('description', changes, '', 'description: "x"', ['description'], false);
test('api', changes, 'api: {processes: ["p"]}', 'api: []', ['api'], false);
test(
  'routes, which are compared where they are applied',
  changes,
  'routes: ["route 10.0.0.0/8 next-hop self"]',
  '',
  [],
  false,
);
test('adjRibIn', changes, '', 'adjRibIn: true', ['adjRibIn'], false);
test('maxPrefix', changes, '', 'maxPrefix: {"ipv4 unicast": {limit: 1}}', ['maxPrefix'], false);
test('connectRetryTime', changes, '', 'connectRetryTime: 6', ['connectRetrySeconds'], false);
test('hold time', changes, '', 'holdTime: 90', ['holdTimeSeconds'], true);
test(
  'description and hold time',
  changes,
  '',
  'holdTime: 90, description: "x"',
  ['description', 'holdTimeSeconds'],
  true,
);
test('a capability', changes, '', 'capabilities: {asn4: false}', ['capabilities'], true);
test('a key', changes, 'md5: {password: "a"}', 'md5: {password: "b"}', ['md5'], true);
test(
  'the order of families',
  changes,
  'families: ["ipv4 unicast", "ipv6 unicast"]',
  'families: ["ipv6 unicast", "ipv4 unicast"]',
  ['families'],
  true,
);
test('local address', changes, '', 'localAddress: "192.0.2.254"', ['name', 'localAddress'], true);
test('passive', changes, '', 'passive: true', ['passive'], true);

const entry = (address: string, peerAs: number): string =>
  `{remoteAddress: "${address}", localAs: 1, peerAs: ${peerAs}}`;
const file = (...entries: string[]): string => `{routerId: "1.1.1.1", neighbors: [${entries.join(', ')}]}`;

test('neighbors come and go; one that moved in the list did not change', (t) => {
  const before = loadGood(t, file(entry('::1', 2), entry('::2', 2), entry('::3', 2)));
  const after = loadGood(t, file(entry('::3', 2), entry('::4', 2), entry('::1', 2)));
  const { added, removed, changed, kept } = diffNeighbors(before.neighbors, after.neighbors);
  t.deepEqual(
    [added, removed, changed, kept].map((list) => list.length),
    [1, 1, 0, 2],
  );
  t.is(added[0]?.remoteAddress, '::4');
  t.is(removed[0]?.remoteAddress, '::2');
});

test('another AS number is a change of the same neighbor', (t) => {
  const { added, removed, changed } = diffNeighbors(
    loadGood(t, file(entry('::1', 2))).neighbors,
    loadGood(t, file(entry('::1', 3))).neighbors,
  );
  t.deepEqual([added, removed], [[], []]);
  t.like(changed[0], { options: ['name', 'peerAs'], needsReset: true });
});

test('two neighbors of one address that both changed are not mistaken for each other', (t) => {
  const before = loadGood(t, file(entry('::1', 2), entry('::1', 3)));
  const after = loadGood(t, file(entry('::1', 4), entry('::1', 3)));
  const { added, removed, changed } = diffNeighbors(before.neighbors, after.neighbors);
  t.deepEqual(
    [added, removed].map((list) => list.map(({ peerAs }) => peerAs)),
    [[], []],
  );
  t.deepEqual(
    changed.map((change) => [change.before.peerAs, change.after.peerAs]),
    [[2, 4]],
  );
});

test('processes, listeners and what needs a start', (t) => {
  const before = loadGood(
    t,
    '{processes: {a: {run: "/bin/sh"}, b: {run: "/bin/sh"}, c: {run: "/bin/sh"}, d: {run: "/bin/sh"}}, listen: [{address: "::"}, {address: "0.0.0.0"}], log: {level: "info"}}',
  );
  const after = loadGood(
    t,
    '{processes: {b: {run: "/bin/sh -x"}, c: {run: "/bin/sh", strict: true}, d: {run: "/bin/sh"}, e: {run: "/bin/sh"}}, listen: [{address: "::"}, {address: "::1"}], user: "x", log: {level: "warn"}}',
  );
  const diff = diffConfigs(before, after);
  t.deepEqual(
    diff.processes.added.map(({ name }) => name),
    ['e'],
  );
  t.deepEqual(
    diff.processes.removed.map(({ name }) => name),
    ['a'],
  );
  t.deepEqual(
    diff.processes.changed.map(({ after: { name }, options, needsRestart }) => [name, options, needsRestart]),
    [
      ['b', ['argv'], true],
      ['c', ['strict'], false],
    ],
  );
  t.deepEqual(diff.listeners, { added: [{ address: '::1', port: 179 }], removed: [{ address: '0.0.0.0', port: 179 }] });
  t.deepEqual(diff.needsStart, ['user', 'log']);
});

const same = test.macro((t, one: unknown, two: unknown, expected: boolean) => {
  t.is(isEqual(one, two), expected);
  t.is(isEqual(two, one), expected);
});
test('equal: octets', same, new Uint8Array([1, 2]), new Uint8Array([1, 2]), true);
test('equal: other octets', same, new Uint8Array([1, 2]), new Uint8Array([1, 3]), false);
test('equal: members in another order', same, { a: 1, b: [2] }, { b: [2], a: 1 }, true);
test('equal: a member that is undefined', same, { a: 1, b: undefined }, { a: 1 }, true);
test('equal: a longer list', same, [1], [1, undefined], false);
test('equal: list and object', same, [], {}, false);
test('equal: null', same, null, {}, false);
