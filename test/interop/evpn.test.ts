/**
 * EVPN, mobile user planes and SR policies with GoBGP over one iBGP session: it shows the routes that crier sends, crier's
 * helper is told those that GoBGP sends, and withdrawals that say nothing but the key take them back.
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

const AS = 65001;
const PEER_ADDRESS = '10.0.0.101';
const CRIER_ADDRESS = '10.0.0.1';

/** crier's families with their names in GoBGP's configuration and command line. */
const FAMILIES: readonly (readonly [string, string, string])[] = [
  ['l2vpn evpn', 'l2vpn-evpn', 'evpn'],
  ['ipv4 mup', 'ipv4-mup', 'ipv4-mup'],
  ['ipv4 sr-policy', 'ipv4-srpolicy', 'ipv4-srpolicy'],
];
/** Families that GoBGP lists; it prints nothing of SR policies that could be compared. */
const LISTED = FAMILIES.filter(([name]) => name !== 'ipv4 sr-policy');

const ESI = '00:11:22:33:44:55:66:77:88:99';

/** What crier sends: NLRI words, the rest of the command, and what GoBGP must list. */
const SENT: readonly (readonly [string, string, RegExp])[] = [
  [
    `l2vpn evpn ethernet-ad rd 65000:1 esi ${ESI} ethernet-tag 7`,
    'vni 100',
    /\[type:A-D\]\[rd:65000:1\]\[esi:[^\]]*\]\[etag:7\]/,
  ],
  [
    'l2vpn evpn mac-ip rd 65000:1 mac 00:11:22:33:44:55 ip 192.0.2.10',
    `vni 10000 esi ${ESI} extended-community [ target:65000:1 ]`,
    /\[type:macadv\]\[rd:65000:1\]\[etag:0\]\[mac:00:11:22:33:44:55\]\[ip:192\.0\.2\.10\]/,
  ],
  [
    'l2vpn evpn mac-ip rd 65000:1 mac 00:11:22:33:44:66',
    'vni [ 10000 20000 ]',
    /\[type:macadv\]\[rd:65000:1\]\[etag:0\]\[mac:00:11:22:33:44:66\]/,
  ],
  [
    'l2vpn evpn multicast rd 65000:1 ethernet-tag 5 ip 192.0.2.1',
    '',
    /\[type:multicast\]\[rd:65000:1\]\[etag:5\]\[ip:192\.0\.2\.1\]/,
  ],
  [`l2vpn evpn ethernet-segment rd 65000:1 esi ${ESI} ip 192.0.2.1`, '', /\[type:esi\]\[rd:65000:1\]/],
  [
    'l2vpn evpn ip-prefix rd 65000:1 prefix 198.51.100.0/24',
    'gateway 192.0.2.9 vni 30000',
    /\[type:Prefix\]\[rd:65000:1\]\[etag:0\]\[prefix:198\.51\.100\.0\/24\]/,
  ],
  ['ipv4 mup mup-isd 10.0.1.0/24 rd 100:100', '', /\[type:isd\]\[rd:100:100\]\[prefix:10\.0\.1\.0\/24\]/],
  ['ipv4 mup mup-dsd 10.0.0.1 rd 100:100', '', /\[type:dsd\]\[rd:100:100\]\[prefix:10\.0\.0\.1\]/],
  [
    'ipv4 mup mup-t1st 192.168.0.1/32 rd 100:100',
    'teid 12345 qfi 9 endpoint 10.0.0.1',
    /\[type:t1st\]\[rd:100:100\]\[prefix:192\.168\.0\.1\/32\]/,
  ],
  ['ipv4 sr-policy distinguisher 1 color 200 endpoint 10.0.0.2', 'preference 200 binding-sid mpls 24000', /./],
];

/** What GoBGP is told to send, and what the helper must be told of it. */
const RECEIVED: readonly (readonly [string, readonly string[]])[] = [
  [
    'evpn macadv aa:bb:cc:dd:ee:01 10.9.0.1 etag 0 label 300 rd 65000:9 rt 65000:9 encap vxlan',
    ['"code": 2', '"mac": "AA:BB:CC:DD:EE:01"', '"ip": "10.9.0.1"', '"rd": "65000:9"'],
  ],
  ['evpn multicast 10.9.0.2 etag 4 rd 65000:9 rt 65000:9', ['"code": 3', '"ethernet-tag": 4', '"ip": "10.9.0.2"']],
  [
    'evpn prefix 10.9.9.0/24 gw 10.9.0.3 etag 0 label 500 rd 65000:9 rt 65000:9',
    ['"code": 5', '"ip": "10.9.9.0", "iplen": 24', '"gateway": "10.9.0.3"'],
  ],
];

