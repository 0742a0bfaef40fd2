/** What is wrong with a configuration is told at once, in words, at its place. */
import test from 'ava';
import { load, loadGood, withNeighbor } from './files.js';

const refuses = test.macro((t, text: string, ...expected: string[]) => {
  t.deepEqual(load(t, text), expected.map((line) => `main.json5:${line}`).join('\n'));
});

const BASE = '{remoteAddress: "192.0.2.1", localAs: 65000, peerAs: 65001, ';
/** Column of the first option behind the required ones in `withNeighbor`. */
const AT = BASE.length + 1;

test('syntax: a stray word', refuses, '{\n  routerId: x}', "2:13: syntax error: invalid character 'x'");
test('syntax: no end', refuses, '{a: [', '1:6: syntax error: the text ends too early');
test('syntax: nothing', refuses, '', '1:1: syntax error: the text ends too early');
test('syntax comes first and alone', refuses, '{foo: 1, a: 1, a: 1\n!}', "2:1: syntax error: invalid character '!'");
test('no object', refuses, '[1]', '1:1: expected an object, not a list');
test(
  'all mistakes at once, in order',
  refuses,
  '{routerid: "1.2.3.4",\n maxRoutes: "many", log: {level: "loud"},\n tcp: {port: 0}}',
  '1:2: routerid: unknown key "routerid": did you mean "routerId"?',
  '2:13: maxRoutes: expected a number, not a string',
  '2:34: log.level: "loud" is not known: expected "debug", "info", "warn", "error", "silent"',
  '3:14: tcp.port: must be at least 1',
);
test(
  'duplicate key',
  refuses,
  '{maxRoutes: 1,\n maxRoutes: 2}',
  '2:2: maxRoutes: the key is given twice, first in line 1',
);
test(
  'number too large',
  refuses,
  '{maxRoutes: 12345678901234567890}',
  '1:13: maxRoutes: the number is above 2^53-1 and would lose digits: write it as a string',
);
test('a fraction', refuses, '{maxRoutes: 1.5}', '1:13: maxRoutes: expected a whole number');
test('not a number', refuses, '{maxRoutes: NaN}', '1:13: maxRoutes: expected a number, not NaN');
test('router id zero', refuses, '{routerId: "0.0.0.0"}', '1:12: routerId: the BGP identifier must not be 0.0.0.0');
test('mode', refuses, '{control: {mode: "rw"}}', '1:18: control.mode: expected an octal mode such as "0660"');
test(
  'listener twice',
  refuses,
  '{listen: [{address: "::"}, {address: "0::0", port: 179}]}',
  '1:28: listen[1]: :: port 179 is listed twice',
);
test(
  'a name with blanks',
  refuses,
  '{templates: {"a b": {}}}',
  '1:14: templates["a b"]: a name has no blanks, brackets, commas or quotes',
);
test(
  'an unused template is checked',
  refuses,
  '{templates: {a: {holdtime: 3}}}',
  '1:18: templates.a.holdtime: unknown key "holdtime": did you mean "holdTime"?',
);

test(
  'process: no such program',
  refuses,
  '{processes: {p: {run: "/nowhere/x -a"}}}',
  '1:23: processes.p.run: cannot find the program "/nowhere/x"',
);
test('process: run is missing', refuses, '{processes: {p: {}}}', '1:17: processes.p.run: is missing');
test(
  'process: bad onExit',
  refuses,
  '{processes: {p: {run: "/bin/sh", onExit: {withdraw: {after: 1}}}}}',
  '1:54: processes.p.onExit.withdraw.after: unknown key "after": expected "afterSeconds"',
);
test(
  'process: bad onExit word',
  refuses,
  '{processes: {p: {run: "/bin/sh", onExit: "forget"}}}',
  '1:42: processes.p.onExit: "forget" is not known: expected "keep", "withdraw"',
);
test(
  'process: run is a number',
  refuses,
  '{processes: {p: {run: 1}}}',
  '1:23: processes.p.run: expected a command: a string, or a list of words',
);

