/** JSON commands: what they do, what they answer, and that no value becomes more than one word. */
import test from 'ava';
import { apiJsonSchema } from '../../src/api/api-schema.js';
import { labWithPeer } from './lab.js';

const json = test.macro({
  title: (_, command: object | string) => JSON.stringify(command).slice(0, 120),
  async exec(t, command: object | string, expected: object, routes?: readonly string[]) {
    const { lab, peer, console } = labWithPeer();
    lab.up(peer);
    const got = await console.say(typeof command === 'string' ? command : JSON.stringify(command));
    t.like(JSON.parse(got.at(-1)!), expected);
    if (routes !== undefined) t.deepEqual(lab.routes(peer), [...routes].sort());
  },
});

const DONE = { id: 7, answer: 'done' };
const ROUTE = 'ipv4 unicast 192.0.2.1/32 next-hop self';

test(
  json,
  {
    id: 7,
    command: 'announce',
    neighbor: '127.0.0.2',
    route: { prefix: '192.0.2.1/32', nextHop: 'self', med: 10, community: ['65000:1'] },
  },
  DONE,
  [`${ROUTE} med 10 community 65000:1`],
);
test(
  json,
  { id: 'a', command: 'announce', route: { prefix: '192.0.2.1', nextHop: 'self' } },
  { id: 'a', answer: 'done' },
  [ROUTE],
);
test(
  json,
  { command: 'announce', neighbor: '*', route: { prefix: '192.0.2.1', nextHop: 'self' } },
  { answer: 'done' },
  [ROUTE],
);
test(
  json,
  { id: 7, command: 'announce', neighbor: ['127.0.0.9', '127.0.0.2'], route: { prefix: '192.0.2.1', nextHop: 'self' } },
  DONE,
  [ROUTE],
);
test(
  json,
  {
    id: 7,
    command: 'announce',
    route: { prefix: '192.0.2.1', nextHop: 'self', asPath: [1, [2, 3]], atomicAggregate: true, ttl: 5 },
  },
  { id: 7, answer: 'error' },
  [],
);
test(
  json,
  {
    id: 7,
    command: 'announce',
    ttl: 9,
    route: { prefix: '192.0.2.1', nextHop: 'self', asPath: [1, [2, 3]], atomicAggregate: true },
  },
  DONE,
  [`${ROUTE} as-path [ 1 ( 2 3 ) ] atomic-aggregate`],
);
test(json, { id: 7, command: 'announce', route: { prefixes: ['10.0.0.0/24', '10.0.1.0/24'], nextHop: 'self' } }, DONE, [
  'ipv4 unicast 10.0.0.0/24 next-hop self',
  'ipv4 unicast 10.0.1.0/24 next-hop self',
]);
test(
  json,
  {
    id: 7,
    command: 'announce',
    routes: [
      { prefix: '10.0.0.0/24', nextHop: 'self' },
      { prefix: '::/0', nextHop: '::1' },
    ],
  },
  DONE,
  ['ipv4 unicast 10.0.0.0/24 next-hop self', 'ipv6 unicast ::/0 next-hop ::1'],
);
test(
  json,
  {
    id: 7,
    command: 'announce',
    routes: [
      { prefix: '10.0.0.0/24', nextHop: 'self' },
      { prefix: 'x', nextHop: '::1' },
    ],
  },
  { id: 7, answer: 'error' },
  [],
);
test(
  json,
  { id: 7, command: 'announce', route: { family: 'ipv4 multicast', prefix: '10.0.0.0/24', nextHop: 'self' } },
  DONE,
  ['ipv4 multicast 10.0.0.0/24 next-hop self'],
);
test(json, { id: 7, command: 'withdraw', route: { prefix: '10.0.0.0/24' } }, DONE, []);
test(json, { id: 7, command: 'announce', eor: 'ipv4 unicast' }, DONE);
test(json, { id: 7, command: 'announce', routeRefresh: 'ipv6 unicast' }, DONE);
test(json, { id: 7, command: 'announce', watchdog: 'dog' }, DONE);
test(json, { id: 7, command: 'teardown', neighbor: '127.0.0.2', code: 4, message: "it's \u2028 late" }, DONE);
test(json, { id: 7, command: 'teardown', code: 4 }, { id: 7, answer: 'error' });
test(json, { id: 7, command: 'neighbor add', config: { remoteAddress: '192.0.2.9', localAs: 1, peerAs: 2 } }, DONE);
test(
  json,
  { id: 7, command: 'neighbor add', config: { remoteAddress: '192.0.2.9' } },
  { answer: 'error', reason: 'localAs: missing' },
);
test(json, { id: 7, command: 'flush adj-rib out', neighbor: '127.0.0.2' }, DONE);
test(json, { id: 8, text: 'announce route 10.0.0.0/24 next-hop self' }, { id: 8, answer: 'done' });
test(json, { id: 8, text: 'announce route 10.0.0.0/24 next-hop x' }, { id: 8, answer: 'error', column: 37 });
test(json, { id: 8, text: 'bogus' }, { id: 8, answer: 'error', reason: 'unknown command "bogus"', column: 1 });
test(json, { id: 8, text: 'announce\nroute' }, { id: 8, answer: 'error' });
test(json, { id: 8, command: 'announce' }, { id: 8, answer: 'error' });
test(json, { id: 8 }, { id: 8, answer: 'error' });
test(
  json,
  { id: 8, command: 'announce', rout: {} },
  { id: 8, answer: 'error', reason: 'unknown key "rout": did you mean "route"?' },
);
test(json, { id: [1], text: 'version' }, { answer: 'error' });
test(json, '{"id": 9, "text": ', { answer: 'error' });
test(json, '{}', { answer: 'error' });
test(
  json,
  { id: 7, command: 'announce', neighbor: '127.0.0.2 announce route', route: { prefix: '::/0' } },
  { id: 7, answer: 'error' },
  [],
);

for (const value of ['10 community [ 1:2 ]', '10;', 'self origin egp', '1" med "2', '1\' med "2', '[', '}', '\t5'])
  test(
    json,
    { id: 7, command: 'announce', route: { prefix: '192.0.2.1', nextHop: 'self', med: value } },
    { id: 7, answer: 'error' },
    [],
  );

test('listings of JSON commands carry the id', async (t) => {
  const { console } = labWithPeer();
  await console.say('announce route 10.0.0.0/24 next-hop self');
  const got = (await console.say('{"id": 5, "command": "show adj-rib out"}', '{"id": 6, "text": "version"}')).map(
    (line) => JSON.parse(line) as object,
  );
  t.deepEqual(got, [
    { id: 5, data: { '127.0.0.2': { routes: [{ family: 'ipv4 unicast', prefix: '10.0.0.0/24' }] } } },
    { id: 5, answer: 'done' },
    { id: 6, line: 'exabgp 4.2.21' },
    { id: 6, answer: 'done' },
  ]);
});

test('the JSON Schema of the API can be made', (t) => {
  const text = JSON.stringify(apiJsonSchema());
  for (const word of ['nextHop', 'skipped', 'routeRefresh', 'neighbor add']) t.true(text.includes(word), word);
});
