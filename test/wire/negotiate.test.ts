import test from 'ava';
import { toHex } from '../../src/util/bytes.js';
import { NotificationError } from '../../src/wire/errors.js';
import { families } from '../../src/wire/family/index.js';
import { negotiate, type PeerExpectation } from '../../src/wire/negotiate.js';
import type { Negotiated, PerFamily } from '../../src/wire/negotiated.js';
import { type CapabilityOptions, type OpenOptions, openOf } from '../../src/wire/offer.js';
import { decodeOpen, encodeOpen, type OpenMessage } from '../../src/wire/open.js';

const CAPABILITIES: CapabilityOptions = {
  asn4: true,
  routeRefresh: true,
  enhancedRouteRefresh: true,
  extendedMessage: true,
  gracefulRestart: undefined,
  longLivedGracefulRestart: undefined,
  addPath: {},
  pathsLimit: {},
  extendedNextHop: [],
  multipleLabels: false,
  role: undefined,
  roleStrict: false,
  hostname: false,
  softwareVersion: false,
  aigp: false,
  linkLocalNextHop: false,
  multisession: false,
  operational: false,
};

type Side = Partial<Omit<OpenOptions, 'capabilities'>> & { capabilities?: Partial<CapabilityOptions> };

function options(side: Side, localAs: number, id: number): OpenOptions {
  return {
    localAs,
    routerId: Uint8Array.of(10, 0, 0, id),
    holdTimeSeconds: 180,
    families: ['ipv4 unicast'],
    hostName: 'host',
    domainName: 'example.net',
    softwareVersion: 'crier/0',
    isRestarting: false,
    ...side,
    capabilities: { ...CAPABILITIES, ...side.capabilities },
  };
}

/** An OPEN as it comes over the wire. */
function wire(open: OpenMessage): OpenMessage {
  return decodeOpen(encodeOpen(open));
}

function agree(us: Side, them: Side | OpenMessage, expected: Partial<PeerExpectation> = {}): Negotiated {
  const ours = options(us, 65000, 1);
  const received = 'version' in them ? them : openOf(options(them, 65001, 2));
  const capabilities = expected.capabilities ?? ours.capabilities;
  return negotiate(wire(openOf(ours)), wire(received), { peerAs: 65001, ...expected, capabilities });
}

function named(flags: PerFamily): string {
  return families
    .filter((_, index) => flags[index])
    .map(({ name }) => name)
    .join();
}

const refused = test.macro({
  exec(t, us: Side, them: Side | OpenMessage, expected: Partial<PeerExpectation>, codes: string) {
    const error = t.throws(() => agree(us, them, expected), { instanceOf: NotificationError })!;
    t.is(`${error.code}/${error.subcode} ${toHex(error.data)}`.trim(), codes);
  },
  title: (title) => title!,
});

const plain: OpenMessage = {
  version: 4,
  as: 65001,
  holdTimeSeconds: 90,
  routerId: Uint8Array.of(10, 0, 0, 2),
  capabilities: [],
};

test('another AS', refused, {}, { localAs: 65002 }, {}, '2/2');
test('AS 0', refused, {}, { localAs: 0 }, { peerAs: 'auto' }, '2/2');
test('AS 0 in the fixed field', refused, {}, { ...openOf(options({}, 65001, 2)), as: 0 }, {}, '2/2');
test('AS_TRANS as a number', refused, {}, { localAs: 23456 }, { peerAs: 'auto' }, '2/2');
test('an AS outside the list', refused, {}, {}, { peerAs: [65002, 65003] }, '2/2');
test('our own AS from an external peer', refused, {}, { localAs: 65000 }, {}, '2/2');
test('identifier 0', refused, {}, { routerId: new Uint8Array(4) }, {}, '2/3');
test(
  'our identifier within one AS',
  refused,
  {},
  { localAs: 65000, routerId: Uint8Array.of(10, 0, 0, 1) },
  { peerAs: 65000 },
  '2/3',
);
test('a hold time of 1', refused, {}, { holdTimeSeconds: 1 }, {}, '2/6');
test('a hold time of 2', refused, {}, { holdTimeSeconds: 2 }, {}, '2/6');
test('a hold time below the minimum', refused, {}, { holdTimeSeconds: 20 }, { minimumHoldTimeSeconds: 30 }, '2/6');
test(
  'no family in common',
  refused,
  { families: ['ipv4 unicast', 'ipv6 unicast'] },
  { families: ['ipv4 multicast'] },
  {},
  '2/7 010400010001010400020001',
);
test('a role that does not match', refused, { capabilities: { role: 0 } }, { capabilities: { role: 0 } }, {}, '2/11');
test('no role, strict', refused, { capabilities: { role: 0, roleStrict: true } }, {}, {}, '2/11');
test(
  'two roles',
  refused,
  { capabilities: { role: 0 } },
  {
    ...plain,
    capabilities: [
      { code: 9, value: Uint8Array.of(3) },
      { code: 9, value: Uint8Array.of(4) },
    ],
  },
  {},
  '2/11',
);
test(
  'a role without meaning',
  refused,
  { capabilities: { role: 0 } },
  { ...plain, capabilities: [{ code: 9, value: Uint8Array.of(9) }] },
  {},
  '2/11',
);

