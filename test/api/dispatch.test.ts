/** Lines and their answers: the worked lines of the reference, order, acknowledgements, groups, JSON, garbage. */
import test from 'ava';
import fc from 'fast-check';
import { MAX_OWED_ANSWERS } from '../../src/api/answers.js';
import { makeNegotiated } from '../support/negotiated.js';
import { Lab, labWithPeer } from './lab.js';

const ALL_ATTRIBUTES =
  'announce route 192.0.2.2/32 next-hop 203.0.113.9 origin egp as-path [ 65001 65010 (1 2 3) ] med 50 ' +
  'local-preference 200 community [ 65001:666 no-export blackhole 0x00010002 12345 ] ' +
  'large-community [ 1:2:3 65001:65002:65003 ] ' +
  'extended-community [ target:65001:100 origin:65001:5 0x0002fde800000064 l2info:19:0:1500:111 ] atomic-aggregate ' +
  'aggregator 65001:10.0.0.1 originator-id 10.1.1.1 cluster-list [ 10.2.2.2 10.3.3.3 ] aigp 100 ' +
  'attribute [ 0x63 0xc0 0x0a0b ] path-information 1.2.3.4';

const answer = test.macro({
  title: (_, line: string) => `answer: ${JSON.stringify(line)}`,
  async exec(t, line: string, expected: string | readonly string[], count?: number) {
    const { lab, peer, console } = labWithPeer();
    lab.up(peer);
    const got = await console.say(line);
    t.deepEqual(got, typeof expected === 'string' ? [expected] : [...expected]);
    if (count !== undefined) t.is(lab.routes(peer).length, count);
  },
});

