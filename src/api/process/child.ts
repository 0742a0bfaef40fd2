/**
 * One life of a helper process: started without a shell as leader of its own process group, with real pipes, lines in
 * and out, stderr to the log. The life ends when the process does, whoever else holds its pipes: what it had written is
 * read for one second more, then its group is ended. Starting it again is left to supervisor.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { OwnerId } from '../../rib/types.js';
import type { Logger } from '../../util/log.js';
import type { Native } from '../../util/native.js';
import type { Clock, RunningTimer } from '../../util/timers.js';
import type { TurnScheduler } from '../../util/turn.js';
import { type ExitStatus, onceExited } from './exit.js';
import { endGroup, signalGroup } from './kill.js';
import { LineReader } from './line-reader.js';
import type { ProcessConfig } from './process-config.js';
import { StderrLog } from './stderr-log.js';
import { StdinQueue } from './stdin-queue.js';
import type { Helper, HelperObserver, LineKind } from './types.js';

/** For how long an ended helper's output is read though others hold the pipe. */
const DRAIN_MS = 1000;
/** How long a helper that is to end may read its last lines before TERM, when it does not end by itself. */
const LAST_READ_MS = 250;
/** Size of the pipes for lines, where the system allows it: some ten thousand answers or events. */
const PIPE_OCTETS = 1 << 20;

/** What a life needs from outside. */
export interface ChildContext {
  readonly scheduler: TurnScheduler;
  readonly clock: Clock;
  readonly log: Logger;
  /** Undefined: socket pairs take the place of pipes. */
  readonly native: Native | undefined;
  readonly observer: HelperObserver;
  /** From TERM to KILL for what is left of the group of a helper that ended. */
  readonly graceMs: number;
}

interface Streams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Octets in the pipes that were not read yet. */
  readonly unreadStdin: () => number | undefined;
  readonly unreadStdout: () => number | undefined;
}

export class Child implements Helper {
  readonly name: string;
  ack: boolean | 'reasons';
  private readonly lines: LineReader;
  private readonly queue: StdinQueue;
  private readonly streams: Streams;
  private status: ExitStatus | undefined;
  private drainTimer: RunningTimer | undefined;
  private isDrainOver = false;
  /** Octets in the pipe that the process itself wrote before its end: they are read however long we take. */
  private ownOctets = 0;
  private pauses = new Set<'caller' | 'answers'>();
  private hasLostAnswers = false;
  private isStdinClosed = false;
  /** Told when the process is gone, before its output is drained. */
  private readonly onGone: (() => void)[] = [];

  private constructor(
    private readonly context: ChildContext,
    /** Options that need no new life may change. */
    public config: ProcessConfig,
    readonly owner: OwnerId,
    readonly pid: number,
    streams: Streams,
    private readonly onEnd: (child: Child, status: ExitStatus) => void,
  ) {
    this.name = config.name;
    this.ack = config.ack;
    this.streams = streams;
    const { observer, log } = context;
    this.lines = new LineReader(context.scheduler, {
      onLine: (line, octets) => observer.onLine(this, line, octets),
      onBadLine: (reason) => observer.onBadLine(this, reason),
      onBatch: () => {
        observer.onBatch(this);
        this.queue.flush();
      },
      onRoom: () => void streams.stdout.resume(),
      onEnd: () => this.finish(),
    });
    this.queue = new StdinQueue(
      { write: (bytes, done) => this.writeStdin(bytes, done), unread: streams.unreadStdin },
      config.queue,
      context.clock,
      {
        onPressure: (sources, isAbove) => observer.onPressure(this, sources, isAbove),
        onCaughtUp: (count) => observer.onCaughtUp(this, count),
        onAnswersFull: (isFull) => this.setPause('answers', isFull),
        onOverflow: (reason) => log.warn({ reason }, 'events for the helper are dropped until it reads again'),
      },
    );
    this.readStdout();
    const stderr = new StderrLog(log, context.clock);
    streams.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    streams.stderr.on('error', () => undefined);
    streams.stderr.once('close', () => stderr.end());
    streams.stdin.on('error', (error) => this.closeStdin(error.message));
    streams.stdin.once('close', () => this.closeStdin('it has closed its stdin'));
  }

