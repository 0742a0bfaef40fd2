/** crier itself, as it was built beside this program. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attributeText, LOCAL_AS, PEER_AS, prefixText, revisedIndexes, writeLines } from '../work-routes.js';
import { RunningDaemon, versionLine } from './running-daemon.js';
import type { Daemon, Job } from './types.js';

const LOOP_WATCH = fileURLToPath(new URL('../loop-watch.js', import.meta.url));
/** The program to run with node. */
export const CRIER = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));

export const controlSocket = (job: Pick<Job, 'folder'>): string => join(job.folder, 'crier.sock');

function configuration(job: Job): object {
  const routesFile = job.staticRoutes > 0 ? { routesFile: join(job.folder, 'static.routes') } : {};
  return {
    routerId: '127.0.0.1',
    control: { socket: controlSocket(job) },
    log: { level: 'warn' },
    processes: Object.fromEntries(
      job.helpers.map(({ name, script, receive }) => [
        name,
        { run: [script], encoder: receive ?? 'json', ack: job.isAnswering, respawn: false },
      ]),
    ),
    neighbors: job.peers.map((peer) => ({
      remoteAddress: peer,
      remotePort: job.port,
      localAddress: '127.0.0.1',
      localAs: LOCAL_AS,
      peerAs: PEER_AS,
      holdTime: job.holdTimeSeconds,
      connectRetryTime: 1,
      families: job.isIpv6 ? ['ipv4 unicast', 'ipv6 unicast'] : ['ipv4 unicast'],
      ...routesFile,
      api: job.helpers.map(({ name, receive }) => ({
        processes: [name],
        receive: receive === undefined ? [] : ['parsed', 'update'],
      })),
    })),
  };
}

function* staticRoutes(count: number, revised: ReadonlySet<number>): Generator<string> {
  for (let i = 0; i < count; i++) yield `route ${prefixText(i)} ${attributeText('thousand', i, false, revised.has(i))}`;
}

export const crier: Daemon = {
  name: 'crier',
  programs: ['node'],
  sizeShare: 1,
  completeShare: 1,
  isExact: true,
  start(job) {
    const path = join(job.folder, 'crier.json5');
    if (job.staticRoutes > 0) writeLines(join(job.folder, 'static.routes'), staticRoutes(job.staticRoutes, new Set()));
    writeFileSync(path, JSON.stringify(configuration(job)));
    const flags = process.env.CRIER_BENCH_NODE_OPTIONS?.split(' ') ?? [];
    const { loopFile } = job;
    if (loopFile !== undefined) flags.push('--import', LOOP_WATCH);
    const env = loopFile === undefined ? {} : { CRIER_BENCH_LOOP_FILE: loopFile };
    return new RunningDaemon([process.execPath, ...flags, CRIER, 'run', path], job.folder, env);
  },
  reload(job, running) {
    const revised = new Set(revisedIndexes(job.staticRoutes));
    writeLines(join(job.folder, 'static.routes'), staticRoutes(job.staticRoutes, revised));
    running.signal('SIGHUP');
  },
  version: () => versionLine(`'${process.execPath}' '${CRIER}' version`),
};
