/** What may come next on a console line: from the registry of commands, so that a new command completes by itself. */
import { nextWords } from '../api/command-tree.js';

/** Words that stand before a command to choose neighbors. */
const SELECTORS = ['neighbor', 'peer'];
/** End the console; no commands of the daemon. */
const OWN = ['exit', 'quit'];

/**
 * For readline.
 * @param neighbors addresses offered behind `neighbor`
 * @returns the words that fit, each with a blank behind it, and the part of the line that they replace
 */
export function complete(line: string, neighbors: readonly string[]): [string[], string] {
  const last = /\S*$/.exec(line)![0];
  const before = line.slice(0, line.length - last.length).trim();
  const all = new Set(nextWords(before));
  if (before === '') for (const word of [...SELECTORS, ...OWN]) all.add(word);
  if (SELECTORS.includes(/\S*$/.exec(before)![0])) for (const address of [...neighbors, '*']) all.add(address);
  const fits = [...all].filter((word) => word.startsWith(last)).sort();
  return [fits.map((word) => `${word} `), last];
}
