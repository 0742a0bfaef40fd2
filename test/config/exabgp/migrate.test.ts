/**
 * Each test/config-golden/exabgp/NAME.conf becomes NAME.json5, with the warnings in NAME.warnings; NAME.env are its
 * settings. What is printed is what is run, and `check` accepts it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import JSON5 from 'json5';
import { ConfigSource, toPlain } from '../../../src/config/config-node.js';
import { ConfigError, printProblem } from '../../../src/config/errors.js';
import { isExabgpText } from '../../../src/config/exabgp/detect.js';
import { toNode } from '../../../src/config/exabgp/draft.js';
import { migrate } from '../../../src/config/exabgp/migrate.js';
import { readSettings } from '../../../src/config/exabgp/settings.js';
import { migrateToJson5 } from '../../../src/config/exabgp/to-json5.js';
import { loadConfig } from '../../../src/config/load.js';
import { printConfig } from '../../../src/config/print.js';
import { folderOf } from '../files.js';

const FOLDER = 'test/config-golden/exabgp';
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.conf'))
  .map((name) => name.slice(0, -'.conf'.length));

/** @returns the JSON5 and the warnings, or the mistakes, without the folder of the file */
function migrated(text: string, env?: string): { text: string; warnings: string } | string {
  const warnings: string[] = [];
  try {
    const settings = readSettings(env, {}, (each) => warnings.push(`${printProblem(each)}\n`));
    const source = new ConfigSource('main.conf', text, process.cwd());
    const out = migrateToJson5(source, settings, (each) => warnings.push(`${printProblem(each)}\n`));
    return { text: out, warnings: warnings.join('') };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

function good(text: string, env?: string): { text: string; warnings: string } {
  const result = migrated(text, env);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

/** Compares with a file; CRIER_UPDATE_GOLDEN=1 writes it. */
function isGolden(t: ExecutionContext, file: string, text: string): void {
  if (process.env.CRIER_UPDATE_GOLDEN === '1') writeFileSync(file, text);
  t.is(text, readFileSync(file, 'utf8'), file);
}

/** It loads, means what the ExaBGP file means when it is run as it is, and its canonical form is the same. */
function isSame(t: ExecutionContext, text: string, env?: string): void {
  const { text: json5 } = good(text, env);
  const folder = folderOf(t, { 'main.json5': json5, 'main.conf': text });
  const environment: Record<string, string> = env === undefined ? {} : { EXABGP_ENVFILE: env };
  const printed = loadConfig(join(folder, 'main.json5'), { environment: {} });
  const direct = loadConfig(join(folder, 'main.conf'), { environment });
  t.is(printConfig(printed, { withSecrets: true }), printConfig(direct, { withSecrets: true }));
}

for (const name of names) {
  test(`golden ${name}`, (t) => {
    const file = join(FOLDER, `${name}.env`);
    const env = existsSync(file) ? file : undefined;
    const text = readFileSync(join(FOLDER, `${name}.conf`), 'utf8');
    const result = good(text, env);
    isGolden(t, join(FOLDER, `${name}.json5`), result.text);
    isGolden(t, join(FOLDER, `${name}.warnings`), result.warnings);
    isSame(t, text, env);
  });
}

test('there are goldens', (t) => {
  t.true(names.length >= 3);
});

const NEIGHBOR = 'router-id 1.2.3.4; local-address 127.0.0.1; local-as 1; peer-as 1; family { ipv4 unicast; }';

test('a block that is not ended ends with the file, and one end too many ends nothing', (t) => {
  const whole = `neighbor 1.1.1.1 { ${NEIGHBOR}\nstatic {\nroute 10.0.0.0/24 next-hop self;\n}\n}\n`;
  const without = good(whole.slice(0, -4));
  t.is(without.text, good(whole).text);
  t.is(
    without.warnings,
    'main.conf:2:8: the block has no "}": it ends with the file, as in ExaBGP\n' +
      'main.conf:1:18: the block has no "}": it ends with the file, as in ExaBGP\n',
  );
  const more = good(`${whole}}\n# the end\n`);
  t.regex(more.text, /10\.0\.0\.0/);
  t.is(more.warnings, 'main.conf:6:1: there is no block that this "}" could end: left out, as in ExaBGP\n');
});

const refuses = test.macro((t, body: string, ...mistakes: string[]) => {
  t.is(migrated(body), mistakes.map((line) => `main.conf:${line}`).join('\n'));
});
test('a stray section', refuses, 'neighbor 1.1.1.1 {\n bfd { enabled; }\n}', '2:2: "bfd" is no section of a neighbor');
test('an unknown option', refuses, 'neighbor 1.1.1.1 { foo 1; }', '1:20: "foo" is no option or section of a neighbor');
test(
  'an unknown section',
  refuses,
  'neighbour 1.1.1.1 { }',
  '1:1: "neighbour" begins no section: expected process, template, neighbor',
);
test('one end too many', refuses, '}\nprocess a { run x; }', '1:1: there is no block that this "}" could end');
test('no end of a quote', refuses, 'process a { run "x; }\n', '1:17: the quote has no end in its line');
test(
  'no end of a statement',
  refuses,
  'neighbor 1.1.1.1 {\n hold-time 30\n peer-as 1;\n}',
  '2:2: ";" expected at the end of the line, behind "30"',
);
test('a truth value', refuses, 'neighbor 1.1.1.1 { passive yes; }', '1:28: "passive" is true or false, not "yes"');
test('no template', refuses, 'neighbor 1.1.1.1 { inherit x; }', '1:28: there is no template "x" before this line');
test('group', refuses, 'group x { }', '1:1: "group" was left out of ExaBGP 4: write its options as a template');
test(
  'bare add-path',
  refuses,
  'neighbor 1.1.1.1 { capability { add-path; } }',
  '1:33: "add-path" needs disable, disabled, receive, send, send/receive',
);
test(
  'all mistakes at once',
  refuses,
  'process a { encoder xml; }\nneighbor 1.1.1.1 { capability { x; } family { ipv4 bogus; } api { hear; } }',
  '1:21: "encoder" is one of text, json, not "xml"',
  '1:1: the process "a" has no "run"',
  '2:33: "x" is no capability',
  '2:52: "ipv4" needs one of unicast, multicast, nlri-mpls, mpls-vpn, rtc, mcast-vpn, flow, flow-vpn, mup, sr-policy behind it',
  '2:67: "hear" is no option of an api section',
);
test(
  'a mistake in a route has its place in the file',
  refuses,
  `neighbor 127.0.0.1 { ${NEIGHBOR}\n static {\n  route 10.0.0.0/24 {\n next-hop self;\n med many; } } }`,
  '5:6: neighbors[0].routes[0]: med must be a number from 0 to 4294967295, not "many"',
);
test(
  'what is missing is told at the neighbor',
  refuses,
  'neighbor 127.0.0.1 { local-as 1; router-id 1.2.3.4; }',
  '1:1: neighbors[0].peerAs: is missing',
);

const says = test.macro((t, text: string, expected: Readonly<Record<string, unknown>>, ...warnings: string[]) => {
  const result = good(`neighbor 127.0.0.1 { ${NEIGHBOR} ${text} }`);
  t.is(result.warnings, warnings.join(''));
  const { neighbors } = JSON5.parse(result.text) as { neighbors: Record<string, unknown>[] };
  for (const [key, value] of Object.entries(expected)) t.deepEqual(neighbors[0]![key], value, key);
});
test('the defaults come first', says, '', { inherit: ['exabgp'], api: { processes: [] } });
test('bare words that switch off', says, 'adj-rib-in; adj-rib-out; manual-eor;', {
  adjRibIn: false,
  adjRibOut: false,
  manualEor: false,
});
test('graceful-restart alone is the hold time', says, 'hold-time 33; capability { graceful-restart; }', {
  capabilities: { gracefulRestart: { time: 33 } },
});
test('graceful-restart 0 is the hold time', says, 'capability { graceful-restart 0; }', {
  capabilities: { gracefulRestart: { time: 180 } },
});
test('add-path is for families of prefixes', says, 'family { ipv4 flow; } capability { add-path send; }', {
  capabilities: { addPath: { 'ipv4 unicast': 'send' } },
});
test('words are joined', says, 'description a long text;', { description: 'a long text' });
test('an empty static section', says, 'static { }', { routes: undefined });
test(
  'of several next hops one counts',
  says,
  'static { route 10.0.0.0/24 { next-hop 1.1.1.1; next-hop 2.2.2.2; } }',
  { routes: ['route 10.0.0.0/24 next-hop 1.1.1.1'] },
  'main.conf:1:143: next-hop is given 2 times: 1.1.1.1 counts\n',
);
test(
  'communities are sorted as ExaBGP sends them since its version 5',
  says,
  'static { route 10.0.0.0/24 next-hop self community [ 3:1, no-export 2:2 ]; }',
  { routes: ['route 10.0.0.0/24 next-hop self community [ 2:2 3:1 no-export ]'] },
);
test(
  'flow rules keep their blocks, names become comments',
  says,
  'family { ipv4 flow; } flow { route name { match { source 10.0.0.1/32; } then { discard; } } }',
  { routes: ['flow route { match { source 10.0.0.1/32; } then { discard; } }'] },
);

test('no family block is every family that is known', (t) => {
  const { text } = good('neighbor 127.0.0.1 { router-id 1.2.3.4; local-address 127.0.0.1; local-as 1; peer-as 1; }');
  const { neighbors } = JSON5.parse(text) as { neighbors: { families: string[] }[] };
  t.deepEqual(neighbors[0]!.families.slice(0, 3), ['ipv4 unicast', 'ipv4 multicast', 'ipv4 nlri-mpls']);
});

test('an IPv6 session takes an IPv4 self from the router id', (t) => {
  const { text } = good('neighbor ::1 { router-id 1.2.3.4; local-address ::1; local-as 1; peer-as 1; }');
  const { neighbors } = JSON5.parse(text) as { neighbors: { selfFromRouterId: boolean }[] };
  t.true(neighbors[0]!.selfFromRouterId);
});

test('variables are stronger than the file, those with dots strongest', (t) => {
  const file = join(FOLDER, 'settings.env');
  const read = (environment: Record<string, string>) => readSettings(file, environment, () => undefined).port;
  t.is(read({}), 1179);
  t.is(read({ exabgp_tcp_port: '1' }), 1);
  t.is(read({ exabgp_tcp_port: '1', 'exabgp.tcp.port': '2' }), 2);
});

const tells = test.macro((t, text: string, expected: boolean) => {
  t.is(isExabgpText(text), expected);
});
test('a neighbor', tells, '\n\tneighbor 1.1.1.1 {\n}', true);
test('a comment first', tells, '# x\nprocess a {}', true);
test('only a comment', tells, '# x', true);
test('JSON5', tells, '// neighbor\n{neighbors: []}', false);
test('nothing', tells, '', false);
test('a word alone', tells, 'neighbors', false);

/** Parts of a neighbor in any number and order; the same part may come twice. */
const part = fc.constantFrom(
  'hold-time 30;',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a text like any other
  'description "x # ${y}";',
  'passive true;',
  'listen 1790;',
  'group-updates false; # trailing\n',
  'md5-password secret;\n# alone\n',
  'manual-eor;',
  'capability { graceful-restart; add-path send/receive; route-refresh; }',
  'capability { nexthop; graceful-restart 7; }',
  'family { ipv6 unicast; all; }',
  'add-path { ipv4 unicast; ipv6 unicast; }',
  'nexthop { ipv4 unicast ipv6; }',
  'api { processes [ p ]; receive { parsed; update; } }',
  'api { neighbor-changes; }',
  'api named { processes-match "^p"; }',
  'static { route 10.0.0.0/24 next-hop self; # r\n }',
  'announce { ipv4 { unicast 10.1.0.0/16 next-hop self med 1; } }',
  'local-address auto;',
);
const body = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(' '));

test('what migrate prints passes check and means what the file means', (t) => {
  fc.assert(
    fc.property(body, body, fc.boolean(), (template, own, inherits) => {
      const text = `process p { run /bin/cat; }\ntemplate { neighbor x { ${template} } }
neighbor 127.0.0.1 { ${inherits ? 'inherit x;' : ''} ${NEIGHBOR} ${own} }`;
      isSame(t, text);
      const settings = readSettings(undefined, {}, () => undefined);
      const source = new ConfigSource('main.conf', text, process.cwd());
      const plain = JSON5.parse(good(text).text.replaceAll('$${', '${')) as unknown;
      t.deepEqual(plain, toPlain(toNode(migrate(source, settings).draft, source)));
    }),
    { numRuns: 60 },
  );
});
