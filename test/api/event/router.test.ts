import test from 'ava';
import { EncoderPool } from '../../../src/api/encoder/pool.js';
import { EventRouter } from '../../../src/api/event/router.js';
import type { EventHelper, EventPeer, ReceivedRoutes } from '../../../src/api/event/types.js';
import type { LineKind } from '../../../src/api/process/types.js';
import { FsmState } from '../../../src/session/fsm-types.js';
import type { ApiBinding, PeerConfig } from '../../../src/session/peer-config.js';
import type { TurnTask } from '../../../src/util/turn.js';
import { KEEPALIVE } from '../../../src/wire/keepalive.js';
import { decodeNotification, encodeNotification } from '../../../src/wire/notification.js';
import * as samples from '../encoder/samples.js';

interface Written {
  readonly kind: LineKind;
  readonly text: string;
  readonly source: string | undefined;
}

class FakeHelper implements EventHelper {
  readonly written: Written[] = [];
  readonly config;

  constructor(
    readonly name: string,
    encoder: 'json' | 'text' = 'json',
  ) {
    this.config = { encoder, dialect: 'exabgp-4' } as const;
  }

  write(kind: LineKind, lines: string | Uint8Array, source?: string): void {
    const text = typeof lines === 'string' ? lines : Buffer.from(lines).toString();
    this.written.push({ kind, text, source });
  }

  /** What was written, as JSON. */
  events(): { type: string; counter: number; neighbor: Record<string, unknown> }[] {
    return this.written.map(({ text }) => JSON.parse(text));
  }

  types(): string {
    return this.events()
      .map(({ type, neighbor }) => ('state' in (neighbor ?? {}) ? String(neighbor.state) : type))
      .join(' ');
  }

  clear(): this {
    this.written.length = 0;
    return this;
  }
}

class FakePeer implements EventPeer {
  state: FsmState = FsmState.idle;
  negotiated = samples.negotiatedWith();
  localAddress: string | undefined = '127.0.0.1';
  paused = 0;
  refreshed: string[] = [];
  config: PeerConfig;

  constructor(
    readonly remoteAddress: string,
    api: Partial<ApiBinding>[],
  ) {
    const bindings = api.map((one) => ({ processes: ['h'], processesMatch: [], receive: [], send: [], ...one }));
    this.config = {
      name: remoteAddress,
      localAs: 65001,
      peerAs: 65003,
      routerId: '10.0.0.1',
      localAddress: undefined,
      api: bindings,
    } as unknown as PeerConfig;
  }

  pauseReading(): void {
    this.paused++;
  }
  resumeReading(): void {
    this.paused--;
  }
  sendRouteRefresh(family: { name: string }): boolean {
    this.refreshed.push(family.name);
    return true;
  }
}

/** Long work, done when the test says so. */
class FakeTurns {
  readonly tasks: TurnTask[] = [];

  schedule(task: TurnTask): void {
    if (!this.tasks.includes(task)) this.tasks.push(task);
  }

  /** One slice of each task that waits; the deadline has passed. */
  turn(): void {
    for (const task of this.tasks.splice(0)) if (task.step(0)) this.schedule(task);
  }
}

function routerOf(receivedRoutes: ReceivedRoutes = () => undefined, turns = new FakeTurns()): EventRouter {
  return new EventRouter({ encoders: new EncoderPool(samples.daemon), receivedRoutes, turns, nowSeconds: () => 1 });
}

const ALL = [
  'neighbor-changes',
  'negotiated',
  'fsm',
  'signal',
  'parsed',
  'open',
  'update',
  'notification',
  'keepalive',
  'refresh',
  'operational',
];

/** One session from the first step to the last. */
function session(router: EventRouter, peer: FakePeer): void {
  const { plain } = samples;
  router.onState(peer, FsmState.active);
  router.onConnected(peer);
  router.onNegotiated(peer, peer.negotiated);
  router.onKeepalive(peer, 'receive', KEEPALIVE);
  peer.state = FsmState.established;
  router.onUp(peer);
  router.onUpdate(peer, 'receive', plain.update, plain.message);
  router.onRefresh(peer, 'receive', { afi: 1, safi: 1, subtype: 0 }, KEEPALIVE);
  const operational = { name: 'ASM', layout: 'advisory', afi: 1, safi: 1, advisory: '' } as const;
  router.onOperational(peer, 'receive', operational, KEEPALIVE);
  const notification = encodeNotification(6, 2);
  router.onNotification(peer, 'receive', decodeNotification(notification), notification);
  peer.state = FsmState.idle;
  router.onDown(peer, { kind: 'notification-received', code: 6, subcode: 2, text: '' });
}