test(answer, 'announce route 192.0.2.1/32 next-hop self', 'done', 1);
test(answer, ALL_ATTRIBUTES, 'done', 1);
test(answer, 'announce route 198.51.100.0/24 next-hop self split /26', 'done', 4);
test(answer, 'withdraw route 192.0.2.1/32', 'done', 0);
test(answer, 'withdraw route 8.8.8.8/32 next-hop self', 'done', 0);
test(answer, 'announce attributes next-hop self med 5 community 65001:1 nlri 172.16.0.0/24 172.16.1.0/24', 'done', 2);
test(answer, 'announce attribute next-hop self nlri 172.16.0.0/24 2001:db8::/32', 'done', 2);
test(answer, 'announce attributes next-hop self nlri 10.38.0.0/24, 10.39.0.0/24', 'error', 0);
test(answer, 'announce attributes next-hop self', 'error', 0);
test(answer, 'announce attributes next-hop self nlri', 'error', 0);
test(answer, 'withdraw attribute next-hop self nlri 172.16.1.0/24', 'done', 0);
test(answer, 'announce eor ipv4 unicast', 'done');
test(answer, 'announce eor', 'done');
test(answer, 'announce eor ipv4 bogus', 'error');
test(answer, 'announce route-refresh ipv4 unicast', 'done');
test(answer, 'announce operational asm afi ipv4 safi unicast advisory "hi"', 'error');
test(answer, 'announce operational bogus afi ipv4 safi unicast advisory "hi"', 'error');
for (const [line, expected] of [
  ['announce operational rpcq afi ipv4 safi unicast sequence 1', 'done'],
  ['neighbor 127.0.0.2 announce operational asm afi ipv4 safi unicast advisory "hi there"', 'done'],
  ['announce operational asm afi ipv4 safi unicast', 'error'],
] as const) {
  test(`with operational messages: ${line}`, async (t) => {
    const { lab, peer, console } = labWithPeer();
    lab.up(peer);
    peer.negotiated = makeNegotiated({ operational: true });
    t.deepEqual(await console.say(line), [expected]);
    t.is(peer.acts.length, expected === 'done' ? 1 : 0);
  });
}
test(answer, 'announce route 10.66.0.0/24', 'error', 0);
test(answer, 'announce route 10.66.0.1/24 next-hop self', 'error', 0);
test(answer, 'announce route 10.66.0.0/24 next-hop self foo bar', 'error', 0);
test(answer, 'announce route 10.66.0.0/24 next-hop self med', 'error', 0);
test(answer, 'announce route 10.66.0.0/24 next-hop self med 4294967296', 'error', 0);
test(answer, 'announce route 10.66.0.0/24 next-hop self community [ 65536:1 ]', 'error', 0);
test(answer, 'announce route 10.66.0.0/33 next-hop self', 'error', 0);
test(answer, 'announce route 999.999.999.999/32 next-hop 1.1.1.1', 'error', 0);
test(answer, 'announce route 10.79.0.0/24 next-hop self;', 'done', 1);
test(answer, 'announce route 10.79.0.0/24 next-hop self ;', 'done', 1);
test(answer, 'announce route 10.80.0.0/24 { next-hop self; med 7; }', 'done', 1);
test(answer, 'announce route 10.80.0.0/24 { next-hop self; med 7; } ttl 5', 'done', 1);
test(answer, 'announce route 10.80.0.0/24 { next-hop self med 7; }', 'error', 0);
test(answer, 'announce route 10.25.0.0 next-hop self', 'done', 1);
test(answer, 'announce route 10.77.0.0/24 next-hop self # note', 'error', 0);
test(answer, 'announce route 10.33.0.0/24 next-hop self ; announce route 10.34.0.0/24 next-hop self', 'error', 0);
test(answer, 'announce route 10.35.0.0/24 10.36.0.0/24 next-hop self', 'error', 0);
test(answer, 'announce\troute\t10.31.0.0/24\tnext-hop\tself', 'done', 1);
test(answer, '   announce   route 10.31.0.0/24   next-hop  self  ', 'done', 1);
test(answer, 'ANNOUNCE ROUTE 10.30.0.0/24 next-hop self', 'error', 0);
test(answer, 'announce route 10.30.0.0/24 next-hop self origin EGP', 'done', 1);
test(answer, 'neighbor 127.0.0.2 local-as 65001 peer-as 65002 announce route 10.82.0.0/24 next-hop self', 'done', 1);
test(answer, 'neighbor 127.0.0.2 local-as 65999 announce route 10.83.0.0/24 next-hop self', 'error', 0);
test(answer, 'neighbor 127.0.0.9, neighbor 127.0.0.2 announce route 10.84.0.0/24 next-hop self', 'done', 1);
test(answer, 'neighbor 127.0.0.9 announce route 10.84.0.0/24 next-hop self', 'error', 0);
test(answer, 'neighbor * announce route 10.85.0.0/24 next-hop self', 'done', 1);
test(answer, 'peer * announce route 10.85.0.0/24 next-hop self', 'done', 1);
test(answer, 'peer [127.0.0.9, 127.0.0.2] announce route 10.3.0.0/24 next-hop self', 'done', 1);
test(answer, 'peer [ 127.0.0.2 peer-as 65002 ] announce route 10.3.0.0/24 next-hop self', 'done', 1);
test(answer, 'peer 127.0.0.9, peer 127.0.0.2 announce route 10.3.0.0/24 next-hop self', 'done', 1);
test(answer, 'peer * local-as 65001 announce route 10.3.0.0/24 next-hop self', 'done', 1);
test(
  answer,
  'neighbor 127.0.0.2 router-id 10.0.0.1 local-ip 127.0.0.1 family-allowed in-open withdraw route 10.3.0.0/24',
  'done',
);
test(answer, 'neighbor absentone local-as 1 announce route 9.9.9.9/32 next-hop 1.1.1.1', 'error', 0);
test(answer, 'neighbor 127.0.0.2 teardown 4', 'done');
test(answer, 'neighbor 127.0.0.2 teardown', 'error');
test(answer, 'neighbor 127.0.0.2 teardown 256', 'error');
test(answer, 'teardown 6', 'done');
test(answer, 'nonsense command here', 'error');
test(answer, '', 'error');
test(answer, '   ', 'error');
test(answer, '# a comment line', 'done');
test(answer, 'announce ipv4 unicast 10.0.1.0/24 next-hop 10.0.1.254 local-preference 200', 'done', 1);
test(answer, 'announce ipv6 unicast fc00:1::/64 next-hop 2001::11', 'done', 1);
test(answer, 'announce ipv4 multicast 10.0.1.0/24 next-hop 10.0.1.254', 'done', 1);
test(answer, 'announce ipv4 unicast 2001:db8::/32 next-hop self', 'error', 0);
test(answer, 'announce ipv4 bogus 10.0.0.0/8 next-hop self', 'error', 0);
test(answer, 'announce route 10.0.0.0/24 next-hop 2001:db8::1', 'error', 0);
test(answer, 'announce route 2001:db8::/32 next-hop 10.0.0.1', 'error', 0);
test(answer, 'announce route 10.0.0.0/24 next-hop self name sync watchdog shutdown withdraw', 'done', 1);
test(answer, 'announce route 10.0.0.0/24 next-hop self ttl 30 sync 5 junk', 'error', 0);
test(answer, 'announce route 10.0.0.0/24 next-hop self ttl 0', 'error', 0);
test(answer, 'announce route 10.0.0.0/24 next-hop self json', 'done', 1);
test(answer, 'announce route 10.0.0.0/24 next-hop self split /8', 'done', 1);
test(answer, 'announce route 10.0.0.0/24 next-hop self split /33', 'error', 0);
test(answer, 'announce route 10.0.0.0/24 next-hop self cluster-list [ ]', 'error', 0);
test(answer, 'announce route 10.0.0.0/8 next-hop self split /32', 'error', 0);
test(answer, 'announce route 10.1.0.0/24 next-hop self label 100', 'done', 1);
test(answer, 'announce watchdog dog', 'done');
test(answer, 'announce watchdog', 'done');
test(answer, 'flush adj-rib out', 'done');
test(answer, 'clear adj-rib out', 'done');
test(answer, 'rib clear in', 'done');
test(answer, 'crash', 'error');
test(answer, 'reset', 'done');
test(answer, 'debug anything [ at all', 'done');
test(answer, 'version', ['exabgp 4.2.21', 'done']);
test(answer, 'show version', ['crier 1.2.3', 'done']);
test(answer, 'system version', ['{"version":"1.2.3","application":"crier"}', 'done']);
test(answer, 'session ping', ['{"pong": "c0ffee", "active": true}', 'done']);
test(answer, 'shutdown', ['shutdown in progress', 'done']);
test(answer, 'restart', ['restart in progress', 'done']);
test(answer, 'daemon reload', ['{"status": "reload in progress"}', 'done']);
test(answer, 'reload', ['reload in progress', 'done']);
test(answer, 'announce route 10.21.0.0/24 next-hop self community [ shutdown ]', 'error', 0);
test(answer, 'neighbor 127.0.0.2 version', 'error');
test(
  answer,
  'peer * group announce route 10.92.0.0/24 next-hop self ; announce route 10.93.0.0/24 next-hop self',
  ['{"status": "group processed", "announced": 2, "withdrawn": 0}', 'done'],
  2,
);
test(
  answer,
  'peer * group attributes next-hop self med 5 ; announce route 10.92.0.0/24; withdraw route 10.93.0.0/24',
  ['{"status": "group processed", "announced": 1, "withdrawn": 1}', 'done'],
  1,
);
test(answer, 'peer * group announce route 10.92.0.0/24 next-hop self ; announce route bogus', 'error', 0);

