/** A running helper as commands and events see it. */
import type { OwnerId } from '../../rib/types.js';
import type { LineOctets } from '../line-octets.js';
import type { ProcessConfig } from './process-config.js';

/** What a line to a helper is: decides what gives way when it reads too slowly. */
export type LineKind = 'answer' | 'update' | 'event' | 'state' | 'shutdown';

/** One life of a helper process. */
export interface Helper {
  readonly config: ProcessConfig;
  readonly name: string;
  readonly pid: number;
  /** Owner of the routes that this life announces. */
  readonly owner: OwnerId;
  /** Answers switched by commands; begins as config.ack. */
  ack: boolean | 'reasons';
  /**
   * Queues text for its stdin: one or more whole lines, each with its newline. Never waits, never throws.
   * @param lines octets are copied
   * @param source the neighbor an update came from, so that reading from it can pause
   */
  write(kind: LineKind, lines: string | Uint8Array, source?: string): void;
  /** Octets of its queue that it has not read; long listings go on when they are few. */
  readonly queuedOctets: number;
  /** Throws away complete lines that wait to be handled. Returns how many; the caller answers each with `error`. */
  dropPendingLines(): number;
  /** Stops handling lines until `resumeLines` (too many answers owed). */
  pauseLines(): void;
  resumeLines(): void;
}

/** Told about lives of helpers. */
export interface HelperObserver {
  onStart(helper: Helper): void;
  /** One line from its stdout, without newline. Called synchronously, in order. @param octets where its octets stand, if anywhere */
  onLine(helper: Helper, line: string, octets: LineOctets | undefined): void;
  /** A line that is none: too long, invalid octets. Counts as one line: it is answered `error`. */
  onBadLine(helper: Helper, reason: string): void;
  /** A batch of lines was handled. */
  onBatch(helper: Helper): void;
  /** The process ended and its output was drained. */
  onExit(helper: Helper, status: { code: number | null; signal: string | null }): void;
  /** Its queue is above (true) or again below (false) the mark: reading from the sources that feed it pauses. */
  onPressure(helper: Helper, sources: readonly string[], isAbove: boolean): void;
  /** Events were dropped and it reads again: tell it the present state. `count` events were lost. */
  onCaughtUp(helper: Helper, count: number): void;
}
