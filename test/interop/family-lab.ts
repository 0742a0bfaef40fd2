/** crier and one routing daemon on a wire, with two sessions between them that have the families of the daemon. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Crier } from './crier.js';
import { CRIER_ADDRESSES, DAEMON_ADDRESSES, FAMILY_AS, type FamilyPeer } from './family-peer.js';
import { HelperLink } from './helper-link.js';
import { type Host, openNetwork } from './network.js';
import { Program, waitFor } from './program.js';

export interface FamilyLab {
  readonly host: Host;
  /** Folder of the daemon's files. */
  readonly folder: string;
  readonly crier: Crier;
  readonly link: HelperLink;
  /** What crier and the daemon printed last. */
  report(): string;
  close(): Promise<void>;
}

/** Starts everything and waits until both sessions are up. */
export async function openFamilyLab(peer: FamilyPeer): Promise<FamilyLab> {
  const folder = mkdtempSync(join(tmpdir(), `crier-families-${peer.name}-`));
  chmodSync(folder, 0o755);
  const peerFolder = join(folder, 'peer');
  mkdirSync(peerFolder, { mode: 0o755 });
  const undo: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
  };
  const programs: Program[] = [];
  let crier: Crier | undefined;
  const report = (): string =>
    `crier:\n${crier?.log.slice(-4000)}\n${peer.name}:\n${programs.map(({ output }) => output.slice(-4000)).join('\n')}`;
  try {
    const network = await openNetwork([...CRIER_ADDRESSES, 'fd00::1'], [...DAEMON_ADDRESSES, 'fd00::101']);
    undo.push(() => network.close());
    const link = await HelperLink.open(join(folder, 'helper.sock'));
    undo.push(() => link.close());
    const { peer: host } = network;
    for (const argv of peer.configure(peerFolder)) {
      const program = new Program(peer.name, host.wrap(argv), { cwd: peerFolder });
      programs.push(program);
      undo.push(() => program.stop());
    }
    crier = new Crier(network.crier, folder, {
      routerId: CRIER_ADDRESSES[0],
      log: { level: 'debug', format: 'json' },
      processes: { helper: { run: link.argv, encoder: 'json', ack: 'reasons' } },
      neighbors: DAEMON_ADDRESSES.map((remoteAddress, at) => ({
        remoteAddress,
        localAddress: CRIER_ADDRESSES[at],
        routerId: CRIER_ADDRESSES[at],
        localAs: FAMILY_AS,
        peerAs: FAMILY_AS,
        connectRetryTime: 1,
        families: peer.families,
        api: [{ processes: ['helper'], receive: ['parsed', 'update', 'neighbor-changes', 'notification'] }],
        ...peer.neighbor,
      })),
    });
    const started = crier;
    undo.push(() => started.stop());
    crier.start();
    await programs.at(-1)!.ready(() => peer.isReady(host, peerFolder).catch(() => false));
    await waitFor('the helper', () => link.isConnected);
    for (const which of [0, 1] as const) {
      await waitFor(`session ${which}`, () => peer.isEstablished(host, peerFolder, which).catch(() => false), 60_000);
    }
    return { host, folder: peerFolder, crier, link, report, close };
  } catch (error) {
    const text = report();
    await close();
    throw new Error(`${error}\n${text}`);
  }
}
