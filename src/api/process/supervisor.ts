/**
 * Starts the configured helpers, starts them again when they end (after a time that grows with failures and is forgotten
 * after a good life), and follows a changed configuration. Nothing a helper does ends the daemon. What becomes of a
 * helper's routes when it ends, and what it is told, are the observer's.
 */
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { OwnerId } from '../../rib/types.js';
import type { Logger } from '../../util/log.js';
import type { Native } from '../../util/native.js';
import type { Clock, RunningTimer } from '../../util/timers.js';
import type { TurnScheduler } from '../../util/turn.js';
import { Child } from './child.js';
import type { ExitStatus } from './exit.js';
import { helperEnvironment } from './helper-environment.js';
import { OPTIONS_WITHOUT_RESTART, type ProcessConfig } from './process-config.js';
import type { Helper, HelperObserver } from './types.js';

/** Time to the next start: grows by two from the first to the last; a life of so long was good. */
const BACKOFF_MS = { first: 250, last: 60_000 } as const;
const GOOD_LIFE_MS = 60_000;
const GRACE_MS = 2000;

export interface SupervisorContext {
  readonly observer: HelperObserver;
  readonly scheduler: TurnScheduler;
  readonly clock: Clock;
  readonly log: Logger;
  /** Undefined: helpers get socket pairs in place of pipes. */
  readonly native: Native | undefined;
  /** Identity of this daemon that its next life shares: the path of its control socket. */
  readonly daemon: string;
  /** A new owner of routes, for each life. */
  readonly newOwner: () => OwnerId;
  /** What helpers inherit; default: process.env. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** From TERM to KILL where nothing else is said. */
  readonly graceMs?: number;
}

/** A configured helper, running or not, for listings. */
export interface HelperStatus {
  readonly name: string;
  readonly config: ProcessConfig;
  readonly pid: number | undefined;
  readonly queuedOctets: number;
  /** Milliseconds since it was started (clock of the context); undefined while it does not run. */
  readonly upMs: number | undefined;
  /** Starts so far. */
  readonly starts: number;
  /** How its last life ended, in words. */
  readonly lastEnd: string | undefined;
}

/** One configured helper over all its lives. */
interface Slot {
  config: ProcessConfig;
  child: Child | undefined;
  startedMs: number;
  starts: number;
  failures: number;
  lastEnd: string | undefined;
  timer: RunningTimer | undefined;
  /** No further life: taken out of the configuration. */
  isRemoved: boolean;
  /** Ended by us, to start anew with another configuration. */
  isReplaced: boolean;
}

export class Supervisor {
  private readonly slots = new Map<string, Slot>();
  /** Lives that are over for the configuration and not yet for the system. */
  private readonly ending = new Set<Slot>();
  private isStopping = false;
  private onAllEnded: (() => void) | undefined;

  constructor(private readonly context: SupervisorContext) {}

  /** Running helpers. */
  helpers(): Helper[] {
    return [...this.slots.values()].flatMap(({ child }) => child ?? []);
  }

  /** The running helper of that name. */
  helper(name: string): Helper | undefined {
    return this.slots.get(name)?.child;
  }

  status(): HelperStatus[] {
    return [...this.slots.values()].map(({ config, child, startedMs, starts, lastEnd }) => ({
      name: config.name,
      config,
      pid: child?.pid,
      queuedOctets: child?.queuedOctets ?? 0,
      upMs: child && this.context.clock.nowMs() - startedMs,
      starts,
      lastEnd,
    }));
  }

  /** Starts what is new, ends what is gone, starts anew what changed; what is as good as equal goes on untouched. */
  apply(configs: readonly ProcessConfig[]): void {
    const wanted = new Map(configs.map((config) => [config.name, config]));
    for (const [name, slot] of this.slots) {
      const config = wanted.get(name);
      if (config === undefined) this.remove(name, slot);
      else if (needsNewLife(slot.config, config)) this.replace(slot, config);
      else {
        slot.config = config;
        if (slot.child !== undefined) slot.child.config = config;
      }
    }
    for (const [name, config] of wanted) if (!this.slots.has(name)) this.add(config);
  }

  /** Ends helpers (all, or one) and starts them again at once, whatever their `respawn`. */
  restart(name?: string): void {
    for (const [slotName, slot] of this.slots)
      if (name === undefined || name === slotName) this.replace(slot, slot.config);
  }

