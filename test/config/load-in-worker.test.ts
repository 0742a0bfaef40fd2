/** Loading off the main thread gives what loading here gives, and holds nothing up. */
import { join } from 'node:path';
import test from 'ava';
import { ConfigError, type ConfigProblem } from '../../src/config/errors.js';
import { loadConfig } from '../../src/config/load.js';
import { loadConfigInWorker } from '../../src/config/load-in-worker.js';
import { folderOf, withNeighbor } from './files.js';

test('the same configuration, with all routes in order', async (t) => {
  const routes = Array.from({ length: 4500 }, (_, i) => `route 10.${i >> 8}.${i & 255}.0/24 next-hop self`);
  const folder = folderOf(t, {
    'main.json5': withNeighbor(`md5: {password: "geheim"}, routes: ${JSON.stringify(routes)}`),
    'second.json5': '{neighbors: [{remoteAddress: "192.0.2.2", localAs: 1, peerAs: 2, routesFile: "r"}]}',
    r: routes.slice(0, 2500).join('\n'),
  });
  const files = ['main.json5', 'second.json5'].map((name) => join(folder, name));
  const config = await loadConfigInWorker(files);
  t.deepEqual(config, loadConfig(files));
  t.true(Object.isFrozen(config.neighbors[0]?.routes));
  t.deepEqual(
    config.neighbors.map((neighbor) => neighbor.routes.length),
    [4500, 2500],
  );
});

test('mistakes', async (t) => {
  const folder = folderOf(t, { 'main.json5': '{foo: 1,\n bar: 2}' });
  const error = await t.throwsAsync(loadConfigInWorker(join(folder, 'main.json5')), { instanceOf: ConfigError });
  t.deepEqual(
    (error as ConfigError).problems.map(({ line, column, path }) => [line, column, path]),
    [
      [1, 2, 'foo'],
      [2, 2, 'bar'],
    ],
  );
});

test('warnings', async (t) => {
  const folder = folderOf(t, {
    'main.json5': withNeighbor('families: ["ipv6 unicast"], routes: "route 10.0.0.0/8 next-hop self"'),
  });
  const warnings: ConfigProblem[] = [];
  await loadConfigInWorker(join(folder, 'main.json5'), (warning) => warnings.push(warning));
  t.is(warnings.length, 1);
});
