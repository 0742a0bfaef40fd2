/** The words behind a keyword, read as what the keyword takes. Each wrong word is a Mistake at its place. */
import { Mistake } from './mistake.js';
import type { Statement } from './statements.js';
import type { Word } from './tokenizer.js';

const TRUE: readonly string[] = ['true', 'enable', 'enabled'];
const FALSE: readonly string[] = ['false', 'disable', 'disabled'];

export class Values {
  private next = 0;
  private readonly words: readonly Word[];

  constructor(readonly statement: Statement) {
    this.words = statement.words;
    if (statement.block !== undefined) {
      throw new Mistake(`"${statement.keyword}" is an option, not a section`, statement.at);
    }
  }

  get keyword(): string {
    return this.statement.keyword;
  }

  get isBare(): boolean {
    return this.words.length === 0;
  }

  peek(): string | undefined {
    return this.words[this.next]?.text;
  }

  /** The next word. @param what names it in the error */
  word(what: string): Word {
    const word = this.words[this.next];
    if (word === undefined) throw new Mistake(`"${this.keyword}" needs ${what}`, this.statement.at);
    this.next++;
    return word;
  }

  /** The only word. */
  only(what: string): string {
    const { text } = this.word(what);
    this.end();
    return text;
  }

  /** All words, with one blank between them: strings need no quotes. */
  text(what: string): string {
    let text = this.word(what).text;
    while (this.next < this.words.length) text += ` ${this.words[this.next++]!.text}`;
    return text;
  }

  /** @param bare what the keyword alone means */
  bool(bare: boolean): boolean {
    if (this.isBare) return bare;
    const word = this.word('true or false');
    this.end();
    const text = word.text.toLowerCase();
    if (TRUE.includes(text)) return true;
    if (FALSE.includes(text)) return false;
    throw new Mistake(`"${this.keyword}" is true or false, not "${word.text}"`, word.at);
  }

  number(minimum: number, maximum: number): number {
    const word = this.word('a number');
    this.end();
    const value = /^\d{1,15}$/.test(word.text) ? Number(word.text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new Mistake(`"${this.keyword}" takes a number from ${minimum} to ${maximum}, not "${word.text}"`, word.at);
  }

  choice<Choice extends string>(choices: readonly Choice[]): Choice {
    const word = this.word(choices.join(', '));
    this.end();
    const found = choices.find((choice) => choice === word.text.toLowerCase());
    if (found !== undefined) return found;
    throw new Mistake(`"${this.keyword}" is one of ${choices.join(', ')}, not "${word.text}"`, word.at);
  }

  /** One word, or those between brackets; commas mean nothing. */
  list(what: string): Word[] {
    const first = this.word(what);
    if (first.text !== '[' || first.isQuoted) {
      this.end();
      return [first];
    }
    const items: Word[] = [];
    for (;;) {
      const word = this.words[this.next++];
      if (word === undefined) throw new Mistake('the list has no "]" at its end', first.at);
      if (word.text === ']' && !word.isQuoted) break;
      if (word.text !== ',') items.push(word);
    }
    this.end();
    return items;
  }

  /** Nothing may follow. */
  end(): void {
    const word = this.words[this.next];
    if (word !== undefined) throw new Mistake(`unexpected "${word.text}" behind "${this.keyword}"`, word.at);
  }
}