  /**
   * Ends all helpers: TERM to their groups, KILL after `graceMs`. None is started any more.
   * @returns resolved when the last life is over and the observer knows
   */
  async stopAll(graceMs: number): Promise<void> {
    this.isStopping = true;
    for (const slot of this.slots.values()) slot.timer?.cancel();
    const children = [...this.slots.values(), ...this.ending].flatMap(({ child }) => child ?? []);
    const ended =
      children.length === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            this.onAllEnded = resolve;
          });
    await Promise.all([ended, ...children.map((child) => child.stop(graceMs))]);
  }

  private add(config: ProcessConfig): void {
    const slot: Slot = {
      config,
      child: undefined,
      startedMs: 0,
      starts: 0,
      failures: 0,
      lastEnd: undefined,
      timer: undefined,
      isRemoved: false,
      isReplaced: false,
    };
    this.slots.set(config.name, slot);
    this.start(slot);
  }

  private remove(name: string, slot: Slot): void {
    this.slots.delete(name);
    slot.isRemoved = true;
    slot.timer?.cancel();
    if (slot.child === undefined) return;
    this.ending.add(slot);
    void slot.child.stop(this.graceMs);
  }

  private replace(slot: Slot, config: ProcessConfig): void {
    slot.config = config;
    slot.failures = 0;
    slot.timer?.cancel();
    if (slot.child === undefined) this.start(slot);
    else {
      slot.isReplaced = true;
      void slot.child.stop(this.graceMs);
    }
  }

  private get graceMs(): number {
    return this.context.graceMs ?? GRACE_MS;
  }

  private start(slot: Slot): void {
    slot.timer = undefined;
    if (this.isStopping || slot.isRemoved) return;
    const { config } = slot;
    const { daemon, environment = process.env, log, newOwner } = this.context;
    slot.starts += 1;
    slot.startedMs = this.context.clock.nowMs();
    slot.child = Child.start(
      { ...this.context, log: log.child({ process: config.name }), graceMs: this.graceMs },
      config,
      helperEnvironment(daemon, config.name, environment, config.env),
      newOwner,
      (error) => this.onFailed(slot, error),
      (_child, status) => this.onEnd(slot, status),
    );
  }

  private onFailed(slot: Slot, error: Error): void {
    const { config } = slot;
    // The system's error is the same for a missing program and a missing folder.
    const reason = existsSync(config.cwd) ? error.message : `its working directory ${config.cwd} does not exist`;
    this.context.log.error({ process: config.name, reason }, 'helper could not be started');
    slot.lastEnd = `could not be started: ${reason}`;
    this.startLater(slot);
  }

  private onEnd(slot: Slot, status: ExitStatus): void {
    slot.child = undefined;
    slot.lastEnd = status.signal === null ? `exit status ${status.code}` : `signal ${status.signal}`;
    this.ending.delete(slot);
    if (this.isStopping) this.checkAllEnded();
    else if (slot.isReplaced) {
      slot.isReplaced = false;
      this.start(slot);
    } else this.startLater(slot);
  }

  private checkAllEnded(): void {
    const isOver = [...this.slots.values(), ...this.ending].every(({ child }) => child === undefined);
    if (isOver) this.onAllEnded?.();
  }

  private startLater(slot: Slot): void {
    if (this.isStopping || slot.isRemoved) return;
    const { log, clock } = this.context;
    if (!slot.config.respawn) {
      log.warn({ process: slot.config.name }, 'helper is not started again: respawn is off');
      return;
    }
    if (clock.nowMs() - slot.startedMs >= GOOD_LIFE_MS) slot.failures = 0;
    const delayMs = Math.min(BACKOFF_MS.first * 2 ** slot.failures, BACKOFF_MS.last);
    slot.failures += 1;
    log.info({ process: slot.config.name, delayMs }, 'helper is started again');
    slot.timer = clock.start(delayMs, () => this.start(slot));
  }
}

function needsNewLife(before: ProcessConfig, after: ProcessConfig): boolean {
  const names = Object.keys(after) as (keyof ProcessConfig)[];
  return names.some((name) => !OPTIONS_WITHOUT_RESTART.has(name) && !isDeepStrictEqual(before[name], after[name]));
}
