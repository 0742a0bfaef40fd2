/**
 * What a migrated file says, before it is text: values with the place in the ExaBGP file that they come from, and the
 * comments that stood there. As a ConfigNode (to check and run it, mistakes at their places in the ExaBGP file) and, in
 * draft-text.ts, as JSON5.
 */
import type { ConfigNode, ConfigSource, Scalar } from '../config-node.js';

export type Draft = ScalarDraft | ListDraft | ObjectDraft;

/** A value inside another, with the comments before it. */
interface Part {
  readonly value: Draft;
  readonly comments: readonly string[];
}

export class ScalarDraft {
  /**
   * @param at offset in the ExaBGP file
   * @param wordOffset offset there of a column of the text, where it was put together from words
   */
  constructor(
    readonly value: Scalar,
    readonly at: number,
    readonly wordOffset?: (column: number) => number,
  ) {}
}

export class ListDraft {
  readonly items: Part[] = [];
  /** Comments behind the last item. */
  readonly end: string[] = [];

  constructor(readonly at: number) {}

  push(value: Draft, comments: readonly string[] = []): void {
    this.items.push({ value, comments });
  }
}

export class ObjectDraft {
  readonly members = new Map<string, Part>();
  /** Comments behind the last member. */
  readonly end: string[] = [];

  constructor(readonly at: number) {}

  /** Sets a member; comments of one that was set before stay. */
  set(key: string, value: Draft, comments: readonly string[] = []): void {
    this.members.set(key, { value, comments: [...(this.members.get(key)?.comments ?? []), ...comments] });
  }

  scalar(key: string): Scalar | undefined {
    const value = this.members.get(key)?.value;
    return value instanceof ScalarDraft ? value.value : undefined;
  }

  /** The object or list of this name, made when it is not there. */
  part<Kind extends ListDraft | ObjectDraft>(
    key: string,
    kind: new (at: number) => Kind,
    at: number,
    comments: readonly string[] = [],
  ): Kind {
    const found = this.members.get(key)?.value;
    const value = found instanceof kind ? found : new kind(at);
    this.set(key, value, comments);
    return value;
  }

  /** Puts members into the order of `keys`; others stay behind them. */
  order(keys: readonly string[]): void {
    const place = (key: string): number => (keys.includes(key) ? keys.indexOf(key) : keys.length);
    const sorted = [...this.members].sort(([one], [two]) => place(one) - place(two));
    this.members.clear();
    for (const [key, part] of sorted) this.members.set(key, part);
  }
}

/** Plain data -> a draft that stands at one place. */
export function draftOf(value: unknown, at: number): Draft {
  if (Array.isArray(value)) {
    const list = new ListDraft(at);
    for (const item of value) list.push(draftOf(item, at));
    return list;
  }
  if (typeof value !== 'object' || value === null) return new ScalarDraft(value as Scalar, at);
  const object = new ObjectDraft(at);
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) object.set(key, draftOf(member, at));
  }
  return object;
}

/** The tree that the loader takes, placed in the ExaBGP file. */
export function toNode(draft: Draft, source: ConfigSource): ConfigNode {
  return nodeOf(draft, source, undefined, '');
}

function nodeOf(draft: Draft, source: ConfigSource, parent: ConfigNode | undefined, key: string | number): ConfigNode {
  const node: ConfigNode = { source, at: draft.at, keyAt: draft.at, parent, key };
  if (draft instanceof ScalarDraft) {
    node.scalar = draft.value;
    if (draft.wordOffset !== undefined) node.wordOffset = draft.wordOffset;
  } else if (draft instanceof ListDraft) {
    node.items = draft.items.map(({ value }, i) => nodeOf(value, source, node, i));
  } else {
    node.members = new Map([...draft.members].map(([name, { value }]) => [name, nodeOf(value, source, node, name)]));
  }
  return node;
}