test(
  'neighbor: empty',
  refuses,
  '{neighbors: [{}]}',
  '1:14: neighbors[0].remoteAddress: is missing',
  '1:14: neighbors[0].localAs: is missing',
  '1:14: neighbors[0].peerAs: is missing',
);
test(
  'neighbor: no router id',
  refuses,
  '{neighbors: [{remoteAddress: "::1", localAs: 1, peerAs: 2}]}',
  '1:14: neighbors[0]: routerId is missing: set it here, for the whole file, or give an IPv4 localAddress',
);
test(
  'neighbor: not an address',
  refuses,
  '{routerId: "1.1.1.1", neighbors: [{remoteAddress: "10.0.0.256", localAs: 1, peerAs: 2}]}',
  '1:51: neighbors[0].remoteAddress: expected an IPv4 or IPv6 address, or a range such as 10.0.0.0/24',
);
test(
  'neighbor: range with host bits',
  refuses,
  '{listen: {address: "0.0.0.0"}, routerId: "1.1.1.1", neighbors: [{remoteAddress: "10.0.0.1/24", localAs: 1, peerAs: 2, passive: true}]}',
  '1:81: neighbors[0].remoteAddress: the range has bits behind its length',
);
test(
  'neighbor: range not passive',
  refuses,
  '{routerId: "1.1.1.1", neighbors: [{remoteAddress: "10.0.0.0/24", localAs: 1, peerAs: 2}]}',
  '1:51: neighbors[0].remoteAddress: a range needs passive: true',
);
test(
  'neighbor: families differ',
  refuses,
  withNeighbor('localAddress: "::1"'),
  `2:${AT + 14}: neighbors[0].localAddress: localAddress and remoteAddress must be of one family`,
);
test(
  'neighbor: link-local without zone',
  refuses,
  '{routerId: "1.1.1.1", neighbors: [{remoteAddress: "fe80::1", localAs: 1, peerAs: 2}]}',
  '1:51: neighbors[0].remoteAddress: a link-local address needs a zone ("fe80::1%eth0") or sourceInterface',
);
test(
  'neighbor: long-lived without graceful restart',
  refuses,
  withNeighbor('capabilities: {longLivedGracefulRestart: true}'),
  `2:${AT + 41}: neighbors[0].capabilities.longLivedGracefulRestart: needs gracefulRestart (RFC 9494)`,
);
test(
  'neighbor: stale time of 25 bits',
  refuses,
  withNeighbor('capabilities: {gracefulRestart: true, longLivedGracefulRestart: {time: 16777216}}'),
  `2:${AT + 71}: neighbors[0].capabilities.longLivedGracefulRestart.time: must be at most 16777215`,
);
test(
  'neighbor: stale time of a family that is not offered',
  refuses,
  withNeighbor('capabilities: {gracefulRestart: true, longLivedGracefulRestart: {families: {"ipv6 unicast": 1}}}'),
  `2:${AT + 92}: neighbors[0].capabilities.longLivedGracefulRestart.families["ipv6 unicast"]: the family "ipv6 unicast" is not in families`,
);
test(
  'neighbor: paths limited that are not received',
  refuses,
  withNeighbor('capabilities: {addPath: "send", pathsLimit: {"ipv4 unicast": 2}}'),
  `2:${AT + 61}: neighbors[0].capabilities.pathsLimit["ipv4 unicast"]: paths of "ipv4 unicast" are not received: addPath does not say so`,
);
test(
  'neighbor: paths limited of nothing',
  refuses,
  withNeighbor('capabilities: {pathsLimit: 2}'),
  `2:${AT + 27}: neighbors[0].capabilities.pathsLimit: needs addPath: "receive"`,
);
test(
  'neighbor: a link-local address that is none',
  refuses,
  withNeighbor('nextHopSelf: {linkLocal: "2001:db8::1"}'),
  `2:${AT + 25}: neighbors[0].nextHopSelf.linkLocal: expected a link-local address (fe80::/10)`,
);
test(
  'neighbor: operational messages without the capability',
  refuses,
  withNeighbor('operational: "rpcq afi ipv4 safi unicast sequence 1"'),
  `2:${AT + 13}: neighbors[0].operational: needs capabilities.operational: true`,
);
test(
  'neighbor: an operational message that is none',
  refuses,
  withNeighbor('capabilities: {operational: true}, operational: ["rpcq afi ipv4 safi unicast"]'),
  `2:${AT + 49}: neighbors[0].operational[0]: column 27: "sequence" expected, not the end of the line`,
);
test(
  'neighbor: passive without listener',
  refuses,
  withNeighbor('passive: true'),
  `2:${AT + 9}: neighbors[0].passive: a passive neighbor needs a listener: there is none in listen for an IPv4 address`,
);
test(
  'neighbor: listener of the other family',
  refuses,
  withNeighbor('passive: true', 'listen: [{address: "::"}],'),
  `2:${AT + 9}: neighbors[0].passive: a passive neighbor needs a listener: there is none in listen for an IPv4 address`,
);
test(
  'neighbor: listener of another address',
  refuses,
  withNeighbor('passive: true, localAddress: "192.0.2.9"', 'listen: [{address: "192.0.2.8"}],'),
  `2:${AT + 9}: neighbors[0].passive: a passive neighbor needs a listener: there is none in listen for 192.0.2.9`,
);
test(
  'neighbor: hold time',
  refuses,
  withNeighbor('holdTime: 2'),
  `2:${AT + 10}: neighbors[0].holdTime: expected 0 or 3 to 65535 seconds`,
);
test(
  'neighbor: AS 0',
  refuses,
  '{routerId: "1.1.1.1", neighbors: [{remoteAddress: "::1", localAs: 0, peerAs: "0.0"}]}',
  '1:67: neighbors[0].localAs: must be at least 1',
  '1:78: neighbors[0].peerAs: expected an AS number from 1 to 4294967295, "64512" or "1.10"',
);
test(
  'neighbor: AS list for an address',
  refuses,
  '{routerId: "1.1.1.1", neighbors: [{remoteAddress: "::1", localAs: 1, peerAs: [1, 2]}]}',
  '1:78: neighbors[0].peerAs: a list of AS numbers is for ranges only',
);
test(
  'neighbor: family unknown',
  refuses,
  withNeighbor('families: ["ipv4 unicats"]'),
  `2:${AT + 11}: neighbors[0].families[0]: "ipv4 unicats" is not known: did you mean "ipv4 unicast"?`,
);
test(
  'neighbor: no families',
  refuses,
  withNeighbor('families: []'),
  `2:${AT + 10}: neighbors[0].families: the list must not be empty`,
);
test(
  'neighbor: family twice',
  refuses,
  withNeighbor('families: ["ipv4 unicast", "ipv4 unicast"]'),
  `2:${AT + 27}: neighbors[0].families[1]: "ipv4 unicast" is listed twice`,
);
test(
  'neighbor: add-path of a family not offered',
  refuses,
  withNeighbor('capabilities: {addPath: {"ipv6 unicast": "send"}}'),
  `2:${AT + 41}: neighbors[0].capabilities.addPath["ipv6 unicast"]: the family "ipv6 unicast" is not in families`,
);
test(
  'neighbor: add-path word',
  refuses,
  withNeighbor('capabilities: {addPath: {"ipv4 unicast": "sent"}}'),
  `2:${AT + 41}: neighbors[0].capabilities.addPath["ipv4 unicast"]: "sent" is not known: did you mean "send"?`,
);
test(
  'neighbor: extended next hop of IPv6',
  refuses,
  withNeighbor('families: ["ipv6 unicast"], capabilities: {extendedNextHop: ["ipv6 unicast"]}'),
  `2:${AT + 61}: neighbors[0].capabilities.extendedNextHop[0]: routes of "ipv6 unicast" have no IPv4 next hop that could be an IPv6 one`,
);
test(
  'neighbor: role',
  refuses,
  withNeighbor('capabilities: {role: "costumer"}'),
  `2:${AT + 21}: neighbors[0].capabilities.role: "costumer" is not known: did you mean "customer"?`,
);
test(
  'neighbor: strict without role',
  refuses,
  withNeighbor('capabilities: {roleStrict: true}'),
  `2:${AT + 27}: neighbors[0].capabilities.roleStrict: needs a role`,
);
test(
  'neighbor: graceful restart time',
  refuses,
  withNeighbor('capabilities: {gracefulRestart: {time: 4096}}'),
  `2:${AT + 39}: neighbors[0].capabilities.gracefulRestart.time: must be at most 4095`,
);
test(
  'neighbor: graceful restart number',
  refuses,
  withNeighbor('capabilities: {gracefulRestart: 120}'),
  `2:${AT + 32}: neighbors[0].capabilities.gracefulRestart: expected true or false or an object`,
);
test(
  'neighbor: ttl',
  refuses,
  withNeighbor('ttl: {minimum: 256}'),
  `2:${AT + 15}: neighbors[0].ttl.minimum: must be at most 255`,
);
test(
  'neighbor: maxPeers of one peer',
  refuses,
  withNeighbor('maxPeers: 3'),
  `2:${AT + 10}: neighbors[0].maxPeers: is for ranges only`,
);
test(
  'neighbor: prefix limit of a family not offered',
  refuses,
  withNeighbor('maxPrefix: {"ipv6 unicast": {limit: 1}}'),
  `2:${AT + 28}: neighbors[0].maxPrefix["ipv6 unicast"]: the family "ipv6 unicast" is not in families`,
);
test(
  'neighbor: prefix limit of an unknown family',
  refuses,
  withNeighbor('maxPrefix: {"ipv7 unicast": {limit: 1}}'),
  `2:${AT + 12}: neighbors[0].maxPrefix["ipv7 unicast"]: unknown key "ipv7 unicast"`,
);
test(
  'neighbor: process unknown',
  refuses,
  withNeighbor('api: {processes: ["injekt"]}', 'processes: {inject: {run: "/bin/sh"}},'),
  `2:${AT + 18}: neighbors[0].api.processes[0]: there is no process "injekt": did you mean "inject"?`,
);
test(
  'neighbor: event unknown',
  refuses,
  withNeighbor('api: [{processes: ["p"], receive: ["updates"]}]', 'processes: {p: {run: "/bin/sh"}},'),
  `2:${AT + 35}: neighbors[0].api[0].receive[0]: "updates" is not known: did you mean "update"?`,
);
test(
  'neighbor: events for nobody',
  refuses,
  withNeighbor('api: {processesMatch: ["^a"], receive: ["update"]}'),
  `2:${AT + 39}: neighbors[0].api.receive: events go to the processes named in \`processes\`, and none is`,
);
test(
  'neighbor: names and patterns',
  refuses,
  withNeighbor('api: {processes: ["p"], processesMatch: ["^a"]}', 'processes: {p: {run: "/bin/sh"}},'),
  `2:${AT + 40}: neighbors[0].api.processesMatch: processes and processesMatch exclude each other: write two entries`,
);
test(
  'neighbor: bad pattern',
  refuses,
  withNeighbor('api: {processesMatch: ["("]}'),
  `2:${AT + 23}: neighbors[0].api.processesMatch[0]: expected a regular expression`,
);
test(
  'neighbor: defined twice',
  refuses,
  `{routerId: "1.1.1.1", neighbors: [\n${BASE}},\n${BASE} holdTime: 9}]}`,
  '3:1: neighbors[1]: the neighbor 192.0.2.1 local-as 65000 peer-as 65001 is defined twice, first in main.json5:2',
);
test(
  'neighbor: md5 without key',
  refuses,
  withNeighbor('md5: {}'),
  `2:${AT + 5}: neighbors[0].md5: needs either password or passwordFile`,
);
test(
  'neighbor: md5 with two keys',
  refuses,
  withNeighbor('md5: {password: "geheim", passwordFile: "x"}'),
  `2:${AT + 5}: neighbors[0].md5: needs either password or passwordFile`,
);
test(
  'neighbor: md5 empty',
  refuses,
  withNeighbor('md5: {password: ""}'),
  `2:${AT + 16}: neighbors[0].md5.password: the key is empty`,
);
test(
  'neighbor: md5 too long',
  refuses,
  withNeighbor(`md5: {password: "${'é'.repeat(41)}"}`),
  `2:${AT + 16}: neighbors[0].md5.password: the key must be no longer than 80 octets`,
);
test(
  'neighbor: md5 not base64',
  refuses,
  withNeighbor('md5: {password: "geh eim!", base64: true}'),
  `2:${AT + 16}: neighbors[0].md5.password: the key is not base64`,
);
test(
  'neighbor: md5 hidden',
  refuses,
  withNeighbor('md5: {password: "(hidden)"}'),
  `2:${AT + 16}: neighbors[0].md5.password: the key was hidden when this file was printed: write the key, or passwordFile`,
);
test(
  'neighbor: md5 as a string',
  refuses,
  withNeighbor('md5: "geheim"'),
  `2:${AT + 5}: neighbors[0].md5: expected an object, not a string`,
);

