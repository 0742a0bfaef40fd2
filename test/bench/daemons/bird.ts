/** BIRD: routes are static ones of its configuration, loaded by `birdc configure`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  communityOf,
  LOCAL_AS,
  medOf,
  NEXT_HOP_IPV6,
  PEER_AS,
  prefixText,
  type RouteWork,
  revisedIndexes,
  secondAs,
  secondCommunityOf,
  thirdAs,
  writeLines,
} from '../work-routes.js';
import { RunningDaemon, versionLine } from './running-daemon.js';
import type { Daemon, Job } from './types.js';

const NOBODY: ReadonlySet<number> = new Set();

function filter(work: RouteWork, index: number, isRevised: boolean): string {
  if (work === 'same') return '';
  const path = `bgp_path.prepend(${thirdAs(index)}); bgp_path.prepend(${secondAs(index)}); `;
  const community = `bgp_community.add((65001,${secondCommunityOf(index)})); `;
  const first = `bgp_community.add((65000,${communityOf(index, isRevised)})); `;
  return ` { bgp_med=${medOf(index)}; ${first}${work === 'each' ? path + community : ''}}`;
}

function* configuration(job: Job, routes: number, work: RouteWork, revised = NOBODY): Generator<string> {
  const channel = job.isIpv6 ? 'ipv6' : 'ipv4';
  const nextHop = job.isIpv6 ? `next hop address ${NEXT_HOP_IPV6}` : 'next hop self';
  yield 'log stderr { error, fatal }; router id 127.0.0.1; protocol device {}';
  if (routes > 0) {
    yield `protocol static inject { ${channel} { };`;
    for (let i = 0; i < routes; i++)
      yield `route ${prefixText(i, job.isIpv6)} blackhole${filter(work, i, revised.has(i))};`;
    yield '}';
  }
  for (const [i, peer] of job.peers.entries())
    yield `protocol bgp peer${i} { local 127.0.0.1 port ${job.port + 1} as ${LOCAL_AS}; neighbor ${peer} port ${job.port} as ${PEER_AS}; multihop; hold time ${job.holdTimeSeconds}; connect retry time 1; connect delay time 1; ${channel} { import all; export all; ${nextHop}; }; }`;
}

const fileOf = (job: Job): string => join(job.folder, 'bird.conf');

function configure(job: Job): ChildProcess {
  return spawn('birdc', ['-s', join(job.folder, 'bird.ctl'), 'configure'], { stdio: 'ignore' });
}

export const bird: Daemon = {
  name: 'bird',
  programs: ['bird', 'birdc'],
  sizeShare: 1,
  completeShare: 1,
  isExact: false,
  start(job) {
    writeLines(fileOf(job), configuration(job, job.staticRoutes, 'thousand'));
    return new RunningDaemon(['bird', '-f', '-c', fileOf(job), '-s', join(job.folder, 'bird.ctl')], job.folder);
  },
  loader: {
    prepare: (job, routes, work) => void writeLines(fileOf(job), configuration(job, routes, work)),
    begin: configure,
  },
  reload(job) {
    const revised = new Set(revisedIndexes(job.staticRoutes));
    writeLines(fileOf(job), configuration(job, job.staticRoutes, 'thousand', revised));
    configure(job);
  },
  version: () => versionLine('bird --version').replace(/^BIRD version/, 'bird'),
};
