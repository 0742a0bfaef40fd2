/** `api [NAME] { … }` -> an entry of `api`: who may command, and who is told what. */
import { NEIGHBOR_KINDS, SEND_WORDS } from '../../session/event-kinds.js';
import { draftOf, ListDraft, ObjectDraft, ScalarDraft } from './draft.js';
import type { Facts } from './facts.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import type { Block, Statement } from './statements.js';
import { Values } from './values.js';

const isNeighborKind = (word: string): boolean => (NEIGHBOR_KINDS as readonly string[]).includes(word);
const isSendWord = (word: string): boolean => (SEND_WORDS as readonly string[]).includes(word);

/** @param before what templates and earlier blocks said */
export function readApi(
  section: Statement & { readonly block: Block },
  draft: ObjectDraft,
  before: Facts,
  context: MigrationContext,
): Facts {
  const { findings } = context;
  const entry = new ObjectDraft(section.at);
  const isNamed = section.words.length > 0;
  const processes = new ListDraft(section.at);
  for (const option of section.block.statements) {
    findings.attempt(() => {
      if (option.keyword === 'receive' || option.keyword === 'send') readMessages(option, entry, context);
      else if (option.keyword === 'processes') {
        for (const { text, at } of new Values(option).list('names of processes')) {
          processes.push(new ScalarDraft(text, at));
        }
        entry.set('processes', processes, option.comments);
      } else if (option.keyword === 'processes-match') {
        const patterns = entry.part('processesMatch', ListDraft, option.at, option.comments);
        for (const { text, at } of new Values(option).list('regular expressions')) {
          patterns.push(new ScalarDraft(text, at));
        }
      } else if (isNeighborKind(option.keyword)) {
        const list = entry.part('receive', ListDraft, option.at, option.comments);
        if (new Values(option).bool(true)) list.push(new ScalarDraft(option.keyword, option.at));
      } else throw new Mistake(`"${option.keyword}" is no option of an api section`, option.at);
    });
  }
  entry.end.push(...section.block.comments);
  const own = processes.items.map(({ value }) => String((value as ScalarDraft).value));
  // Blocks without a name are one: a template's says who, its neighbor's what they are told.
  const inherited = new Set(before.unnamedProcesses);
  if (own.length === 0 && !isNamed && inherited.size > 0) {
    entry.set('processes', draftOf([...inherited], section.at));
  }
  if (!entry.members.has('processes')) dropEvents(entry, section, context);
  entry.order(['processes', 'processesMatch', 'receive', 'send']);
  draft.part('api', ListDraft, section.at).push(entry, section.comments);
  return { hasApi: true, ...(isNamed ? {} : { unnamedProcesses: own }) };
}

function readMessages(option: Statement, entry: ObjectDraft, context: MigrationContext): void {
  if (option.block === undefined) throw new Mistake(`"${option.keyword}" is a section: write { … }`, option.at);
  const list = entry.part(option.keyword, ListDraft, option.at, option.comments);
  for (const message of option.block.statements) {
    context.findings.attempt(() => {
      if (!isSendWord(message.keyword)) {
        throw new Mistake(`"${message.keyword}" is no word of "${option.keyword}"`, message.at);
      }
      if (new Values(message).bool(true)) list.push(new ScalarDraft(message.keyword, message.at), message.comments);
      else list.end.push(...message.comments);
    });
  }
  list.end.push(...option.block.comments);
}

/** Events that no process is named for. */
function dropEvents(entry: ObjectDraft, section: Statement, context: MigrationContext): void {
  for (const key of ['receive', 'send']) {
    if (!entry.members.delete(key)) continue;
    context.findings.warn(`no process is named that could be told the events of "${key}"`, section.at);
  }
}
