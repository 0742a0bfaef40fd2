/**
 * Words and [ lists ] of one command line, with the column of each word so that every error can name its place. White
 * space separates; `[ ] ( ) { } , ;` are words of their own. Quoted text ("…", '…') is one word. Words are cut lazily.
 */

/** A user's mistake in a command or route text: answered, never fatal. */
export class CommandError extends Error {
  /** @param column where in the line, counted from 1 */
  constructor(
    message: string,
    readonly column: number,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

const SPECIAL = '[](){},;';

/** A cursor over the words of a line. */
export class Tokens {
  private at: number;
  private peeked: string | undefined;
  private peekedAt = 0;
  private peekedEnd = 0;
  private lastAt = 0;

  /** @param text the line @param from index of the first character to look at */
  constructor(
    readonly text: string,
    from = 0,
  ) {
    this.at = from;
  }

  /** Column (from 1) of the word handed out last. */
  get column(): number {
    return this.lastAt + 1;
  }

  /** Index in the text behind the word handed out last. */
  get offset(): number {
    return this.at;
  }

  /** The next word without taking it, or undefined at the end of the line. */
  peek(): string | undefined {
    if (this.peeked !== undefined) return this.peeked;
    const { text } = this;
    let i = this.at;
    while (i < text.length && isBlank(text.charCodeAt(i))) i++;
    if (i >= text.length) {
      this.peekedAt = text.length;
      return undefined;
    }
    this.peekedAt = i;
    const first = text[i]!;
    if (SPECIAL.includes(first)) {
      this.peekedEnd = i + 1;
      this.peeked = first;
      return first;
    }
    if (first === '"' || first === "'") {
      const close = text.indexOf(first, i + 1);
      if (close < 0) throw new CommandError(`the quote has no end`, i + 1);
      this.peekedEnd = close + 1;
      this.peeked = text.slice(i + 1, close);
      return this.peeked;
    }
    let end = i;
    while (end < text.length && !isBlank(text.charCodeAt(end)) && !SPECIAL.includes(text[end]!)) end++;
    this.peekedEnd = end;
    this.peeked = text.slice(i, end);
    return this.peeked;
  }

  /** Takes the next word; undefined at the end of the line. */
  next(): string | undefined {
    const word = this.peek();
    this.lastAt = this.peekedAt;
    if (word !== undefined) {
      this.at = this.peekedEnd;
      this.peeked = undefined;
    }
    return word;
  }

  /** Takes the next word, which must be there. @param what names it in the error */
  need(what: string): string {
    const word = this.next();
    if (word === undefined) throw this.error(`${what} expected, the line ends here`);
    return word;
  }

  /** Takes the next word if it is `word`. */
  accept(word: string): boolean {
    if (this.peek() !== word) return false;
    this.next();
    return true;
  }

  /** Takes the next word, which must be `word`. */
  expect(word: string): void {
    const got = this.next();
    if (got !== word)
      throw this.error(`"${word}" expected, not ${got === undefined ? 'the end of the line' : `"${got}"`}`);
  }

  /**
   * Takes one word, or all words between brackets; commas between them mean nothing.
   * @param what names the items in errors
   */
  list(what: string, open = '[', close = ']'): { word: string; column: number }[] {
    if (!this.accept(open)) {
      const word = this.need(what);
      return [{ word, column: this.column }];
    }
    const out: { word: string; column: number }[] = [];
    for (;;) {
      const word = this.need(`${what} or "${close}"`);
      if (word === close) return out;
      if (word !== ',') out.push({ word, column: this.column });
    }
  }

  /** Takes a decimal (or 0x…) number from 0 to `max`. */
  number(what: string, max: number): number {
    const word = this.need(what);
    const value = parseNumber(word);
    if (value === undefined || value > max)
      throw this.error(`${what} must be a number from 0 to ${max}, not "${word}"`);
    return value;
  }

  isAtEnd(): boolean {
    return this.peek() === undefined;
  }

  /** The line must end here (one trailing ";" is fine). */
  end(): void {
    this.accept(';');
    const word = this.next();
    if (word !== undefined) throw this.error(`unexpected "${word}"`);
  }

  /** An error at the word handed out last. */
  error(message: string): CommandError {
    return new CommandError(message, this.column);
  }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13;
}

/** @returns the value of decimal or 0x text, exact up to 2^53; undefined for anything else */
export function parseNumber(word: string): number | undefined {
  if (!/^(?:\d{1,16}|0x[0-9a-fA-F]{1,13})$/.test(word)) return undefined;
  const value = Number(word);
  return Number.isSafeInteger(value) ? value : undefined;
}
