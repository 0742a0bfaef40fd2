/**
 * From a line's words to its command: selector if there is one, then the longest spelling that matches, read from the
 * left. What a command makes of the rest of the line is its own affair.
 */
import { CommandError, Tokens } from '../util/tokens.js';
import { commands } from './command/index.js';
import type { Call, Command, Outcome } from './command/types.js';
import { parseSelector, SELECTOR_WORDS, type Selector } from './selector.js';

interface Node {
  readonly children: Map<string, Node>;
  command: Command | undefined;
  spelling: string;
}

/** A line that was read completely and can be run. */
export interface PreparedLine {
  readonly selector: Selector | undefined;
  readonly command: Command;
  /** The words that selected it. */
  readonly spelling: string;
  /** Index in the line behind these words. */
  readonly offset: number;
  run(call: Call): Outcome;
}

const root = buildTree(commands);

function buildTree(list: readonly Command[]): Node {
  const top: Node = { children: new Map(), command: undefined, spelling: '' };
  for (const command of list) {
    for (const spelling of command.words) {
      let node = top;
      for (const word of spelling.split(' ')) {
        let child = node.children.get(word);
        if (child === undefined) {
          child = { children: new Map(), command: undefined, spelling: '' };
          node.children.set(word, child);
        }
        node = child;
      }
      node.command = command;
      node.spelling = spelling;
    }
  }
  return top;
}

/**
 * Reads a whole line.
 * @throws CommandError with the place of the first wrong word
 */
export function prepareLine(line: string): PreparedLine {
  const tokens = new Tokens(line);
  const direct = find(line, 0);
  if (direct.found !== undefined) return prepare(line, undefined, direct.found);
  const first = tokens.next();
  if (first === undefined) throw new CommandError('the line is empty', 1);
  if (!SELECTOR_WORDS.has(first)) throw direct.error;
  const selector = parseSelector(tokens);
  const behind = find(line, tokens.offset);
  if (behind.found === undefined) throw behind.error;
  return prepare(line, selector, behind.found);
}

/** Words that may follow these, for completion: of commands, then what the command itself suggests. */
export function nextWords(line: string): readonly string[] {
  let tokens = new Tokens(line);
  if (SELECTOR_WORDS.has(tokens.peek() ?? '')) {
    const word = tokens.next()!;
    if (!root.children.get(word)?.children.has(tokens.peek() ?? '')) {
      try {
        parseSelector(tokens);
      } catch (error) {
        if (error instanceof CommandError) return [...(root.children.get(word)?.children.keys() ?? [])];
        throw error;
      }
    } else tokens = new Tokens(line);
  }
  let node: Node | undefined = root;
  for (let word = tokens.peek(); word !== undefined; word = tokens.peek()) {
    const child: Node | undefined = node.children.get(word);
    if (child === undefined) return node.command?.next ?? [];
    tokens.next();
    node = child;
  }
  return [...node.children.keys(), ...(node.command?.next ?? [])];
}

interface Found {
  readonly command: Command;
  readonly spelling: string;
  readonly offset: number;
  /** Column of the command's first word. */
  readonly column: number;
}

type Search = { readonly found: Found } | { readonly found: undefined; readonly error: CommandError };

function find(line: string, from: number): Search {
  const tokens = new Tokens(line, from);
  let node = root;
  let found: Found | undefined;
  let column = 0;
  let before = '';
  for (;;) {
    const word = tokens.peek();
    const child = word === undefined ? undefined : node.children.get(word);
    if (child === undefined) {
      if (found !== undefined) return { found };
      tokens.next();
      return { found: undefined, error: tokens.error(unexpected(word, before, node)) };
    }
    tokens.next();
    if (column === 0) column = tokens.column;
    before = `${before} ${word}`;
    node = child;
    if (node.command !== undefined)
      found = { command: node.command, spelling: node.spelling, offset: tokens.offset, column };
  }
}

function unexpected(word: string | undefined, before: string, node: Node): string {
  const choices = [...node.children.keys()].join(', ');
  if (word === undefined) return before === '' ? 'a command expected' : `"${before.trim()}" goes on with: ${choices}`;
  return before === ''
    ? `unknown command "${word}"`
    : `"${word}" cannot follow "${before.trim()}": expected ${choices}`;
}

function prepare(line: string, selector: Selector | undefined, found: Found): PreparedLine {
  const { command, spelling, offset, column } = found;
  if (selector !== undefined && command.selector === 'none')
    throw new CommandError(`"${spelling}" is for no neighbor in particular`, selector.column);
  if (selector === undefined && command.selector === 'required')
    throw new CommandError(`"${spelling}" needs a neighbor in front of it`, column);
  return { selector, command, spelling, offset, run: command.prepare(new Tokens(line, offset), spelling) };
}
