/** Who sends command lines: a helper or a control client, as the dispatch sees it. */
import type { OwnerId } from '../rib/types.js';
import type { Dialect } from '../wire/family/types.js';

/** Answers: none, `done`/`error`, or `error: WHY`. */
export type AckMode = boolean | 'reasons';

export interface Requester {
  /** For the log: the process' name or "control client 3". */
  readonly name: string;
  /** The process whose reach it has; undefined: a control client, which reaches all neighbors. */
  readonly process: string | undefined;
  /** Owner of the routes that it announces. */
  readonly owner: OwnerId;
  readonly dialect: Dialect;
  /** A command whose matched neighbors are all skipped answers `error`. */
  readonly strict: boolean;
  /** Whether answers are wanted; switched by commands. */
  ack: AckMode;
  /** What `enable-ack` goes back to. */
  readonly enabledAck: true | 'reasons';
  /** Hands over one or more whole lines, each with its newline. Never waits, never throws. */
  write(lines: string): void;
  /** True while it should get no more of a long listing; `onDrain` is called once when it can take more. */
  isFull?(): boolean;
  onDrain?(callback: () => void): void;
  /** Too many answers are owed: its lines wait until `resume`. */
  pause(): void;
  resume(): void;
}
