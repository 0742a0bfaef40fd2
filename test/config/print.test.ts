// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of configurations
/**
 * The canonical form: reading it gives the same configuration, printing that the same text; keys stay hidden. Each
 * test/config-golden/NAME.json5 is printed as NAME.ok, which is a configuration, too.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import JSON5 from 'json5';
import { isEqual } from '../../src/config/diff.js';
import { printJson5 } from '../../src/config/json5-text.js';
import { loadConfig } from '../../src/config/load.js';
import { printConfig } from '../../src/config/print.js';
import type { CrierConfig } from '../../src/config/root.js';
import { folderOf, loadGood, withNeighbor } from './files.js';

const GOLDEN = 'test/config-golden';
const names = readdirSync(GOLDEN)
  .filter((name) => name.endsWith('.json5'))
  .map((name) => name.slice(0, -'.json5'.length));
const ENVIRONMENT = { GOLDEN_AS: '65001', GOLDEN_KEY: 'geheim' };

const contentOf = ({ files: _, ...content }: CrierConfig): object => content;

for (const name of names) {
  test(`golden ${name}`, (t) => {
    const config = loadConfig(join(GOLDEN, `${name}.json5`), { environment: ENVIRONMENT });
    t.is(printConfig(config), readFileSync(join(GOLDEN, `${name}.ok`), 'utf8'));
  });
}

test('there are goldens', (t) => {
  t.true(names.length >= 3);
});

const roundTrips = test.macro((t, file: string) => {
  const config = loadConfig(file, { environment: { ...process.env, ...ENVIRONMENT } });
  const text = printConfig(config, { withSecrets: true });
  const folder = folderOf(t, { 'printed.json5': text, 'hidden.json5': printConfig(config) });
  const again = loadConfig(join(folder, 'printed.json5'), { environment: {} });
  t.deepEqual(contentOf(again), contentOf(config));
  t.is(printConfig(again, { withSecrets: true }), text);
  const hidden = loadConfig(join(folder, 'hidden.json5'), { environment: {}, allowsHiddenKeys: true });
  t.is(printConfig(hidden), printConfig(config));
});
for (const name of names) test(`round trip ${name}`, roundTrips, join(GOLDEN, `${name}.json5`));
for (const name of readdirSync('etc').filter((file) => file.endsWith('.json5'))) {
  test(`round trip of the example ${name}`, roundTrips, join('etc', name));
}

/** Options of a neighbor with values that are none of the defaults. */
const options = fc.record(
  {
    localAs: fc.constantFrom<unknown>(1, 'auto', '1.1', 4294967295),
    holdTime: fc.constantFrom(0, 3, 180, 65535),
    description: fc.string({ unit: 'binary', maxLength: 30 }),
    connectRetryTime: fc.integer({ min: 1, max: 65535 }),
    remotePort: fc.constantFrom(179, 1179),
    routerId: fc.constantFrom('192.0.2.1', '192.0.2.254'),
    families: fc.constantFrom(['ipv6 unicast', 'ipv4 unicast'], ['ipv4 unicast']),
    enabled: fc.boolean(),
    capabilities: fc.record(
      {
        asn4: fc.boolean(),
        hostname: fc.boolean(),
        gracefulRestart: fc.constantFrom<unknown>(true, false, { time: 0 }, { time: 7 }),
        addPath: fc.constantFrom<unknown>('send', { 'ipv4 unicast': 'send/receive' }, {}),
        extendedNextHop: fc.constantFrom([], ['ipv4 unicast']),
        role: fc.constantFrom('provider', 'rs', 'rs-client', 'customer', 'peer'),
      },
      { requiredKeys: [] },
    ),
    md5: fc.constantFrom<unknown>({ password: 'key ${x}' }, { password: 'AAECAw==', base64: true, ip: '192.0.2.7' }),
    ttl: fc.constantFrom<unknown>({}, { outgoing: 255 }, { minimum: 1, outgoing: 2 }),
    api: fc.constantFrom<unknown>([], { processes: ['p'] }, [
      { processes: ['p'], send: ['parsed'] },
      { processesMatch: ['.'] },
    ]),
    adjRibIn: fc.boolean(),
    adjRibOut: fc.boolean(),
    manualEor: fc.boolean(),
    hostName: fc.constantFrom('', 'a', '$${'),
    nextHopSelf: fc.constantFrom<unknown>({ ipv4: '192.0.2.1' }, { ipv6: '::1' }, {}),
    maxPrefix: fc.constantFrom<unknown>(
      { 'ipv4 unicast': { limit: 5 } },
      { 'ipv4 unicast': { limit: 5, warn: 1, action: 'drop', restartSeconds: 4 } },
    ),
    eorHold: fc.constantFrom<unknown>({ quietSeconds: 0 }, { maxSeconds: 60 }),
    routes: fc.constantFrom<unknown>('route 10.0.0.0/8 next-hop self', ['route 10.0.0.0/8 next-hop self']),
  },
  { requiredKeys: [] },
);

test('any neighbor reads back as itself', (t) => {
  const folder = folderOf(t, {});
  const path = join(folder, 'main.json5');
  const head = { routerId: '192.0.2.254', processes: { p: { run: '/bin/sh' } } };
  fc.assert(
    fc.property(options, (given) => {
      const neighbor = { remoteAddress: '192.0.2.1', localAs: 65000, peerAs: 65001, ...given };
      const load = (text: string): CrierConfig => {
        writeFileSync(path, text);
        return loadConfig(path, { environment: {} });
      };
      const config = load(printJson5({ ...head, neighbors: [neighbor] }));
      const text = printConfig(config, { withSecrets: true });
      const again = load(text);
      t.true(isEqual(contentOf(again), contentOf(config)), text);
      t.is(printConfig(again, { withSecrets: true }), text);
    }),
    { numRuns: 150 },
  );
});

test('any value reads back from its JSON5 text', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      // References to variables are doubled, and nothing else is changed.
      const text = printJson5(value).replaceAll('$${', () => '${');
      t.deepEqual(JSON5.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('keys are neither printed nor told', (t) => {
  const text = withNeighbor(
    'inherit: "t", md5: {password: "geheim1"}',
    'templates: {t: {md5: {password: "geheim2", ip: "::1"}}},',
  );
  const config = loadGood(t, text);
  t.notRegex(printConfig(config), /geheim/);
  t.regex(printConfig(config), /\(hidden\)/);
  const clear = printConfig(config, { withSecrets: true });
  t.true(clear.includes('geheim1') && clear.includes('geheim2'));
});

test('files of keys and routes stay files', (t) => {
  const config = loadGood(t, {
    'main.json5': withNeighbor(
      'routes: "route 10.0.0.0/8 next-hop self", routesFile: "r", md5: {passwordFile: "k", base64: true}',
    ),
    r: 'route 11.0.0.0/8 next-hop self',
    k: 'Z2VoZWlt',
  });
  t.is(Buffer.from(config.neighbors[0]!.md5!.key).toString(), 'geheim');
  const text = printConfig(config);
  t.regex(text, /routes: \["route 10.0.0.0\/8 next-hop self"\],\n *routesFile: \[\s*"\/.*\/r",?\s*\]/);
  t.regex(text, /md5: \{\s*passwordFile: "\/.*\/k",\s*base64: true,?\s*\}/);
  t.deepEqual(contentOf(loadGood(t, text)), contentOf(config));
});
