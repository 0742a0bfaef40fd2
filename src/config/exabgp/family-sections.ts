/** `family`, `add-path` and `nexthop` blocks: which families, and for which of them the two capabilities hold. */
import { ListDraft, type ObjectDraft, ScalarDraft } from './draft.js';
import type { Facts, FamilyMention } from './facts.js';
import { allFamilies, isKnown, readFamily } from './family-names.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import type { Block, Statement } from './statements.js';
import type { Word } from './tokenizer.js';

const MAX_LIMIT = 65535;

type Section = Statement & { readonly block: Block };

/** `family { ipv4 unicast; }` -> `families`. An empty block means all, as none does. */
export function readFamilies(section: Section, draft: ObjectDraft, before: Facts, context: MigrationContext): Facts {
  const families = draft.part('families', ListDraft, section.at, section.comments);
  const names = new Set(before.families);
  const add = (name: string, at: number, comments: readonly string[]): void => {
    if (!names.has(name)) families.push(new ScalarDraft(name, at), comments);
    names.add(name);
  };
  for (const statement of section.block.statements) {
    context.findings.attempt(() => {
      const { keyword, at, comments } = statement;
      if (keyword === 'all' && statement.words.length === 0) {
        for (const [i, name] of allFamilies().entries()) add(name, at, i === 0 ? comments : []);
        return;
      }
      const { name, rest } = readFamily(statement);
      if (rest.length > 0) throw new Mistake(`unexpected "${rest[0]!.text}" behind the family`, rest[0]!.at);
      if (isKnown(name)) add(name, at, comments);
      else {
        context.findings.warn(`there is no family "${name}" here: not offered`, at);
        families.end.push(...comments);
      }
    });
  }
  if (section.block.statements.length === 0) for (const name of allFamilies()) add(name, section.at, []);
  families.end.push(...section.block.comments);
  return { families: [...names] };
}

/** `add-path { ipv4 unicast [limit N]; }`. */
export function readAddPath(section: Section, draft: ObjectDraft, context: MigrationContext): Facts {
  const found: FamilyMention[] = [];
  keepComments(section, draft);
  for (const statement of section.block.statements) {
    context.findings.attempt(() => {
      const { name, rest } = readFamily(statement);
      const limit = rest[0]?.text === 'limit' ? readLimit(rest) : undefined;
      if (limit === undefined && rest.length > 0) {
        throw new Mistake(`unexpected "${rest[0]!.text}" behind the family`, rest[0]!.at);
      }
      found.push({ name, at: statement.at, ...(limit === undefined ? {} : { limit }) });
    });
  }
  return { addPathFamilies: found };
}

/** `limit N`; 0 is none. */
function readLimit([keyword, word, ...others]: readonly Word[]): number {
  const limit = /^\d{1,5}$/.test(word?.text ?? '') ? Number(word!.text) : Number.NaN;
  if (!(limit <= MAX_LIMIT) || others.length > 0) {
    throw new Mistake(`"limit" takes a number from 0 to ${MAX_LIMIT}`, keyword!.at);
  }
  return limit;
}

/** `nexthop { ipv4 unicast ipv6; }`. */
export function readNextHops(section: Section, draft: ObjectDraft, context: MigrationContext): Facts {
  const found: FamilyMention[] = [];
  keepComments(section, draft);
  for (const statement of section.block.statements) {
    context.findings.attempt(() => {
      const { name, rest } = readFamily(statement);
      const afi = rest[0]?.text;
      if ((afi !== 'ipv4' && afi !== 'ipv6') || rest.length > 1) {
        throw new Mistake('expected ipv4 or ipv6 behind the family', rest[0]?.at ?? statement.at);
      }
      if (name.startsWith('ipv4 ') && afi === 'ipv6') found.push({ name, at: statement.at });
      else if (!name.startsWith(afi)) {
        context.findings.warn(`routes of "${name}" have no IPv4 next hops (RFC 8950): left out`, statement.at);
      }
    });
  }
  return { nextHopFamilies: found };
}

/** These blocks become members of `capabilities` that are written last. */
function keepComments(section: Section, draft: ObjectDraft): void {
  draft.end.push(...section.comments);
  for (const { comments } of section.block.statements) draft.end.push(...comments);
  draft.end.push(...section.block.comments);
}