test(
  'route: first word',
  refuses,
  withNeighbor('routes: ["rote 10.0.0.0/8"]'),
  `2:${AT + 10}: neighbors[0].routes[0]: "rote" begins no route: expected attributes, route, ipv4, ipv6, l2vpn, bgp-ls, flow, vpls (column 1 of the text)`,
);
test(
  'route: family not offered',
  refuses,
  withNeighbor('routes: "route 2001:db8::/32 next-hop 2001:db8::1"'),
  `2:${AT + 8}: neighbors[0].routes: a route of "ipv6 unicast", which is not in families`,
);

test('the place of a mistake inside a route is exact', (t) => {
  const text = withNeighbor('routes: ["route 10.0.0.0/8 next-hop 192.0.2.1 mad 3"]');
  const line = text.split('\n')[1]!;
  const message = load(t, text);
  t.true(
    typeof message === 'string' &&
      message.startsWith(`main.json5:2:${line.indexOf('mad') + 1}: neighbors[0].routes[0]: `),
    String(message),
  );
});

test('a template shared by many tells its mistake once', (t) => {
  const one = '{inherit: "a", remoteAddress: "192.0.2.1", localAs: 1, peerAs: 2}';
  t.is(
    load(t, `{routerId: "1.1.1.1", templates: {a: {holdTime: 1}}, neighbors: [${one}, ${one.replace('2.1', '2.2')}]}`),
    'main.json5:1:49: templates.a.holdTime: expected 0 or 3 to 65535 seconds',
  );
});

