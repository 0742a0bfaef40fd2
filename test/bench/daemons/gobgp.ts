/** GoBGP: routes come as an MRT file through `gobgp mrt inject` (RFC 6396), IPv4 only. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  communityOf,
  LOCAL_AS,
  medOf,
  PEER_AS,
  prefixOctets,
  type RouteWork,
  secondAs,
  secondCommunityOf,
  thirdAs,
} from '../work-routes.js';
import { RunningDaemon, versionLine } from './running-daemon.js';
import type { Daemon, Job } from './types.js';

const TABLE_DUMP_V2 = 13;
const Subtype = { peerIndexTable: 1, ribIpv4Unicast: 2 } as const;
const ORIGINATED_AT = 1_700_000_000;
const SELF = [192, 0, 2, 1];

const u16 = (value: number): number[] => [value >>> 8, value & 255];
const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function record(subtype: number, body: readonly number[]): Buffer {
  return Buffer.from([...u32(ORIGINATED_AT), ...u16(TABLE_DUMP_V2), ...u16(subtype), ...u32(body.length), ...body]);
}

function attributes(work: RouteWork, index: number): number[] {
  // GoBGP puts its own AS number in front.
  const path = work === 'each' ? [2, 2, ...u32(secondAs(index)), ...u32(thirdAs(index))] : [];
  const out = [0x40, 1, 1, 0, 0x40, 2, path.length, ...path, 0x40, 3, 4, ...SELF];
  if (work === 'same') return out;
  out.push(0x80, 4, 4, ...u32(medOf(index)));
  const communities = [...u16(65000), ...u16(communityOf(index))];
  if (work === 'each') communities.push(...u16(65001), ...u16(secondCommunityOf(index)));
  out.push(0xc0, 8, communities.length, ...communities);
  return out;
}

function writeTable(path: string, routes: number, work: RouteWork): void {
  const fd = openSync(path, 'w');
  writeSync(fd, record(Subtype.peerIndexTable, [...SELF, 0, 0, 0, 1, 2, ...SELF, ...SELF, ...u32(65100)]));
  for (let i = 0; i < routes; i++) {
    const block = attributes(work, i);
    const entry = [...u16(0), ...u32(ORIGINATED_AT), ...u16(block.length), ...block];
    writeSync(fd, record(Subtype.ribIpv4Unicast, [...u32(i), ...prefixOctets(i), ...u16(1), ...entry]));
  }
  closeSync(fd);
}

function configuration(job: Job): string {
  const neighbors = job.peers.map(
    (peer) => `[[neighbors]]
[neighbors.config]
neighbor-address = "${peer}"
peer-as = ${PEER_AS}
[neighbors.timers.config]
hold-time = ${job.holdTimeSeconds}
keepalive-interval = ${Math.floor(job.holdTimeSeconds / 3)}
connect-retry = 1
[neighbors.transport.config]
remote-port = ${job.port}
local-address = "127.0.0.1"
`,
  );
  return `[global.config]
as = ${LOCAL_AS}
router-id = "127.0.0.1"
port = ${job.port + 1}
local-address-list = ["127.0.0.1"]
${neighbors.join('')}`;
}

export const gobgp: Daemon = {
  name: 'gobgp',
  programs: ['gobgpd', 'gobgp'],
  sizeShare: 0.1,
  // `mrt inject` loses some hundred at the end.
  leastRoutes: 50_000,
  completeShare: 0.95,
  isExact: false,
  start(job) {
    const path = join(job.folder, 'gobgp.toml');
    writeFileSync(path, configuration(job));
    return new RunningDaemon(['gobgpd', '-f', path, '--api-hosts', `127.0.0.1:${job.port + 2}`], job.folder);
  },
  loader: {
    prepare: (job, routes, work) => writeTable(join(job.folder, 'table.mrt'), routes, work),
    begin: (job) =>
      spawn(
        'gobgp',
        ['-u', '127.0.0.1', '-p', String(job.port + 2), 'mrt', 'inject', 'global', join(job.folder, 'table.mrt')],
        { stdio: 'ignore' },
      ),
  },
  version: () => versionLine('gobgpd --version').replace(/^gobgpd version/, 'gobgp'),
};
