/** `debug <text>`: a line for the log. */
import { textLine } from '../../util/stranger-text.js';
import { defineCommand } from './types.js';

export const debug = defineCommand<string>({
  words: ['debug'],
  usage: '<text>',
  help: 'Writes the text to the log.',
  selector: 'none',
  parse: (tokens) => tokens.text.slice(tokens.offset).trim(),
  run: (text, { context, requester }) => context.log.info({ requester: requester.name }, textLine(text)),
});
