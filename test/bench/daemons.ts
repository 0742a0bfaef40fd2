/**
 * The daemons of the benchmark, each started on the same job: AS 65000 at 127.0.0.1, peers of AS 65001 at the load peer's
 * addresses, one helper. Every process is ended by its pid.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AttributeWork, attributeText, expectedMed, prefixOctets, prefixText } from './work-routes.js';

const CRIER = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const LOCAL_AS = 65000;
const PEER_AS = 65001;

/** What a daemon is to do. */
export interface Job {
  readonly folder: string;
  /** Port of the load peer. */
  readonly port: number;
  /** Addresses of the load peer: one neighbor each. */
  readonly peers: readonly string[];
  readonly holdTimeSeconds: number;
  readonly isIpv6: boolean;
  /** Shell script of the helper. */
  readonly helper: string | undefined;
  /** The helper gets UPDATEs in this form. */
  readonly receive: 'json' | 'text' | undefined;
  /** Answers to commands. */
  readonly ack: boolean;
  /** More keys for crier's configuration. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface RunningDaemon {
  readonly process: ChildProcess;
  /** Sum of the peak resident sets of the daemon's processes, helpers aside, in octets. */
  peakRss(): number;
  /** CPU seconds used so far. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** True when the program is on the path. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function writeHelper(job: Job): string {
  const path = join(job.folder, 'helper');
  writeFileSync(path, `#!/bin/sh\n${job.helper ?? 'exec sleep 100000'}\n`);
  chmodSync(path, 0o755);
  return path;
}

function launch(argv: readonly string[], job: Job, env: Readonly<Record<string, string>> = {}): RunningDaemon {
  const log = openSync(join(job.folder, 'daemon.log'), 'a');
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: job.folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  const group = child.pid!;
  let peak = 0;
  const look = (): void => {
    let sum = 0;
    for (const pid of processesOf(group)) sum += peakOf(pid);
    peak = Math.max(peak, sum);
  };
  return {
    process: child,
    peakRss: () => {
      look();
      return peak;
    },
    cpuSeconds: () => processesOf(group).reduce((sum, pid) => sum + cpuOf(pid), 0),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const signal = (name: NodeJS.Signals): void => {
        try {
          process.kill(-group, name);
        } catch {
          // it ended meanwhile
        }
      };
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Processes of a process group (helpers have groups of their own). */
function processesOf(group: number): number[] {
  const out: number[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === group) out.push(Number(entry));
    } catch {
      // it ended meanwhile
    }
  }
  return out;
}

function peakOf(pid: number): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return found === null ? 0 : Number(found[1]) * 1024;
  } catch {
    return 0;
  }
}

const TICKS_PER_SECOND = 100;

function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

export function startCrier(job: Job): RunningDaemon {
  const families = job.isIpv6 ? ['ipv4 unicast', 'ipv6 unicast'] : ['ipv4 unicast'];
  const config = {
    routerId: '127.0.0.1',
    control: { socket: join(job.folder, 'crier.sock') },
    log: { level: 'warn' },
    processes: { load: { run: [writeHelper(job)], encoder: job.receive ?? 'json', ack: job.ack, respawn: false } },
    neighbors: job.peers.map((peer) => ({
      remoteAddress: peer,
      remotePort: job.port,
      localAddress: '127.0.0.1',
      localAs: LOCAL_AS,
      peerAs: PEER_AS,
      holdTime: job.holdTimeSeconds,
      connectRetryTime: 1,
      families,
      ...(job.isIpv6 ? { nextHopSelf: { ipv6: '2001:db8::1' } } : {}),
      api: { processes: ['load'], receive: job.receive === undefined ? [] : ['parsed', 'update'] },
      ...job.extra,
    })),
  };
  const path = join(job.folder, 'crier.json5');
  writeFileSync(path, JSON.stringify(config));
  return launch([process.execPath, CRIER, 'run', path], job);
}

export function startExabgp(job: Job): RunningDaemon {
  const neighbors = job.peers.map(
    (
      peer,
    ) => `neighbor ${peer} { router-id 127.0.0.1; local-address 127.0.0.1; local-as ${LOCAL_AS}; peer-as ${PEER_AS};
  hold-time ${job.holdTimeSeconds}; family { ipv4 unicast; ${job.isIpv6 ? 'ipv6 unicast;' : ''} }
  api { processes [ load ]; ${job.receive === undefined ? '' : 'receive { parsed; update; }'} } }`,
  );
  const path = join(job.folder, 'exabgp.conf');
  writeFileSync(
    path,
    `process load { run ${writeHelper(job)}; encoder ${job.receive ?? 'json'}; }\n${neighbors.join('\n')}\n`,
  );
  return launch(['exabgp', path], job, {
    'exabgp.daemon.user': 'root',
    'exabgp.tcp.port': String(job.port),
    'exabgp.log.level': 'ERR',
    'exabgp.api.ack': String(job.ack),
    'exabgp.api.cli': 'false',
  });
}

