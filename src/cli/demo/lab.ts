/**
 * What the demo is played with: a folder of its own, a service that can be switched off, two daemons as processes (one
 * announces, the other is its peer and writes down what it sees), and the end of all of it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SERVICE_ADDRESS = '192.0.2.1/32';
export const SPEAKER_AS = 65000;
export const PEER_AS = 65001;
const SPEAKER = '127.0.0.1';
const PEER = '127.0.0.2';
/** A daemon that does not end by itself in this time is killed. */
const STOP_MS = 8000;

const program = fileURLToPath(new URL('../main.js', import.meta.url));

/** A TCP service that is there, or is not. */
class Service {
  private server: Server | undefined;
  port = 0;

  /** Listens again on the port that it had. */
  async start(): Promise<void> {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, SPEAKER, resolve);
    });
    this.port = (server.address() as { port: number }).port;
    this.server = server;
  }

  stop(): void {
    this.server?.close();
    this.server = undefined;
  }
}

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'crier-demo-'));
  readonly service = new Service();
  readonly bgpPort: number;
  private readonly daemons: ChildProcess[] = [];
  private isClosing = false;
  /** Told when a daemon ends that nobody asked to. */
  onLost: (name: string, code: number | null) => void = () => undefined;

  private constructor(bgpPort: number) {
    this.bgpPort = bgpPort;
  }

  /** Starts the service and both daemons. */
  static async open(): Promise<Lab> {
    const lab = new Lab(await freePort(PEER));
    try {
      await lab.service.start();
      lab.run('peer', lab.peerConfiguration());
      lab.run('speaker', lab.speakerConfiguration());
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  /** File into which the peer's helper writes what the peer sees, one JSON event a line. */
  get eventFile(): string {
    return join(this.folder, 'peer-events');
  }

  /** The log of a daemon, for the case that something is wrong. */
  logFile(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  /** The health check as a person would write it into a configuration. */
  get healthcheck(): string[] {
    return [
      ...[process.execPath, program, 'healthcheck', '--no-syslog', '--no-ip-setup', '--withdraw-on-down'],
      ...['--tcp', `${SPEAKER}:${this.service.port}`, '--ip', SERVICE_ADDRESS, '--community', `${SPEAKER_AS}:1`],
      ...['--interval', '0.5', '--fast-interval', '0.5', '--rise', '2', '--fall', '2', '--timeout', '1'],
    ];
  }

  /** Ends all that was started and removes the folder. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.service.stop();
    await Promise.all([...this.daemons].reverse().map(endProcess));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(name: string, configuration: object): void {
    const file = join(this.folder, `${name}.json5`);
    writeFileSync(file, JSON.stringify(configuration, undefined, 2));
    const daemon = spawn(process.execPath, [program, 'run', file], { stdio: ['ignore', 'ignore', 'ignore'] });
    daemon.on('exit', (code) => {
      if (!this.isClosing) this.onLost(name, code);
    });
    this.daemons.push(daemon);
  }

  private speakerConfiguration(): object {
    return {
      routerId: SPEAKER,
      log: { destination: this.logFile('speaker') },
      control: { socket: join(this.folder, 'speaker.sock') },
      processes: { check: { run: this.healthcheck } },
      neighbors: [
        {
          remoteAddress: PEER,
          remotePort: this.bgpPort,
          localAddress: SPEAKER,
          localAs: SPEAKER_AS,
          peerAs: PEER_AS,
          connectRetryTime: 1,
          api: { processes: ['check'] },
        },
      ],
    };
  }

  private peerConfiguration(): object {
    return {
      routerId: PEER,
      log: { destination: this.logFile('peer') },
      control: { socket: join(this.folder, 'peer.sock') },
      listen: [{ address: PEER, port: this.bgpPort }],
      processes: { watch: { run: ['/bin/sh', '-c', `exec cat > '${this.eventFile}'`] } },
      neighbors: [
        {
          remoteAddress: SPEAKER,
          localAddress: PEER,
          localAs: PEER_AS,
          peerAs: SPEAKER_AS,
          passive: true,
          api: { processes: ['watch'], receive: ['neighbor-changes', 'parsed', 'update'] },
        },
      ],
    };
  }
}

/** A port that nobody listens on now. */
async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** TERM, and KILL when that is not enough. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
