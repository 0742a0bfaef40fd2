/**
 * Flow rules with BIRD, GoBGP and FRR: each shows the rules that crier sends, and crier's helper is told the rules that
 * BIRD and GoBGP send (FRR originates none). One iBGP session a daemon, with the flow families alone.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { whenAvailable } from './availability.js';
import { Crier } from './crier.js';
import { HelperLink } from './helper-link.js';
import { type Host, openNetwork } from './network.js';
import { Program, waitFor } from './program.js';

const AS = 65001;
const PEER_ADDRESS = '10.0.0.101';
const CRIER_ADDRESS = '10.0.0.1';

/** A rule as commands write it, and what must be in the daemon's listing of it. */
interface Rule {
  readonly words: string;
  readonly shown: readonly RegExp[];
}

/** One daemon. */
interface Daemon {
  readonly name: string;
  readonly programs: readonly string[];
  readonly families: readonly string[];
  /** Writes its configuration and gives the command lines, in their order. */
  configure(folder: string): readonly (readonly string[])[];
  isReady(host: Host, folder: string): Promise<boolean>;
  isEstablished(host: Host, folder: string): Promise<boolean>;
  /** All flow rules that it has from crier. */
  listing(host: Host, folder: string): Promise<string>;
  readonly sent: readonly Rule[];
  /** Makes it send rules, where that is done at run time. */
  originate?(host: Host): Promise<void>;
  /** `string` members of the rules that it sends. */
  readonly received: readonly string[];
}

const bird: Daemon = {
  name: 'bird',
  programs: ['bird', 'birdc'],
  families: ['ipv4 flow', 'ipv6 flow'],
  configure(folder) {
    const channel = (table: string): string => `${table} { import all; export where source = RTS_STATIC; };`;
    writeFileSync(
      join(folder, 'bird.conf'),
      `log stderr all; router id ${PEER_ADDRESS};
flow4 table flowtab4; flow6 table flowtab6;
protocol device {}
protocol static rules4 { flow4;
  route flow4 { dst 198.51.100.0/24; proto = 6; dport 80, 8000..8080; tcp flags 0x02/0x12; };
  route flow4 { src 203.0.113.7/32; fragment is_fragment && !first_fragment; dscp 10; };
}
protocol static rules6 { flow6;
  route flow6 { dst 2001:db8:5::/48; next header 17; length 100..200; label 5; };
  route flow6 { dst ::1234:5678:9a00:0/104 offset 64; };
}
protocol bgp to_crier {
  local ${PEER_ADDRESS} port 179 as ${AS}; neighbor ${CRIER_ADDRESS} as ${AS}; strict bind on; passive on;
  connect retry time 1; error wait time 1, 2;
  ${channel('flow4')} ${channel('flow6')}
}
`,
    );
    return [['bird', '-f', '-c', 'bird.conf', '-s', 'bird.sock', '-P', 'bird.pid']];
  },
  isReady: async (host, folder) => (await birdc(host, folder, 'show status')).includes('up and running'),
  isEstablished: async (host, folder) => (await birdc(host, folder, 'show protocols to_crier')).includes('Established'),
  listing: async (host, folder) =>
    (await birdc(host, folder, 'show route all table flowtab4 protocol to_crier')) +
    (await birdc(host, folder, 'show route all table flowtab6 protocol to_crier')),
  sent: [
    {
      words: 'match { source 10.0.0.0/8; protocol tcp; port [ =80 >8080&<8088 ]; } then { discard; }',
      shown: [/flow4 \{ src 10\.0\.0\.0\/8; proto 6; port 80 \|\| > 8080 && < 8088; \}/, /generic, 0x80060000, 0x0\)/],
    },
    {
      words:
        'match { destination 192.0.2.0/24; fragment [ is-fragment ]; tcp-flags [ syn ]; dscp 20; } then { rate-limit 9600; }',
      shown: [/dst 192\.0\.2\.0\/24; tcp flags !0x0\/0x2; dscp 20; fragment !!is_fragment;/, /0x80060000, 0x46160000/],
    },
    {
      words:
        'match { source 2001:db8::/32; next-header udp; icmp-type echo-request; flow-label 77; } then { mark 12; }',
      shown: [/flow6 \{ src 2001:db8::\/32; next header 17; icmp type 128; label 77; \}/],
    },
    {
      words: 'match { destination ::1234:5678:9a00:0/104/64; } then { discard; }',
      shown: [/dst ::1234:5678:9a00:0\/104 offset 64;/],
    },
  ],
  received: [
    'flow destination-ipv4 198.51.100.0/24 protocol =tcp destination-port [ =80 >=8000&<=8080 ] tcp-flags =syn&!ack',
    'flow source-ipv4 203.0.113.7/32 dscp =10 fragment =is-fragment&!first-fragment',
    'flow destination-ipv6 2001:db8:5::/48/0 next-header =udp packet-length >=100&<=200 flow-label =5',
    'flow destination-ipv6 ::1234:5678:9a00:0/104/64',
  ],
};

