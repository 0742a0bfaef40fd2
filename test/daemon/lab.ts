/** Daemons as processes for tests: each with a folder, a control socket, and helpers that write down what they are told. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type Answer, ControlClient } from '../../src/cli/control-client.js';

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

/**
 * A helper that says what the test has it say, and writes down what it is told. Its lives read one named pipe after
 * the other: what is said between two lives is said by the next.
 */
export class Puppet {
  /** For `run`. */
  readonly run: readonly string[];
  private readonly pipe: number;

  /** @param opening lines that each life says first */
  constructor(
    t: ExecutionContext,
    private readonly folder: string,
    private readonly name: string,
    opening: readonly string[] = [],
  ) {
    const fifo = join(folder, `${name}.says`);
    execFileSync('mkfifo', [fifo]);
    // Opened for reading too: neither end waits for the other.
    this.pipe = openSync(fifo, 'r+');
    t.teardown(() => closeSync(this.pipe));
    const script = join(folder, `${name}.sh`);
    const says = opening.map((line) => `echo '${line}'\n`).join('');
    writeFileSync(
      script,
      `exec 3<&0\necho "pid $$" >> '${join(folder, name)}'\n${says}cat <&3 >> '${join(folder, name)}' &\nexec cat '${fifo}'\n`,
    );
    this.run = ['/bin/sh', script];
  }

  say(...lines: readonly string[]): void {
    writeSync(this.pipe, `${lines.join('\n')}\n`);
  }

  get told(): readonly string[] {
    return linesOf(join(this.folder, this.name));
  }

  /** Of its lives so far. */
  get pids(): readonly number[] {
    return this.told.filter((line) => line.startsWith('pid ')).map((line) => Number(line.slice(4)));
  }

  /** Answers in order. */
  get answers(): readonly string[] {
    return this.told.filter((line) => line === 'done' || line.startsWith('error'));
  }
}

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

interface Event {
  readonly type: string;
  readonly neighbor?: {
    readonly state?: string;
    readonly address: { readonly peer: string };
    readonly message?: {
      readonly eor?: { readonly afi: string; readonly safi: string };
      readonly update?: {
        readonly attribute?: Readonly<Record<string, unknown>>;
        readonly announce?: Readonly<Record<string, Readonly<Record<string, readonly { readonly nlri: string }[]>>>>;
        readonly withdraw?: Readonly<Record<string, readonly { readonly nlri: string }[]>>;
      };
    };
  };
}

/** Events in JSON among the lines that a helper was told. */
export function eventsOf(told: readonly string[]): Event[] {
  return told.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Event);
}

/** What the sessions of one peer (or all) came to, in short: "up", "down", "eor ipv4", "+10.0.0.0/24", "-10.0.0.0/24". */
export function courseOf(told: readonly string[], peer?: string): string[] {
  return eventsOf(told).flatMap((event) => {
    const { neighbor } = event;
    if (neighbor === undefined || (peer !== undefined && neighbor.address.peer !== peer)) return [];
    if (event.type === 'state') return [neighbor.state!];
    const { eor, update } = neighbor.message ?? {};
    if (eor !== undefined) return [`eor ${eor.afi}`];
    const gone = Object.values(update?.withdraw ?? {}).flat();
    const come = Object.values(update?.announce ?? {}).flatMap((hops) => Object.values(hops).flat());
    return [...gone.map(({ nlri }) => `-${nlri}`), ...come.map(({ nlri }) => `+${nlri}`)];
  });
}

/** The prefixes that a peer has now, sorted, by what a helper was told of it. */
export function prefixesOf(told: readonly string[], peer?: string): string[] {
  const held = new Set<string>();
  for (const step of courseOf(told, peer)) {
    if (step === 'down') held.clear();
    else if (step.startsWith('+')) held.add(step.slice(1));
    else if (step.startsWith('-')) held.delete(step.slice(1));
  }
  return [...held].sort();
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** One running `crier run`; ended with the test, however that ends. */
export class RunningDaemon {
  readonly folder = mkdtempSync(join(tmpdir(), 'crier-test-'));
  readonly socket = join(this.folder, 'control.sock');
  private child: ChildProcess | undefined;
  private client: Promise<ControlClient> | undefined;
  private text = '';

  constructor(private readonly t: ExecutionContext) {
    t.teardown(() => {
      this.child?.kill('SIGKILL');
      for (const pid of this.runningHelpers()) endGroup(pid);
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Process groups of helpers that, by the log, have not ended: a killed daemon leaves them behind. */
  private runningHelpers(): Set<number> {
    const pids = new Set<number>();
    for (const line of this.text.split('\n')) {
      const [, pid] = /"pid":(\d+).*"msg":"helper (?:started|ended)"/.exec(line) ?? [];
      if (pid === undefined) continue;
      if (line.includes('"helper started"')) pids.add(Number(pid));
      else pids.delete(Number(pid));
    }
    return pids;
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
    return linesOf(join(this.folder, name));
  }

  puppet(name: string, opening: readonly string[] = []): Puppet {
    return new Puppet(this.t, this.folder, name, opening);
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

  get pid(): number {
    return this.child!.pid!;
  }

  /** From now on its log is not read. */
  stopReadingLog(): void {
    this.child!.stderr!.pause();
  }

  readLog(): void {
    this.child!.stderr!.resume();
  }

  /** What of the daemon is in memory, in MiB. */
  get residentMiB(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
  }

  /** A line on the control socket. */
  async ask(line: string): Promise<Answer> {
    this.client ??= ControlClient.open([this.socket]);
    return await (await this.client).send(line);
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

export interface Pair {
  speaker: RunningDaemon;
  listener: RunningDaemon;
  /** The speaker's helper. */
  helper: Puppet;
  /** The speaker's. */
  configuration: { neighbors: [object, ...object[]] };
}

/** Two daemons with a session between them: the speaker (AS 65000) and the listener (AS 65001). */
export async function pairOf(
  t: ExecutionContext,
  speaker: { neighbor?: object; says?: readonly string[]; process?: object; top?: object } = {},
  listener: { neighbor?: object; says?: readonly string[]; top?: object } = {},
): Promise<Pair> {
  const one = new RunningDaemon(t);
  const two = new RunningDaemon(t);
  const port = await freePort('127.0.0.2');
  const receive = ['neighbor-changes', 'parsed', 'update', 'notification'];
  await two.start({
    routerId: '127.0.0.2',
    ...listener.top,
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
  const helper = one.puppet('told', speaker.says);
  const configuration: Pair['configuration'] & Record<string, unknown> = {
    routerId: '127.0.0.1',
    ...speaker.top,
    processes: { record: { run: helper.run, ...speaker.process } },
    neighbors: [
      {
        ...{ remoteAddress: '127.0.0.2', remotePort: port, localAddress: '127.0.0.1', localAs: 65000, peerAs: 65001 },
        ...{ connectRetryTime: 1, api: { processes: ['record'], receive } },
        ...speaker.neighbor,
      },
    ],
  };
  await one.start(configuration);
  return { speaker: one, listener: two, helper, configuration };
}
