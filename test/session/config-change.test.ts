import test from 'ava';
import { type Change, compareConfigs } from '../../src/session/config-change.js';
import type { PeerConfig } from '../../src/session/peer-config.js';
import { baseConfig } from './harness.js';

const changed = test.macro((t, changes: Partial<PeerConfig>, expected: Change) => {
  t.is(compareConfigs(baseConfig, { ...structuredClone(baseConfig), ...changes }), expected);
});
test('nothing changed', changed, {}, 'none');
test('routes are no matter of the session', changed, { routes: ['route 10.0.0.0/8 next-hop self'] }, 'none');
for (const [name, change] of Object.entries({
  description: { description: 'x' },
  api: { api: [] },
  adjRibIn: { adjRibIn: true },
  maxPrefix: { maxPrefix: { 'ipv4 unicast': { limit: 1, warn: 80, action: 'warn' as const, restartSeconds: 0 } } },
  connectRetryTime: { connectRetrySeconds: 9 },
})) {
  test(`no reset for ${name}`, changed, change, 'soft');
}
for (const [name, change] of Object.entries({
  holdTime: { holdTimeSeconds: 30 },
  peerAs: { peerAs: 65009 },
  families: { families: ['ipv4 unicast', 'ipv6 unicast'] },
  md5: { md5: { key: Uint8Array.of(1), ip: undefined, file: undefined, isBase64: false } },
  'description and families': { description: 'x', families: [] },
})) {
  test(`reset for ${name}`, changed, change, 'reset');
}
