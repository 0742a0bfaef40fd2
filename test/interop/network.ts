/**
 * Two network namespaces joined by a veth pair, so that crier and a routing daemon each have port 179, addresses and a
 * wire of their own and parallel tests never meet. A namespace lives as long as its keeper process, which reads a pipe
 * from this process: when the test ends in whatever way, the pipe closes and the kernel takes everything back.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** One namespace: a place to start programs in. */
export interface Host {
  /** Name of its end of the wire. */
  readonly device: string;
  /** A command line that runs `argv` in this namespace; the program is killed when this process dies. */
  wrap(argv: readonly string[]): string[];
  /** Runs a short command there and gives its standard output; throws when it fails. */
  run(argv: readonly string[], timeoutMs?: number): Promise<string>;
}

/** The wire between crier and its peer. */
export interface Network {
  readonly crier: Host;
  readonly peer: Host;
  /** Takes both namespaces back. */
  close(): void;
}

const PREFIX_LENGTH = { 4: 24, 6: 64 } as const;

/** Why no namespace can be made here, or undefined when it works. */
export function whyNoNetwork(): string | undefined {
  try {
    execFileSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'pipe', timeout: 10_000 });
    return undefined;
  } catch (error) {
    return `no network namespace can be made: ${String((error as Error).message).split('\n')[0]}`;
  }
}

async function openHost(device: string): Promise<{ host: Host; keeper: ChildProcess }> {
  const own = readlinkSync('/proc/self/ns/net');
  const keeper = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const path = `/proc/${keeper.pid}/ns/net`;
  const until = Date.now() + 10_000;
  while (readlinkSync(path) === own) {
    if (Date.now() > until) throw new Error('the namespace did not appear');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const enter = ['nsenter', `--net=${path}`];
  const host: Host = {
    device,
    wrap: (argv) => [...enter, 'setpriv', '--pdeathsig', 'KILL', '--', ...argv],
    run: async (argv, timeoutMs = 20_000) => {
      const [file = '', ...rest] = [...enter, ...argv];
      const { stdout } = await execFileAsync(file, rest, { timeout: timeoutMs, maxBuffer: 256 * 1024 * 1024 });
      return stdout;
    },
  };
  return { host, keeper };
}

/**
 * Makes both namespaces and gives each end its addresses.
 * @param crierAddresses IPv4 (in a /24) and IPv6 (in a /64) addresses of crier's end
 * @param peerAddresses the same for the other end
 */
export async function openNetwork(
  crierAddresses: readonly string[],
  peerAddresses: readonly string[],
): Promise<Network> {
  const keepers: ChildProcess[] = [];
  const close = (): void => {
    for (const keeper of keepers) keeper.stdin?.end();
  };
  try {
    const crier = await openHost('crier0');
    keepers.push(crier.keeper);
    const peer = await openHost('peer0');
    keepers.push(peer.keeper);
    const pid = String(peer.keeper.pid);
    await crier.host.run(['ip', 'link', 'add', 'crier0', 'type', 'veth', 'peer', 'name', 'peer0', 'netns', pid]);
    for (const [host, addresses] of [
      [crier.host, crierAddresses],
      [peer.host, peerAddresses],
    ] as const) {
      const lines = ['link set lo up', `link set ${host.device} up`];
      for (const address of addresses) {
        lines.push(
          address.includes(':')
            ? `addr add ${address}/${PREFIX_LENGTH[6]} dev ${host.device} nodad`
            : `addr add ${address}/${PREFIX_LENGTH[4]} dev ${host.device}`,
        );
      }
      for (const line of lines) await host.run(['ip', ...line.split(' ')]);
    }
    return { crier: crier.host, peer: peer.host, close };
  } catch (error) {
    close();
    throw error;
  }
}
