/**
 * The program of a helper: words of a command line, and where the program is found. Searched as ExaBGP does: an absolute
 * path, below
 * /etc/crier and /etc/exabgp, beside the configuration file, in $PATH; it must be a file that may be executed and must
 * not be setuid or setgid. `crier` is this program itself. Starting it is left to child.ts.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where helpers are installed: ours, and ExaBGP's, whose configurations name them by their last part. */
const HELPER_FOLDERS = ['/etc/crier', '/etc/exabgp'];

/**
 * Splits a command line into words. Quotes ('…', "…") and backslashes keep blanks; nothing else means anything.
 * @throws Error when a quote has no end
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === "'" || c === '"') {
      word ??= '';
      for (i++; line[i] !== c; i++) {
        if (i >= line.length) throw new Error('a quote has no end');
        if (c === '"' && line[i] === '\\' && '"\\'.includes(line[i + 1] ?? ' ')) i++;
        word += line[i]!;
      }
    } else if (c === '\\' && i + 1 < line.length) word = (word ?? '') + line[++i]!;
    else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * @param argv program and arguments
 * @param folder of the configuration file
 * @param installed folders that are searched before it
 * @returns the same with the program's absolute path
 * @throws Error with the reason, when it cannot be found or must not be run
 */
export function findProgram(
  argv: readonly string[],
  folder: string,
  installed: readonly string[] = HELPER_FOLDERS,
): readonly string[] {
  const [program, ...rest] = argv;
  if (program === undefined || program === '') throw new Error('the command is empty');
  const path = candidates(program, folder, installed).find(isFile);
  if (program === 'crier') return ownProgram(path, rest);
  if (path === undefined) throw new Error(`cannot find the program "${program}"`);
  if ((statSync(path).mode & 0o6000) !== 0) throw new Error(`"${path}" is setuid or setgid: such programs are not run`);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new Error(`"${path}" may not be executed`);
  }
  return [path, ...rest];
}

function candidates(program: string, folder: string, installed: readonly string[]): string[] {
  if (isAbsolute(program)) return [program];
  const inPath = (process.env.PATH ?? '').split(':').filter((part) => part !== '');
  return [
    ...installed.map((part) => join(part, program)),
    resolve(folder, program),
    ...inPath.map((part) => resolve(part, program)),
  ];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** This very program, so that `crier healthcheck` runs also where crier is not installed in $PATH. */
function ownProgram(installed: string | undefined, rest: readonly string[]): readonly string[] {
  const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
  if (isFile(main)) return [process.execPath, main, ...rest];
  if (installed !== undefined) return [installed, ...rest];
  throw new Error('cannot find the program "crier"');
}