const wants = test.macro<[api: Partial<ApiBinding>[], expected: string]>({
  exec(t, api, expected) {
    const router = routerOf();
    const helper = new FakeHelper('h');
    const peer = new FakePeer('127.0.0.3', api);
    router.helperStarted(helper);
    router.addPeer(peer);
    session(router, peer);
    t.is(helper.types(), expected);
    t.deepEqual(
      helper.events().map(({ counter }) => counter),
      helper.events().map((_, index) => index + 1),
    );
  },
  title: (_, api) => JSON.stringify(api),
});

test(
  wants,
  [{ receive: ALL }],
  'ACTIVE connected negotiated keepalive up update refresh operational notification down',
);
test(wants, [{ receive: [] }], '');
test(wants, [], '');
test('a kind without a mode', wants, [{ receive: ['update', 'keepalive'] }], '');
test('a mode without a kind', wants, [{ receive: ['parsed', 'packets'] }], '');
test(wants, [{ receive: ['neighbor-changes'] }], 'connected up down');
test('modes and kinds join over blocks', wants, [{ receive: ['parsed'] }, { receive: ['update'] }], 'update');
test('send is not receive', wants, [{ send: ['parsed', 'update', 'keepalive'] }], '');
test('others get nothing', wants, [{ processes: ['other'], receive: ALL }], '');
test('a matching expression only commands', wants, [{ processes: [], processesMatch: ['.*'], receive: ALL }], '');

const modes = test.macro<[words: string[], expected: string[]]>({
  exec(t, words, expected) {
    const router = routerOf();
    const helper = new FakeHelper('h');
    const peer = new FakePeer('127.0.0.3', [{ receive: ['update', ...words] }]);
    router.helperStarted(helper);
    router.onUpdate(peer, 'receive', samples.plain.update, samples.plain.message);
    const seen = helper.events().map((event) => {
      const message = event.neighbor.message as Record<string, unknown>;
      return `${'update' in message ? 'decoded' : 'raw'}${'header' in event ? ' with octets' : ''}`;
    });
    t.deepEqual(seen, expected);
  },
  title: (_, words) => `modes: ${words.join(' + ')}`,
});

test(modes, ['parsed'], ['decoded']);
test(modes, ['packets'], ['raw']);
test(modes, ['parsed', 'packets'], ['raw', 'decoded']);
test(modes, ['consolidate', 'parsed', 'packets'], ['decoded with octets']);
test(modes, ['consolidate', 'packets'], ['decoded with octets']);
test(modes, ['consolidate', 'parsed'], ['decoded']);

test('nobody listens: UPDATEs are not wanted', (t) => {
  const router = routerOf();
  const peer = new FakePeer('127.0.0.3', [{ receive: ['parsed', 'update'] }]);
  t.false(router.wantsUpdates(peer, 'receive'));
  const helper = new FakeHelper('h');
  router.helperStarted(helper);
  t.true(router.wantsUpdates(peer, 'receive'));
  t.false(router.wantsUpdates(peer, 'send'));
  router.helperStopped(helper);
  t.false(router.wantsUpdates(peer, 'receive'));
});

test('a reload of the api section counts at once', (t) => {
  const router = routerOf();
  const peer = new FakePeer('127.0.0.3', []);
  router.helperStarted(new FakeHelper('h'));
  t.false(router.wantsUpdates(peer, 'receive'));
  peer.config = new FakePeer('127.0.0.3', [{ receive: ['parsed', 'update'] }]).config;
  router.peerChanged(peer);
  t.true(router.wantsUpdates(peer, 'receive'));
});