  /**
   * Starts the program. `observer.onStart` is told before this returns.
   * @param environment all of it
   * @param onFailed told later when the program could not be started; there was no life then
   * @param onEnd told after `observer.onExit`
   * @returns undefined when it was not started
   */
  static start(
    context: ChildContext,
    config: ProcessConfig,
    environment: Readonly<Record<string, string>>,
    newOwner: () => OwnerId,
    onFailed: (error: Error) => void,
    onEnd: (child: Child, status: ExitStatus) => void,
  ): Child | undefined {
    const pipes = new PipeSet(context.native);
    let process: ChildProcess;
    try {
      const [program = '', ...args] = config.argv;
      process = spawn(program, args, {
        stdio: pipes.open(),
        detached: true,
        cwd: config.cwd,
        env: environment,
      });
    } catch (error) {
      pipes.closeAll();
      queueMicrotask(() => onFailed(error as Error));
      return undefined;
    }
    let child: Child | undefined;
    onceExited(process, (status) => {
      if (child !== undefined && !(status instanceof Error)) child.onExit(status);
      else if (status instanceof Error) onFailed(status);
    });
    if (process.pid === undefined) {
      pipes.closeAll();
      return undefined;
    }
    child = new Child(context, config, newOwner(), process.pid, pipes.streams(process), onEnd);
    context.observer.onStart(child);
    return child;
  }

  write(kind: LineKind, lines: string | Uint8Array, source?: string): void {
    this.queue.push(kind, lines, source);
    if (this.queue.lostAnswers === 0 || this.hasLostAnswers) return;
    this.hasLostAnswers = true;
    this.context.log.warn({}, 'answers are no longer kept for the helper: it does not read them');
  }

  get queuedOctets(): number {
    return this.queue.queuedOctets;
  }

  dropPendingLines(): number {
    return this.lines.drop();
  }

  pauseLines(): void {
    this.setPause('caller', true);
  }

  resumeLines(): void {
    this.setPause('caller', false);
  }

  /**
   * Asks the group to end and makes it end: a moment to read what waits for its stdin, TERM, then KILL.
   * @returns resolved when nobody of the group is left
   */
  async stop(graceMs: number): Promise<void> {
    const { clock } = this.context;
    this.queue.flush();
    if (this.status === undefined) {
      await new Promise<void>((resolve) => {
        this.onGone.push(resolve);
        clock.start(LAST_READ_MS, resolve);
      });
    }
    await endGroup(this.pid, graceMs, clock);
  }

  private setPause(who: 'caller' | 'answers', isPaused: boolean): void {
    if (isPaused) this.pauses.add(who);
    else this.pauses.delete(who);
    // An ended helper waits for nothing.
    if (this.pauses.size > 0 && this.status === undefined) this.lines.pause();
    else this.lines.resume();
  }

  private readStdout(): void {
    const { stdout } = this.streams;
    stdout.on('data', (chunk: Buffer) => {
      if (!this.lines.push(chunk)) stdout.pause();
      if (this.status === undefined) return;
      this.ownOctets -= chunk.length;
      if (this.isDrainOver && this.ownOctets <= 0) this.endOutput();
    });
    stdout.on('error', () => undefined);
    stdout.once('close', () => {
      if (this.status !== undefined) this.endOutput();
      else this.context.log.info({}, 'the helper has closed its stdout and goes on');
    });
  }

