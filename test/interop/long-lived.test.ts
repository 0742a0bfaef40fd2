/**
 * Long-lived graceful restart (RFC 9494) with BIRD and GoBGP: crier dies, and when its restart time is over they keep its
 * routes as stale ones, but not those with NO_LLGR. What crier announces in its next life is fresh again. The same session
 * shows that they take an OPEN with all other capabilities of crier.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { whenAvailable } from './availability.js';
import { Crier } from './crier.js';
import { HelperLink } from './helper-link.js';
import { type Host, openNetwork } from './network.js';
import { Program, waitFor } from './program.js';

const AS = 65000;
const PEER_AS = 65001;
const PEER_ADDRESS = '10.0.0.101';
const CRIER_ADDRESS = '10.0.0.1';
/** Seconds until a route is stale for long. */
const RESTART_SECONDS = 2;
const KEPT = '192.0.2.0/25';
const DROPPED = '192.0.2.128/25';

interface Daemon {
  readonly name: string;
  readonly programs: readonly string[];
  /** Name of its configuration file, and the file. */
  readonly configuration: readonly [string, string];
  readonly argv: readonly string[];
  /** One line for each route that it holds of crier, with "stale" in those that are stale for long. */
  routes(host: Host, folder: string): Promise<string[]>;
}

const bird: Daemon = {
  name: 'bird',
  programs: ['bird', 'birdc'],
  configuration: [
    'bird.conf',
    `log stderr all;
router id ${PEER_ADDRESS};
protocol device {}
protocol direct { ipv4; }
protocol bgp crier {
  local ${PEER_ADDRESS} port 179 as ${PEER_AS};
  neighbor ${CRIER_ADDRESS} as ${AS};
  strict bind on; passive on; hold time 30; graceful restart aware; long lived graceful restart aware;
  ipv4 { import all; export none; add paths on; };
}
`,
  ],
  argv: ['bird', '-f', '-c', 'bird.conf', '-s', 'bird.sock', '-P', 'bird.pid'],
  async routes(host, folder) {
    const text = await host.run([
      'birdc',
      '-s',
      join(folder, 'bird.sock'),
      'show',
      'route',
      'all',
      'protocol',
      'crier',
    ]);
    return text
      .split(/\n(?=\d)/)
      .filter((block) => /^\d+\.\d+\.\d+\.\d+\//.test(block))
      .map((block) => `${block.split(/\s/)[0]}${block.includes('(65535,6)') ? ' stale' : ''}`);
  },
};

const gobgp: Daemon = {
  name: 'gobgp',
  programs: ['gobgpd', 'gobgp'],
  configuration: [
    'gobgpd.toml',
    `[global.config]
as = ${PEER_AS}
router-id = "${PEER_ADDRESS}"
port = 179
local-address-list = ["${PEER_ADDRESS}"]
[[neighbors]]
[neighbors.config]
neighbor-address = "${CRIER_ADDRESS}"
peer-as = ${AS}
[neighbors.transport.config]
local-address = "${PEER_ADDRESS}"
passive-mode = true
[neighbors.timers.config]
idle-hold-time-after-reset = 1
[neighbors.graceful-restart.config]
enabled = true
restart-time = ${RESTART_SECONDS}
long-lived-enabled = true
[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "ipv4-unicast"
[neighbors.afi-safis.mp-graceful-restart.config]
enabled = true
[neighbors.afi-safis.long-lived-graceful-restart.config]
enabled = true
restart-time = 60
`,
  ],
  argv: ['gobgpd', '-f', 'gobgpd.toml', '-p', '--api-hosts', '127.0.0.1:50051', '--pprof-disable'],
  async routes(host) {
    const table = JSON.parse(await host.run(['gobgp', '-j', 'global', 'rib'])) as Record<string, unknown[]>;
    const isStale = (paths: unknown): boolean => JSON.stringify(paths).includes('4294901766');
    return Object.entries(table ?? {}).map(([prefix, paths]) => `${prefix}${isStale(paths) ? ' stale' : ''}`);
  },
};

for (const daemon of [bird, gobgp]) {
  whenAvailable(`${daemon.name} long-lived graceful restart`, daemon.programs, () => {
    test(`${daemon.name}: long-lived graceful restart`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'crier-long-lived-'));
      chmodSync(folder, 0o755);
      t.teardown(() => rmSync(folder, { recursive: true, force: true }));
      const peerFolder = join(folder, 'peer');
      mkdirSync(peerFolder, { mode: 0o755 });
      const network = await openNetwork([CRIER_ADDRESS], [PEER_ADDRESS]);
      t.teardown(() => network.close());
      const link = await HelperLink.open(join(folder, 'helper.sock'));
      t.teardown(() => link.close());
      const { peer: host } = network;
      const [file, text] = daemon.configuration;
      writeFileSync(join(peerFolder, file), text);
      const program = new Program(daemon.name, host.wrap(daemon.argv), { cwd: peerFolder });
      t.teardown(() => program.stop());
      const crier = new Crier(network.crier, folder, {
        routerId: CRIER_ADDRESS,
        log: { level: 'debug', format: 'json' },
        processes: { helper: { run: link.argv, encoder: 'json', ack: 'reasons' } },
        neighbors: [
          {
            remoteAddress: PEER_ADDRESS,
            localAddress: CRIER_ADDRESS,
            localAs: AS,
            peerAs: PEER_AS,
            connectRetryTime: 1,
            capabilities: {
              gracefulRestart: { time: RESTART_SECONDS },
              longLivedGracefulRestart: { time: 60 },
              addPath: 'receive',
              pathsLimit: 4,
              multipleLabels: true,
              hostname: true,
              softwareVersion: true,
              linkLocalNextHop: true,
              multisession: true,
              operational: true,
            },
            api: [{ processes: ['helper'], receive: ['parsed', 'open', 'neighbor-changes'] }],
          },
        ],
      });
      t.teardown(() => crier.stop());
      const holds = async (what: string, expected: readonly string[]): Promise<void> => {
        let shown: string[] = [];
        await waitFor(
          what,
          async () => {
            shown = (await daemon.routes(host, peerFolder)).sort();
            return shown.join() === [...expected].sort().join();
          },
          30_000,
        ).catch(() => undefined);
        t.deepEqual(shown, [...expected].sort(), what);
      };
      const live = async (): Promise<void> => {
        crier.start();
        await waitFor('the helper', () => link.isConnected);
        await waitFor('the session', () => link.lines.some((line) => line.includes('"state": "up"')), 60_000);
      };
      try {
        await program.ready(() =>
          daemon.routes(host, peerFolder).then(
            () => true,
            () => false,
          ),
        );
        await live();
        const open = link.lines.find((line) => line.includes('"type": "open"')) ?? '';
        t.regex(open, /"71": \{ "name": "unknown", "iana": "unassigned", "value": 71, "raw": "[0-9A-F]*" \}/);
        t.deepEqual(
          await link.ask(
            `announce route ${KEPT} next-hop self`,
            `announce route ${DROPPED} next-hop self community no-llgr`,
          ),
          ['done', 'done'],
        );
        await holds('both routes', [KEPT, DROPPED]);

        await crier.stop('SIGKILL');
        await holds('one route, stale', [`${KEPT} stale`]);

        link.lines.length = 0;
        await live();
        t.deepEqual(await link.ask(`announce route ${KEPT} next-hop self`), ['done']);
        await holds('the route, fresh', [KEPT]);
      } catch (error) {
        t.log(`crier:\n${crier.log.slice(-4000)}\n${daemon.name}:\n${program.output.slice(-4000)}`);
        throw error;
      }
    });
  });
}
