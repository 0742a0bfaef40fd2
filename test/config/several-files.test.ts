// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of configurations
/** Includes, variables and templates: what they make of a configuration, and what is said of mistakes in them. */
import test from 'ava';
import { load, loadGood, withNeighbor } from './files.js';

const P = '{remoteAddress: "192.0.2.1", localAs: 1, peerAs: 2';

test('includes append lists and join objects', (t) => {
  const config = loadGood(t, {
    'main.json5': `{routerId: "1.1.1.1", include: ["conf.d/*.json5", "more.json5"], log: {level: "warn"}, neighbors: [${P}}]}`,
    'conf.d/b.json5': '{neighbors: [{remoteAddress: "192.0.2.3", localAs: 1, peerAs: 2}], log: {format: "json"}}',
    'conf.d/a.json5':
      '{neighbors: [{remoteAddress: "192.0.2.2", localAs: 1, peerAs: 2, inherit: "t"}], processes: {p: {run: "/bin/sh"}}}',
    'conf.d/.hidden.json5': '{maxRoutes: 1}',
    'conf.d/ignored.txt': 'nothing',
    'more.json5': '{include: "deep/x?.json5", templates: {t: {holdTime: 9}}, listen: {address: "::"}}',
    'deep/x1.json5': '{listen: [{address: "0.0.0.0"}]}',
  });
  t.deepEqual(
    config.neighbors.map(({ remoteAddress }) => remoteAddress),
    ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  );
  t.is(config.neighbors[1]?.holdTimeSeconds, 9);
  t.like(config.log, { level: 'warn', format: 'json' });
  t.deepEqual(
    config.listen.map(({ address }) => address),
    ['::', '0.0.0.0'],
  );
  t.deepEqual(
    config.files.map((file) => file.replace(/.*\/crier-config-[^/]*\//, '')),
    ['main.json5', 'conf.d/a.json5', 'conf.d/b.json5', 'more.json5', 'deep/x1.json5'],
  );
});

const refuses = test.macro((t, files: Record<string, string>, ...expected: string[]) => {
  const said = load(t, files, { EMPTY: '', NAME: 'value' });
  t.is(typeof said === 'string' ? said.replace(/\/[^ ]*crier-config-[^/]*\//g, '') : 'nothing', expected.join('\n'));
});

test(
  'a scalar in two files',
  refuses,
  { 'main.json5': '{include: "b.json5",\n maxRoutes: 1}', 'b.json5': '{\nmaxRoutes: 1}' },
  'b.json5:2:1: maxRoutes: is set already in main.json5:2',
);
test(
  'a scalar of an object in two files',
  refuses,
  { 'main.json5': '{include: "b.json5", log: {level: "info"}}', 'b.json5': '{log: {level: "info"}}' },
  'b.json5:1:8: log.level: is set already in main.json5:1',
);
test(
  'a process in two files',
  refuses,
  {
    'main.json5': '{include: "b.json5", processes: {p: {run: "/bin/sh"}}}',
    'b.json5': '{processes: {p: {encoder: "text"}}}',
  },
  'b.json5:1:14: processes.p: is set already in main.json5:1',
);
test(
  'a mistake in an included file',
  refuses,
  { 'main.json5': '{include: "b.json5"}', 'b.json5': '{\n  maxRoutes: "x"}' },
  'b.json5:2:14: maxRoutes: expected a number, not a string',
);
test(
  'a syntax error in an included file',
  refuses,
  { 'main.json5': '{include: "b.json5", foo: 1}', 'b.json5': '{\n  maxRoutes: }' },
  "b.json5:2:14: syntax error: invalid character '}'",
);
test(
  'an included file that is not there',
  refuses,
  { 'main.json5': '{include: ["b.json5", "*.none"]}' },
  'main.json5:1:12: include[0]: there is no file b.json5',
);
test(
  'a circle of includes',
  refuses,
  { 'main.json5': '{include: "b.json5"}', 'b.json5': '{include: "main.json5"}' },
  'b.json5:1:11: include: the file main.json5 is included twice',
);
test(
  'an include that is no name',
  refuses,
  { 'main.json5': '{include: [1]}' },
  'main.json5:1:12: include[0]: expected the name of a file, which may have * and ? in it',
);
test(
  'an included file that is a list',
  refuses,
  { 'main.json5': '{include: "b.json5"}', 'b.json5': '[1]' },
  'b.json5:1:1: expected an object',
);

const fills = test.macro((t, text: string, expected: string) => {
  const config = loadGood(t, withNeighbor(`description: ${text}`), { NAME: 'value', EMPTY: '', ODD: '${NAME}"' });
  t.is(config.neighbors[0]?.description, expected);
});
test('a variable', fills, '"${NAME}"', 'value');
test('variables inside a text', fills, '"<${NAME}|${EMPTY}|${NAME}>"', '<value||value>');
test('a default', fills, '"${UNSET:-some text}"', 'some text');
test('a default for an empty variable', fills, '"${EMPTY:-x}${EMPTY}"', 'x');
test('an empty default', fills, '"${UNSET:-}"', '');
test('a literal', fills, '"$${NAME} $NAME $$ ${NAME}"', '${NAME} $NAME $$ value');
test('values are not read again', fills, '"${ODD}"', '${NAME}"');

test('variables fill numbers and truth values', (t) => {
  const config = loadGood(
    t,
    `{routerId: "\${ID}", neighbors: [{remoteAddress: "::1", localAs: "\${AS}", peerAs: "\${AS}", holdTime: "\${HOLD}", adjRibIn: "\${YES}", md5: {password: "\${HOLD}"}, capabilities: {gracefulRestart: {time: "\${HOLD}"}}}]}`,
    { ID: '1.1.1.1', AS: '65001', HOLD: '30', YES: 'true' },
  );
  t.like(config.neighbors[0], {
    localAs: 65001,
    holdTimeSeconds: 30,
    adjRibIn: true,
    routerId: '1.1.1.1',
    capabilities: { gracefulRestart: { timeSeconds: 30 } },
  });
  t.deepEqual(config.neighbors[0]?.md5?.key, new Uint8Array([0x33, 0x30]));
});
test(
  'a number that is no variable stays a text',
  refuses,
  { 'main.json5': '{maxRoutes: "1${EMPTY}"}' },
  'main.json5:1:13: maxRoutes: expected a number, not a string',
);
test(
  'a variable that is no number',
  refuses,
  { 'main.json5': '{maxRoutes: "${NAME}"}' },
  'main.json5:1:13: maxRoutes: expected a number, not a string',
);
test(
  'an unset variable',
  refuses,
  { 'main.json5': '{log: {destination: "/x/${NOPE}"}}' },
  'main.json5:1:21: log.destination: the environment variable NOPE is not set',
);
test(
  'a reference without end',
  refuses,
  { 'main.json5': '{user: "${NAME"}' },
  'main.json5:1:8: user: write a variable as ${NAME} or ${NAME:-default}, and a literal "${" as "$${"',
);
test(
  'a variable in the name of an include',
  refuses,
  { 'main.json5': '{include: "${NAME}.json5"}', 'value.json5': '{x: 1}' },
  'value.json5:1:2: x: unknown key "x": expected "include", "routerId", "user", "group", "log", "control", "tcp", "listen", "shutdown", "maxRoutes", "processes", "templates", "neighbors"',
);

test('templates: lists are extended, objects joined, single values won by the neighbor', (t) => {
  const config = loadGood(
    t,
    `{routerId: "1.1.1.1", processes: {p: {run: "/bin/sh"}, q: {run: "/bin/sh"}}, templates: {
    low: {holdTime: 30, families: ["ipv4 unicast"], capabilities: {asn4: false, gracefulRestart: {time: 9}}, routes: "route 10.0.0.0/8 next-hop self"},
    high: {inherit: ["low"], holdTime: 60, families: ["ipv6 unicast"], capabilities: {asn4: true}, api: {processes: ["p"]}, md5: {password: "a", ip: "192.0.2.9"}},
    other: {dscp: 1, holdTime: 90},
  }, neighbors: [
    ${P}, inherit: "high", families: ["ipv4 unicast", "ipv4 multicast"], api: [{processes: ["q"]}], routes: ["route 11.0.0.0/8 next-hop self"], md5: {password: "b"}},
    {inherit: ["high", "other"], remoteAddress: "192.0.2.2", localAs: 1, peerAs: 2, dscp: 2},
  ]}`,
  );
  const [one, two] = config.neighbors;
  t.like(one, {
    holdTimeSeconds: 60,
    families: ['ipv4 unicast', 'ipv6 unicast', 'ipv4 multicast'],
    routes: ['route 10.0.0.0/8 next-hop self', 'route 11.0.0.0/8 next-hop self'],
    capabilities: { asn4: true, gracefulRestart: { timeSeconds: 9 } },
  });
  t.deepEqual(
    one?.api?.map(({ processes }) => processes),
    [['p'], ['q']],
  );
  t.deepEqual(one?.md5, { key: new Uint8Array([0x62]), ip: undefined, file: undefined, isBase64: false });
  t.like(two, { holdTimeSeconds: 90, dscp: 2 });
});
test(
  'no such template',
  refuses,
  { 'main.json5': `{templates: {edge: {}}, routerId: "1.1.1.1", neighbors: [${P}, inherit: ["egde"]}]}` },
  'main.json5:1:120: neighbors[0].inherit[0]: there is no template "egde": did you mean "edge"?',
);
test(
  'a circle of templates',
  refuses,
  { 'main.json5': '{templates: {a: {inherit: "b"}, b: {inherit: ["a"]}}}' },
  'main.json5:1:27: templates.a.inherit: the templates inherit in a circle: "b" inherits "a" inherits "b"',
  'main.json5:1:47: templates.b.inherit[0]: the templates inherit in a circle: "a" inherits "b" inherits "a"',
);
test(
  'a template that inherits itself',
  refuses,
  { 'main.json5': '{templates: {a: {inherit: "a"}}}' },
  'main.json5:1:27: templates.a.inherit: the templates inherit in a circle: "a" inherits "a"',
);

test('paths begin at the folder of the file that names them', (t) => {
  const config = loadGood(t, {
    'main.json5': `{routerId: "1.1.1.1", include: "sub/t.json5", neighbors: [${P}, inherit: "t", routesFile: "own.routes"}]}`,
    'sub/t.json5': '{templates: {t: {md5: {passwordFile: "key"}, routesFile: ["sub.routes"]}}}',
    'sub/key': 'geheim\r\n',
    'sub/sub.routes': '# comment\n\n  route 10.1.0.0/16 next-hop self  \nroute 10.2.0.0/16 next-hop self',
    'own.routes': 'route 10.3.0.0/16 next-hop self\n',
  });
  t.is(Buffer.from(config.neighbors[0]?.md5?.key ?? []).toString(), 'geheim');
  t.deepEqual(
    config.neighbors[0]?.routes.map((text) => text.trim()),
    ['route 10.1.0.0/16 next-hop self', 'route 10.2.0.0/16 next-hop self', 'route 10.3.0.0/16 next-hop self'],
  );
  t.deepEqual(
    config.neighbors[0]?.routesFiles.map(({ count }) => count),
    [2, 1],
  );
});
test(
  'a mistake in a file of routes',
  refuses,
  {
    'main.json5': `{routerId: "1.1.1.1", neighbors: [${P}, routesFile: "r"}]}`,
    r: 'route 10.0.0.0/8 next-hop self\n\n route 10.0.0.0/8 mad\nroute 2001:db8::/32 next-hop ::1\n',
  },
  'r:3:19: "mad" is no keyword of a route',
  'r:4:1: a route of "ipv6 unicast", which is not in families',
);
test(
  'a file of routes that is not there',
  refuses,
  { 'main.json5': `{routerId: "1.1.1.1", neighbors: [${P}, routesFile: ["r"]}]}` },
  'main.json5:1:100: neighbors[0].routesFile[0]: r: no such file',
);
test(
  'a key file that is not there',
  refuses,
  { 'main.json5': `{routerId: "1.1.1.1", neighbors: [${P}, md5: {passwordFile: "k"}}]}` },
  'main.json5:1:107: neighbors[0].md5.passwordFile: k: no such file',
);
