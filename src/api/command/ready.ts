/** `ready`: this helper has announced all it has; End-of-RIB of a restart need not wait for it (RFC 4724 section 4.1). */
import { CommandFailure, defineCommand } from './types.js';

export const ready = defineCommand<void>({
  words: ['ready'],
  usage: '',
  help: 'Says that all routes are announced: End-of-RIB after a restart waits for it.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run(_, { context, requester }) {
    if (requester.process === undefined) throw new CommandFailure('only a helper can be ready');
    context.eor.ready(requester.process);
  },
});
