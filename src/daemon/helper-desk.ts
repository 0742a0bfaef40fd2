/**
 * Between helpers and the rest: each life of a helper gets a dispatcher for its lines, the event router learns of it, and
 * what it announced is withdrawn after its end where the configuration says so. Processes are run by api/process/.
 */
import type { ApiContext } from '../api/context.js';
import { Dispatcher } from '../api/dispatch.js';
import type { EventRouter } from '../api/event/router.js';
import type { LineOctets } from '../api/line-octets.js';
import type { Helper, HelperObserver } from '../api/process/types.js';
import type { AckMode, Requester } from '../api/requester.js';
import type { Clock } from '../util/timers.js';
import type { EorHold } from './eor-hold.js';

/** Octets that may wait for a helper before a listing pauses, and how often it is looked at then. */
const LISTING_OCTETS = 256 * 1024;
const DRAIN_POLL_MS = 20;

/** A helper as the sender of command lines. */
class HelperRequester implements Requester {
  readonly enabledAck: true | 'reasons';

  constructor(
    private readonly helper: Helper,
    private readonly clock: Clock,
  ) {
    this.enabledAck = helper.config.ack === 'reasons' ? 'reasons' : true;
  }

  get name(): string {
    return this.helper.name;
  }

  get process(): string {
    return this.helper.name;
  }

  get owner(): number {
    return this.helper.owner;
  }

  get dialect(): Requester['dialect'] {
    return this.helper.config.dialect;
  }

  get strict(): boolean {
    return this.helper.config.strict;
  }

  get ack(): AckMode {
    return this.helper.ack;
  }

  set ack(mode: AckMode) {
    this.helper.ack = mode;
  }

  write(lines: string): void {
    this.helper.write('answer', lines);
  }

  isFull(): boolean {
    return this.helper.queuedOctets > LISTING_OCTETS;
  }

  /** Looked at from time to time: a listing is in no hurry. */
  onDrain(callback: () => void): void {
    this.clock.start(DRAIN_POLL_MS, () => (this.isFull() ? this.onDrain(callback) : callback()));
  }

  pause(): void {
    this.helper.pauseLines();
  }

  resume(): void {
    this.helper.resumeLines();
  }
}

export class HelperDesk implements HelperObserver {
  private readonly dispatchers = new Map<Helper, Dispatcher>();

  constructor(
    private readonly context: ApiContext,
    private readonly router: EventRouter,
    private readonly eor: EorHold,
  ) {}

  /** Running helpers, oldest first. */
  get helpers(): readonly Helper[] {
    return [...this.dispatchers.keys()];
  }

  onStart(helper: Helper): void {
    this.context.log.info({ process: helper.name, pid: helper.pid }, 'helper started');
    this.dispatchers.set(helper, new Dispatcher(this.context, new HelperRequester(helper, this.context.clock)));
    this.router.helperStarted(helper);
  }

  onLine(helper: Helper, line: string, octets: LineOctets | undefined): void {
    this.dispatchers.get(helper)?.line(line, octets);
  }

  onBadLine(helper: Helper, reason: string): void {
    this.dispatchers.get(helper)?.badLine(reason);
  }

  onBatch(helper: Helper): void {
    this.dispatchers.get(helper)?.endBatch();
  }

  onExit(helper: Helper, status: { code: number | null; signal: string | null }): void {
    const isGood = status.code === 0;
    this.context.log[isGood ? 'info' : 'warn']({ process: helper.name, pid: helper.pid, ...status }, 'helper ended');
    this.dispatchers.get(helper)?.close();
    this.dispatchers.delete(helper);
    this.router.helperStopped(helper);
    this.eor.ended(helper.name);
    const { onExit } = helper.config;
    if (onExit === 'keep') return;
    // What the next life announced by then is the next life's.
    this.context.clock.start(onExit.withdrawAfterSeconds * 1000, () => this.context.rib.withdrawOwner(helper.owner));
  }

  onPressure(helper: Helper, sources: readonly string[], isAbove: boolean): void {
    this.router.onPressure(helper, sources, isAbove);
  }

  onCaughtUp(helper: Helper, count: number): void {
    this.context.log.warn({ process: helper.name, events: count }, 'events for a helper were dropped: it did not read');
    this.router.onCaughtUp(helper, count);
  }
}
