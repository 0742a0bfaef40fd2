/**
 * Peers with TCP-MD5 that swallow every SYN: the sockets with keys are opened natively, so a call that waited for one of
 * them would stop all sessions. The KEEPALIVEs of another session tell.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { whenAvailable } from './availability.js';
import { Crier } from './crier.js';
import { openNetwork } from './network.js';
import { Program, waitFor } from './program.js';

const SPEAKER = fileURLToPath(new URL('silent-speaker.js', import.meta.url));
/** Nobody has these addresses; what is sent to them gets lost on the wire. */
const SWALLOWING = ['10.0.0.151', '10.0.0.152', 'fd00::151'];
const HOLD_SECONDS = 3;
/** RFC 4271 section 10: a third of the hold time, times 0.75 to 1.0. */
const LONGEST_INTERVAL_MS = (HOLD_SECONDS / 3) * 1000;
const ALLOWED_DELAY_MS = 100;
const KEEPALIVES = 12;

whenAvailable('peers that swallow SYNs', [], () => {
  test('keepalives stay on schedule while peers with MD5 swallow every SYN', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'crier-md5-drop-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const network = await openNetwork(['10.0.0.1', 'fd00::1'], ['10.0.0.101']);
    t.teardown(() => network.close());
    for (const address of SWALLOWING) {
      const words = `neigh add ${address} lladdr 02:00:00:00:00:99 dev ${network.crier.device} nud permanent`;
      await network.crier.run(['ip', ...words.split(' ')]);
    }
    const argv = [process.execPath, SPEAKER, '10.0.0.101', '179', '65001', String(HOLD_SECONDS)];
    const speaker = new Program('speaker', network.peer.wrap(argv), { cwd: folder });
    t.teardown(() => speaker.stop('SIGKILL'));
    const common = { localAs: 65000, peerAs: 65001, holdTime: HOLD_SECONDS, connectRetryTime: 1 };
    const crier = new Crier(network.crier, folder, {
      routerId: '10.0.0.1',
      neighbors: [
        { ...common, remoteAddress: '10.0.0.101', localAddress: '10.0.0.1' },
        ...SWALLOWING.map((remoteAddress) => ({
          ...common,
          remoteAddress,
          localAddress: remoteAddress.includes(':') ? 'fd00::1' : '10.0.0.1',
          md5: { password: 'secret' },
        })),
      ],
    });
    t.teardown(() => crier.stop('SIGKILL'));
    crier.start();
    const keepalives = (): number[] =>
      speaker.output
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line): { type: number; ms: number } => JSON.parse(line))
        .filter((message) => message.type === 4)
        .map((message) => message.ms);
    await waitFor('SYNs on their way', async () => {
      const lines = (await network.crier.run(['ss', '-Htn', 'state', 'syn-sent'])).split('\n');
      return SWALLOWING.every((address) => lines.some((line) => line.includes(address)));
    });
    const from = keepalives().length;
    await waitFor(`${KEEPALIVES} keepalives`, () => keepalives().length >= from + KEEPALIVES);
    const times = keepalives().slice(Math.max(0, from - 1));
    const gaps = times.slice(1).map((ms, i) => ms - (times[i] ?? 0));
    t.log(`longest interval between keepalives: ${Math.max(...gaps).toFixed(1)} ms`);
    t.true(Math.max(...gaps) <= LONGEST_INTERVAL_MS + ALLOWED_DELAY_MS, gaps.map((gap) => gap.toFixed(0)).join(' '));
    for (const address of SWALLOWING) {
      const about = (line: string): boolean => line.includes(address) && line.includes('MD5 set');
      await waitFor(`a log line about ${address}`, () => crier.log.split('\n').some(about), 20_000);
    }
    t.false(crier.log.includes('secret'));
  });
});
