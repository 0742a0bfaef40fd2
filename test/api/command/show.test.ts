/** Listings in ExaBGP's layouts and as JSON. */
import test from 'ava';
import type { Neighbor } from '../../../src/api/context.js';
import type { RouteKey } from '../../../src/rib/types.js';
import { packSet } from '../../../src/wire/attribute-set.js';
import type { Negotiated } from '../../../src/wire/negotiated.js';
import { packRouteKey } from '../../../src/wire/route-key.js';
import { makeNegotiated } from '../../support/negotiated.js';
import { type FakeNeighbor, labWithPeer } from '../lab.js';

function establish(peer: FakeNeighbor): void {
  peer.state = 'ESTABLISHED';
  peer.upSeconds = 65.4;
  peer.sent = { open: 1, notification: 0, keepalive: 1, update: 1, refresh: 0 };
  peer.received = { open: 1, notification: 0, keepalive: 3, update: 1, refresh: 0 };
}

test('summary: columns, established peers only, down in the first second', async (t) => {
  const { lab, peer, console } = labWithPeer();
  lab.add('127.0.0.3');
  const header = 'Peer            AS        up/down state       |     #sent     #recvd';
  t.deepEqual(await console.say('show neighbor summary'), [header, 'done']);
  establish(peer);
  const row = '127.0.0.2       65002     0:01:05 established           3          5';
  t.deepEqual(await console.say('show neighbor summary'), [header, row, 'done']);
  peer.upSeconds = 0.5;
  t.deepEqual(await console.say('show neighbor 127.0.0.2 summary'), [
    header,
    '127.0.0.2       65002        down established           3          5',
    'done',
  ]);
  t.deepEqual(await console.say('show neighbor 127.0.0.9 summary'), [header, 'done']);
  t.deepEqual(await console.say('neighbor 127.0.0.9 show neighbor summary'), ['error']);
});

test('bare show neighbor asks what for', async (t) => {
  const got = await labWithPeer().console.say('show neighbor');
  t.is(got[0], 'please specify summary, extensive or configuration');
  t.is(got.length, 3);
});

test('extensive and configuration show a neighbor, and never its key', async (t) => {
  const { peer, console } = labWithPeer({ md5: { password: 'secret-key' }, description: 'edge; 1' });
  establish(peer);
  const extensive = await console.say('show neighbor extensive');
  for (const title of ['Session', 'Setup', 'Capability', 'Families', 'Message Statistic'])
    t.true(
      extensive.some((line) => line.trim().startsWith(title)),
      title,
    );
  t.true(extensive.some((line) => /^ {3}ipv4 unicast: +enabled +n\/a +disabled$/.test(line)));
  const configuration = await console.say('show neighbor 127.0.0.2 configuration');
  t.is(configuration[0], 'neighbor 127.0.0.2 {');
  const json = await console.say('show neighbor json');
  const [object] = JSON.parse(json[0]!) as { state: string; peer: { address: string } }[];
  t.is(object!.state, 'up');
  t.is(object!.peer.address, '127.0.0.2');
  t.false([...extensive, ...configuration, ...json].join().includes('secret'));
});

test('capabilities that ExaBGP has no row for are shown where they are configured', async (t) => {
  const rows = async (options: object, negotiated: Partial<Negotiated>): Promise<string[]> => {
    const { peer, console } = labWithPeer(options);
    establish(peer);
    peer.negotiated = makeNegotiated(negotiated);
    const lines = await console.say('show neighbor extensive');
    return lines
      .filter((line) => /^ +(multi|operat|long|link)/.test(line))
      .map((line) => line.trim().replace(/\s+/g, ' '));
  };
  t.deepEqual(await rows({}, {}), ['multi-session: disabled disabled', 'operational: disabled disabled']);
  const capabilities = {
    gracefulRestart: true,
    longLivedGracefulRestart: true,
    multisession: true,
    operational: true,
    linkLocalNextHop: true,
    addPath: 'receive',
    pathsLimit: { 'ipv4 unicast': 3 },
  };
  t.deepEqual(await rows({ capabilities }, { operational: true, peerLongLived: true }), [
    'multi-session: enabled disabled',
    'operational: enabled enabled',
    'long-lived-restart: enabled enabled',
    'link-local-nexthop: enabled disabled',
  ]);
  const configuration = await labWithPeer({ capabilities }).console.say('show neighbor 127.0.0.2 configuration');
  for (const line of ['multi-session enable', 'operational enable', 'link-local-nexthop enable'])
    t.true(configuration.includes(`\t\t${line};`), line);
  t.true(configuration.includes('\t\tipv4 unicast receive limit 3;'), configuration.join('\n'));
});

