/**
 * Lines of one requester -> commands -> exactly one answer a line, in order (product principle: also garbage is answered).
 * Plain route lines take the short way (route-lines.ts). Owns what holds from line to line: groups, `sync` by default.
 */
import { CommandError } from '../util/tokens.js';
import { type AnswerForm, jsonForm, textForm } from './answer-form.js';
import { Answers } from './answers.js';
import { type Call, CommandFailure, type GroupControl, type GroupResult, type Outcome } from './command/types.js';
import { type PreparedLine, prepareLine } from './command-tree.js';
import type { ApiContext } from './context.js';
import { readJsonCommand } from './json-command.js';
import type { LineOctets } from './line-octets.js';
import { RefusalLog } from './refusal-log.js';
import type { Requester } from './requester.js';
import { RouteLines } from './route-lines.js';
import { Selections } from './selections.js';

/** Lines, and characters of them, that a group may hold. */
const MAX_GROUP_LINES = 100_000;
const MAX_GROUP_CHARACTERS = 100 * 1024 * 1024;

interface GroupedLine {
  readonly text: string;
  readonly prepared: PreparedLine;
}

/** Everything a requester says goes through its dispatcher. */
export class Dispatcher {
  private readonly answers: Answers;
  private readonly selections: Selections;
  private readonly routes: RouteLines;
  /** Who sits at a control client sees the reason. */
  private readonly refusals: RefusalLog | undefined;
  private isSync = false;
  private group: GroupedLine[] | undefined;
  private groupCharacters = 0;

  constructor(
    private readonly context: ApiContext,
    private readonly requester: Requester,
  ) {
    this.selections = new Selections(context, requester);
    this.routes = new RouteLines(context, requester, this.selections);
    const { process } = requester;
    this.refusals = process === undefined ? undefined : new RefusalLog(context.log, context.clock, process);
    this.answers = new Answers(requester, process === undefined ? undefined : () => context.eor.active(process));
  }

  /** One line, without its newline. @param octets where its octets stand, if anywhere */
  line(text: string, octets?: LineOctets): void {
    try {
      if (this.group === undefined && !this.isSync && this.routes.handle(text, octets)) {
        this.answers.give(this.requester.ack === false ? '' : 'done\n');
        return;
      }
      this.slowLine(text);
    } catch (error) {
      this.refuse(error, textForm(this.requester.ack), text);
    }
  }

  /** A line that is none (too long, invalid octets): answered like a wrong one. */
  badLine(reason: string): void {
    this.refusals?.report(reason, undefined);
    this.answers.give(textForm(this.requester.ack).error(reason, undefined));
  }

  /** Writes the answers of the lines so far, ahead of what these lines set in motion. */
  endBatch(): void {
    this.answers.flush();
  }

  /** Calls back once when every line was answered. */
  whenIdle(callback: () => void): void {
    this.answers.whenIdle(callback);
  }

  /** The requester is gone: nothing is answered any more, what waits is canceled. */
  close(): void {
    this.answers.close();
    this.routes.close();
    this.group = undefined;
  }

  private slowLine(text: string): void {
    const start = text.search(/[^ \t\r]/);
    const form = textForm(this.requester.ack);
    if (start < 0) {
      // ExaBGP 4.2 refuses an empty line, later ones accept it.
      const isAccepted = this.requester.dialect !== 'exabgp-4';
      this.answers.give(isAccepted ? form.done() : form.error('the line is empty', undefined));
    } else if (text[start] === '#') this.answers.give(form.done());
    else if (text[start] === '{') this.jsonLine(text);
    else this.textLine(text);
  }

  private textLine(text: string): void {
    const prepared = prepareLine(text);
    this.learn(text, prepared);
    if (this.group !== undefined && isRouteLine(prepared)) {
      this.collect({ text, prepared });
      this.answers.give(textForm(this.requester.ack).done());
      return;
    }
    const before = this.requester.ack;
    const skipped = new Set<string>();
    let said = '';
    const form = textForm(before);
    const call = this.call(prepared, form, false, skipped, (line) => {
      said += line;
    });
    const outcome = prepared.run(call);
    // A command that switches answers is itself answered while they are on before or after it.
    this.finish(outcome, before === false ? textForm(this.requester.ack) : form, said, skipped);
  }

