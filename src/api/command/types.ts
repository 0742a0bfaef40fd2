/**
 * What a command is: the words that select it, its help, how its arguments are read and what it does. A command is one
 * file in this folder and one line in index.ts. Arguments are read completely before anything happens.
 */
import type { Targets } from '../../rib/types.js';
import type { Tokens } from '../../util/tokens.js';
import type { ApiContext, Neighbor } from '../context.js';
import type { Requester } from '../requester.js';
import type { NextHopKind } from '../route-text.js';
import type { Selector } from '../selector.js';

/** A command was understood and cannot be done: answered `error`, with the reason where it is wanted. */
export class CommandFailure extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CommandFailure';
  }
}

/** The neighbors that a line is for. */
export interface Selection {
  /** True without a selector and for `*`: future neighbors count too. */
  readonly isAll: boolean;
  /** Matched neighbors that the requester may reach; ranges are left out. */
  readonly neighbors: readonly Neighbor[];
  /** The same as the outgoing table knows them. */
  readonly targets: Targets;
  /** Who of them cannot carry routes of a family with such a next hop. */
  coverage(familyIndex: number, kind: NextHopKind): Coverage;
}

/** A matched neighbor that cannot carry a route, and why. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

/** What a family and kind of next hop mean for the neighbors of a selection. */
export interface Coverage {
  readonly skipped: readonly Skipped[];
  /** Nobody takes such routes, though there are neighbors. */
  readonly isNobody: boolean;
}

/** One execution of a command. */
export interface Call {
  readonly context: ApiContext;
  readonly requester: Requester;
  /** Found when it is asked for. @throws CommandError when no neighbor matches */
  readonly selection: Selection;
  /** The selector in front of the command, for listings; undefined: none. */
  readonly selector: Selector | undefined;
  /** The answer will be JSON: the line was a JSON command. */
  readonly isJson: boolean;
  /** A line of text before the answer. */
  line(text: string): void;
  /** A line of JSON before the answer. */
  data(json: string): void;
  /** Notes a neighbor that could not be served, for the answer of a JSON command. */
  skip(neighborName: string): void;
  /** Throws away what of this requester still waits (`reset`); each is answered `error`. */
  dropWaiting(): void;
  /** Does an announce or withdraw of this requester wait for the peers without saying `sync`? */
  isSync: boolean;
  /** Lines are collected from now on, until `group end`. @throws CommandFailure when they are already */
  readonly group: GroupControl;
}

/** The group of lines that a requester has open. */
export interface GroupControl {
  /** @throws CommandFailure when a group is open already */
  open(): void;
  /** Runs what was collected. @throws CommandFailure when no group is open */
  close(call: Call): GroupResult;
}

export interface GroupResult {
  readonly announced: number;
  readonly withdrawn: number;
  readonly errors: readonly string[];
}

/** Handed to work that goes on after `run`. */
export interface Completion {
  /** A line of text before the answer. */
  line(text: string): void;
  /** A line of JSON before the answer. */
  data(json: string): void;
  done(): void;
  fail(reason: string): void;
  /** True while the requester should get no more text; `onDrain` is called once when it can take more. */
  isFull(): boolean;
  onDrain(callback: () => void): void;
}

/** Work that goes on after `run`; the answer comes when it calls `done` or `fail`. */
export interface LaterAnswer {
  /** Started only when all answers before it are out (listings: nothing has to be stored). */
  readonly startsInTurn: boolean;
  /** @returns what cancels it (the requester is gone, or `reset`) */
  start(completion: Completion): () => void;
}

/**
 * What `run` gives: nothing (`done` at once), an answer that comes later, no answer at all (`silence-ack`), or `done` even
 * where answers are off (`help`).
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a command that simply returns is done
export type Outcome = void | LaterAnswer | 'silent' | 'always';

/** How a command treats a selector before it. */
export type SelectorUse = 'none' | 'optional' | 'required';

export interface CommandDefinition<Arguments> {
  /** Spellings, each one or more words: "announce route". */
  readonly words: readonly string[];
  /** What may follow the words: "<prefix> next-hop <ip|self> …". */
  readonly usage: string;
  /** One sentence. */
  readonly help: string;
  readonly selector: SelectorUse;
  /** For completion: words that may come next. */
  readonly next?: readonly string[];
  /** Reads what follows the words, to the end of the line. @throws CommandError */
  parse(tokens: Tokens, spelling: string): Arguments;
  /** @throws CommandFailure, CommandError */
  run(args: Arguments, call: Call): Outcome;
}

/** A command with its argument type hidden: `prepare` reads the arguments and gives what runs it. */
export interface Command {
  readonly words: readonly string[];
  readonly usage: string;
  readonly help: string;
  readonly selector: SelectorUse;
  readonly next: readonly string[];
  prepare(tokens: Tokens, spelling: string): (call: Call) => Outcome;
}

/** Makes a command of its definition. */
export function defineCommand<Arguments>(definition: CommandDefinition<Arguments>): Command {
  return {
    words: definition.words,
    usage: definition.usage,
    help: definition.help,
    selector: definition.selector,
    next: definition.next ?? [],
    prepare(tokens, spelling) {
      const args = definition.parse(tokens, spelling);
      return (call) => definition.run(args, call);
    },
  };
}