const reason = test.macro({
  title: (_, line: string) => `reason: ${line}`,
  async exec(t, line: string, expected: RegExp, column: number) {
    const { lab } = labWithPeer();
    const [got] = await lab.console({ ack: 'reasons' }).say(line);
    t.regex(got!, expected);
    t.true(got!.endsWith(`(column ${column})`), got);
  },
});

test(reason, 'announce route 10.0.0.0/24 next-hop self foo bar', /"foo" is no keyword/, 42);
test(reason, 'announce route 10.0.0.1/24 next-hop self', /10\.0\.0\.1\/24/, 16);
test(reason, 'announce route 10.0.0.0/24', /needs a next-hop/, 16);
test(reason, 'announce bogus', /"bogus" cannot follow "announce": expected route/, 10);
test(reason, 'announce', /"announce" goes on with/, 9);
test(reason, 'bogus', /unknown command "bogus"/, 1);
test(reason, 'neighbor 127.0.0.9 announce route 10.0.0.0/24 next-hop self', /no neighbor matches 127\.0\.0\.9/, 1);
test(reason, 'neighbor 127.0.0.2 local-as x announce route 10.0.0.0/24', /local-as is an AS number/, 29);
test(reason, 'neighbor 127.0.0.2 bogus', /unknown command "bogus"/, 20);
test(reason, 'announce route 10.0.0.0/24 next-hop self med x', /"x"/, 46);
test(reason, 'announce route 10.0.0.0/24 next-hop self community [ 1:2 x ]', /"x"/, 58);
test(reason, 'announce route 10.0.0.0/24 next-hop', /line ends here/, 36);
test(reason, 'announce attributes next-hop self nlri 10.0.0.0/24 x', /"x"/, 52);

