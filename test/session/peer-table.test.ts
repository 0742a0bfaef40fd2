import test from 'ava';
import type { RibOut } from '../../src/rib/types.js';
import type { Peer } from '../../src/session/peer.js';
import { PeerTable } from '../../src/session/peer-table.js';
import { type Bench, baseConfig, bench, type MemoryTransport } from './harness.js';

function table(): Bench & { table: PeerTable; told: string[] } {
  const b = bench();
  const told: string[] = [];
  const rib = { removeMember: () => void told.push('member removed') } as unknown as RibOut;
  const observer = {
    onAdded: (peer: Peer) => void told.push(`added ${peer.config.name}`),
    onRemoved: (peer: Peer) => void told.push(`removed ${peer.config.name}`),
  };
  return { ...b, told, table: new PeerTable(b.context, ({ name }) => ({ name }), rib, observer) };
}

const words = (wire: MemoryTransport): string => Buffer.from(wire.lastWords?.subarray(19) ?? []).toString('hex');

test('neighbors start with the table, and later ones at once', (t) => {
  const { table: peers, opened } = table();
  peers.add(baseConfig);
  t.is(opened.length, 0);
  peers.start();
  t.is(opened.length, 1);
  peers.add({ ...baseConfig, name: 'two', remoteAddress: '192.0.2.3' });
  t.is(opened.length, 2);
});

test('a neighbor that is removed hears Peer De-configured', (t) => {
  const { table: peers, opened, told } = table();
  peers.add(baseConfig);
  peers.start();
  opened[0]!.connected();
  t.true(peers.remove(baseConfig.name));
  t.is(words(opened[0]!), '0603');
  t.deepEqual(told, ['added 192.0.2.2', 'member removed', 'removed 192.0.2.2']);
  t.false(peers.remove(baseConfig.name));
});

test('a reload touches only what changed', (t) => {
  const { table: peers, opened } = table();
  const peer = peers.add(baseConfig)!;
  peers.start();
  opened[0]!.connected();
  t.is(peers.replace({ ...baseConfig }), 'none');
  t.is(peers.replace({ ...baseConfig, description: 'new' }), 'soft');
  t.false(opened[0]!.isEnded);
  t.is(peer.config.description, 'new');
  t.is(peers.replace({ ...baseConfig, holdTimeSeconds: 30 }), 'reset');
  t.is(words(opened[0]!), '0606');
  t.is(opened.length, 2);
  t.is(peer.config.holdTimeSeconds, 30);
});

test('incoming connections: the local address decides between neighbors of one address', (t) => {
  const { table: peers } = table();
  peers.add({ ...baseConfig, name: 'a', localAddress: '192.0.2.10' });
  peers.add({ ...baseConfig, name: 'b', localAddress: '192.0.2.11' });
  t.is(peers.configFor('192.0.2.2', '192.0.2.11')?.name, 'b');
  t.is(peers.configFor('192.0.2.2', '192.0.2.10')?.name, 'a');
  t.is(peers.configFor('192.0.2.2', '192.0.2.12'), undefined);
  t.is(peers.configFor('192.0.2.9', '192.0.2.10'), undefined);
});

test('ranges: the longest wins, a configured neighbor wins over all', (t) => {
  const { table: peers } = table();
  const range = (remoteAddress: string) => ({ ...baseConfig, name: remoteAddress, remoteAddress, isRange: true });
  peers.add(range('10.0.0.0/8'));
  peers.add(range('10.1.0.0/16'));
  peers.add(range('2001:db8::/33'));
  peers.add({ ...baseConfig, name: 'one', remoteAddress: '10.1.2.3' });
  const nameFor = (remote: string) => peers.configFor(remote, '192.0.2.1')?.name;
  t.is(nameFor('10.1.2.3'), 'one');
  t.is(nameFor('10.1.2.4'), '10.1.0.0/16');
  t.is(nameFor('10.2.0.1'), '10.0.0.0/8');
  t.is(nameFor('11.0.0.1'), undefined);
  t.is(nameFor('2001:db8:7fff::1'), '2001:db8::/33');
  t.is(nameFor('2001:db8:8000::1'), undefined);
});

test('a link-local neighbor is told from the same address on another link', (t) => {
  const { table: peers } = table();
  peers.add({ ...baseConfig, name: 'a', remoteAddress: 'fe80::1%eth0' });
  peers.add({ ...baseConfig, name: 'b', remoteAddress: 'fe80::1%eth1' });
  t.is(peers.configFor('fe80::1%eth1', 'fe80::9%eth1')?.name, 'b');
  t.is(peers.configFor('fe80::1%eth2', 'fe80::9%eth2'), undefined);
});
