/** `reset`: throws away what of this requester still waits (open group, listings, `sync`); each of these is answered `error`. */
import { defineCommand } from './types.js';

export const reset = defineCommand<void>({
  words: ['reset', 'session reset'],
  usage: '',
  help: 'Throws away what of your commands still waits.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run: (_, call) => call.dropWaiting(),
});
