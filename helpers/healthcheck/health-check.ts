/**
 * The loop: check, advance the state, run hooks, print the routes of the state, wait. Ends by a signal (routes are
 * withdrawn), after one announcement when the interval is 0 (routes stay), or silently when the daemon is gone.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Addresses, Placed } from './addresses.js';
import type { Daemon } from './answers.js';
import type { Journal } from './journal.js';
import { routeLines } from './lines.js';
import { addressesOf, type Network } from './networks.js';
import type { Options } from './options.js';
import { commandProbe, httpProbe, type Probe, tcpProbe } from './probe.js';
import { advance, BEGINNING, type State } from './rise-fall.js';

export class HealthCheck {
  private standing = BEGINNING;
  private readonly stop = new AbortController();
  private isDaemonGone = false;
  private readonly probes: readonly Probe[];
  private readonly routes: readonly Network[];
  private readonly parent = process.ppid;

  /** @param placed what is announced, and where its addresses are */
  constructor(
    private readonly options: Options,
    private readonly placed: readonly Placed[],
    private readonly addresses: Addresses,
    private readonly daemon: Daemon,
    private readonly journal: Journal,
  ) {
    const { command, tcp, http, isHttpStatusWanted } = options;
    this.probes = [
      ...(command === undefined ? [] : [commandProbe(command)]),
      ...tcp.map(({ host, port }) => tcpProbe(host, port)),
      ...http.map((url) => httpProbe(url, isHttpStatusWanted)),
    ];
    const networks = placed.map(({ network }) => network);
    const all = options.deaggregate ? networks.flatMap(addressesOf) : networks;
    const first = all.length === 0 ? 0 : options.startIp % all.length;
    this.routes = [...all.slice(first), ...all.slice(0, first)];
  }

  /** Ends the loop; routes are withdrawn. */
  end(): void {
    this.stop.abort();
    this.daemon.hurry();
  }

  /** Ends the loop and says no more: nobody listens. */
  abandon(): void {
    this.isDaemonGone = true;
    this.stop.abort();
  }

  /** Runs until the end. */
  async run(): Promise<void> {
    let printed: State | undefined;
    while (!this.stop.signal.aborted) {
      await this.round();
      if (this.stop.signal.aborted) break;
      const { state } = this.standing;
      if (isSettled(state) && !(this.options.debounce && printed === state)) {
        await this.announce(state);
        printed = state;
      } else if (!isSettled(state)) printed = undefined;
      if (isSettled(state) && this.options.intervalSeconds === 0) return;
      await this.pause();
      // Whoever started this is gone: the routes are its, and it is not here to take them back.
      if (process.ppid !== this.parent) this.abandon();
    }
    if (this.isDaemonGone) return;
    await this.announce('EXIT');
    const { ipSetup, dynamicIpSetup } = this.options;
    if (ipSetup || dynamicIpSetup) {
      this.journal.write('info', 'exiting, deleting loopback ips');
      this.addresses.remove(this.placed);
    }
  }

  private async round(): Promise<void> {
    const { disableFile, rise, fall } = this.options;
    const isDisabled = disableFile !== undefined && existsSync(disableFile);
    const finding = isDisabled ? 'disabled' : (await this.isGood()) ? 'good' : 'bad';
    if (this.stop.signal.aborted) return;
    const before = this.standing.state;
    this.standing = advance(this.standing, finding, rise, fall);
    const { state } = this.standing;
    if (state === before) return;
    this.journal.write('debug', `${before} -> ${state}`);
    if (state === 'UP' && this.options.dynamicIpSetup) {
      this.journal.write('info', 'service up, restoring loopback ips');
      this.addresses.add(this.placed);
    }
    await this.runHooks(state);
    if (isSettled(state)) this.journal.write('info', `service is ${state}`);
    // Back in service: the first check is not waited for.
    if (before === 'DISABLED') await this.round();
  }

  private async isGood(): Promise<boolean> {
    for (const probe of this.probes) {
      const { isGood, reason } = await probe(this.options.timeoutSeconds * 1000, this.stop.signal);
      if (!isGood) {
        if (!this.stop.signal.aborted) this.journal.write('warning', `check failed: ${reason}`);
        return false;
      }
    }
    return true;
  }

  private async announce(state: State | 'EXIT'): Promise<void> {
    const begun = this.stop.signal.aborted;
    for (const line of routeLines(state, this.routes, this.options)) {
      // A signal in between: the withdrawal follows.
      if (this.isDaemonGone || (this.stop.signal.aborted && !begun)) return;
      await this.daemon.command(line);
    }
    if ((state === 'DOWN' || state === 'DISABLED') && this.options.dynamicIpSetup) this.addresses.remove(this.placed);
  }

  /** Those of the state first, then those of every transition; a slow one delays the next check. */
  private async runHooks(state: State): Promise<void> {
    const own = isSettled(state) ? this.options.stateExecute[state] : [];
    for (const command of [...own, ...this.options.execute]) {
      this.journal.write('debug', `run ${command}`);
      await new Promise<void>((resolve) => {
        const child = spawn('sh', ['-c', command], { stdio: 'ignore', env: { ...process.env, STATE: state } });
        child.once('exit', () => resolve());
        child.once('error', () => resolve());
        this.stop.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  private async pause(): Promise<void> {
    const { intervalSeconds, fastIntervalSeconds } = this.options;
    const seconds = isSettled(this.standing.state) ? intervalSeconds : fastIntervalSeconds;
    try {
      await sleep(seconds * 1000, undefined, { signal: this.stop.signal });
    } catch {
      // The end has come.
    }
  }
}

function isSettled(state: State): state is 'UP' | 'DOWN' | 'DISABLED' {
  return state === 'UP' || state === 'DOWN' || state === 'DISABLED';
}
