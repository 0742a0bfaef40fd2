/** `group start|end`: lines between them are read at once and done together; `peer S group a ; b` on one line. */
import { CommandError, Tokens } from '../../util/tokens.js';
import { type ParsedRoutes, parseRoutes, type RouteVerb } from '../route-text.js';
import { applyRoutes, ROUTE_FORMS } from './apply-routes.js';
import { type Call, defineCommand } from './types.js';

export const groupStart = defineCommand<void>({
  words: ['group start'],
  usage: '',
  help: 'Route lines from here on wait for "group end".',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run(_, { group, data }) {
    group.open();
    data('{"status": "group started"}');
  },
});

export const groupEnd = defineCommand<void>({
  words: ['group end'],
  usage: '',
  help: 'Does the lines of the group.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run(_, call) {
    const { announced, withdrawn, errors } = call.group.close(call);
    say(call, announced, withdrawn, errors);
  },
});

interface GroupPart {
  readonly verb: RouteVerb;
  readonly routes: ParsedRoutes;
}

export const inlineGroup = defineCommand<readonly GroupPart[]>({
  words: ['group'],
  usage: '[attributes <attributes> ;] <command> ; <command> …',
  help: 'Several announces and withdraws on one line, with shared attributes in front if wanted.',
  selector: 'optional',
  parse: (tokens) => parseParts(tokens),
  run(parts, call) {
    let announced = 0;
    for (const { verb, routes } of parts) {
      applyRoutes(verb, routes, call);
      if (verb === 'announce') announced++;
    }
    say(call, announced, parts.length - announced, []);
  },
});

function say({ data }: Call, announced: number, withdrawn: number, errors: readonly string[]): void {
  const list = errors.length === 0 ? '' : `, "errors": ${JSON.stringify(errors)}`;
  data(`{"status": "group processed", "announced": ${announced}, "withdrawn": ${withdrawn}${list}}`);
}

/** Reads all parts before anything happens. */
function parseParts(tokens: Tokens): GroupPart[] {
  const { text } = tokens;
  const parts: GroupPart[] = [];
  let shared = '';
  let isFirst = true;
  for (const [start, end] of splitParts(text, tokens.offset)) {
    const part = text.slice(start, end);
    if (part.trim() === '') continue;
    const own = new Tokens(text.slice(0, end), start);
    const verb = own.need('a command');
    if (isFirst && (verb === 'attributes' || verb === 'attribute')) shared = ` ${text.slice(own.offset, end).trim()}`;
    else parts.push(parsePart(own, verb, shared));
    isFirst = false;
  }
  if (parts.length === 0) throw new CommandError('a group needs at least one command', text.length + 1);
  return parts;
}

function parsePart(own: Tokens, verb: string, shared: string): GroupPart {
  if (verb !== 'announce' && verb !== 'withdraw') throw own.error(`"${verb}" is neither announce nor withdraw`);
  const word = own.need('a form of route');
  const form = ROUTE_FORMS[word];
  if (form === undefined) throw own.error(`"${word}" cannot stand in a group`);
  const withShared = new Tokens(own.text + shared, own.offset);
  return { verb, routes: parseRoutes(withShared, form, verb) };
}

/** Places of the parts between semicolons; those within braces, brackets or quotes separate nothing. */
function splitParts(text: string, from: number): [number, number][] {
  const out: [number, number][] = [];
  let depth = 0;
  let quote = '';
  let start = from;
  for (let i = from; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '{' || c === '[' || c === '(') depth++;
    else if (c === '}' || c === ']' || c === ')') depth--;
    else if (c === ';' && depth <= 0) {
      out.push([start, i]);
      start = i + 1;
    }
  }
  out.push([start, text.length]);
  return out;
}
