/** Daemons as processes for tests: each with a folder, a control socket, and a helper that writes down what it is told. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

const program = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const WAIT_MS = 15_000;

/** Waits until `isMet`, which is asked again and again. */
export async function until(what: string, isMet: () => boolean): Promise<void> {
  for (let waited = 0; !isMet(); waited += 20) {
    if (waited > WAIT_MS) throw new Error(`timed out: ${what}`);
    await sleep(20);
  }
}

export async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One running `crier run`; ended with the test, however that ends. */
export class RunningDaemon {
  readonly folder = mkdtempSync(join(tmpdir(), 'crier-test-'));
  readonly socket = join(this.folder, 'control.sock');
  private child: ChildProcess | undefined;
  private text = '';

  constructor(t: ExecutionContext) {
    t.teardown(() => {
      this.child?.kill('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  get file(): string {
    return join(this.folder, 'crier.json5');
  }

  /** What the daemon logged. */
  get log(): string {
    return this.text;
  }

  /** What a helper made by `recorder` was told, a line each. */
  told(name = 'told'): readonly string[] {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** A helper that says these lines, then writes down what it is told until its end. */
  recorder(lines: readonly string[] = [], name = 'told'): string[] {
    const script = join(this.folder, `${name}.sh`);
    const says = lines.map((line) => `echo '${line}'\n`).join('');
    writeFileSync(script, `${says}exec cat >> '${join(this.folder, name)}'\n`);
    return ['/bin/sh', script];
  }

  configure(configuration: object): void {
    writeFileSync(this.file, JSON.stringify({ control: { socket: this.socket }, ...configuration }));
  }

  async start(configuration: object): Promise<void> {
    this.configure(configuration);
    const child = spawn(process.execPath, [program, 'run', this.file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
    });
    this.child = child;
    await until('the daemon is ready', () => this.text.includes('crier is ready') || child.exitCode !== null);
  }

  signal(signal: NodeJS.Signals): void {
    this.child!.kill(signal);
  }

  /** @returns the exit status */
  async ended(): Promise<number | null> {
    const child = this.child!;
    await until('the daemon ends', () => child.exitCode !== null || child.signalCode !== null);
    return child.exitCode;
  }

  /** `crier ctl`. */
  async control(...words: string[]): Promise<{ status: number | null; out: string; error: string }> {
    const child = spawn(process.execPath, [program, 'ctl', '--socket', this.socket, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      error += chunk;
    });
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { status, out, error };
  }
}

/** Two daemons with a session between them: the speaker (AS 65000) and the listener (AS 65001). */
export async function pairOf(
  t: ExecutionContext,
  speaker: { neighbor?: object; says?: readonly string[]; process?: object; top?: object },
  listener: { neighbor?: object; says?: readonly string[] } = {},
): Promise<{ speaker: RunningDaemon; listener: RunningDaemon; configuration: { neighbors: object[] } }> {
  const one = new RunningDaemon(t);
  const two = new RunningDaemon(t);
  const port = await freePort('127.0.0.2');
  const receive = ['neighbor-changes', 'parsed', 'update', 'notification'];
  await two.start({
    routerId: '127.0.0.2',
    listen: [{ address: '127.0.0.2', port }],
    processes: { record: { run: two.recorder(listener.says) } },
    neighbors: [
      {
        ...{ remoteAddress: '127.0.0.1', localAddress: '127.0.0.2', localAs: 65001, peerAs: 65000, passive: true },
        ...{ api: { processes: ['record'], receive } },
        ...listener.neighbor,
      },
    ],
  });
  const configuration = {
    routerId: '127.0.0.1',
    ...speaker.top,
    processes: { record: { run: one.recorder(speaker.says), ...speaker.process } },
    neighbors: [
      {
        ...{ remoteAddress: '127.0.0.2', remotePort: port, localAddress: '127.0.0.1', localAs: 65000, peerAs: 65001 },
        ...{ connectRetryTime: 1, api: { processes: ['record'], receive } },
        ...speaker.neighbor,
      },
    ],
  };
  await one.start(configuration);
  return { speaker: one, listener: two, configuration };
}
