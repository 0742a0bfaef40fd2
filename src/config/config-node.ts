/**
 * A configuration as a tree in which each value knows where it was written. Includes, environment and templates are
 * applied to this tree, so an error can always name the file, line, column and path of the text that caused it.
 */
import { dirname } from 'node:path';
import type { ConfigProblem } from './errors.js';

/** One text that a configuration was read from. */
export class ConfigSource {
  private lineStarts: number[] | undefined;

  /** @param file as it is named in errors @param folder what relative paths in it begin at */
  constructor(
    readonly file: string,
    readonly text: string,
    readonly folder: string = dirname(file),
  ) {}

  /** Line and column, from 1, of an offset in the text. Lines end at \n, as json5 counts them. */
  position(offset: number): { line: number; column: number } {
    if (this.lineStarts === undefined) {
      this.lineStarts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1))
        this.lineStarts.push(at + 1);
    }
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.lineStarts[low]! + 1 };
  }
}

export type Scalar = string | number | boolean | null;

/** A value and its place. Exactly one of `members`, `items`, `scalar` is meant. */
export interface ConfigNode {
  readonly source: ConfigSource;
  /** Offset of the value, and of its key (-1: it has none). */
  readonly at: number;
  readonly keyAt: number;
  readonly parent: ConfigNode | undefined;
  /** Key or index in the parent. */
  readonly key: string | number;
  members?: Map<string, ConfigNode>;
  items?: ConfigNode[];
  scalar?: Scalar;
  /** The whole text was one ${VARIABLE}: it may fill a number, too. */
  isVariable?: boolean;
  /** The text was put together from words of the source: offset there of what stands at a column of the text. */
  wordOffset?: (column: number) => number;
}

/** @returns `neighbors[0].addPath["ipv4 unicast"]`; empty for the whole document */
export function pathOf(node: ConfigNode, rest: readonly PropertyKey[] = []): string {
  const keys: PropertyKey[] = [...rest];
  for (let at: ConfigNode | undefined = node; at?.parent !== undefined; at = at.parent) keys.unshift(at.key);
  return printPath(keys);
}

function printPath(keys: readonly PropertyKey[]): string {
  let text = '';
  for (const key of keys) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(String(key))) text += `${text === '' ? '' : '.'}${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}

/** A problem at the node's value (or key); `rest` names what is missing below it. */
export function problemAt(
  node: ConfigNode,
  message: string,
  where: 'value' | 'key' = 'value',
  rest: readonly PropertyKey[] = [],
): ConfigProblem {
  const offset = where === 'key' && node.keyAt >= 0 ? node.keyAt : node.at;
  return { file: node.source.file, ...node.source.position(offset), path: pathOf(node, rest), message };
}

/** Walks down as far as the keys lead. @returns the deepest node and the keys that were left */
export function findNode(root: ConfigNode, keys: readonly PropertyKey[]): { node: ConfigNode; rest: PropertyKey[] } {
  let node = root;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    // A single item stands for a list of one.
    if (key === 0 && node.items === undefined) continue;
    const next = node.members?.get(String(key)) ?? (typeof key === 'number' ? node.items?.[key] : undefined);
    if (next === undefined) return { node, rest: keys.slice(i) };
    node = next;
  }
  return { node, rest: [] };
}

/** The plain values of a tree, for the schema. */
export function toPlain(node: ConfigNode): unknown {
  if (node.items !== undefined) return node.items.map(toPlain);
  if (node.members === undefined) return node.scalar;
  const object: Record<string, unknown> = {};
  for (const [key, member] of node.members) object[key] = toPlain(member);
  return object;
}
