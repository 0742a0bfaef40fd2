/** `process NAME { run …; encoder …; respawn …; }` -> an entry of `processes`. */
import { draftOf, ObjectDraft } from './draft.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import type { Statement } from './statements.js';
import { Values } from './values.js';

export function readProcess(statement: Statement, context: MigrationContext): { name: string; draft: ObjectDraft } {
  const [name, extra] = statement.words;
  if (name === undefined || extra !== undefined || statement.block === undefined) {
    throw new Mistake('a process is written as: process NAME { run PROGRAM; }', statement.at);
  }
  const draft = new ObjectDraft(name.at);
  for (const option of statement.block.statements) {
    context.findings.attempt(() => readOption(option, draft, context));
  }
  draft.end.push(...statement.block.comments);
  if (!draft.members.has('run')) throw new Mistake(`the process "${name.text}" has no "run"`, statement.at);
  const { settings } = context;
  if (!draft.members.has('encoder')) draft.set('encoder', draftOf('text', name.at));
  if (settings.ack === false) draft.set('ack', draftOf(false, name.at));
  if (settings.respawn === false) draft.set('respawn', draftOf(false, name.at));
  if (settings.dialect !== undefined) draft.set('dialect', draftOf(settings.dialect, name.at));
  draft.order(['run', 'encoder', 'dialect', 'ack', 'respawn']);
  return { name: name.text, draft };
}

function readOption(option: Statement, draft: ObjectDraft, context: MigrationContext): void {
  const values = new Values(option);
  switch (option.keyword) {
    case 'run': {
      values.word('a program');
      draft.set('run', draftOf(commandOf(option, context), option.words[0]!.at), option.comments);
      return;
    }
    case 'encoder':
      draft.set('encoder', draftOf(values.choice(['text', 'json']), option.at), option.comments);
      return;
    case 'respawn':
      draft.set('respawn', draftOf(values.bool(true), option.at), option.comments);
      return;
    default:
      throw new Mistake(`"${option.keyword}" is no option of a process: expected run, encoder, respawn`, option.at);
  }
}

/** How ExaBGP's own health check is started; what follows are its options, which are crier's, too. */
const HEALTHCHECKS: readonly RegExp[] = [
  /^\S*python[0-9.]* -m exabgp (?:--run )?healthcheck(?: |$)/,
  /^\S*exabgp (?:--run )?healthcheck(?: |$)/,
  /^\S*exabgp-healthcheck(?: |$)/,
];

/** The words of the command; ExaBGP's health check becomes crier's. */
function commandOf(option: Statement, context: MigrationContext): string[] {
  const words = option.words.map(({ text }) => text);
  const start = HEALTHCHECKS.map((form) => form.exec(words.slice(0, 5).join(' '))?.[0]).find((text) => text);
  if (start === undefined) return words;
  context.findings.warn('the health check of ExaBGP becomes "crier healthcheck", with the same options', option.at);
  return ['crier', 'healthcheck', ...words.slice(start.trim().split(' ').length)];
}
