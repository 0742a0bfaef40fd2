/**
 * Several files, named or included, as one configuration: lists are appended, objects joined, and a single value or a
 * name that is given twice is an error. Each value keeps the place in its own file.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConfigNode, problemAt } from './config-node.js';
import { parseDocument, readSource } from './document.js';
import { type Environment, fillVariables } from './environment.js';
import type { ConfigProblem } from './errors.js';
import { isExabgpText } from './exabgp/detect.js';
import { readExabgpDocument } from './exabgp/document.js';
import { expandPattern } from './glob.js';

/** Objects at the top whose members are whole things with a name: they are not joined. */
const NAMED: ReadonlySet<string> = new Set(['processes', 'templates']);
/** Lists that may be written as a single item. */
const LISTS: ReadonlySet<string> = new Set(['listen']);

export interface GatheredDocuments {
  readonly root: ConfigNode;
  /** Absolute paths in the order of reading. */
  readonly files: readonly string[];
}

/**
 * @param files the files that were named; those in ExaBGP's syntax are migrated in memory
 * @param onWarning told what such a file says that has no meaning here
 * @throws ConfigError when a file cannot be read or has a syntax error
 */
export function gatherDocuments(
  files: readonly string[],
  environment: Environment,
  problems: ConfigProblem[],
  onWarning: (warning: ConfigProblem) => void = () => undefined,
): GatheredDocuments {
  const seen: string[] = [];
  let root: ConfigNode | undefined;
  const read = (file: string): ConfigNode => {
    const source = readSource(file);
    if (isExabgpText(source.text)) return readExabgpDocument(source, environment, onWarning);
    const document = parseDocument(source, problems);
    fillVariables(document, environment, problems);
    return document;
  };
  const take = (file: string): void => {
    const document = read(file);
    seen.push(resolve(file));
    const include = document.members?.get('include');
    document.members?.delete('include');
    root = root === undefined ? document : join(root, document, problems);
    for (const pattern of include === undefined ? [] : (include.items ?? [include])) {
      if (typeof pattern.scalar !== 'string') {
        problems.push(problemAt(pattern, 'expected the name of a file, which may have * and ? in it'));
        continue;
      }
      for (const path of expandPattern(pattern.scalar, document.source.folder)) {
        if (seen.includes(path)) problems.push(problemAt(pattern, `the file ${path} is included twice`));
        else takeIncluded(path, pattern);
      }
    }
  };
  const takeIncluded = (path: string, pattern: ConfigNode): void => {
    if (!/[*?]/.test(String(pattern.scalar)) && !isReadable(path)) {
      problems.push(problemAt(pattern, `there is no file ${path}`));
    } else take(path);
  };
  for (const file of files) take(file);
  return { root: root!, files: seen };
}

function isReadable(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** @param path of the objects: empty for the whole documents */
function join(one: ConfigNode, two: ConfigNode, problems: ConfigProblem[], path: readonly string[] = []): ConfigNode {
  if (one.members === undefined || two.members === undefined) {
    problems.push(problemAt(one.members === undefined ? one : two, 'expected an object'));
    return one;
  }
  const members = new Map(one.members);
  for (const [key, member] of two.members) {
    const before = members.get(key);
    if (before === undefined) members.set(key, member);
    else if (isList(before, path) && isList(member, path)) members.set(key, append(before, member));
    else if (before.members !== undefined && member.members !== undefined && !NAMED.has(path[0] ?? '')) {
      members.set(key, join(before, member, problems, [...path, key]));
    } else {
      const { line } = before.source.position(before.keyAt);
      problems.push(problemAt(member, `is set already in ${before.source.file}:${line}`, 'key'));
    }
  }
  return { ...one, members };
}

function isList(node: ConfigNode, path: readonly string[]): boolean {
  return node.items !== undefined || (path.length === 0 && LISTS.has(String(node.key)));
}

function append(one: ConfigNode, two: ConfigNode): ConfigNode {
  const { source, at, keyAt, parent, key } = one;
  return { source, at, keyAt, parent, key, items: [...(one.items ?? [one]), ...(two.items ?? [two])] };
}
