/**
 * Building blocks of the configuration's and the API's schemas: objects that refuse unknown keys and say which name was
 * meant, lists that may be written as a single item. What an option means is left to the layer that owns it.
 */
import { z } from 'zod';

/** An object of exactly these keys. An unknown key is an error that names the nearest known one. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue.keys as string[]).map((key) => unknownKey(key, known)).join(UNKNOWN_KEY_SEPARATOR)
        : undefined,
  });
}

/** Stands between the messages of several unknown keys of one object. */
export const UNKNOWN_KEY_SEPARATOR = '\n';

/** A list; a single item stands for a list of one. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .union([item, z.array(item)])
    .transform((value): z.output<Item>[] => (Array.isArray(value) ? value : [value]));
}

/** A whole number within bounds. */
export function integer(minimum: number, maximum: number) {
  return z.number().int().min(minimum).max(maximum);
}

/** @returns `unknown key "holdtime": did you mean "holdTime"?` */
export function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key "${key}"${suggestion(key, known)}`;
}

/** @returns `: did you mean "holdTime"?`, or the choices when they are few, or nothing */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearestName(word, known);
  if (near !== undefined) return `: did you mean "${near}"?`;
  return known.length <= 16 ? `: expected ${known.map((name) => `"${name}"`).join(', ')}` : '';
}

/** @returns the known name that differs in the fewest letters (at most a third of them), or undefined */
export function nearestName(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(plain(word), plain(name));
    if (distance < bestDistance && distance < word.length) {
      bestDistance = distance;
      best = name;
    }
  }
  return best;
}

/** Letters to insert, delete, replace or swap to make `two` of `one` (optimal string alignment). */
function editDistance(one: string, two: string): number {
  let before: number[] = [];
  let last = Array.from({ length: two.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= two.length; j++) {
      const cost = one[i - 1] === two[j - 1] ? 0 : 1;
      let value = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]) {
        value = Math.min(value, before[j - 2]! + 1);
      }
      row.push(value);
    }
    before = last;
    last = row;
  }
  return last[two.length]!;
}