test('peer list and peer show', async (t) => {
  const { console } = labWithPeer();
  t.deepEqual(await console.say('peer list'), [
    '[{"peer-address":"127.0.0.2","peer-as":65002,"state":"IDLE"}]',
    'done',
  ]);
  t.is((JSON.parse((await console.say('peer show'))[0]!) as object[]).length, 1);
  t.regex((await console.say('peer 127.0.0.2 show summary'))[0]!, /^Peer/);
});

test('adj-rib out: short, extensive, JSON, filters', async (t) => {
  const { lab, console } = labWithPeer();
  const second = lab.add('127.0.0.3');
  await console.say(
    'neighbor 127.0.0.2 announce route 10.22.0.0/24 next-hop self origin igp local-preference 100 aggregator ( 65001:1.2.3.4 )',
    'neighbor 127.0.0.3 announce route 10.0.0.0/24 next-hop 1.2.3.4 path-information 1',
  );
  const one = 'neighbor 127.0.0.2 ipv4 unicast 10.22.0.0/24 next-hop self';
  const two = 'neighbor 127.0.0.3 ipv4 unicast 10.0.0.0/24 path-information 0.0.0.1 next-hop 1.2.3.4';
  t.deepEqual(await console.say('show adj-rib out'), [one, two, 'done']);
  t.deepEqual(await console.say('show adj-rib out 127.0.0.3'), [two, 'done']);
  t.deepEqual(await console.say('neighbor 127.0.0.3 rib show out'), [two, 'done']);
  t.deepEqual(await console.say('show adj-rib out flow'), ['done']);
  t.deepEqual(await console.say('show adj-rib out bogus'), ['error']);
  t.deepEqual(await console.say('show adj-rib out 127.0.0.2 extensive'), [
    'neighbor 127.0.0.2 local-ip 127.0.0.1 local-as 65001 peer-as 65002 router-id 10.0.0.1 family-allowed in-open ' +
      'ipv4 unicast 10.22.0.0/24 next-hop self aggregator ( 65001:1.2.3.4 )',
    'done',
  ]);
  t.deepEqual(await console.say('rib show out 127.0.0.2 inet json'), [
    '{"127.0.0.2": {"routes": [{"family": "ipv4 unicast", "prefix": "10.22.0.0/24"}]}}',
    'done',
  ]);
  t.is(lab.routes(second).length, 1);
});

test('a long listing comes whole and in order with the answers around it', async (t) => {
  const { console } = labWithPeer();
  await console.say('announce route 10.0.0.0/16 next-hop self split /27');
  const got = await console.say('version', 'show adj-rib out', 'show adj-rib out', 'bogus');
  while (!console.said.endsWith('error\n')) await new Promise((resolve) => setImmediate(resolve));
  const lines = console.said.trimEnd().split('\n');
  t.true(got.length <= lines.length);
  t.deepEqual(lines.slice(0, 2), ['exabgp 4.2.21', 'done']);
  t.is(lines.length, 2 + 2 * (2048 + 1) + 1);
  t.is(new Set(lines.slice(2, 2 + 2048)).size, 2048);
  t.is(lines[2 + 2048], 'done');
});

test('adj-rib in: an error where nothing is kept', async (t) => {
  const { peer, console } = labWithPeer();
  t.deepEqual(await console.say('show adj-rib in'), ['error']);
  let size = 1;
  const kept: NonNullable<Neighbor['adjIn']> = {
    get size() {
      return size;
    },
    list(_cursor, _limit, visit) {
      const key: RouteKey = packRouteKey(0, 0, Uint8Array.of(8, 10));
      if (size > 0) visit(key, packSet(Uint8Array.of(1, 2, 3, 4), new Uint8Array(0), []));
      return undefined;
    },
    clear() {
      size = 0;
    },
  };
  peer.adjIn = kept;
  t.deepEqual(await console.say('show adj-rib in'), [
    'neighbor 127.0.0.2 ipv4 unicast 10.0.0.0/8 next-hop 1.2.3.4',
    'done',
  ]);
  t.deepEqual(await console.say('clear adj-rib in', 'show adj-rib in'), ['done', 'done']);
});

