/**
 * crier as a user starts it: `crier run FILE` in a namespace, stopped and started again by the signals that its systemd
 * unit sends. The configuration is plain data, written as JSON (which is JSON5).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from './network.js';
import type { PeerSession } from './peer.js';
import { Program } from './program.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export type Config = Record<string, unknown>;

/** One crier daemon over all its starts. */
export class Crier {
  #program: Program | undefined;
  #earlierOutput = '';

  constructor(
    readonly host: Host | undefined,
    readonly folder: string,
    readonly config: Config,
  ) {}

  /** Everything it logged, over all its starts. */
  get log(): string {
    return this.#earlierOutput + (this.#program?.output ?? '');
  }

  get pid(): number {
    return this.#program?.pid ?? -1;
  }

  /** How the present run ended; undefined while it runs. */
  get ended(): string | undefined {
    return this.#program?.ended;
  }

  start(): void {
    const path = join(this.folder, 'crier.json5');
    writeFileSync(
      path,
      JSON.stringify({ control: { socket: join(this.folder, 'crier.sock') }, ...this.config }, null, 1),
    );
    this.#earlierOutput = this.log;
    const argv = [process.execPath, MAIN, 'run', path];
    this.#program = new Program('crier', this.host?.wrap(argv) ?? argv, { cwd: this.folder });
  }

  /** As `systemctl stop`: SIGTERM, then SIGKILL when it does not end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 20_000): Promise<void> {
    await this.#program?.stop(signal, graceMs);
  }

  signal(name: NodeJS.Signals): void {
    this.#program?.signal(name);
  }
}

/** The neighbor of crier's configuration that answers a session of a daemon's. */
export function neighborOf(session: PeerSession, peerAs: number, more: Config = {}): Config {
  const { capabilities: _, ...rest } = more;
  const paths = { send: 'receive', receive: 'send', 'send/receive': 'send/receive' };
  return {
    remoteAddress: session.localAddress,
    localAddress: session.remoteAddress,
    localAs: session.remoteAs,
    peerAs,
    description: session.name,
    holdTime: 30,
    connectRetryTime: 1,
    passive: session.connects === true,
    families: session.families,
    capabilities: {
      aigp: true,
      ...(session.addPath === undefined ? {} : { addPath: paths[session.addPath] }),
      ...(session.gracefulRestartSeconds === undefined
        ? {}
        : { gracefulRestart: { time: session.gracefulRestartSeconds } }),
      ...(more.capabilities as Config | undefined),
    },
    ...(session.md5 === undefined ? {} : { md5: { password: session.md5 } }),
    ...(session.ttlSecurity ? { ttl: { outgoing: 255, minimum: 255 } } : {}),
    ...rest,
  };
}
