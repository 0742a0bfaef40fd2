// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text that must not be taken for a variable
/** Neighbors that are added at run time. */
import test from 'ava';
import { ConfigError } from '../../src/config/errors.js';
import { parseNeighbor } from '../../src/config/load.js';
import { neighborOptions } from '../../src/config/print.js';
import { loadGood } from './files.js';

const FILE = `{routerId: "192.0.2.254", tcp: {port: 1179}, listen: {address: "0.0.0.0"}, processes: {p: {run: "/bin/sh"}},
  templates: {t: {holdTime: 9, localAs: 1, routes: "route 10.0.0.0/8 next-hop self"}},
  neighbors: [{remoteAddress: "192.0.2.1", localAs: 1, peerAs: 2}]}`;

test('takes what the file says', (t) => {
  const base = loadGood(t, FILE);
  const neighbor = parseNeighbor(
    { remoteAddress: '192.0.2.2', peerAs: 3, inherit: 't', passive: true, api: { processes: ['p'] } },
    base,
  );
  t.like(neighbor, {
    name: '192.0.2.2 local-as 1 peer-as 3',
    routerId: '192.0.2.254',
    remotePort: 1179,
    holdTimeSeconds: 9,
    routes: ['route 10.0.0.0/8 next-hop self'],
  });
  t.true(Object.isFrozen(neighbor));
  t.deepEqual(parseNeighbor(neighborOptions(neighbor, base), base), neighbor);
});

const refuses = test.macro((t, json: unknown, ...expected: string[]) => {
  const error = t.throws(() => parseNeighbor(json, loadGood(t, FILE)), { instanceOf: ConfigError });
  t.is(error?.message, expected.join('\n'));
});
test('not an object', refuses, [], 'neighbor: expected an object, not a list');
test(
  'nothing',
  refuses,
  {},
  'neighbor: remoteAddress: is missing',
  'neighbor: localAs: is missing',
  'neighbor: peerAs: is missing',
);
test(
  'one that is there',
  refuses,
  { remoteAddress: '192.0.2.1', localAs: 1, peerAs: 2 },
  'neighbor: there is a neighbor 192.0.2.1 local-as 1 peer-as 2 already',
);
test(
  'unknown key',
  refuses,
  { remoteAddress: '192.0.2.3', localAs: 1, peerAs: 2, holdtime: 3 },
  'neighbor: holdtime: unknown key "holdtime": did you mean "holdTime"?',
);
test(
  'unknown process',
  refuses,
  { remoteAddress: '192.0.2.3', localAs: 1, peerAs: 2, api: { processes: ['q'] } },
  'neighbor: api.processes[0]: there is no process "q": expected "p"',
);
test(
  'a bad route',
  refuses,
  { remoteAddress: '192.0.2.3', localAs: 1, peerAs: 2, routes: ['route 10.0.0.0/8 mad 1'] },
  'neighbor: routes[0]: "mad" is no keyword of a route (column 18 of the text)',
);
test(
  'variables are not read',
  refuses,
  { remoteAddress: '${HOME}', localAs: 1, peerAs: 2 },
  'neighbor: remoteAddress: expected an IPv4 or IPv6 address, or a range such as 10.0.0.0/24',
);