test('help: an empty line, a title underlined, filters, commands, an empty line', async (t) => {
  const got = await labWithPeer().console.say('help');
  t.is(got[0], '');
  t.is(got[2], '='.repeat(got[1]!.length));
  t.regex(got[3]!, /^filter can be: \[local-ip <ip>\]/);
  t.true(got.some((line) => line.startsWith('[neighbor <ip> [filters]] announce route ')));
  t.deepEqual(got.slice(-2), ['', 'done']);
});

test('routes by index', async (t) => {
  const { lab, peer, console } = labWithPeer();
  const [added, done] = await console.say('peer * routes add route 10.87.0.0/24 next-hop self');
  t.is(done, 'done');
  const { index, route, success } = JSON.parse(added!) as { index: string; route: string; success: boolean };
  t.is(route, '10.87.0.0/24 next-hop self');
  t.true(success);
  const listed = await console.say('peer * routes ipv4 unicast list');
  t.is((JSON.parse(listed[0]!) as { index: string }).index, index);
  t.deepEqual(await console.say('peer * routes ipv6 list'), ['done']);
  t.deepEqual(await console.say('peer * routes remove index ff'), ['error']);
  t.is((await console.say(`peer * routes remove index ${index}`)).at(-1), 'done');
  t.deepEqual(lab.routes(peer), []);
});

test('neighbors at run time', async (t) => {
  const { lab, peer, console } = labWithPeer();
  const answers = await console.say(
    'neighbor add {"remoteAddress": "192.0.2.9", "localAs": 1, "peerAs": 2}',
    'neighbor add {"remoteAddress": "192.0.2.9"}',
    'neighbor add {nonsense',
    'neighbor disable 127.0.0.2',
    'neighbor enable 127.0.0.2 peer-as 65002',
    'neighbor delete 127.0.0.9',
    'peer create 192.0.2.8 local-address 192.0.2.1 local-as 1 peer-as 2 family-allowed ipv4-unicast/ipv6-unicast api p',
    'peer delete 127.0.0.2',
  );
  t.deepEqual(answers, ['done', 'error', 'error', 'done', 'done', 'error', 'done', 'done']);
  t.deepEqual(lab.acts, [
    'add {"remoteAddress":"192.0.2.9","localAs":1,"peerAs":2}',
    `disable ${peer.name}`,
    `enable ${peer.name}`,
    'add {"remoteAddress":"192.0.2.8","localAddress":"192.0.2.1","localAs":1,"peerAs":2,' +
      '"families":["ipv4 unicast","ipv6 unicast"],"api":[{"processes":["p"]}]}',
    `delete ${peer.name}`,
  ]);
});

test('sessions: teardown with a text, refresh, End-of-RIB and its marks', async (t) => {
  const { lab, peer, console } = labWithPeer();
  t.deepEqual(await console.say('announce eor', 'announce route-refresh ipv4 unicast', 'ready'), [
    'error',
    'error',
    'done',
  ]);
  lab.up(peer);
  await console.say(
    'neighbor 127.0.0.2 teardown 2 "going away; soon"',
    'announce eor ipv6 unicast',
    'announce route-refresh ipv4 unicast',
  );
  t.deepEqual(peer.acts, ['teardown 2 going away; soon', 'eor 1', 'refresh 0']);
  t.deepEqual(lab.eorMarks, [`eor inject ${peer.name} 0`, 'ready inject', `eor inject ${peer.name} 1`]);
});

test('a watchdog switches its routes; a plain announce takes one out', async (t) => {
  const { lab, peer, console } = labWithPeer();
  const set = lab.rib.internSet(packSet('self', new Uint8Array(0), []));
  for (const octet of [1, 2])
    lab.watchdogs.add('dog', false, peer.member!, packRouteKey(0, 0, Uint8Array.of(8, octet)), set);
  t.is(lab.routes(peer).length, 0);
  t.deepEqual(await console.say('announce watchdog dog'), ['done']);
  t.is(lab.routes(peer).length, 2);
  await console.say('announce route 1.0.0.0/8 next-hop self med 7', 'withdraw watchdog dog');
  t.deepEqual(lab.routes(peer), ['ipv4 unicast 1.0.0.0/8 next-hop self med 7']);
});
