/**
 * Operational messages and multisession with ExaBGP 4.2, the one other speaker that has them: it is told what crier's
 * helper sends, and crier's helper is told what ExaBGP's sends. (ExaBGP 4.2 neither sends nor reads advisories: it stumbles
 * over its own types.)
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { whenAvailable } from './availability.js';
import { Crier } from './crier.js';
import { HelperLink } from './helper-link.js';
import { openNetwork } from './network.js';
import { Program, waitFor } from './program.js';

const AS = 65000;
const PEER_AS = 65001;
const PEER_ADDRESS = '10.0.0.101';
const CRIER_ADDRESS = '10.0.0.1';

/** What crier's helper says, and what ExaBGP's is told of it; its JSON doubles quotes. */
const SENT: readonly (readonly [string, RegExp])[] = [
  ['rpcq afi ipv4 safi unicast sequence 7', /"name": ""RPCQ"", "afi": ""ipv4"", "safi": ""unicast""/],
  [
    'apcp afi ipv4 safi unicast sequence 8 counter 4294967295',
    /"name": ""APCP"", .*"router-id": "?10\.0\.0\.1"?, "sequence": 8, "counter": 4294967295/,
  ],
  [
    'lpcp afi ipv4 safi unicast sequence 9 counter 10 router-id 192.0.2.1',
    /"name": ""LPCP"", .*"router-id": "?192\.0\.2\.1"?, "sequence": 9, "counter": 10/,
  ],
];

/** What ExaBGP's helper says, and what crier's is told of it. */
const RECEIVED: readonly (readonly [string, string])[] = [
  [
    'lpcq afi ipv4 safi unicast sequence 5',
    `"operational": { "name": "LPCQ", "afi": "ipv4", "safi": "unicast", "router-id": "${PEER_ADDRESS}", "sequence": 5 }`,
  ],
  [
    'rpcp afi ipv4 safi unicast sequence 6 counter 200',
    `"operational": { "name": "RPCP", "afi": "ipv4", "safi": "unicast", "router-id": "${PEER_ADDRESS}", "sequence": 6, "counter": 200 }`,
  ],
];

function configuration(argv: readonly string[]): string {
  return `process helper { run ${argv.join(' ')}; encoder json; }
neighbor ${CRIER_ADDRESS} {
  router-id ${PEER_ADDRESS}; local-address ${PEER_ADDRESS}; local-as ${PEER_AS}; peer-as ${AS};
  hold-time 30; passive;
  family { ipv4 unicast; }
  capability { operational enable; multi-session enable; }
  api { processes [ helper ]; receive { parsed; operational; } neighbor-changes; }
}
`;
}

whenAvailable('exabgp operational', ['exabgp'], () => {
  test('exabgp: operational messages', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'crier-operational-'));
    chmodSync(folder, 0o755);
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const peerFolder = join(folder, 'peer');
    mkdirSync(peerFolder, { mode: 0o755 });
    const network = await openNetwork([CRIER_ADDRESS], [PEER_ADDRESS]);
    t.teardown(() => network.close());
    const ours = await HelperLink.open(join(folder, 'ours.sock'));
    t.teardown(() => ours.close());
    const theirs = await HelperLink.open(join(folder, 'theirs.sock'));
    t.teardown(() => theirs.close());
    writeFileSync(join(peerFolder, 'exabgp.conf'), configuration(theirs.argv));
    const env = {
      ...process.env,
      'exabgp.tcp.bind': PEER_ADDRESS,
      'exabgp.daemon.user': 'root',
      'exabgp.api.cli': 'false',
    };
    const exabgp = new Program('exabgp', network.peer.wrap(['exabgp', join(peerFolder, 'exabgp.conf')]), {
      cwd: peerFolder,
      env,
    });
    t.teardown(() => exabgp.stop());
    const crier = new Crier(network.crier, folder, {
      routerId: CRIER_ADDRESS,
      log: { level: 'debug', format: 'json' },
      processes: { helper: { run: ours.argv, encoder: 'json', ack: 'reasons' } },
      neighbors: [
        {
          remoteAddress: PEER_ADDRESS,
          localAddress: CRIER_ADDRESS,
          localAs: AS,
          peerAs: PEER_AS,
          connectRetryTime: 1,
          capabilities: { operational: true, multisession: true },
          operational: 'rpcq afi ipv4 safi unicast sequence 1',
          api: [{ processes: ['helper'], receive: ['parsed', 'operational', 'negotiated', 'neighbor-changes'] }],
        },
      ],
    });
    t.teardown(() => crier.stop());
    const isUp = (link: HelperLink): boolean => link.lines.some((line) => line.includes('"state": "up"'));
    try {
      await waitFor('its helper', () => theirs.isConnected);
      crier.start();
      await waitFor('our helper', () => ours.isConnected);
      await waitFor('the session', () => isUp(ours) && isUp(theirs), 60_000);
      t.true(ours.lines.some((line) => line.includes('"multisession": true, "operational": true')));

      t.deepEqual(
        await ours.ask(...SENT.map(([words]) => `announce operational ${words}`)),
        SENT.map(() => 'done'),
      );
      theirs.send(...RECEIVED.map(([words]) => `announce operational ${words}`));
      const unheard = (): string[] => [
        ...SENT.filter(([, pattern]) => !theirs.lines.some((line) => pattern.test(line))).map(([words]) => words),
        ...RECEIVED.filter(([, part]) => !ours.lines.some((line) => line.includes(part))).map(([words]) => words),
      ];
      await waitFor('all messages', () => unheard().length === 0).catch(() => undefined);
      t.deepEqual(unheard(), [], [...theirs.lines, ...ours.lines].join('\n'));
      t.false(
        ours.lines.some((line) => line.includes('"state": "down"')),
        'the session lasts',
      );
    } catch (error) {
      t.log(`crier:\n${crier.log.slice(-4000)}\nexabgp:\n${exabgp.output.slice(-4000)}`);
      throw error;
    }
  });
});
