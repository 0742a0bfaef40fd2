/**
 * The words of an ExaBGP configuration, each with its place. Blanks separate; `[ ] ( ) ,` are words of their own; `;`,
 * `{` and `}` end statements and hold blocks; `#` begins a comment; a line goes on behind a trailing `\`. What the words
 * mean is left to others.
 */
import { Mistake } from './mistake.js';

/** A word, or one of `; { }`. */
export interface Word {
  readonly text: string;
  /** Offset in the text. */
  readonly at: number;
  /** Number of the line; a line that goes on behind `\` counts as one. */
  readonly line: number;
  /** Written in quotes, and never one of `; { }`. */
  readonly isQuoted: boolean;
}

export interface Comment {
  /** Without the `#` and the blanks around. */
  readonly text: string;
  readonly at: number;
  /** Nothing but blanks before it in its line. */
  readonly isAlone: boolean;
  /** A blank line follows. */
  readonly endsParagraph: boolean;
}

export type Token =
  | { readonly kind: 'word' | ';' | '{' | '}'; readonly word: Word }
  | { readonly kind: 'comment'; readonly comment: Comment };

const SINGLE = '[](),';
const ENDS = ';{}';
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', '"': '"', "'": "'" };

/**
 * Cuts a text into words and comments.
 * @throws Mistake when a quote has no end
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineHasWords = false;
  let at = 0;
  while (at < text.length) {
    const c = text[at]!;
    if (c === '\n') {
      line++;
      lineHasWords = false;
      at++;
    } else if (isBlank(c)) at++;
    else if (c === '\\' && /^\\[ \t\r]*\n/.test(text.slice(at, at + 200))) at = text.indexOf('\n', at) + 1;
    else if (c === '#') {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      const endsParagraph = /^\n[ \t\r]*(?:\n|$)/.test(text.slice(end, end + 200));
      const comment = {
        text: text
          .slice(at, end)
          .replace(/^#+(?: |\t+)?/, '')
          .trimEnd(),
        at,
        isAlone: !lineHasWords,
      };
      tokens.push({ kind: 'comment', comment: { ...comment, endsParagraph } });
      at = end;
    } else {
      lineHasWords = true;
      if (ENDS.includes(c)) {
        tokens.push({ kind: c as ';' | '{' | '}', word: { text: c, at, line, isQuoted: false } });
        at++;
      } else if (SINGLE.includes(c)) {
        tokens.push({ kind: 'word', word: { text: c, at, line, isQuoted: false } });
        at++;
      } else {
        const { word, end } = readWord(text, at, line);
        tokens.push({ kind: 'word', word });
        at = end;
      }
    }
  }
  return tokens;
}

function readWord(text: string, start: number, line: number): { word: Word; end: number } {
  let at = start;
  let word = '';
  let isQuoted = false;
  while (at < text.length) {
    const c = text[at]!;
    if (c === '"' || c === "'") {
      isQuoted = true;
      const from = at;
      for (at++; text[at] !== c; at++) {
        if (at >= text.length || text[at] === '\n') throw new Mistake('the quote has no end in its line', from);
        const escaped = text[at] === '\\' ? escapeAt(text, at + 1) : undefined;
        word += escaped?.text ?? text[at]!;
        at += escaped?.size ?? 0;
      }
      at++;
      continue;
    }
    if (isBlank(c) || c === '\n' || SINGLE.includes(c) || ENDS.includes(c)) break;
    word += c;
    at++;
  }
  return { word: { text: word, at: start, line, isQuoted }, end: at };
}

/** What stands behind a backslash. @returns undefined when the backslash stands for itself */
function escapeAt(text: string, at: number): { text: string; size: number } | undefined {
  const c = text[at] ?? '';
  if (c === 'u') {
    const digits = /^[0-9a-fA-F]{4}/.exec(text.slice(at + 1, at + 5))?.[0];
    return digits === undefined ? undefined : { text: String.fromCharCode(Number.parseInt(digits, 16)), size: 5 };
  }
  const known = ESCAPES[c];
  return known === undefined ? undefined : { text: known, size: 1 };
}

function isBlank(c: string): boolean {
  return c === ' ' || c === '\t' || c === '\r' || c === '\f' || c === '\ufeff';
}
