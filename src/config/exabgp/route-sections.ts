/**
 * `static`, `announce`, `flow` and `l2vpn` sections -> `routes`: each route becomes one line in the words of the process
 * API, whose parser judges it. Only the outer form is read here: blocks are laid flat, names of rules become comments.
 */
import { parseIp } from '../../util/ip.js';
import { CommandError, Tokens } from '../../util/tokens.js';
import { attributeByKeyword } from '../../wire/attribute/index.js';
import { ListDraft, type ObjectDraft, ScalarDraft } from './draft.js';
import { readFamily } from './family-names.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import type { Block, Statement } from './statements.js';
import type { Word } from './tokenizer.js';

type Section = Statement & { readonly block: Block };

/** What identifies a VPLS route stands first. */
const VPLS_WORDS: readonly string[] = ['rd', 'route-distinguisher', 'endpoint', 'base', 'offset', 'size'];
/** What a one-line flow rule may begin with; another word is the name of the rule. */
const FLOW_START =
  /^(?:rd|next-hop|source|destination|protocol|next-header|port|source-port|destination-port|icmp-|packet-length|dscp|traffic-class|flow-label|tcp-flags|fragment)/;

/** Reads one section; its routes are appended to those of the neighbor or template. */
export function readRoutes(section: Section, draft: ObjectDraft, context: MigrationContext): void {
  const routes = draft.part('routes', ListDraft, section.at);
  const waiting = [...section.comments];
  const add = (statement: Statement, line: Line, ...names: readonly string[]): void => {
    routes.push(line.toDraft(statement.at), [...waiting.splice(0), ...allComments(statement), ...names]);
  };
  const each = (block: Block, read: (statement: Statement) => void): void => {
    for (const statement of block.statements) context.findings.attempt(() => read(statement));
    waiting.push(...block.comments);
  };
  switch (section.keyword) {
    case 'static':
      each(section.block, (statement) => add(statement, staticRoute(statement, context)));
      break;
    case 'flow':
      each(section.block, (statement) => {
        const { line, name } = flowRoute(statement);
        add(statement, line, ...(name === undefined ? [] : [name]));
      });
      break;
    case 'l2vpn':
      each(section.block, (statement) => add(statement, layer2Route(statement)));
      break;
    case 'announce':
      each(section.block, (family) => {
        const { block, comments, keyword: afi } = family;
        if (block === undefined) throw new Mistake(`"${afi}" is a section: write { … }`, family.at);
        waiting.push(...comments);
        each(block, (statement) => {
          add(statement, afi === 'l2vpn' ? layer2Route(statement) : familyRoute(afi, statement, context));
        });
      });
      break;
  }
  routes.end.push(...waiting);
  if (routes.items.length === 0 && routes.end.length === 0) draft.members.delete('routes');
}

/** `route P …;`, `route P { … }`, `attributes … nlri P1 P2;`. */
function staticRoute(statement: Statement, context: MigrationContext): Line {
  const { keyword } = statement;
  if (keyword !== 'route' && keyword !== 'attributes' && keyword !== 'attribute') {
    throw new Mistake(`"${keyword}" begins no static route: expected route, attributes`, statement.at);
  }
  return new Line().text(keyword, statement.at).words(sortCommunities(oneNextHop(flatWords(statement), context)));
}

/** `unicast P …;` in `ipv4 { }`. */
function familyRoute(afi: string, statement: Statement, context: MigrationContext): Line {
  const safi: Word = { text: statement.keyword, at: statement.at, line: 0, isQuoted: false };
  readFamily({ ...statement, keyword: afi, words: [safi] });
  return new Line()
    .text(afi, statement.at)
    .words([safi, ...sortCommunities(oneNextHop(flatWords(statement), context))]);
}

/** `vpls NAME { … }` and `vpls …;`; EVPN routes as the process API writes them. */
function layer2Route(statement: Statement): Line {
  const line = new Line().text('l2vpn', statement.at).text(statement.keyword, statement.at);
  if (statement.keyword !== 'vpls') return line.words(flatWords(statement));
  const all = statement.block === undefined ? statement.words : flatWords({ ...statement, words: [] });
  const first: Word[] = [];
  const rest: Word[] = [];
  for (let i = 0; i < all.length; i++) {
    const word = all[i]!;
    if (!VPLS_WORDS.includes(word.text)) rest.push(word);
    else first.push(word, ...all.slice(++i, i + 1));
  }
  return line.words([...first, ...rest]);
}

