/**
 * One run: a temporary folder, a load peer, helpers, a daemon, and an end to all of it, by process id, whatever happens.
 * What goes wrong anywhere (a session lost, a daemon gone) fails the run at once through `failure`.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Channel, inWords, type Told } from './channel.js';
import type { RunningDaemon } from './daemons/running-daemon.js';
import type { Daemon, HelperJobSpec, Job } from './daemons/types.js';
import type { HelperJob, HelperOptions } from './helper/load-helper.js';
import { monotonicMs } from './monotonic.js';
import type { LoadPeerOptions } from './peer/load-peer.js';
import { commandLines, type RouteWork, writeLines } from './work-routes.js';

const LOAD_PEER = fileURLToPath(new URL('./peer/load-peer.js', import.meta.url));
const LOAD_HELPER = fileURLToPath(new URL('./helper/load-helper.js', import.meta.url));
const START_SECONDS = 60;
const STOP_MS = 3000;
const DIAGNOSIS_SECONDS = 2;
/** A third of the hold time, less the jitter of RFC 4271 section 10: no KEEPALIVE comes earlier. */
const FIRST_KEEPALIVE = 0.73;

/** How large everything is. */
export interface Scale {
  /** Routes of the main works. */
  readonly size: number;
  readonly isQuick: boolean;
  readonly holdTimeSeconds: number;
  /** A run that takes longer failed. */
  readonly giveUpSeconds: number;
}

/** Files of command lines, written once for all runs. */
export class CommandFiles {
  private readonly folder = mkdtempSync(join(tmpdir(), 'crier-bench-lines-'));
  private readonly known = new Map<string, { path: string; lines: number }>();

  of(work: RouteWork, routes: number, isIpv6 = false): { path: string; lines: number } {
    return this.custom(`${work}-${routes}-${isIpv6 ? 6 : 4}`, () => commandLines(work, routes, isIpv6));
  }