function configure(folder: string): void {
  writeFileSync(
    join(folder, 'gobgpd.toml'),
    `[global.config]
as = ${AS}
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
idle-hold-time-after-reset = 2
${FAMILIES.map(([, name]) => `[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = "${name}"`).join('\n')}
`,
  );
}

async function listing(host: Host): Promise<string> {
  let text = '';
  for (const [, , family] of LISTED) {
    text += await host.run(['gobgp', 'neighbor', CRIER_ADDRESS, 'adj-in', '-a', family]);
  }
  return text;
}

whenAvailable('gobgp evpn', ['gobgpd', 'gobgp'], () => {
  test('gobgp: EVPN, mobile user planes and SR policies', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'crier-evpn-'));
    chmodSync(folder, 0o755);
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const peerFolder = join(folder, 'peer');
    mkdirSync(peerFolder, { mode: 0o755 });
    const network = await openNetwork([CRIER_ADDRESS], [PEER_ADDRESS]);
    t.teardown(() => network.close());
    const link = await HelperLink.open(join(folder, 'helper.sock'));
    t.teardown(() => link.close());
    const { peer: host } = network;
    configure(peerFolder);
    const argv = ['gobgpd', '-f', 'gobgpd.toml', '-p', '--api-hosts', '127.0.0.1:50051', '--pprof-disable'];
    const gobgp = new Program('gobgpd', host.wrap(argv), { cwd: peerFolder });
    t.teardown(() => gobgp.stop());
    const crier = new Crier(network.crier, folder, {
      routerId: CRIER_ADDRESS,
      log: { level: 'debug', format: 'json' },
      processes: { helper: { run: link.argv, encoder: 'json', ack: 'reasons' } },
      neighbors: [
        {
          remoteAddress: PEER_ADDRESS,
          localAddress: CRIER_ADDRESS,
          localAs: AS,
          peerAs: AS,
          connectRetryTime: 1,
          // GoBGP 3.10 reads the first NLRI of mobile user planes in a message only.
          groupUpdates: false,
          families: FAMILIES.map(([name]) => name),
          api: [{ processes: ['helper'], receive: ['parsed', 'update', 'neighbor-changes'] }],
        },
      ],
    });
    t.teardown(() => crier.stop());
    const isEstablished = async (): Promise<boolean> =>
      JSON.parse(await host.run(['gobgp', '-j', 'neighbor', CRIER_ADDRESS])).state?.session_state === 6;
    try {
      crier.start();
      await gobgp.ready(() =>
        host.run(['gobgp', '-j', 'global']).then(
          (text) => text.includes('asn'),
          () => false,
        ),
      );
      await waitFor('the helper', () => link.isConnected);
      await waitFor('the session', isEstablished, 60_000);

      const answers = await link.ask(...SENT.map(([nlri, rest]) => `announce ${nlri} next-hop 192.0.2.1 ${rest}`));
      t.deepEqual(new Set(answers), new Set(['done']), answers.join('\n'));
      let shown = '';
      const missing = (): RegExp[] => SENT.map(([, , pattern]) => pattern).filter((pattern) => !pattern.test(shown));
      await waitFor('the routes', async () => {
        shown = await listing(host);
        return missing().length === 0;
      }).catch(() => undefined);
      t.deepEqual(missing().map(String), [], shown);

      for (const [words] of RECEIVED) {
        const [family = '', ...rest] = words.split(' ');
        await host.run(['gobgp', 'global', 'rib', 'add', '-a', family, ...rest]);
      }
      const unheard = (): string[] =>
        RECEIVED.filter(
          ([, parts]) =>
            !link.lines.some((line) => line.includes('"announce"') && parts.every((part) => line.includes(part))),
        ).map(([words]) => words);
      await waitFor('its routes', () => unheard().length === 0).catch(() => undefined);
      t.deepEqual(unheard(), [], link.lines.join('\n'));

      t.deepEqual(new Set(await link.ask(...SENT.map(([nlri]) => `withdraw ${nlri}`))), new Set(['done']));
      await waitFor('no route', async () => {
        shown = await listing(host);
        return SENT.every(([, , pattern]) => pattern.source === '.' || !pattern.test(shown));
      }).catch((error: unknown) => t.fail(`${error}\n${shown}`));
      t.true(await isEstablished(), 'the session lasts');
    } catch (error) {
      t.log(`crier:\n${crier.log.slice(-4000)}\ngobgp:\n${gobgp.output.slice(-4000)}`);
      throw error;
    }
  });
});
