/** ExaBGP: the same helpers, its own configuration. */
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { attributeText, LOCAL_AS, PEER_AS, prefixText, revisedIndexes } from '../work-routes.js';
import { RunningDaemon, versionLine } from './running-daemon.js';
import type { Daemon, Job } from './types.js';

function configuration(job: Job, revised: ReadonlySet<number>): string {
  const processes = job.helpers.map(
    ({ name, script, receive }) => `process ${name} { run ${script}; encoder ${receive ?? 'json'}; }`,
  );
  const routes: string[] = [];
  for (let i = 0; i < job.staticRoutes; i++)
    routes.push(`route ${prefixText(i)} ${attributeText('thousand', i, false, revised.has(i))};`);
  const receives = job.helpers.some(({ receive }) => receive !== undefined);
  const api = `api { processes [ ${job.helpers.map(({ name }) => name).join(' ')} ]; ${receives ? 'receive { parsed; update; }' : ''} }`;
  const neighbors = job.peers.map(
    (peer) => `neighbor ${peer} {
  router-id 127.0.0.1; local-address 127.0.0.1; local-as ${LOCAL_AS}; peer-as ${PEER_AS}; hold-time ${job.holdTimeSeconds};
  family { ipv4 unicast; ${job.isIpv6 ? 'ipv6 unicast;' : ''} }
  ${job.helpers.length > 0 ? api : ''}
  ${routes.length > 0 ? `static {\n${routes.join('\n')}\n}` : ''}
}`,
  );
  return `${processes.join('\n')}\n${neighbors.join('\n')}\n`;
}

export const exabgp: Daemon = {
  name: 'exabgp',
  programs: ['exabgp'],
  sizeShare: 0.1,
  completeShare: 1,
  isExact: true,
  start(job) {
    const path = join(job.folder, 'exabgp.conf');
    writeFileSync(path, configuration(job, new Set()));
    return new RunningDaemon(['exabgp', path], job.folder, {
      'exabgp.daemon.user': userInfo().username,
      'exabgp.tcp.port': String(job.port),
      'exabgp.log.level': 'ERR',
      'exabgp.log.destination': 'stderr',
      'exabgp.api.ack': String(job.isAnswering),
      'exabgp.api.cli': 'false',
    });
  },
  reload(job, running) {
    writeFileSync(join(job.folder, 'exabgp.conf'), configuration(job, new Set(revisedIndexes(job.staticRoutes))));
    running.signal('SIGUSR1');
  },
  version: () => versionLine('exabgp --version').replace(/^.*?:\s*/, 'exabgp '),
};
