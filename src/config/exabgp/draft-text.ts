/** A draft as JSON5: short parts on one line, comments before what they belong to, `${` written so that it stays text. */
import { printJson5 } from '../json5-text.js';
import { type Draft, ListDraft, ScalarDraft } from './draft.js';

const WIDTH = 100;

/** @param header comments at the top @returns a whole file, with a newline at its end */
export function printDraft(draft: Draft, header: readonly string[]): string {
  const top = header.length === 0 ? '' : `${commentLines(header, '')}\n`;
  return `${top}${print(draft, '')}\n`;
}

function print(draft: Draft, indent: string): string {
  if (draft instanceof ScalarDraft) return printJson5(draft.value);
  const deeper = `${indent}  `;
  const isList = draft instanceof ListDraft;
  const parts = isList
    ? draft.items.map(({ value, comments }) => ({ text: print(value, deeper), comments }))
    : [...draft.members].map(([key, { value, comments }]) => ({
        // Printed as an object of one member, a key is quoted where it must be.
        text: `${printJson5({ [key]: 0 }).slice(1, -4)}: ${print(value, deeper)}`,
        comments,
      }));
  const [open, close] = isList ? '[]' : '{}';
  const hasComments = draft.end.length > 0 || parts.some(({ comments }) => comments.length > 0);
  const line = `${open}${parts.map(({ text }) => text).join(', ')}${close}`;
  const fits = !line.includes('\n') && line.length + indent.length <= WIDTH;
  if (!hasComments && (parts.length === 0 || fits)) return line;
  const lines = parts.map(({ text, comments }) => `${commentLines(comments, deeper)}${deeper}${text},\n`);
  return `${open}\n${lines.join('')}${commentLines(draft.end, deeper)}${indent}${close}`;
}

function commentLines(comments: readonly string[], indent: string): string {
  return comments.map((text) => `${indent}//${text === '' ? '' : ' '}${printable(text)}\n`).join('');
}

/** A comment ends with its line, and these end lines in JSON5's eyes. */
function printable(text: string): string {
  return text.replace(/[\r\u2028\u2029]/g, ' ');
}