export function startGobgp(job: Job): RunningDaemon {
  const neighbors = job.peers.map(
    (peer) => `[[neighbors]]\n[neighbors.config]\nneighbor-address = "${peer}"\npeer-as = ${PEER_AS}
[neighbors.transport.config]\nremote-port = ${job.port}\nlocal-address = "127.0.0.1"\n`,
  );
  const path = join(job.folder, 'gobgp.toml');
  writeFileSync(
    path,
    `[global.config]\nas = ${LOCAL_AS}\nrouter-id = "127.0.0.1"\nport = ${job.port + 1}\nlocal-address-list = ["127.0.0.1"]\n${neighbors.join('')}`,
  );
  return launch(['gobgpd', '-f', path, '--api-hosts', `127.0.0.1:${job.port + 2}`], job);
}

/** Writes the table as MRT and lets gobgp inject it. */
export function injectGobgp(job: Job, routes: number, work: AttributeWork): ChildProcess {
  const path = join(job.folder, 'table.mrt');
  const me = Buffer.from([192, 0, 2, 1]);
  const records: Buffer[] = [];
  const record = (subtype: number, body: Buffer): void => {
    const head = Buffer.alloc(12);
    head.writeUInt32BE(1_700_000_000, 0);
    head.writeUInt16BE(13, 4);
    head.writeUInt16BE(subtype, 6);
    head.writeUInt32BE(body.length, 8);
    records.push(head, body);
  };
  const u32 = (value: number): Buffer => {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(value);
    return out;
  };
  record(1, Buffer.concat([me, Buffer.from([0, 0, 0, 1, 2]), me, me, u32(65100)]));
  for (let i = 0; i < routes; i++) {
    const med =
      work === 'same' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x80, 4, 4]), u32(expectedMed(work, i))]);
    const attributes = Buffer.concat([
      Buffer.from([0x40, 1, 1, 0, 0x40, 2, 6, 2, 1]),
      u32(LOCAL_AS),
      Buffer.from([0x40, 3, 4]),
      me,
      med,
    ]);
    const length = Buffer.from([attributes.length >>> 8, attributes.length & 255]);
    record(
      2,
      Buffer.concat([
        u32(i),
        prefixOctets(i, false),
        Buffer.from([0, 1, 0, 0]),
        u32(1_700_000_000),
        length,
        attributes,
      ]),
    );
  }
  writeFileSync(path, Buffer.concat(records));
  return spawn('gobgp', ['-u', '127.0.0.1', '-p', String(job.port + 2), 'mrt', 'inject', 'global', path], {
    stdio: 'ignore',
  });
}

function birdConfig(job: Job, routes: number, work: AttributeWork): string {
  const lines = [`log stderr { error, fatal }; router id 127.0.0.1; protocol device {}`];
  if (routes > 0) {
    lines.push('protocol static inject { ipv4 { };');
    for (let i = 0; i < routes; i++) {
      const extra =
        work === 'same'
          ? ''
          : ` { bgp_med=${expectedMed(work, i)}; bgp_community.add((65000,${i % 1000}));${
              work === 'each' ? ` bgp_path.prepend(${(i % 60000) + 1}); bgp_path.prepend(${1000 + (i % 50000)});` : ''
            } }`;
      lines.push(`route ${prefixText(i)} blackhole${extra};`);
    }
    lines.push('}');
  }
  for (const [i, peer] of job.peers.entries()) {
    lines.push(
      `protocol bgp peer${i} { local 127.0.0.1 port ${job.port + 1} as ${LOCAL_AS}; neighbor ${peer} port ${job.port} as ${PEER_AS}; multihop; connect retry time 1; ipv4 { import all; export all; next hop self; }; }`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export function startBird(job: Job): RunningDaemon {
  const path = join(job.folder, 'bird.conf');
  writeFileSync(path, birdConfig(job, 0, 'same'));
  return launch(['bird', '-f', '-c', path, '-s', join(job.folder, 'bird.ctl')], job);
}

/** Static routes, loaded by `configure`. */
export function prepareBird(job: Job, routes: number, work: AttributeWork): () => ChildProcess {
  writeFileSync(join(job.folder, 'bird.conf'), birdConfig(job, routes, work));
  return () => spawn('birdc', ['-s', join(job.folder, 'bird.ctl'), 'configure'], { stdio: 'ignore' });
}

/** The announce lines of a work, as a file for `cat`. */
export function writeCommands(path: string, routes: number, work: AttributeWork, isIpv6: boolean): void {
  const fd = openSync(path, 'w');
  let block: string[] = [];
  for (let i = 0; i < routes; i++) {
    block.push(`announce route ${prefixText(i, isIpv6)} ${attributeText(work, i)}\n`);
    if (block.length === 10_000 || i === routes - 1) {
      writeFileSync(fd, block.join(''));
      block = [];
    }
  }
}