  /** @param name of a file in the folder; equal names have equal lines */
  custom(name: string, lines: () => Iterable<string>): { path: string; lines: number } {
    let file = this.known.get(name);
    if (file === undefined) {
      const path = join(this.folder, name);
      file = { path, lines: writeLines(path, lines()) };
      this.known.set(name, file);
    }
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type JobOptions = Partial<Omit<Job, 'folder' | 'port' | 'holdTimeSeconds' | 'loopFile'>> & {
  /** False: nothing but the work may wake the daemon. */
  readonly isLoopWatched?: boolean;
};
export type PeerOptions = Partial<Omit<LoadPeerOptions, 'port' | 'holdTimeSeconds' | 'book'>> & {
  readonly book: Partial<LoadPeerOptions['book']>;
};

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'crier-bench-'));
  /** Rejects when something ended that should not. */
  readonly failure: Promise<never>;
  private fail: (error: Error) => void = () => undefined;
  private readonly ends: (() => unknown)[] = [];
  private isEnded = false;
  private port = 0;
  private peer: Channel | undefined;
  private running: RunningDaemon | undefined;
  private server: Server | undefined;
  private readonly channels = new Map<string, Channel>();
  private readonly awaited = new Map<string, (channel: Channel) => void>();

  constructor(
    readonly scale: Scale,
    readonly files: CommandFiles,
  ) {
    this.failure = new Promise((_resolve, reject) => {
      this.fail = (error) => {
        if (!this.isEnded) reject(error);
      };
    });
    this.failure.catch(() => undefined);
  }

  /** Starts the load peer, which listens when this is done. */
  async loadPeer(daemon: Daemon, options: PeerOptions): Promise<Channel> {
    this.port = await freePort();
    const all: LoadPeerOptions = {
      addresses: ['127.0.0.2'],
      stride: 0,
      keepsTimes: false,
      tableRoutes: 0,
      ...options,
      port: this.port,
      holdTimeSeconds: this.scale.holdTimeSeconds,
      book: {
        work: 'same',
        first: 0,
        routes: 0,
        isIpv6: false,
        isExact: daemon.isExact,
        share: daemon.completeShare,
        allowsOthers: false,
        ...options.book,
      },
    };
    const child = spawn(process.execPath, [LOAD_PEER, JSON.stringify(all)], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.once('exit', () => this.fail(new Error('the load peer ended')));
    const channel = new Channel(child.stdout, child.stdin, (told) => this.onPeerTold(told));
    this.ends.push(async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      channel.close();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      if (child.exitCode === null && child.signalCode === null) await ended;
      clearTimeout(timer);
    });
    await channel.wait('listening', START_SECONDS);
    this.peer = channel;
    return channel;
  }

  private onPeerTold({ event, text }: Told): void {
    if (event === 'notification') this.fail(new Error(`the peer got a ${text}`));
    if (event === 'closed') this.fail(new Error('the daemon closed a session'));
  }

  /** A helper program for a job; its channel is there when the daemon started it. */
  async helper(name: string, job: HelperJob, receive?: 'json' | 'text'): Promise<HelperJobSpec> {
    const socket = join(this.folder, 'helpers.sock');
    if (this.server === undefined) {
      const server = createServer((connection) => this.onHelper(connection));
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      this.server = server;
      this.ends.push(() => {
        for (const channel of this.channels.values()) channel.close();
        server.close();
      });
    }
    const script = join(this.folder, name);
    const options: HelperOptions = { name, socket, job };
    writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${LOAD_HELPER}' '${JSON.stringify(options)}'\n`);
    chmodSync(script, 0o755);
    return { name, script, receive };
  }

  /** A helper that is a shell script of a few words and ends with its daemon. */
  script(name: string, text: string): HelperJobSpec {
    const script = join(this.folder, name);
    writeFileSync(script, `#!/bin/sh\n${text}\n`);
    chmodSync(script, 0o755);
    return { name, script, receive: undefined };
  }

  private onHelper(connection: Socket): void {
    const channel = new Channel(connection, connection, ({ event, name }) => {
      if (event !== 'hello' || name === undefined) return;
      this.channels.set(name, channel);
      this.awaited.get(name)?.(channel);
    });
  }

  /** The helper of this name, once it runs. */
  async helperChannel(name: string): Promise<Channel> {
    const known = this.channels.get(name);
    if (known !== undefined) return known;
    return new Promise((resolve) => {
      this.awaited.set(name, resolve);
    });
  }

  job({ isLoopWatched = true, ...options }: JobOptions): Job {
    return {
      peers: ['127.0.0.2'],
      isIpv6: false,
      helpers: [],
      isAnswering: false,
      staticRoutes: 0,
      ...options,
      folder: this.folder,
      port: this.port,
      holdTimeSeconds: this.scale.holdTimeSeconds,
      loopFile: isLoopWatched ? this.loopFile : undefined,
    };
  }

  private get loopFile(): string {
    return join(this.folder, 'loop');
  }

  /**
   * @returns the longest time since then in which the daemon's event loop did one thing, and the most processor time in
   *   such a stretch; undefined when it was not watched
   */
  loopDelay(sinceMs: number): { delayMs: number; cpuMs: number } | undefined {
    if (!existsSync(this.loopFile)) return undefined;
    const delays = readFileSync(this.loopFile, 'latin1')
      .split('\n')
      .map((line) => line.split(' ').map(Number))
      .filter(([at = 0]) => at >= sinceMs);
    return {
      delayMs: Math.max(0, ...delays.map(([, late = 0]) => late)),
      cpuMs: Math.max(0, ...delays.map(([, , cpu = 0]) => cpu)),
    };
  }

  start(daemon: Daemon, job: Job): RunningDaemon {
    const running = daemon.start(job);
    this.ends.push(() => running.stop());
    running.unexpectedEnd.catch(this.fail);
    this.running = running;
    return running;
  }

  /**
   * All sessions are up, and the next KEEPALIVE is due soon: what begins now is what could delay it.
   * @returns the moment when the last session came up
   */
  async established(peer: Channel): Promise<number> {
    const { at } = await peer.wait('up', START_SECONDS);
    const intervalMs = (this.scale.holdTimeSeconds * 1000) / 3;
    const waited = monotonicMs() - at!;
    await sleep(Math.max(300, intervalMs * FIRST_KEEPALIVE - waited));
    return at!;
  }

  /** What stands at the peer and in the daemon's log, for a run that failed. */
  async diagnosis(): Promise<string> {
    const log = this.running?.logTail() ?? '';
    const words = log === '' ? [] : [`the daemon's log ends:\n${log}`];
    try {
      this.peer?.say('report');
      const worst = (await this.peer?.wait('report', DIAGNOSIS_SECONDS))?.sessions?.find(
        ({ wanted, right }) => right < wanted,
      );
      if (worst !== undefined) words.unshift(`a peer: ${inWords(worst)}`);
    } catch {
      // the peer is gone or busy: there is nothing to add
    }
    return words.join('; ');
  }

  async end(): Promise<void> {
    if (this.isEnded) return;
    this.isEnded = true;
    // The daemon first: it was started last.
    for (const end of this.ends.reverse()) await end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port that is free on 127.0.0.2. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.2', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
