/** `flush adj-rib out`: sends everything again. */
import { defineCommand } from './types.js';

export const flush = defineCommand<void>({
  words: ['flush adj-rib out', 'rib flush out'],
  usage: '',
  help: 'Sends all routes again.',
  selector: 'optional',
  parse: (tokens) => tokens.end(),
  run: (_, { context, selection }) => context.rib.flush(selection.targets),
});
