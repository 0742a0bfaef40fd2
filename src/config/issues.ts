/**
 * What a schema found -> problems with places, in words for users. Values are never quoted, but for words of which only
 * a few are allowed: a value may be a key.
 */
import type { z } from 'zod';
import { suggestion, UNKNOWN_KEY_SEPARATOR } from '../session/schema.js';
import { type ConfigNode, findNode, problemAt, toPlain } from './config-node.js';
import type { ConfigProblem } from './errors.js';

type Issue = z.core.$ZodIssue;

/**
 * Checks the value below `node`. A variable that stands where a number or a truth value belongs is read as one.
 * @returns the parsed value, or undefined with `problems` told
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  node: ConfigNode,
  problems: ConfigProblem[],
): z.output<Schema> | undefined {
  for (;;) {
    const result = schema.safeParse(toPlain(node), { reportInput: true });
    if (result.success) return result.data;
    const { issues } = result.error;
    if (issues.filter((issue) => readVariable(issue, node)).length > 0) continue;
    for (const issue of issues) problems.push(...problemsOf(issue, [], node));
    return undefined;
  }
}

/** @returns true when the issue's value came from a variable and is now a number or a truth value */
function readVariable(issue: Issue, root: ConfigNode, above: readonly PropertyKey[] = []): boolean {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    return issue.errors.some((branch) => branch.some((inner) => readVariable(inner, root, path)));
  }
  if (issue.code !== 'invalid_type') return false;
  const { node, rest } = findNode(root, path);
  if (rest.length > 0 || node.isVariable !== true || typeof node.scalar !== 'string') return false;
  const { scalar } = node;
  if (issue.expected === 'boolean' && (scalar === 'true' || scalar === 'false')) node.scalar = scalar === 'true';
  else if (issue.expected !== 'boolean' && /^-?\d{1,15}(?:\.\d+)?$/.test(scalar)) node.scalar = Number(scalar);
  else return false;
  return true;
}

function problemsOf(issue: Issue, above: readonly PropertyKey[], root: ConfigNode): ConfigProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') return problemsOfUnion(issue, path, root);
  const { node, rest } = findNode(root, path);
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split(UNKNOWN_KEY_SEPARATOR);
    return issue.keys.map((key, i) => {
      const member = node.members?.get(key);
      const message = messages[i] ?? `unknown key "${key}"`;
      // A record of enumerated keys has no words of its own.
      const words = message.startsWith('unknown') ? message : `unknown key "${key}"`;
      return member === undefined ? problemAt(node, words) : problemAt(member, words, 'key');
    });
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? 'the key is not allowed';
    return [problemAt(node, message, 'key', rest)];
  }
  if (rest.length > 0) return [problemAt(node, 'is missing', 'value', rest)];
  return [problemAt(node, wordsOf(issue))];
}

/** Of a union the branch that the value was meant for says what is wrong; without one, the union's own words. */
function problemsOfUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly PropertyKey[],
  root: ConfigNode,
): ConfigProblem[] {
  const { node, rest } = findNode(root, path);
  if (rest.length > 0) return [problemAt(node, 'is missing', 'value', rest)];
  const meant = issue.errors.filter((branch) => branch.every((inner) => !isForeign(inner)));
  const branch = meant.find((issues) => issues.some((inner) => inner.path.length > 0)) ?? meant[0];
  if (branch !== undefined) return branch.flatMap((inner) => problemsOf(inner, path, root));
  if (issue.message !== 'Invalid input') return [problemAt(node, issue.message)];
  const types = issue.errors.map((issues) =>
    issues
      .map(wordsOf)
      .join(' and ')
      .replace(/^expected /, ''),
  );
  return [problemAt(node, `expected ${[...new Set(types)].map((type) => type.replace(/, not .*$/, '')).join(' or ')}`)];
}

/** The branch is for another type of value altogether. */
function isForeign(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_type') return !(issue.expected === 'int' && typeof issue.input === 'number');
  return issue.code === 'invalid_value' && (typeof issue.input !== 'string' || issue.values.length === 1);
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
  undefined: 'nothing',
  nan: 'NaN',
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isNaN(value) ? 'nan' : typeof value;
}

function wordsOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = TYPE_WORDS[issue.expected] ?? issue.expected;
      if (typeof issue.input === 'number' && Number.isFinite(issue.input)) {
        return issue.expected === 'int' || issue.expected === 'number'
          ? `expected a whole number`
          : `expected ${expected}, not a number`;
      }
      if (typeof issue.input === 'boolean') return `expected ${expected}, not ${issue.input}`;
      return `expected ${expected}, not ${TYPE_WORDS[typeOf(issue.input)] ?? typeOf(issue.input)}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      if (issue.origin === 'array') return 'the list must not be empty';
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `must be no longer than ${issue.maximum} characters`;
      return `must be at most ${issue.maximum}`;
    case 'invalid_value': {
      const choices = issue.values.filter((value) => typeof value === 'string');
      if (typeof issue.input !== 'string') return `expected ${choices.map((value) => `"${value}"`).join(' or ')}`;
      const hint = suggestion(issue.input, choices);
      return `${JSON.stringify(issue.input.slice(0, 40))} is not known${hint}`;
    }
    default:
      return issue.message;
  }
}
