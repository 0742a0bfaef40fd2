/**
 * Which lines of a list came and which went, for lists of a million: in slices, and without a table that must grow in one
 * piece. What the lines mean is left to others.
 */
import { TextSet } from '../util/text-set.js';

/** Lines handled between two looks at the clock. */
const BATCH = 256;

export interface TextDifference {
  /** In `after` and not in `before`, in order. */
  readonly come: readonly string[];
  /** In `before` and not in `after`, in order. */
  readonly gone: readonly string[];
}

/** Compares the lists as sets. Yields often (util/turn.ts). */
export function* textDifference(
  before: readonly string[],
  after: readonly string[],
): Generator<void, TextDifference, void> {
  // A list in which some lines changed has most of them in their old places.
  const differsBefore: string[] = [];
  const differsAfter: string[] = [];
  const most = Math.max(before.length, after.length);
  for (let i = 0; i < most; i++) {
    if (i % BATCH === 0) yield;
    const [old, now] = [before[i], after[i]];
    if (old === now) continue;
    if (old !== undefined) differsBefore.push(old);
    if (now !== undefined) differsAfter.push(now);
  }
  if (differsBefore.length === 0 && differsAfter.length === 0) return { come: [], gone: [] };
  const oldTexts = yield* textsOf(differsBefore);
  const newTexts = yield* textsOf(differsAfter);
  // A line may stand twice, one of them in its old place: neither came nor went.
  const stayed = new TextSet();
  for (let i = 0; i < most; i++) {
    if (i % BATCH === 0) yield;
    const text = before[i];
    if (text !== undefined && text === after[i] && (oldTexts.has(text) || newTexts.has(text))) stayed.add(text);
  }
  const come = yield* withoutThose(differsAfter, [stayed, oldTexts]);
  const gone = yield* withoutThose(differsBefore, [stayed, newTexts]);
  return { come, gone };
}

function* textsOf(lines: readonly string[]): Generator<void, TextSet, void> {
  const texts = new TextSet();
  for (const [i, line] of lines.entries()) {
    if (i % BATCH === 0) yield;
    texts.add(line);
  }
  return texts;
}

function* withoutThose(lines: readonly string[], known: readonly TextSet[]): Generator<void, string[], void> {
  const left: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (i % BATCH === 0) yield;
    if (!known.some((texts) => texts.has(line))) left.push(line);
  }
  return left;
}
