/**
 * JSON commands: a line that is an object becomes text commands, so that there is one grammar and one set of checks. A
 * value can never become more than one word of that text.
 */
import type { z } from 'zod';
import { CommandError, Tokens } from '../util/tokens.js';
import {
  addNeighborSchema,
  type JsonRoute,
  otherCommandSchema,
  type RouteCommand,
  routeCommandSchema,
  teardownSchema,
  textCommandSchema,
} from './api-schema.js';
import { CommandFailure } from './command/types.js';
import { parseSelectorText } from './selector.js';

/** A JSON command as text. */
export interface JsonCommand {
  /** All are run; they get one answer. */
  readonly lines: readonly string[];
  /** The text is the sender's own: columns mean something to it. */
  readonly hasColumns: boolean;
}

/** Attribute members in the order they are written, with their keywords. */
const KEYWORDS: readonly (readonly [keyof JsonRoute, string])[] = [
  ['nextHop', 'next-hop'],
  ['pathInformation', 'path-information'],
  ['rd', 'rd'],
  ['label', 'label'],
  ['split', 'split'],
  ['name', 'name'],
  ['watchdog', 'watchdog'],
  ['origin', 'origin'],
  ['asPath', 'as-path'],
  ['med', 'med'],
  ['localPreference', 'local-preference'],
  ['atomicAggregate', 'atomic-aggregate'],
  ['aggregator', 'aggregator'],
  ['community', 'community'],
  ['largeCommunity', 'large-community'],
  ['extendedCommunity', 'extended-community'],
  ['originatorId', 'originator-id'],
  ['clusterList', 'cluster-list'],
  ['aigp', 'aigp'],
  ['attribute', 'attribute'],
];

/**
 * Reads a JSON command.
 * @param onId told the id as JSON text as soon as it is known, so that errors can carry it
 * @throws CommandFailure, CommandError (the text is no JSON)
 */
export function readJsonCommand(line: string, onId: (id: string) => void): JsonCommand {
  const value = parseObject(line);
  const { id, command: name } = value;
  if (typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id))) onId(JSON.stringify(id));
  if ('text' in value && !('command' in value)) {
    const { text } = check(textCommandSchema, value);
    if (/[\n\r]/.test(text)) throw new CommandFailure('text must be one line');
    return { lines: [text], hasColumns: true };
  }
  if (name === 'announce' || name === 'withdraw')
    return { lines: routeLines(check(routeCommandSchema, value)), hasColumns: false };
  if (name === 'teardown') {
    const { neighbor, code, message } = check(teardownSchema, value);
    return {
      lines: [`${selector(neighbor)}teardown ${code}${message === undefined ? '' : ` ${quoted(message)}`}`],
      hasColumns: false,
    };
  }
  if (name === 'neighbor add') {
    const { config } = check(addNeighborSchema, value);
    return { lines: [`neighbor add ${JSON.stringify(config)}`], hasColumns: false };
  }
  const { command, neighbor } = check(otherCommandSchema, value);
  if (/[\n\r]/.test(command)) throw new CommandFailure('command must be one line');
  return { lines: [`${selector(neighbor)}${command}`], hasColumns: false };
}

function parseObject(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = /position (\d+)/.exec(error.message)?.[1];
    throw new CommandError('the line begins like JSON and is none', at === undefined ? line.length : Number(at) + 1);
  }
  return value as Record<string, unknown>;
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const place = issue.path.map(String).join('.');
    return `${place === '' ? '' : `${place}: `}${issue.message}`;
  });
  throw new CommandFailure(faults.join('; '));
}

/** "neighbor A, neighbor B " or nothing. */
function selector(neighbor: string | readonly string[] | undefined): string {
  if (neighbor === undefined) return '';
  const list = typeof neighbor === 'string' ? [neighbor] : neighbor;
  for (const text of list) parseSelectorText(new Tokens(text));
  return `${list.map((text) => `neighbor ${text}`).join(', ')} `;
}

function routeLines(command: RouteCommand): string[] {
  const head = `${selector(command.neighbor)}${command.command}`;
  const subjects = (['route', 'routes', 'eor', 'routeRefresh', 'watchdog'] as const).filter(
    (member) => command[member] !== undefined,
  );
  if (subjects.length !== 1)
    throw new CommandFailure('exactly one of route, routes, eor, routeRefresh and watchdog must be there');
  const tail = trailer(command);
  switch (subjects[0]!) {
    case 'route':
      return [`${head} ${routeText(command.route!)}${tail}`];
    case 'routes':
      return command.routes!.map((route) => `${head} ${routeText(route)}${tail}`);
    case 'eor':
      return [`${head} eor ${familyWords(command.eor!)}`];
    case 'routeRefresh':
      return [`${head} route-refresh ${familyWords(command.routeRefresh!)}`];
    case 'watchdog':
      return [`${head} watchdog ${oneWord(command.watchdog!)}`];
  }
}

function trailer({ ttl, sync }: RouteCommand): string {
  const lease = ttl === undefined ? '' : ` ttl ${ttl}`;
  if (sync === undefined) return lease;
  return `${lease}${sync === false ? ' async' : sync === true ? ' sync' : ` sync ${sync}`}`;
}

function routeText(route: JsonRoute): string {
  const { prefix, prefixes, family } = route;
  if ((prefix === undefined) === (prefixes === undefined))
    throw new CommandFailure('a route has either prefix or prefixes');
  const attributes = KEYWORDS.flatMap(([member, keyword]) => attributeText(keyword, route[member])).join(' ');
  if (prefixes !== undefined) {
    if (family !== undefined) throw new CommandFailure('prefixes cannot be given a family');
    return `attributes ${attributes} nlri ${prefixes.map(oneWord).join(' ')}`;
  }
  const form = family === undefined ? 'route' : familyWords(family);
  return `${form} ${oneWord(prefix!)} ${attributes}`;
}

function attributeText(keyword: string, value: JsonRoute[keyof JsonRoute]): string[] {
  if (value === undefined || value === false) return [];
  if (value === true) return [keyword];
  if (!Array.isArray(value)) return [keyword, oneWord(value)];
  const items = value.map((item) => (Array.isArray(item) ? `( ${item.map(oneWord).join(' ')} )` : oneWord(item)));
  return [keyword, '[', ...items, ']'];
}

function familyWords(family: string): string {
  const words = family.split(' ');
  if (words.length !== 2 || words.some((word) => !/^[a-z0-9-]+$/.test(word)))
    throw new CommandFailure(`"${family}" is no family: "ipv4 unicast" is one`);
  return family;
}

/** A value as one word of a line. */
function oneWord(value: string | number): string {
  const text = String(value);
  return /^[^\s[\](){},;"'#]+$/.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  if (/[\n\r]/.test(text)) throw new CommandFailure('a value must be one line');
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  throw new CommandFailure('a value cannot hold both kinds of quotes');
}