  private writeStdin(bytes: Buffer, done: () => void): boolean {
    const { stdin } = this.streams;
    if (this.isStdinClosed || stdin.destroyed) {
      queueMicrotask(() => this.closeStdin('it has closed its stdin'));
      return false;
    }
    let isAtOnce = true;
    stdin.write(bytes, (error) => {
      if (!isAtOnce && error == null) done();
    });
    isAtOnce = stdin.writableLength === 0;
    return isAtOnce;
  }

  private closeStdin(reason: string): void {
    if (this.isStdinClosed) return;
    this.isStdinClosed = true;
    this.queue.close();
    this.streams.stdin.destroy();
    if (this.status === undefined) this.context.log.info({ reason }, 'nothing more is written to the helper');
  }

  /** The process is gone; its pipes may not be. */
  private onExit(status: ExitStatus): void {
    this.status = status;
    for (const tell of this.onGone.splice(0)) tell();
    this.lines.resume();
    const { stdout } = this.streams;
    if (stdout.destroyed || stdout.readableEnded) this.endOutput();
    else {
      this.ownOctets = (this.streams.unreadStdout() ?? 0) + stdout.readableLength;
      this.drainTimer = this.context.clock.start(DRAIN_MS, () => {
        this.isDrainOver = true;
        if (this.ownOctets <= 0) this.endOutput();
      });
    }
    // Whoever is left of its group holds the pipes and is not watched by anybody.
    if (signalGroup(this.pid, 0)) void endGroup(this.pid, this.context.graceMs, this.context.clock);
  }

  /** No more output is read; what was read is handled, then the life is over. */
  private endOutput(): void {
    this.drainTimer?.cancel();
    this.streams.stdout.destroy();
    const isLost = this.lines.end(this.status?.code === 0);
    if (isLost) this.context.log.warn({}, 'the last line of the helper had no end and was not handled');
  }

  private finish(): void {
    this.closeStdin('it has ended');
    const { stderr } = this.streams;
    if (!stderr.destroyed) this.context.clock.start(DRAIN_MS, () => stderr.destroy());
    const status = this.status ?? { code: null, signal: null };
    this.context.observer.onExit(this, status);
    this.onEnd(this, status);
  }
}

/** stdin, stdout and stderr of a child: pipes where the system gives them. */
class PipeSet {
  private pipes: { read: number; write: number }[] = [];

  constructor(private readonly native: Native | undefined) {}

  /** @returns what the child gets as its descriptors 0, 1 and 2. @throws NativeError */
  open(): (number | 'pipe')[] {
    if (this.native === undefined) return ['pipe', 'pipe', 'pipe'];
    for (const octets of [PIPE_OCTETS, PIPE_OCTETS, undefined]) this.pipes.push(this.native.pipe(octets));
    const [stdin, stdout, stderr] = this.pipes;
    return [stdin!.read, stdout!.write, stderr!.write];
  }

  closeAll(): void {
    for (const { read, write } of this.pipes) {
      this.native!.close(read);
      this.native!.close(write);
    }
    this.pipes = [];
  }

  /** Closes the child's ends here and makes streams of ours. */
  streams(process: ChildProcess): Streams {
    const [stdin, stdout, stderr] = this.pipes;
    const native = this.native;
    if (native === undefined || stdin === undefined || stdout === undefined || stderr === undefined)
      return {
        stdin: process.stdin!,
        stdout: process.stdout!,
        stderr: process.stderr!,
        unreadStdin: () => undefined,
        unreadStdout: () => undefined,
      };
    native.close(stdin.read);
    native.close(stdout.write);
    native.close(stderr.write);
    const writer = new Socket({ fd: stdin.write, readable: false, writable: true });
    const reader = new Socket({ fd: stdout.read, readable: true, writable: false });
    return {
      stdin: writer,
      stdout: reader,
      stderr: new Socket({ fd: stderr.read, readable: true, writable: false }),
      unreadStdin: () => (writer.destroyed ? undefined : native.unreadOctets(stdin.write)),
      unreadStdout: () => (reader.destroyed ? undefined : native.unreadOctets(stdout.read)),
    };
  }
}