test('counters have no gaps per neighbor and helper', (t) => {
  const router = routerOf();
  const helpers = [new FakeHelper('h'), new FakeHelper('i'), new FakeHelper('j')];
  const api = [
    { processes: ['h', 'i'], receive: ALL },
    { processes: ['j'], receive: ['neighbor-changes'] },
  ];
  const peers = [new FakePeer('127.0.0.3', api), new FakePeer('127.0.0.4', api)];
  for (const helper of helpers) router.helperStarted(helper);
  for (const peer of peers) session(router, peer);
  router.peerChanged(peers[0]!);
  for (const peer of peers) session(router, peer);
  for (const helper of helpers) {
    for (const peer of peers) {
      const counters = helper
        .events()
        .filter(({ neighbor }) => (neighbor.address as { peer: string }).peer === peer.remoteAddress)
        .map(({ counter }) => counter);
      t.deepEqual(
        counters,
        counters.map((_, index) => index + 1),
      );
      t.is(counters.length, helper.name === 'j' ? 6 : 20);
    }
  }
});

test('text and JSON helpers side by side', (t) => {
  const router = routerOf();
  const json = new FakeHelper('h');
  const text = new FakeHelper('t', 'text');
  const peer = new FakePeer('127.0.0.3', [{ processes: ['h', 't'], receive: ALL }]);
  router.helperStarted(json);
  router.helperStarted(text);
  session(router, peer);
  t.is(json.written.length, 10);
  t.deepEqual(
    text.written.map(({ text }) => text.split('\n')[0]),
    [
      'neighbor 127.0.0.3 connected',
      'neighbor 127.0.0.3 receive keepalive',
      'neighbor 127.0.0.3 up',
      'neighbor 127.0.0.3 receive update start',
      'neighbor 127.0.0.3 receive route-refresh afi ipv4 safi unicast query',
      'neighbor 127.0.0.3 receive operational ASM afi ipv4 safi unicast advisory ""',
      'neighbor 127.0.0.3 receive notification code 6 subcode 2 data 0x',
      'neighbor 127.0.0.3 down - peer reset, message [notification received (6,2)] error[Cease / Administrative Shutdown]',
    ],
  );
});

test('kinds of lines: what gives way first', (t) => {
  const router = routerOf();
  const helper = new FakeHelper('h');
  router.helperStarted(helper);
  session(router, new FakePeer('127.0.0.3', [{ receive: ALL }]));
  router.shutdown();
  const kinds = new Map(helper.written.map(({ kind, text }) => [(JSON.parse(text) as { type: string }).type, kind]));
  t.is(kinds.get('update'), 'update');
  t.is(kinds.get('state'), 'state');
  t.is(kinds.get('keepalive'), 'event');
  t.is(helper.written.at(-1)!.kind, 'shutdown');
});

test('a helper that starts is told what is up', (t) => {
  const router = routerOf();
  const up = new FakePeer('127.0.0.3', [{ receive: ['neighbor-changes'] }]);
  const down = new FakePeer('127.0.0.4', [{ receive: ['neighbor-changes'] }]);
  const silent = new FakePeer('127.0.0.5', [{ receive: ['parsed', 'update'] }]);
  up.state = silent.state = FsmState.established;
  for (const peer of [up, down, silent]) router.addPeer(peer);
  const helper = new FakeHelper('h');
  router.helperStarted(helper);
  t.is(helper.types(), 'up');
  t.is((helper.events()[0]!.neighbor.address as { peer: string }).peer, '127.0.0.3');
});

test('signals go to those who asked', (t) => {
  const router = routerOf();
  const helper = new FakeHelper('h');
  router.helperStarted(helper);
  router.addPeer(new FakePeer('127.0.0.3', [{ receive: ['signal'] }]));
  router.addPeer(new FakePeer('127.0.0.4', [{ receive: ['neighbor-changes'] }]));
  router.signal(10, 'SIGUSR1');
  t.is(helper.types(), 'signal');
  t.is(helper.events()[0]!.neighbor.name, 'SIGUSR1');
});

test('every helper is told of the shutdown', (t) => {
  const router = routerOf();
  const helpers = [new FakeHelper('h'), new FakeHelper('t', 'text')];
  for (const helper of helpers) router.helperStarted(helper);
  router.shutdown();
  t.deepEqual(
    helpers.map(({ written }) => written.length),
    [1, 1],
  );
  t.is(helpers[1]!.written[0]!.text, 'shutdown 17488 1\n\n');
});

