/** The man pages name every command, and so on: what is added is described in the same commit. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { commands } from '../src/api/command/index.js';

/** A page's text without macros, blanks made one. */
function page(name: string): string {
  const source = readFileSync(`man/${name}`, 'utf8');
  return source
    .replaceAll(/^\.(?:It |Ic |Li |Ql )?/gm, ' ')
    .replaceAll(/\\&|\b(?:Ic|Li|Ar|Op|Oo|Oc)\b/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

for (const command of commands)
  for (const spelling of command.words)
    test(`crier-api(7) has ${spelling}`, (t) => {
      const text = page('crier-api.7');
      // Whole words: "show" is not described by "shown".
      t.regex(text, new RegExp(`(?:^|[ (])${spelling.replaceAll(' ', ' +')}(?=[ ,.;)]|$)`));
    });