for (const [ours, theirs] of [
  [0, 3],
  [3, 0],
  [1, 2],
  [2, 1],
  [4, 4],
] as const) {
  test(`roles ${ours} and ${theirs} match`, (t) => {
    const { localRole, peerRole } = agree({ capabilities: { role: ours } }, { capabilities: { role: theirs } });
    t.deepEqual([localRole, peerRole], [ours, theirs]);
  });
}

test('a role that nobody answers is fine', (t) => {
  t.is(agree({ capabilities: { role: 0 } }, {}).peerRole, undefined);
});

test('roles mean nothing within one AS', (t) => {
  const same = { localAs: 65000, capabilities: { role: 0 } } as const;
  t.is(agree(same, same, { peerAs: 65000 }).localRole, undefined);
});

test('a peer that says nothing has IPv4 unicast and two-octet AS numbers', (t) => {
  const negotiated = agree({ families: ['ipv6 unicast', 'ipv4 unicast'] }, plain);
  t.is(named(negotiated.families), 'ipv4 unicast');
  t.false(negotiated.asn4);
  t.is(negotiated.refresh, 'absent');
  t.is(negotiated.sendMessageSize, 4096);
  t.is(negotiated.receiveMessageSize, 65535);
  t.is(negotiated.holdTimeSeconds, 90);
});

test('four-octet numbers, any peer', (t) => {
  const negotiated = agree({ localAs: 4200000001 }, { localAs: 4200000002 }, { peerAs: 'auto' });
  t.is(negotiated.peerAs, 4200000002);
  t.is(negotiated.localAs, 4200000001);
  t.true(negotiated.isExternal);
  t.true(negotiated.asn4);
});

test('hold time 0 wins', (t) => {
  t.is(agree({}, { holdTimeSeconds: 0 }).holdTimeSeconds, 0);
  t.is(agree({ holdTimeSeconds: 0 }, {}).holdTimeSeconds, 0);
});

test('our identifier from an external peer is fine', (t) => {
  t.true(agree({}, { routerId: Uint8Array.of(10, 0, 0, 1) }).isExternal);
});

test('ADD-PATH goes one way at a time', (t) => {
  const both = ['ipv4 unicast', 'ipv6 unicast'];
  const negotiated = agree(
    { families: both, capabilities: { addPath: { 'ipv4 unicast': 'send', 'ipv6 unicast': 'send/receive' } } },
    { families: both, capabilities: { addPath: { 'ipv4 unicast': 'send/receive', 'ipv6 unicast': 'send' } } },
  );
  t.is(named(negotiated.addPathSend), 'ipv4 unicast');
  t.is(named(negotiated.addPathReceive), 'ipv6 unicast');
});

test('extended next hop needs both sides', (t) => {
  const side: Side = { capabilities: { extendedNextHop: ['ipv4 unicast'] } };
  t.is(named(agree(side, side).extendedNextHop), 'ipv4 unicast');
  t.is(named(agree(side, {}).extendedNextHop), '');
});

test('stacks of labels come where both say so', (t) => {
  const side: Side = { families: ['ipv4 unicast', 'ipv4 mpls-vpn'], capabilities: { multipleLabels: true } };
  t.is(named(agree(side, side).multipleLabels), 'ipv4 mpls-vpn');
  t.is(named(agree(side, { families: side.families! }).multipleLabels), '');
  const vpn = families.findIndex(({ name }) => name === 'ipv4 mpls-vpn');
  t.is(agree(side, side).labelLimits[vpn], 255);
  t.is(agree(side, { families: side.families! }).labelLimits[vpn], 1);
});

test('refresh', (t) => {
  t.is(agree({}, {}).refresh, 'enhanced');
  t.is(agree({}, { capabilities: { enhancedRouteRefresh: false } }).refresh, 'normal');
  t.is(agree({ capabilities: { enhancedRouteRefresh: false } }, {}).refresh, 'normal');
});

test('message sizes', (t) => {
  const negotiated = agree({ capabilities: { extendedMessage: false } }, {});
  t.is(negotiated.sendMessageSize, 65535);
  t.is(negotiated.receiveMessageSize, 4096);
});

