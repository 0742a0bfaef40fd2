/**
 * Builds and wires all parts: tables, neighbors, listeners, helpers, commands, events. Is what commands act on
 * (api/context.ts). How it starts, reloads and stops is here in outline; reload.ts and stop.ts hold the steps.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CommandFailure } from '../api/command/types.js';
import type { ApiContext, Neighbor } from '../api/context.js';
import { EncoderPool } from '../api/encoder/pool.js';
import { EventRouter } from '../api/event/router.js';
import { endLeftOvers } from '../api/process/left-overs.js';
import { Supervisor } from '../api/process/supervisor.js';
import type { Helper } from '../api/process/types.js';
import type { Requester } from '../api/requester.js';
import type { ConfigDiff } from '../config/diff.js';
import { ConfigError } from '../config/errors.js';
import { parseNeighbor } from '../config/load.js';
import { loadConfigInWorker } from '../config/load-in-worker.js';
import type { CrierConfig } from '../config/root.js';
import { OutgoingRib } from '../rib/rib-out.js';
import { WatchdogTable } from '../rib/watchdog.js';
import { Dialer } from '../session/dialer.js';
import { Listeners } from '../session/listener.js';
import { readMd5Counters } from '../session/md5-counters.js';
import type { PeerObserver } from '../session/observer.js';
import type { Peer } from '../session/peer.js';
import type { PeerConfig } from '../session/peer-config.js';
import type { Logger } from '../util/log.js';
import type { Native } from '../util/native.js';
import { type Clock, systemClock } from '../util/timers.js';
import { TurnScheduler } from '../util/turn.js';
import { VERSION } from '../util/version.js';
import { Cease } from '../wire/codes.js';
import { EncodeProfiles } from '../wire/negotiated.js';
import { ConfiguredRoutes } from './configured-routes.js';
import { eorGateOf } from './eor-gate.js';
import { EorHold } from './eor-hold.js';
import { HelperDesk } from './helper-desk.js';
import { PeerNeighbor } from './neighbor.js';
import { Neighbors } from './neighbors.js';
import { ReceivedRoutesTable } from './received-routes.js';
import { takeOver } from './reload.js';
import { restartSession, stopAll } from './stop.js';

/** From TERM to KILL. */
const HELPER_GRACE_MS = 3000;

export interface DaemonOptions {
  readonly config: CrierConfig;
  /** As named on the command line: what a reload reads. */
  readonly files: readonly string[];
  readonly log: Logger;
  readonly native: Native | undefined;
  /** Told when the daemon shall end (the `shutdown` command). */
  onShutdown(): void;
  /** Told around a reload, whatever comes of it. */
  onReload(isBegin: boolean, config: CrierConfig): void;
  /** A new configuration holds from now on. */
  onTakenOver(config: CrierConfig): void;
}

/** What made the daemon stop, reload or restart, as events say it. */
interface Signal {
  /** The signal's number. */
  readonly code: number;
  readonly name: string;
}
/** A command did what a signal would do. */
const NO_SIGNAL: Signal = { code: 0, name: 'UNKNOWN' };

export class Daemon implements ApiContext {
  readonly clock: Clock = systemClock;
  readonly scheduler = new TurnScheduler();
  readonly log: Logger;
  readonly rib: OutgoingRib;
  readonly watchdogs: WatchdogTable;
  readonly eor: EorHold;
  readonly version = VERSION;
  readonly pid = process.pid;
  readonly uuid = randomUUID();
  readonly startedAt = Date.now() / 1000;
  private readonly router: EventRouter;
  private readonly desk: HelperDesk;
  private readonly table: Neighbors;
  private readonly listeners: Listeners;
  private readonly supervisor: Supervisor;
  private config: CrierConfig;
  /** Neighbors added at run time. */
  private runtime: readonly PeerConfig[] = [];
  /** @throws CommandFailure for a range and its peers, which would come back as they came */
  private switchable(neighbor: Neighbor): Peer {
    if (neighbor instanceof PeerNeighbor && !this.table.table.isFromRange(neighbor.peer)) return neighbor.peer;
    throw new CommandFailure(`${neighbor.name} is of a range, which is switched in the configuration (enabled)`);
  }

  /** Reloads and the like, one after the other. */
  private work: Promise<unknown> = Promise.resolve();
  private isStopping = false;

