/**
 * How an answer looks: `done` / `error` / `error: WHY` lines, or the JSON object of a JSON command. Text lines before it
 * are those of the old layouts; for a JSON command each is an object that carries the id.
 */
import { textLine } from '../util/stranger-text.js';
import type { AckMode } from './requester.js';

/** Makes the text of one command's answer, newline included; empty where no answer is wanted. */
export interface AnswerForm {
  line(text: string): string;
  /** A line that is JSON. */
  data(json: string): string;
  done(skipped?: readonly string[]): string;
  /** @param column where in the line, counted from 1 */
  error(reason: string, column: number | undefined): string;
}

const TEXT_FORMS: Readonly<Record<'off' | 'plain' | 'reasons', AnswerForm>> = {
  off: { line: textOf, data: textOf, done: () => '', error: () => '' },
  plain: { line: textOf, data: textOf, done: () => 'done\n', error: () => 'error\n' },
  reasons: {
    line: textOf,
    data: textOf,
    done: () => 'done\n',
    error: (reason, column) => `error: ${textLine(reason)}${column === undefined ? '' : ` (column ${column})`}\n`,
  },
};

function textOf(line: string): string {
  return `${line}\n`;
}

/** Answers of text commands. */
export function textForm(ack: AckMode): AnswerForm {
  return TEXT_FORMS[ack === 'reasons' ? 'reasons' : ack ? 'plain' : 'off'];
}

/**
 * Answers of a JSON command.
 * @param id as JSON text; undefined: the command had none
 * @param isWanted false: answers are off and there is no id
 */
export function jsonForm(id: string | undefined, isWanted: boolean): AnswerForm {
  const head = id === undefined ? '{' : `{"id":${id},`;
  return {
    line: (text) => `${head}"line":${JSON.stringify(text)}}\n`,
    data: (json) => `${head}"data":${json}}\n`,
    done(skipped = []) {
      if (!isWanted) return '';
      return `${head}"answer":"done"${skipped.length === 0 ? '' : `,"skipped":${JSON.stringify(skipped)}`}}\n`;
    },
    error(reason, column) {
      if (!isWanted) return '';
      const place = column === undefined ? '' : `,"column":${column}`;
      return `${head}"answer":"error","reason":${JSON.stringify(reason)}${place}}\n`;
    },
  };
}