test('pressure pauses the sources, once each, until it is over', (t) => {
  const router = routerOf();
  const [one, two] = [new FakeHelper('h'), new FakeHelper('i')];
  const api = [{ processes: ['h', 'i'], receive: ['parsed', 'update'] }];
  const peers = [new FakePeer('127.0.0.3', api), new FakePeer('127.0.0.4', api)];
  for (const helper of [one, two]) router.helperStarted(helper);
  for (const peer of peers) router.onUpdate(peer, 'receive', samples.plain.update, samples.plain.message);
  const [first, second] = one.written.map(({ source }) => source!);
  router.onPressure(one, [first!], true);
  router.onPressure(one, [first!, second!], true);
  router.onPressure(two, [first!], true);
  t.deepEqual(
    peers.map(({ paused }) => paused),
    [2, 1],
  );
  router.onPressure(one, [], false);
  t.deepEqual(
    peers.map(({ paused }) => paused),
    [1, 0],
  );
  router.helperStopped(two);
  t.deepEqual(
    peers.map(({ paused }) => paused),
    [0, 0],
  );
  router.onPressure(one, [], false);
  t.deepEqual(
    peers.map(({ paused }) => paused),
    [0, 0],
  );
});

test('a helper that lost events gets a notice, the states and the routes that are kept', (t) => {
  const turns = new FakeTurns();
  const router = routerOf(() => [[samples.plain.update, samples.rich.update]], turns);
  const helper = new FakeHelper('h');
  const peer = new FakePeer('127.0.0.3', [{ receive: ALL }]);
  const gone = new FakePeer('127.0.0.4', [{ receive: ALL }]);
  peer.state = FsmState.established;
  router.helperStarted(helper);
  router.addPeer(peer);
  router.addPeer(gone);
  router.onCaughtUp(helper, 1234);
  turns.turn();
  t.is(helper.types(), 'overflow down up down update update');
  t.deepEqual((helper.events()[0] as unknown as { overflow: object }).overflow, { dropped: 1234 });
  t.deepEqual(peer.refreshed, []);
});

test('without kept routes the peer is asked again', (t) => {
  const router = routerOf();
  const helper = new FakeHelper('h');
  const peer = new FakePeer('127.0.0.3', [{ receive: ['neighbor-changes', 'parsed', 'update'] }]);
  const stateOnly = new FakePeer('127.0.0.4', [{ receive: ['neighbor-changes'] }]);
  peer.state = stateOnly.state = FsmState.established;
  router.helperStarted(helper);
  router.addPeer(peer);
  router.addPeer(stateOnly);
  router.onCaughtUp(helper, 1);
  t.deepEqual(peer.refreshed, ['ipv4 unicast', 'ipv6 unicast']);
  t.deepEqual(stateOnly.refreshed, []);
});

test('an address that is known only when connected', (t) => {
  const router = routerOf();
  const helper = new FakeHelper('h');
  router.helperStarted(helper);
  const peer = new FakePeer('2001:db8::3', [{ receive: ['neighbor-changes', 'fsm'] }]);
  peer.localAddress = undefined;
  router.onState(peer, FsmState.active);
  peer.localAddress = '2001:db8::1';
  router.onConnected(peer);
  t.deepEqual(
    helper.events().map(({ neighbor }) => (neighbor.address as { local: string }).local),
    ['::', '2001:db8::1'],
  );
});

test('kept routes come in slices, wait while the queue is full, and end with the session', (t) => {
  const turns = new FakeTurns();
  const batch = [samples.plain.update];
  const router = routerOf(() => [batch, batch, batch, batch, batch], turns);
  const helper = new FakeHelper('h');
  const peer = new FakePeer('127.0.0.3', [{ receive: ['parsed', 'update'] }]);
  peer.state = FsmState.established;
  router.helperStarted(helper);
  router.addPeer(peer);
  router.onCaughtUp(helper, 1);
  helper.clear();
  turns.turn();
  t.is(helper.written.length, 1);
  router.onPressure(helper, [], true);
  turns.turn();
  t.is(helper.written.length, 1);
  t.is(turns.tasks.length, 0);
  router.onPressure(helper, [], false);
  turns.turn();
  turns.turn();
  t.is(helper.written.length, 3);
  router.onDown(peer, { kind: 'closed', code: undefined, subcode: undefined, text: '' });
  turns.turn();
  turns.turn();
  t.is(helper.written.length, 3);
});
