/** `operational { asm afi ipv4 safi unicast advisory "text"; }` -> lines of `operational`, judged by the API's own parser. */
import { CommandError, Tokens } from '../../util/tokens.js';
import { parseOperational } from '../../wire/operational-text.js';
import type { ObjectDraft } from './draft.js';
import type { Facts, OperationalLine } from './facts.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import type { Block, Statement } from './statements.js';
import type { Word } from './tokenizer.js';

/** @param draft of the neighbor or template, which keeps the comments */
export function readOperational(
  section: Statement & { readonly block: Block },
  draft: ObjectDraft,
  context: MigrationContext,
): Facts {
  const lines: OperationalLine[] = [];
  draft.end.push(...section.comments);
  for (const statement of section.block.statements) {
    draft.end.push(...statement.comments);
    context.findings.attempt(() => {
      const { keyword, at, words } = statement;
      const text = [keyword, ...words.map(quoted)].join(' ');
      try {
        parseOperational(new Tokens(text));
      } catch (error) {
        if (error instanceof CommandError) throw new Mistake(error.message, at);
        throw error;
      }
      lines.push({ text, at });
    });
  }
  draft.end.push(...section.block.comments);
  return { operationalLines: lines };
}

/** Lines have no escapes: the quote is the one that the word does not hold. */
function quoted({ text, isQuoted }: Word): string {
  if (!isQuoted) return text;
  return text.includes('"') ? `'${text.replaceAll("'", '"')}'` : `"${text}"`;
}