  private jsonLine(text: string): void {
    const isOn = this.requester.ack !== false;
    let form = jsonForm(undefined, isOn);
    try {
      const command = readJsonCommand(text, (id) => {
        form = jsonForm(id, isOn || id !== undefined);
      });
      const lines = command.lines.map((line) => prepareJsonLine(line, command.hasColumns));
      const skipped = new Set<string>();
      let said = '';
      let outcome: Outcome | undefined;
      for (const prepared of lines) {
        const call = this.call(prepared, form, true, skipped, (line) => {
          said += line;
        });
        // With several routes the last one's `sync` waits for all of them.
        outcome = prepared.run(call);
      }
      this.finish(outcome, form, said, skipped);
    } catch (error) {
      this.refuse(error, form, text);
    }
  }

  private finish(outcome: Outcome, form: AnswerForm, said: string, skipped: ReadonlySet<string>): void {
    if (outcome === undefined) this.answers.give(said + form.done([...skipped]));
    else if (outcome === 'silent') this.answers.give(said);
    else if (outcome === 'always') this.answers.give(said + (form.done() || 'done\n'));
    else this.answers.giveLater(said, form, [...skipped], outcome);
  }

  private refuse(error: unknown, form: AnswerForm, line: string): void {
    if (!(error instanceof CommandError) && !(error instanceof CommandFailure)) throw error;
    this.refusals?.report(error.message, line);
    this.answers.give(form.error(error.message, error instanceof CommandError ? error.column : undefined));
  }

  /** Remembers the head of a route line, so that the next ones take the short way. */
  private learn(text: string, { spelling, selector, offset }: PreparedLine): void {
    const verb = spelling.startsWith('announce ') ? 'announce' : 'withdraw';
    if (spelling === `${verb} route`) {
      if (text[offset] === ' ') this.routes.learn(text.slice(0, offset + 1), verb, selector, undefined);
    } else if (spelling === `${verb} ipv4` || spelling === `${verb} ipv6`) {
      if (text.startsWith(' unicast ', offset))
        this.routes.learn(text.slice(0, offset + 9), verb, selector, spelling.endsWith('4') ? 'ipv4' : 'ipv6');
    }
  }

  private collect(line: GroupedLine): void {
    const group = this.group!;
    this.groupCharacters += line.text.length;
    if (group.length >= MAX_GROUP_LINES || this.groupCharacters > MAX_GROUP_CHARACTERS)
      throw new CommandFailure(`a group holds at most ${MAX_GROUP_LINES} lines`);
    group.push(line);
  }

  private runGroup(lines: readonly GroupedLine[], form: AnswerForm): GroupResult {
    let announced = 0;
    let withdrawn = 0;
    const errors: string[] = [];
    for (const { prepared } of lines) {
      try {
        prepared.run(this.call(prepared, form, false, new Set(), () => undefined));
        if (prepared.spelling.startsWith('announce ')) announced++;
        else withdrawn++;
      } catch (error) {
        if (!(error instanceof CommandError) && !(error instanceof CommandFailure)) throw error;
        errors.push(error.message);
      }
    }
    return { announced, withdrawn, errors };
  }

  private call(
    prepared: PreparedLine,
    form: AnswerForm,
    isJson: boolean,
    skipped: Set<string>,
    say: (text: string) => void,
  ): Call {
    const { context, requester, selections, answers } = this;
    const dispatcher = this;
    const group: GroupControl = {
      open() {
        if (dispatcher.group !== undefined) throw new CommandFailure('a group is open already');
        dispatcher.group = [];
        dispatcher.groupCharacters = 0;
      },
      close() {
        const lines = dispatcher.group;
        if (lines === undefined) throw new CommandFailure('no group is open');
        dispatcher.group = undefined;
        return dispatcher.runGroup(lines, form);
      },
    };
    return {
      context,
      requester,
      selector: prepared.selector,
      get selection() {
        return selections.of(prepared.selector);
      },
      isJson,
      line: (text) => say(form.line(text)),
      data: (json) => say(form.data(json)),
      skip: (name) => skipped.add(name),
      dropWaiting() {
        dispatcher.group = undefined;
        answers.dropWaiting('thrown away by reset');
      },
      get isSync() {
        return dispatcher.isSync;
      },
      set isSync(isOn) {
        dispatcher.isSync = isOn;
      },
      group,
    };
  }
}

function isRouteLine({ spelling }: PreparedLine): boolean {
  return spelling.startsWith('announce ') || spelling.startsWith('withdraw ');
}

/** Columns mean something to the sender only where it sent the text itself. */
function prepareJsonLine(line: string, hasColumns: boolean): PreparedLine {
  try {
    return prepareLine(line);
  } catch (error) {
    if (error instanceof CommandError && !hasColumns) throw new CommandFailure(error.message);
    throw error;
  }
}