test('a repeated keyword: the first one wins', async (t) => {
  const { lab, peer, console } = labWithPeer();
  await console.say(
    'announce route 10.0.0.0/24 next-hop self med 1 med 2 next-hop 1.2.3.4 attribute [ 0x04 0x80 0x00000003 ]',
  );
  t.deepEqual(lab.routes(peer), ['ipv4 unicast 10.0.0.0/24 next-hop self med 1']);
});

test('multicast prefixes find their family by themselves', async (t) => {
  const { lab, peer, console } = labWithPeer();
  await console.say('announce route 224.1.0.0/16 next-hop self', 'announce route ff0e::/16 next-hop ::1');
  t.deepEqual(lab.routes(peer), ['ipv4 multicast 224.1.0.0/16 next-hop self', 'ipv6 multicast ff0e::/16 next-hop ::1']);
});

test('the short way and the long way do the same', async (t) => {
  const lines = [
    ['announce route 10.0.0.0/24 next-hop self med 5', ' announce route 10.0.0.0/24 next-hop self med 5'],
    ['announce route 2001:DB8:0:1::/64 next-hop ::1', '\tannounce route 2001:DB8:0:1::/64 next-hop ::1'],
    [
      'announce route 0.0.0.0/0 next-hop 1.2.3.4 path-information 7',
      'announce  route 0.0.0.0/0 next-hop 1.2.3.4 path-information 7',
    ],
    ['announce ipv4 unicast 10.0.0.1 next-hop self', 'announce  ipv4 unicast 10.0.0.1 next-hop self'],
    ['announce route ::/0 next-hop ::1', 'announce  route ::/0 next-hop ::1'],
    ['announce route ::ffff:1.2.3.4 next-hop ::1', 'announce  route ::ffff:1.2.3.4 next-hop ::1'],
  ] as const;
  for (const [short, long] of lines) {
    const one = labWithPeer();
    const two = labWithPeer();
    t.deepEqual(await one.console.say(short), ['done']);
    t.deepEqual(await two.console.say(long), ['done']);
    t.deepEqual(one.lab.routes(one.peer), two.lab.routes(two.peer));
    t.is(one.lab.routes(one.peer).length, 1);
  }
});

test('a selector learned for one line is worked out anew when neighbors change', async (t) => {
  const { lab, peer, console } = labWithPeer();
  const line = 'neighbor 127.0.0.3 announce route 10.0.0.0/24 next-hop self';
  t.deepEqual(await console.say(line), ['error']);
  const second = lab.add('127.0.0.3');
  t.deepEqual(await console.say(line, line.replace('10.0.0.0', '10.1.1.0')), ['done', 'done']);
  t.is(lab.routes(second).length, 2);
  t.deepEqual(lab.routes(peer), []);
  lab.neighbors.pop();
  lab.generation++;
  t.deepEqual(await console.say(line), ['error']);
});