/** `route [NAME] { match { … } then { … } }` keeps its blocks; `route [NAME] source … discard;` is one line as it is. */
function flowRoute(statement: Statement): { line: Line; name: string | undefined } {
  if (statement.keyword !== 'route') {
    throw new Mistake(`"${statement.keyword}" begins no flow rule: expected route`, statement.at);
  }
  let { words } = statement;
  const isNamed = words.length > 0 && (statement.block !== undefined || !FLOW_START.test(words[0]!.text));
  const name = isNamed ? words[0]!.text : undefined;
  if (isNamed) words = words.slice(1);
  const line = new Line().text('flow', statement.at).text('route', statement.at).words(words);
  if (statement.block !== undefined) writeBlock(line, statement.block, statement.at);
  return { line, name };
}

function writeBlock(line: Line, block: Block, at: number): void {
  line.text('{', at);
  for (const statement of block.statements) {
    line.text(statement.keyword, statement.at).words(statement.words);
    if (statement.block !== undefined) writeBlock(line, statement.block, statement.at);
    else line.text(';', statement.at, '');
  }
  line.text('}', at);
}

/** Those of a statement and of all that is in its block. */
function allComments(statement: Statement): string[] {
  const { block } = statement;
  return [...statement.comments, ...(block?.statements ?? []).flatMap(allComments), ...(block?.comments ?? [])];
}

/** The words of a statement and of the block behind them, in one line. */
function flatWords(statement: Statement): Word[] {
  const words = [...statement.words];
  for (const inner of statement.block?.statements ?? []) {
    if (inner.block !== undefined) throw new Mistake(`"${inner.keyword}" has no block here`, inner.at);
    words.push({ text: inner.keyword, at: inner.at, line: 0, isQuoted: false }, ...inner.words);
  }
  return words;
}

/** Of several next hops ExaBGP sends the first with IPv4 unicast, the last with all other families; one is kept. */
function oneNextHop(words: readonly Word[], context: MigrationContext): readonly Word[] {
  const places = words.flatMap((word, i) => (word.text === 'next-hop' && !word.isQuoted ? [i] : []));
  if (places.length < 2) return words;
  const isIpv6 = parseIp(words[0]!.text.split('/')[0]!)?.length === 16;
  const kept = isIpv6 ? places.at(-1)! : places[0]!;
  context.findings.warn(`next-hop is given ${places.length} times: ${words[kept + 1]?.text} counts`, words[kept]!.at);
  return words.filter((_, i) => !places.some((place) => place !== kept && (i === place || i === place + 1)));
}

/** Communities in the order of their values: since its version 5 ExaBGP sends them so, and to a set no order matters. */
function sortCommunities(words: readonly Word[]): readonly Word[] {
  const from = words.findIndex(({ text }, i) => text === 'community' && words[i + 1]?.text === '[') + 2;
  const to = words.findIndex(({ text }, i) => i >= from && text === ']');
  if (from < 2 || to < 0) return words;
  const items = words.slice(from, to).filter(({ text }) => text !== ',');
  const values = new Map<Word, Uint8Array>();
  for (const item of items) {
    const value = communityOf(item.text);
    // A mistake is told where the line is judged.
    if (value === undefined) return words;
    values.set(item, value);
  }
  items.sort((one, two) => Buffer.compare(values.get(one)!, values.get(two)!));
  return [...words.slice(0, from), ...items, ...words.slice(to)];
}

function communityOf(text: string): Uint8Array | undefined {
  try {
    return attributeByKeyword('community')?.parse(new Tokens(text));
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** A line of words that remembers where each of them stood. */
class Line {
  private line = '';
  private readonly places: { readonly column: number; readonly at: number }[] = [];

  text(word: string, at: number, blank = ' '): this {
    if (this.line !== '') this.line += blank;
    this.places.push({ column: this.line.length + 1, at });
    this.line += word;
    return this;
  }

  words(words: readonly Word[]): this {
    for (const word of words) this.text(quoted(word), word.at);
    return this;
  }

  toDraft(at: number): ScalarDraft {
    const { places } = this;
    return new ScalarDraft(this.line, at, (column) => {
      let found = at;
      for (const place of places) if (place.column <= column) found = place.at;
      return found;
    });
  }
}

/** A word as the process API reads it. */
function quoted({ text, isQuoted }: Word): string {
  if (!isQuoted || /^[^\s[\](){},;"']+$/.test(text)) return text;
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}