  constructor(private readonly options: DaemonOptions) {
    const { clock, scheduler } = this;
    const { config, log, native } = options;
    this.log = log;
    this.config = config;
    this.rib = new OutgoingRib({ clock, scheduler, log, maxRoutes: config.maxRoutes });
    this.watchdogs = new WatchdogTable(this.rib);
    this.eor = new EorHold(clock);
    const received = new ReceivedRoutesTable();
    this.router = new EventRouter({
      encoders: new EncoderPool({ host: hostname(), pid: process.pid, ppid: process.ppid }),
      receivedRoutes: (peer) => (peer.config.adjRibIn ? received.updatesOf(peer) : undefined),
      turns: scheduler,
    });
    this.table = new Neighbors({
      rib: this.rib,
      watchdogs: this.watchdogs,
      routes: new ConfiguredRoutes(this.rib, this.watchdogs, scheduler, log),
      received,
      router: this.router,
      teardown: (peer, subcode, text) => restartSession(peer, this.config.shutdown, subcode, text, clock),
      processNames: () => this.config.processes.map(({ name }) => name),
      peers: {
        clock,
        random: Math.random,
        log,
        scheduler,
        rib: this.rib,
        profiles: new EncodeProfiles(),
        observers: [received, this.router, this.sessionObserver()],
        transportsOf: new Dialer(native, clock, log).transportsOf,
        eorGateOf: (peer) => eorGateOf(peer, this.eor, () => this.feedersOf(peer)),
        softwareVersion: `crier/${VERSION}`,
        md5Failures: readMd5Counters,
      },
    });
    this.listeners = new Listeners(native, this.table.table, clock, log);
    this.desk = new HelperDesk(this, this.router, this.eor);
    this.supervisor = new Supervisor({
      observer: this.desk,
      scheduler,
      clock,
      log,
      native,
      daemon: this.identity,
      newOwner: () => this.rib.addOwner(),
    });
  }

  // Life --------------------------------------------------------------------------------------------------------------

  /** Neighbors and listeners; no session begins yet, no helper runs. @throws Error where an address cannot be had */
  async prepare(): Promise<void> {
    const { config } = this;
    this.table.setOrder(config.neighbors.map(({ name }) => name));
    for (const neighbor of config.neighbors) await this.table.add(neighbor);
    for (const where of config.listen) await this.listeners.listen(where, this.table.configs);
  }

  /** Helpers (when those of a killed daemon are gone), then sessions. */
  async start(): Promise<void> {
    await endLeftOvers(this.identity, HELPER_GRACE_MS, this.clock, this.log);
    if (this.isStopping) return;
    this.supervisor.apply(this.config.processes);
    this.table.start();
  }