function birdc(host: Host, folder: string, command: string): Promise<string> {
  return host.run(['birdc', '-s', join(folder, 'bird.sock'), ...command.split(' ')]);
}

const gobgp: Daemon = {
  name: 'gobgp',
  programs: ['gobgpd', 'gobgp'],
  families: ['ipv4 flow', 'ipv6 flow', 'ipv4 flow-vpn', 'ipv6 flow-vpn'],
  configure(folder) {
    const names = ['ipv4-flowspec', 'ipv6-flowspec', 'l3vpn-ipv4-flowspec', 'l3vpn-ipv6-flowspec'];
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
${names.map((name) => `[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = "${name}"`).join('\n')}
`,
    );
    return [['gobgpd', '-f', 'gobgpd.toml', '-p', '--api-hosts', '127.0.0.1:50051', '--pprof-disable']];
  },
  isReady: async (host) => (await host.run(['gobgp', '-j', 'global'])).includes('asn'),
  isEstablished: async (host) =>
    JSON.parse(await host.run(['gobgp', '-j', 'neighbor', CRIER_ADDRESS])).state?.session_state === 6,
  async listing(host) {
    let text = '';
    for (const family of ['ipv4-flowspec', 'ipv6-flowspec', 'ipv4-l3vpn-flowspec', 'ipv6-l3vpn-flowspec']) {
      text += await host.run(['gobgp', 'neighbor', CRIER_ADDRESS, 'adj-in', '-a', family]);
    }
    return text;
  },
  sent: [
    {
      words: 'match { source 10.0.0.0/8; protocol tcp; port [ =80 >8080&<8088 ]; } then { discard; }',
      shown: [/\[source: 10\.0\.0\.0\/8\]\[protocol: ==tcp\]\[port: ==80 >8080&<8088\].*discard/],
    },
    {
      words:
        'match { destination 192.0.2.0/24; fragment [ is-fragment ]; tcp-flags [ syn ]; } then { redirect 65000:100; }',
      shown: [/\[destination: 192\.0\.2\.0\/24\]\[tcp-flags: S\]\[fragment: is-fragment\].*redirect: 65000:100/],
    },
    {
      words: 'match { source 2001:db8::/32; next-header udp; flow-label 77; } then { action sample; }',
      shown: [/\[source: 2001:db8::\/32(\/0)?\]\[protocol: ==udp\]\[label: ==77\]/],
    },
    {
      words: 'rd 65000:1; match { destination 198.51.100.0/24; } then { mark 12; }',
      shown: [/\[rd: 65000:1\]\[destination: 198\.51\.100\.0\/24\].*remark: 12/],
    },
  ],
  async originate(host) {
    const add = (family: string, words: string): Promise<string> =>
      host.run(['gobgp', 'global', 'rib', 'add', '-a', family, ...words.split(' ')]);
    await add(
      'ipv4-flowspec',
      'match destination 198.51.100.0/24 protocol tcp destination-port ==80 then rate-limit 10000',
    );
    await add('ipv6-flowspec', 'match source 2001:db8:7::/48 protocol udp then discard');
    await add('ipv4-l3vpn-flowspec', 'rd 65000:9 match source 10.9.0.0/16 port >=1000&<=2000 then redirect 65000:9');
  },
  received: [
    'flow destination-ipv4 198.51.100.0/24 protocol =tcp destination-port =80',
    'flow source-ipv6 2001:db8:7::/48/0 next-header =udp',
    'flow source-ipv4 10.9.0.0/16 port >=1000&<=2000 rd 65000:9',
  ],
};

const frr: Daemon = {
  name: 'frr',
  programs: ['/usr/lib/frr/bgpd', 'vtysh'],
  families: ['ipv4 flow', 'ipv6 flow'],
  configure(folder) {
    writeFileSync(
      join(folder, 'frr.conf'),
      `hostname frr
router bgp ${AS}
 bgp router-id ${PEER_ADDRESS}
 no bgp default ipv4-unicast
 neighbor ${CRIER_ADDRESS} remote-as ${AS}
 neighbor ${CRIER_ADDRESS} update-source ${PEER_ADDRESS}
 neighbor ${CRIER_ADDRESS} passive
 address-family ipv4 flowspec
  neighbor ${CRIER_ADDRESS} activate
 exit-address-family
 address-family ipv6 flowspec
  neighbor ${CRIER_ADDRESS} activate
 exit-address-family
`,
    );
    const argv = ['/usr/lib/frr/bgpd', '-f', join(folder, 'frr.conf'), '-S', '-p', '179', '-P', '0', '-Z'];
    return [[...argv, '-i', join(folder, 'frr.pid'), '--vty_socket', folder, '--log', 'stdout']];
  },
  isReady: async (host, folder) => (await vtysh(host, folder, 'show version')).includes('FRRouting'),
  isEstablished: async (host, folder) =>
    (await vtysh(host, folder, `show bgp neighbors ${CRIER_ADDRESS}`)).includes('BGP state = Established'),
  listing: async (host, folder) =>
    (await vtysh(host, folder, 'show bgp ipv4 flowspec detail')) +
    (await vtysh(host, folder, 'show bgp ipv6 flowspec detail')),
  sent: [
    {
      words: 'match { source 10.0.0.0/8; protocol tcp; port [ =80 >8080&<8088 ]; } then { discard; }',
      shown: [/Source Address\s+10\.0\.0\.0\/8\s+IP Protocol\s+= 6\s+Port\s+= 80\s*,\s*> 8080\s*,\s*< 8088/],
    },
    {
      words: 'match { destination 192.0.2.0/24; fragment [ is-fragment ]; } then { rate-limit 9600; }',
      shown: [/Destination Address\s+192\.0\.2\.0\/24/, /FS:rate 9600/],
    },
    {
      words: 'match { destination 2001:db8::/32; next-header udp; } then { discard; }',
      shown: [/2001:db8::\/32/],
    },
  ],
  received: [],
};

function vtysh(host: Host, folder: string, command: string): Promise<string> {
  return host.run(['vtysh', '--vty_socket', folder, '-d', 'bgpd', '-c', command]);
}

for (const daemon of [bird, gobgp, frr]) {
  whenAvailable(`${daemon.name} flow`, daemon.programs, () => {
    test.serial(`${daemon.name}: flow rules both ways`, (t) => exchange(t, daemon));
  });
}

async function exchange(t: ExecutionContext, daemon: Daemon): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `crier-flow-${daemon.name}-`));
  chmodSync(folder, 0o755);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const peerFolder = join(folder, 'peer');
  mkdirSync(peerFolder, { mode: 0o755 });
  const network = await openNetwork([CRIER_ADDRESS], [PEER_ADDRESS]);
  t.teardown(() => network.close());
  const link = await HelperLink.open(join(folder, 'helper.sock'));
  t.teardown(() => link.close());
  const { peer: host } = network;
  const programs = daemon
    .configure(peerFolder)
    .map((argv) => new Program(daemon.name, host.wrap(argv), { cwd: peerFolder }));
  for (const program of programs) t.teardown(() => program.stop());
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
        families: daemon.families,
        api: [{ processes: ['helper'], receive: ['parsed', 'update', 'neighbor-changes'] }],
      },
    ],
  });
  t.teardown(() => crier.stop());
  const report = (): string =>
    `crier:\n${crier.log.slice(-4000)}\n${daemon.name}:\n${programs.map(({ output }) => output.slice(-4000)).join('\n')}`;
  try {
    crier.start();
    await programs.at(-1)!.ready(() => daemon.isReady(host, peerFolder).catch(() => false));
    await waitFor('the helper', () => link.isConnected);
    await waitFor('the session', () => daemon.isEstablished(host, peerFolder), 60_000);
    await daemon.originate?.(host);

    const answers = await link.ask(...daemon.sent.map(({ words }) => `announce flow route { ${words} }`));
    t.deepEqual(new Set(answers), new Set(['done']));
    const wanted = daemon.sent.flatMap(({ shown }) => shown);
    let listing = '';
    const missing = (): RegExp[] => wanted.filter((one) => !one.test(listing));
    await waitFor('the rules', async () => {
      listing = await daemon.listing(host, peerFolder);
      return missing().length === 0;
    }).catch(() => undefined);
    t.deepEqual(missing().map(String), [], listing);

    const strings = (member: 'announce' | 'withdraw'): string[] =>
      link.lines
        .filter((line) => line.startsWith('{') && line.includes(`"${member}"`))
        .flatMap((line) => [...line.matchAll(/"string": "(flow [^"]*)"/g)].map(([, text]) => text!));
    const unheard = (): string[] => daemon.received.filter((one) => !strings('announce').includes(one));
    await waitFor('its rules', () => unheard().length === 0).catch(() => undefined);
    t.deepEqual(unheard(), [], strings('announce').join('\n'));

    t.deepEqual(
      new Set(await link.ask(...daemon.sent.map(({ words }) => `withdraw flow route { ${words} }`))),
      new Set(['done']),
    );
    await waitFor('no rule', async () => {
      listing = await daemon.listing(host, peerFolder);
      return wanted.every((one) => !one.test(listing));
    });
    t.true(await daemon.isEstablished(host, peerFolder), 'the session lasts');
  } catch (error) {
    t.log(report());
    throw error;
  }
}