test('graceful restart', (t) => {
  const side: Side = { capabilities: { gracefulRestart: { timeSeconds: 120 } } };
  const negotiated = agree(side, side);
  t.true(negotiated.peerGracefulRestart);
  t.true(negotiated.gracefulNotification);
  t.false(agree({}, side).gracefulNotification);
});

test('long-lived graceful restart goes with graceful restart', (t) => {
  const restarts: Side = { capabilities: { gracefulRestart: { timeSeconds: 120 } } };
  const open = openOf(options(restarts, 65001, 2));
  const withTlv = (from: OpenMessage, value: Uint8Array): OpenMessage => ({
    ...from,
    capabilities: [...from.capabilities, { code: 71, value }],
  });
  const family = Uint8Array.of(0, 1, 1, 0x80, 0, 14, 16);
  t.true(agree(restarts, withTlv(open, family)).peerLongLived);
  t.true(agree(restarts, withTlv(open, new Uint8Array(0))).peerLongLived, 'a peer that only helps names no family');
  t.false(agree(restarts, open).peerLongLived);
  t.false(
    agree(restarts, withTlv(openOf(options({}, 65001, 2)), family)).peerLongLived,
    'without the other capability',
  );
  t.false(agree(restarts, withTlv(open, family.subarray(1))).peerLongLived, 'malformed');
  const times = { 'ipv4 unicast': 3600 };
  const alone = openOf(options({ capabilities: { longLivedGracefulRestart: times } }, 65000, 1));
  t.false(
    alone.capabilities.some(({ code }) => code === 71),
    'it is not offered alone',
  );
});

test('PATHS-LIMIT counts where path identifiers are sent', (t) => {
  const families = ['ipv4 unicast', 'ipv6 unicast'];
  const asks: Side = {
    families,
    capabilities: { addPath: { 'ipv4 unicast': 'receive' }, pathsLimit: { 'ipv4 unicast': 3, 'ipv6 unicast': 4 } },
  };
  const limits = (us: Side): string =>
    agree(us, asks)
      .pathsLimit.filter((limit) => limit > 0)
      .join();
  t.is(limits({ families, capabilities: { addPath: { 'ipv4 unicast': 'send', 'ipv6 unicast': 'send' } } }), '3');
  t.is(limits({ families }), '');
});

const flags = [
  ['linkLocalNextHop', 'linkLocalNextHop'],
  ['multisession', 'multisession'],
  ['operational', 'operational'],
] as const;
for (const [option, result] of flags) {
  test(`${option} needs both sides`, (t) => {
    const on: Side = { capabilities: { [option]: true } };
    t.true(agree(on, on)[result]);
    t.false(agree(on, {})[result]);
    t.false(agree({}, on)[result]);
  });
}

test("multisession: Cisco's code will do", (t) => {
  const open = openOf(options({}, 65001, 2));
  const cisco = { code: 131, value: Uint8Array.of(0) };
  const negotiated = agree(
    { capabilities: { multisession: true } },
    { ...open, capabilities: [...open.capabilities, cisco] },
  );
  t.true(negotiated.multisession);
});

test('all that we can offer', (t) => {
  const open = openOf(
    options(
      {
        families: ['ipv4 unicast', 'ipv6 unicast'],
        isRestarting: true,
        capabilities: {
          gracefulRestart: { timeSeconds: 120 },
          longLivedGracefulRestart: { 'ipv4 unicast': 3600, 'ipv6 unicast': 0xffffff },
          addPath: { 'ipv6 unicast': 'receive' },
          pathsLimit: { 'ipv6 unicast': 2 },
          extendedNextHop: ['ipv4 unicast'],
          role: 3,
          hostname: true,
          softwareVersion: true,
          linkLocalNextHop: true,
          multisession: true,
          operational: true,
        },
      },
      65000,
      1,
    ),
  );
  t.deepEqual(
    open.capabilities.map(({ code, value }) => `${code}:${toHex(value)}`),
    [
      '1:00010001',
      '1:00020001',
      '5:000100010002',
      '65:0000fde8',
      '6:',
      '64:c0780001018000020180',
      '71:00010180000e1000020180ffffff',
      '69:00020101',
      '76:0002010002',
      '2:',
      '70:',
      '9:03',
      `73:04${Buffer.from('host').toString('hex')}0b${Buffer.from('example.net').toString('hex')}`,
      `75:07${Buffer.from('crier/0').toString('hex')}`,
      '77:',
      '185:',
      '68:0001',
    ],
  );
  t.deepEqual(openOf(options({}, 65000, 1), true).capabilities, []);
});
