/** Files that a pattern stands for: `*` any characters, `?` one, in file and folder names; names with a dot in front only
 * when the pattern has one. Sorted, so that the order of includes does not depend on the file system. */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** @returns absolute paths; of a pattern without wildcards the path itself, whether it exists or not */
export function expandPattern(pattern: string, folder: string): string[] {
  const path = resolve(folder, pattern);
  if (!/[*?]/.test(pattern)) return [path];
  let found = ['/'];
  for (const part of path.split('/').slice(1)) {
    if (!/[*?]/.test(part)) found = found.map((base) => resolve(base, part)).filter((name) => existsSync(name));
    else {
      const matches = wildcard(part);
      found = found.flatMap((base) =>
        namesIn(base)
          .filter((name) => matches.test(name) && (part.startsWith('.') || !name.startsWith('.')))
          .map((name) => resolve(base, name)),
      );
    }
  }
  return found.sort();
}

function wildcard(part: string): RegExp {
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