test('a file that is not there', (t) => {
  t.is(load(t, { 'other.json5': '{}' }), 'main.json5: no such file');
});

test('a route of the default family that is not offered is a warning', (t) => {
  const config = loadGood(t, withNeighbor('families: ["ipv6 unicast"], routes: ["route 10.0.0.0/8 next-hop self"]'));
  t.is(config.neighbors[0]?.routes.length, 1);
});

test('everything is frozen', (t) => {
  const config = loadGood(t, withNeighbor('api: []'));
  t.true(
    Object.isFrozen(config) && Object.isFrozen(config.neighbors[0]) && Object.isFrozen(config.neighbors[0]?.families),
  );
});

const reads = test.macro((t, options: string, expected: Record<string, unknown>, rest?: string) => {
  const neighbor = loadGood(t, withNeighbor(options, rest)).neighbors[0]!;
  t.like(neighbor, expected);
});

test('defaults', reads, '', {
  name: '192.0.2.1 local-as 65000 peer-as 65001',
  remotePort: 179,
  routerId: '192.0.2.254',
  holdTimeSeconds: 180,
  connectRetrySeconds: 5,
  openWaitSeconds: 60,
  families: ['ipv4 unicast'],
  api: undefined,
  adjRibIn: false,
  adjRibOut: true,
  groupUpdates: true,
  exabgpWire: false,
  autoFlush: true,
  dscp: 48,
  maxPeers: 1,
  capabilities: {
    asn4: true,
    routeRefresh: true,
    enhancedRouteRefresh: true,
    extendedMessage: true,
    gracefulRestart: undefined,
    hostname: false,
  },
});
test('port from tcp', reads, '', { remotePort: 1179 }, 'tcp: {port: 1179},');
test('addresses are canonical', reads, 'nextHopSelf: {ipv6: "2001:DB8:0::1"}, localAddress: "auto"', {
  nextHopSelf: { ipv6: '2001:db8::1', ipv4: undefined },
  localAddress: undefined,
});
test(
  'one api object is a list of one',
  reads,
  'api: {processes: ["p"], receive: ["update"]}',
  { api: [{ processes: ['p'], processesMatch: [], receive: ['update'], send: [] }] },
  'processes: {p: {run: "/bin/sh"}},',
);
test(
  'add-path for all families',
  reads,
  'families: ["ipv4 unicast", "ipv6 unicast"], capabilities: {addPath: "send"}',
  { capabilities: { addPath: { 'ipv4 unicast': 'send', 'ipv6 unicast': 'send' } } },
);
test('graceful restart by true', reads, 'capabilities: {gracefulRestart: true}', {
  capabilities: { gracefulRestart: { timeSeconds: 120 } },
});
test('roles', reads, 'capabilities: {role: "rs-client"}', { capabilities: { role: 2 } });
test(
  'a passive neighbor with a listener',
  reads,
  'passive: true',
  { passive: true },
  'listen: [{address: "0.0.0.0"}],',
);

test('AS numbers in all spellings', (t) => {
  const config = loadGood(
    t,
    '{routerId: "1.1.1.1", listen: {address: "::"}, neighbors: [{remoteAddress: "2001:db8::/32", passive: true, localAs: "1.10", peerAs: ["65001", 4200000000, "65535.65535"]}, {remoteAddress: "::1", localAs: "auto", peerAs: "auto"}]}',
  );
  t.deepEqual(
    config.neighbors.map(({ localAs, peerAs, isRange, maxPeers }) => ({ localAs, peerAs, isRange, maxPeers })),
    [
      { localAs: 65546, peerAs: [65001, 4200000000, 4294967295], isRange: true, maxPeers: 100 },
      { localAs: 'auto', peerAs: 'auto', isRange: false, maxPeers: 1 },
    ],
  );
});