test('answers: off, on again, silenced, and always for help', async (t) => {
  const { console } = labWithPeer();
  const route = 'announce route 10.0.0.0/24 next-hop self';
  t.deepEqual(await console.say('disable-ack', route, 'bogus'), ['done']);
  t.deepEqual(await console.say('version'), ['exabgp 4.2.21']);
  t.is((await console.say('help')).at(-1), 'done');
  t.deepEqual(await console.say('{"id": 1, "text": "reset"}', '{"text": "reset"}'), ['{"id":1,"answer":"done"}']);
  t.deepEqual(await console.say('enable-ack', route), ['done', 'done']);
  t.deepEqual(await console.say('silence-ack', route), []);
  t.deepEqual(await console.say('session ack reasons', 'bogus'), ['done', 'error: unknown command "bogus" (column 1)']);
});

test('an empty line is accepted in the later dialect', async (t) => {
  const { lab } = labWithPeer();
  t.deepEqual(await lab.console({ dialect: 'exabgp-5' }).say('', 'version'), ['done', 'exabgp 5.0.13', 'done']);
});

test('a helper without any neighbor is told so; without any neighbor at all its routes wait', async (t) => {
  const { lab, peer } = labWithPeer();
  peer.reach = new Set(['other']);
  t.deepEqual(await lab.console().say('announce route 10.0.0.0/24 next-hop self'), ['error']);
  t.deepEqual(await lab.console({ process: 'other' }).say('announce route 10.0.0.0/24 next-hop self'), ['done']);
  lab.neighbors.pop();
  lab.generation++;
  t.deepEqual(await lab.console().say('announce route 10.0.1.0/24 next-hop self'), ['done']);
  t.deepEqual(lab.routes(lab.add('127.0.0.8')), [
    'ipv4 unicast 10.0.0.0/24 next-hop self',
    'ipv4 unicast 10.0.1.0/24 next-hop self',
  ]);
});

test('a family that nobody has is skipped: an error for the strict, named in JSON', async (t) => {
  const { lab, console } = labWithPeer({ families: ['ipv4 unicast'] });
  const line = 'announce route 2001:db8::/32 next-hop ::1';
  t.deepEqual(await console.say(line), ['done']);
  t.deepEqual(await lab.console({ strict: true }).say(line), ['error']);
  const [json] = await console.say(JSON.stringify({ id: 'x', text: line }));
  t.deepEqual(JSON.parse(json!), { id: 'x', answer: 'done', skipped: [lab.neighbors[0]!.name] });
});

test('a next hop of the other family needs RFC 8950 in the configuration', async (t) => {
  const { lab, peer, console } = labWithPeer({ capabilities: { extendedNextHop: ['ipv4 unicast'] } });
  t.deepEqual(await console.say('announce route 10.0.0.0/24 next-hop 2001:db8::1'), ['done']);
  t.is(lab.routes(peer).length, 1);
});

test('sync: the answer waits, commands behind it do not, order stays', async (t) => {
  const { lab, peer, console } = labWithPeer();
  const feed = lab.up(peer);
  const drain = (): void => {
    feed.drain(() => true, Number.POSITIVE_INFINITY);
    feed.flushed();
  };
  drain();
  t.deepEqual(await console.say('announce route 10.0.0.0/24 next-hop self sync', 'bogus', 'version'), []);
  t.is(lab.routes(peer).length, 1);
  drain();
  await new Promise((resolve) => setImmediate(resolve));
  t.is(console.said, 'done\nerror\nexabgp 4.2.21\ndone\n');
});

test('sync that takes too long is an error that names the peer, and the route stays', async (t) => {
  const { lab, peer } = labWithPeer();
  lab.up(peer);
  const console = lab.console({ ack: 'reasons' });
  t.deepEqual(await console.say('announce route 10.0.0.0/24 next-hop self sync 3', '# comment'), []);
  lab.clock.advance(3001);
  await new Promise((resolve) => setImmediate(resolve));
  t.is(console.said, `error: not sent within 3 s to ${peer.name}\ndone\n`);
  t.is(lab.routes(peer).length, 1);
});

