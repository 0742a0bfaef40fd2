/** What may come next on a console line: from the registry of commands, so that a new command completes by itself. */
import { commands } from '../api/command/index.js';

/** Words that stand before a command to choose neighbors. */
const SELECTORS = ['neighbor', 'peer'];
/** Ends the console; no command of the daemon. */
const OWN = ['exit', 'quit'];

/**
 * For readline.
 * @param neighbors addresses offered behind `neighbor`
 * @returns the words that fit, and the part of the line that they replace
 */
export function complete(line: string, neighbors: readonly string[]): [string[], string] {
  const words = line.trimStart().split(/\s+/);
  const last = words.pop() ?? '';
  let rest = words;
  if (SELECTORS.includes(rest[0] ?? '')) {
    if (rest.length === 1) return matching([...neighbors, '*'], last);
    rest = rest.slice(2);
  }
  return matching(candidates(rest, rest.length === words.length), last);
}

function candidates(words: readonly string[], mayStart: boolean): string[] {
  const out = new Set<string>();
  for (const command of commands) {
    for (const spelling of command.words) {
      const parts = spelling.split(' ');
      const known = Math.min(parts.length, words.length);
      if (parts.slice(0, known).some((part, i) => part !== words[i])) continue;
      if (words.length < parts.length) out.add(parts[words.length]!);
      else for (const word of command.next) out.add(word);
    }
  }
  if (words.length === 0 && mayStart) for (const word of [...SELECTORS, ...OWN]) out.add(word);
  return [...out];
}

function matching(all: readonly string[], start: string): [string[], string] {
  const fits = all.filter((word) => word.startsWith(start)).sort();
  return [fits.map((word) => `${word} `), start];
}