  /** Ends everything in bounded time. */
  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    await this.listeners.close();
    await stopAll(
      {
        clock: this.clock,
        peers: () => this.table.peers.map(({ peer }) => peer),
        endSessions: (reasonOf) => this.table.stopAll(reasonOf),
        endHelpers: async () => {
          this.router.shutdown();
          await this.supervisor.stopAll(HELPER_GRACE_MS);
        },
      },
      this.config.shutdown,
      'crier is stopping',
    );
    this.rib.stop();
  }

  /** A signal came: helpers that want to know are told, before it does anything. */
  tellSignal({ code, name }: Signal): void {
    this.router.signal(code, name);
  }

  /** Ends all helpers and starts them again. */
  restartHelpers(): void {
    this.router.shutdown();
    this.supervisor.restart();
  }

  // ApiContext --------------------------------------------------------------------------------------------------------

  neighbors(): readonly Neighbor[] {
    return this.table.all();
  }

  get neighborGeneration(): number {
    return this.table.generation;
  }

  helpers(): readonly Helper[] {
    return this.desk.helpers;
  }

  /** One reload at a time; those that come meanwhile wait. */
  reload(requester: Pick<Requester, 'name'>, signal = NO_SIGNAL): Promise<string | undefined> {
    this.tellSignal(signal);
    return this.inTurn(() => this.readAgain(requester.name));
  }

  shutdown(requester: Pick<Requester, 'name'>): void {
    this.log.info({ by: requester.name }, 'shutdown asked for');
    this.tellSignal(NO_SIGNAL);
    setImmediate(() => this.options.onShutdown());
  }

  restart(requester: Pick<Requester, 'name'>, signal = NO_SIGNAL): void {
    this.log.info({ by: requester.name }, 'restart asked for');
    this.tellSignal(signal);
    setImmediate(() => {
      const { shutdown } = this.config;
      for (const { peer } of this.table.peers) {
        restartSession(peer, shutdown, Cease.administrativeReset, 'crier is restarting', this.clock);
      }
      void this.inTurn(() => this.readAgain(requester.name));
    });
  }

  addNeighbor(json: unknown): Promise<void> {
    return this.inTurn(() => this.addAtRunTime(json));
  }

  deleteNeighbor(neighbor: Neighbor): void {
    this.runtime = this.runtime.filter(({ name }) => name !== neighbor.name);
    this.table.remove(neighbor.name);
    this.listeners.update(this.table.configs);
  }

  enableNeighbor(neighbor: Neighbor): void {
    this.switchable(neighbor).enable();
  }

  disableNeighbor(neighbor: Neighbor): void {
    this.switchable(neighbor).disable('disabled by the operator');
  }

  // Parts -------------------------------------------------------------------------------------------------------------

  /** Reloads and the like, one after the other; one that fails holds up none behind it. */
  private inTurn<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = this.work.then(job);
    this.work = result.catch(() => undefined);
    return result;
  }

  private async addAtRunTime(json: unknown): Promise<void> {
    let config: PeerConfig;
    try {
      config = parseNeighbor(json, { ...this.config, neighbors: [...this.config.neighbors, ...this.runtime] });
    } catch (error) {
      if (error instanceof ConfigError) throw new CommandFailure(error.message.replaceAll('\n', '; '));
      throw error;
    }
    this.runtime = [...this.runtime, config];
    await this.table.add(config);
    // Keys are on the listeners before it may connect.
    this.listeners.update(this.table.configs);
    this.table.startAdded([config.name]);
  }

  /** @returns why the old configuration stays, or undefined */
  private async readAgain(by: string): Promise<string | undefined> {
    this.options.onReload(true, this.config);
    try {
      const reason = await this.takeAnew();
      if (reason !== undefined) {
        this.log.error({ by, problems: reason.split('\n') }, 'the configuration was not taken over: the old one stays');
      }
      return reason;
    } finally {
      this.options.onReload(false, this.config);
    }
  }

  private async takeAnew(): Promise<string | undefined> {
    let isTakenOver = false;
    try {
      const after = await loadConfigInWorker(this.options.files, (warning) =>
        this.log.warn({ ...warning }, 'configuration'),
      );
      if (this.isStopping) return 'the daemon is stopping';
      const left = await takeOver(
        {
          log: this.log,
          neighbors: this.table,
          listeners: this.listeners,
          begin: () => {
            isTakenOver = true;
            this.config = after;
            this.rib.setMaxRoutes(after.maxRoutes);
            this.options.onTakenOver(after);
          },
          updateKeys: () => this.listeners.update(this.table.configs),
          applyProcesses: (diff) => this.applyProcesses(diff),
        },
        this.config,
        after,
        this.runtime,
      );
      // One may have been deleted meanwhile.
      const present = new Set(this.table.configs.map(({ name }) => name));
      this.runtime = left.filter(({ name }) => present.has(name));
      return undefined;
    } catch (error) {
      if (isTakenOver || !(error instanceof Error)) throw error;
      return error.message;
    }
  }

  /** Helpers that end or change get the shutdown event first. */
  private applyProcesses({ changed, removed }: ConfigDiff['processes']): void {
    const ending = [...removed, ...changed.flatMap(({ before, needsRestart }) => (needsRestart ? before : []))];
    for (const { name } of ending) {
      const helper = this.supervisor.helper(name);
      if (helper !== undefined) this.router.shutdownHelper(helper);
    }
    this.supervisor.apply(this.config.processes);
  }

  /** Tells helpers of this daemon from those of others, over its restarts. */
  private get identity(): string {
    return this.config.control.socket ?? this.options.files.join(' ');
  }

  /** Processes that may command a neighbor, by name. */
  private feedersOf(peer: Peer): readonly string[] {
    const names = this.config.processes.map(({ name }) => name);
    const neighbor = this.table.peers.find((one) => one.peer === peer);
    return names.filter((name) => neighbor?.isReachedBy(name) === true);
  }

  /** What the daemon itself does when sessions come and go. */
  private sessionObserver(): PeerObserver {
    return {
      onDown: (peer) => this.eor.forget(peer.config.name),
    };
  }
}
