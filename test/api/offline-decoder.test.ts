import test from 'ava';
import { decodeNlri, decodeToCommands, decodeToEvents } from '../../src/api/offline-decoder.js';
import { fromHex } from '../../src/util/bytes.js';
import { NotificationError } from '../../src/wire/errors.js';
import { familyByName } from '../../src/wire/family/index.js';

const MARKER = 'ff'.repeat(16);
const context = { asn4: true, addPath: false };
const daemon = { host: 'vm', pid: 1, ppid: 1 };

function events(hex: string, encoder: 'json' | 'text', changes = {}): string[] {
  const form = { encoder, dialect: 'exabgp-4', daemon, timeSeconds: 1 } as const;
  return decodeToEvents(fromHex(hex)!, { ...context, ...changes }, form)
    .trim()
    .split('\n');
}

const BODY = '00000015400101004002004003040a0001fe40050400000064180a0000';

test('a body and the message around it are the same event', (t) => {
  const length = (19 + BODY.length / 2).toString(16).padStart(4, '0');
  t.deepEqual(events(BODY, 'json'), events(`${MARKER}${length}02${BODY}`, 'json'));
});

test('every kind of message', (t) => {
  const types = [
    `${MARKER}001304`,
    `${MARKER}00170500010001`,
    `${MARKER}0015030602`,
    `${MARKER}001d0104fde900b4c000020100`,
    `${MARKER}00170200000000`,
  ].map((hex) => JSON.parse(events(hex, 'json')[0]!) as { type: string; neighbor: { direction: string } });
  t.deepEqual(
    types.map(({ type }) => type),
    ['keepalive', 'refresh', 'notification', 'open', 'update'],
  );
  t.true(types.every(({ neighbor }) => neighbor.direction === 'in'));
});

test('several messages are several events', (t) => {
  const counters = events(`${MARKER}001304${MARKER}001304`, 'json').map(
    (line) => (JSON.parse(line) as { counter: number }).counter,
  );
  t.deepEqual(counters, [1, 2]);
});

test('text', (t) => {
  t.deepEqual(events('00000000', 'text'), [
    'neighbor 127.0.0.1 in update start',
    'neighbor 127.0.0.1 in update route eor 1/1 (ipv4 unicast)',
    'neighbor 127.0.0.1 in update end',
  ]);
});

const commands = test.macro<[body: string, expected: string[], addPath?: boolean]>({
  exec(t, body, expected, addPath = false) {
    t.deepEqual(decodeToCommands(fromHex(body.replace(/ /g, ''))!, { asn4: true, addPath }), expected);
  },
  title: (_, _body, expected) => expected[0] ?? 'no command',
});

test(commands, '0000 0015 40010100 400200 4003040a0001fe 40050400000064 180a0000', [
  'announce route 10.0.0.0/24 next-hop 10.0.1.254 origin igp as-path [ ] local-preference 100',
]);
test(commands, '0004 180a0000 0000', ['withdraw route 10.0.0.0/24']);
test(commands, '0008 01020304 180a0000 0000', ['withdraw route 10.0.0.0/24 path-information 1.2.3.4'], true);
test(commands, '0000 0006 800f03 000202', ['announce eor ipv6 multicast']);
test(commands, `${MARKER}00170500020001`, ['announce route-refresh ipv6 unicast']);
test(commands, `${MARKER}001304`, []);

test('octets that would end a session', (t) => {
  for (const hex of ['', '00', `${MARKER}0014`, `${MARKER}001304ff`, `${MARKER}0013`, '00ff00000000']) {
    t.throws(() => events(hex, 'json'), { instanceOf: NotificationError }, hex);
  }
});

test('NLRI', (t) => {
  const family = familyByName('ipv4 unicast')!;
  const form = { encoder: 'json', dialect: 'exabgp-4' } as const;
  t.deepEqual(decodeNlri(fromHex('080a100a01')!, family, context, form), [
    '{ "nlri": "10.0.0.0/8" }',
    '{ "nlri": "10.1.0.0/16" }',
  ]);
  t.deepEqual(decodeNlri(fromHex('00000001080a')!, family, { addPath: true }, form), [
    '{ "nlri": "10.0.0.0/8", "path-information": "0.0.0.1" }',
  ]);
  for (const hex of ['', '21', '0800000a', '080a10']) {
    t.throws(() => decodeNlri(fromHex(hex)!, family, context, form), { instanceOf: NotificationError }, hex);
  }
});