test('reset throws away what waits; each is answered', async (t) => {
  const { lab, peer, console } = labWithPeer();
  lab.up(peer);
  const line = 'announce route 10.0.0.0/24 next-hop self sync';
  t.deepEqual(await console.say(line, '#', line, 'reset', '#'), ['error', 'done', 'error', 'done', 'done']);
});

test('too many owed answers pause the requester', async (t) => {
  const { lab, peer, console } = labWithPeer();
  lab.up(peer);
  await console.say('announce route 10.0.0.0/24 next-hop self sync 9');
  for (let i = 1; i < MAX_OWED_ANSWERS; i++) {
    t.is(console.pauses, 0);
    console.dispatcher.line('#');
  }
  t.is(console.pauses, 1);
  lab.clock.advance(9001);
  await new Promise((resolve) => setImmediate(resolve));
  t.is(console.resumes, 1);
  t.is(console.said, `error\n${'done\n'.repeat(MAX_OWED_ANSWERS - 1)}`);
});

test('enable-sync makes every route wait', async (t) => {
  const { lab, peer, console } = labWithPeer();
  lab.up(peer);
  t.deepEqual(await console.say('enable-sync', 'announce route 10.0.0.0/24 next-hop self'), ['done']);
  t.deepEqual(await console.say('withdraw route 10.0.0.0/24 async', 'reset'), ['error', 'done', 'done']);
});

test('ttl is a lease', async (t) => {
  const { lab, peer, console } = labWithPeer();
  await console.say('announce route 10.0.0.0/24 next-hop self ttl 5');
  lab.clock.advance(4000);
  await console.say('announce route 10.0.0.0/24 next-hop self ttl 5');
  lab.clock.advance(4000);
  t.is(lab.routes(peer).length, 1);
  lab.clock.advance(3000);
  t.is(lab.routes(peer).length, 0);
});

test('a group waits for its end, and counts', async (t) => {
  const { lab, peer, console } = labWithPeer();
  const begin = [
    'group start',
    'announce route 10.0.0.0/24 next-hop self',
    'bogus',
    'peer * withdraw route 10.1.0.0/24',
  ];
  t.deepEqual(await console.say(...begin), ['{"status": "group started"}', 'done', 'done', 'error', 'done']);
  t.deepEqual(lab.routes(peer), []);
  t.deepEqual(await console.say('group start'), ['error']);
  t.deepEqual(await console.say('group end'), [
    '{"status": "group processed", "announced": 1, "withdrawn": 1}',
    'done',
  ]);
  t.is(lab.routes(peer).length, 1);
  t.deepEqual(await console.say('group end'), ['error']);
});

test('a full table is an error', async (t) => {
  const lab = new Lab(2);
  lab.add('127.0.0.2');
  const lines = [1, 2, 3].map((i) => `announce route 10.0.${i}.0/24 next-hop self`);
  const got = await lab.console({ ack: 'reasons' }).say(...lines, ` ${lines[2]}`);
  t.deepEqual(got, ['done', 'done', 'error: too many routes', 'error: too many routes']);
});

test('text that is no line of ours gets exactly one answer', async (t) => {
  const word = fc.constantFrom(
    ...[
      'announce',
      'withdraw',
      'route',
      'neighbor',
      'peer',
      '*',
      '10.0.0.0/24',
      'next-hop',
      'self',
      '{',
      '}',
      '[',
      ']',
    ],
    ...[
      ',',
      ';',
      'med',
      '5',
      'attributes',
      'nlri',
      'sync',
      'ttl',
      'group',
      'show',
      '"',
      '# x',
      'eor',
      '{"id":1}',
      'routes',
    ],
  );
  const line = fc.oneof(
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    fc.string({ unit: 'binary' }),
  );
  await t.notThrowsAsync(() =>
    fc.assert(
      fc.asyncProperty(line, async (text) => {
        const oneLine = text.replaceAll('\n', ' ');
        const { console } = labWithPeer();
        const got = await console.say(oneLine);
        const answers = got.filter((given) => given === 'done' || given === 'error' || given.includes('"answer"'));
        return answers.length === 1 && got.at(-1) === answers[0];
      }),
      { numRuns: 300 },
    ),
  );
});
