/**
 * Words -> a tree of statements: `words ;` and `words { statements }`. Comments go with the statement that follows them,
 * or with the one whose line they end. What statements mean is left to the sections.
 */
import { type Findings, Mistake } from './mistake.js';
import { type Comment, type Token, tokenize, type Word } from './tokenizer.js';

export interface Statement {
  readonly keyword: string;
  /** Behind the keyword. */
  readonly words: readonly Word[];
  /** Offset of the keyword. */
  readonly at: number;
  readonly block: Block | undefined;
  /** Lines of comments before it and at its end. */
  comments: string[];
}

export interface Block {
  readonly statements: readonly Statement[];
  /** Comments behind the last statement. */
  readonly comments: readonly string[];
}

/** A whole file. */
export interface ParsedFile extends Block {
  /** The first comment, when a blank line stands between it and what follows. */
  readonly header: readonly string[];
}

/**
 * @param findings told what is left out; mistakes end the parse
 * @throws Mistake with the first error of syntax
 */
export function parseStatements(text: string, findings: Findings): ParsedFile {
  const tokens = tokenize(text);
  const header: string[] = [];
  const end = tokens.findIndex((token) => token.kind !== 'comment' || token.comment.endsParagraph);
  const last = tokens[end];
  if (last?.kind === 'comment') {
    for (const token of tokens.splice(0, end + 1)) if (token.kind === 'comment') header.push(token.comment.text);
  }
  const block = new BlockParser(tokens, findings).block(undefined);
  return { ...block, header };
}

class BlockParser {
  private next = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly findings: Findings,
  ) {}

  /** @param opened the `{` of the block; undefined: the whole file */
  block(opened: Word | undefined): Block {
    const statements: Statement[] = [];
    let comments: string[] = [];
    let words: Word[] = [];
    for (;;) {
      const token = this.tokens[this.next++];
      if (token === undefined || token.kind === '}') {
        if (words.length > 0) this.dangling(words);
        if ((token === undefined) !== (opened === undefined)) {
          if (token === undefined)
            this.findings.warn('the block has no "}": it ends with the file, as in ExaBGP', opened!.at);
          else {
            this.superfluous(token.word);
            words = [];
            continue;
          }
        }
        return { statements, comments };
      }
      if (token.kind === 'comment') {
        const before = statements.at(-1);
        if (!token.comment.isAlone && words.length === 0 && before !== undefined) before.comments.push(textOf(token));
        else comments.push(textOf(token));
      } else if (token.kind === 'word') {
        const first = words[0];
        if (first !== undefined && first.line !== token.word.line) {
          this.unfinished(words);
          words = [];
        }
        words.push(token.word);
      } else if (words.length > 0) {
        const [keyword, ...rest] = words;
        const block = token.kind === '{' ? this.block(token.word) : undefined;
        statements.push({ keyword: keyword!.text, words: rest, at: keyword!.at, block, comments });
        comments = [];
        words = [];
      } else if (token.kind === '{') throw new Mistake('a block needs a name before its "{"', token.word.at);
    }
  }

  /** A `}` that ends no block: ExaBGP reads no further, which must not cost statements. */
  private superfluous(word: Word): void {
    if (this.tokens.slice(this.next).some(({ kind }) => kind !== '}' && kind !== 'comment')) {
      throw new Mistake('there is no block that this "}" could end', word.at);
    }
    this.findings.warn('there is no block that this "}" could end: left out, as in ExaBGP', word.at);
  }

  /** Words before a `}`: ExaBGP 4 leaves them out without a word, later ones refuse the file. */
  private dangling(words: readonly Word[]): void {
    this.findings.warn(`"${words[0]!.text}" has no ";" at its end: left out, as ExaBGP 4 does`, words[0]!.at);
  }

  /** Words at the end of a line: ExaBGP 4 leaves one out, and refuses the file when there are more. */
  private unfinished(words: readonly Word[]): void {
    if (words.length === 1) this.dangling(words);
    else this.findings.mistake(`";" expected at the end of the line, behind "${words.at(-1)!.text}"`, words[0]!.at);
  }
}

function textOf(token: { readonly comment: Comment }): string {
  return token.comment.text;
}
