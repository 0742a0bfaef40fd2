/** `shutdown`: stops the daemon. Answered first. */
import { defineCommand } from './types.js';

export const shutdown = defineCommand<boolean>({
  words: ['shutdown', 'daemon shutdown'],
  usage: '',
  help: 'Stops the daemon.',
  selector: 'none',
  parse(tokens, spelling) {
    tokens.end();
    return spelling.startsWith('daemon');
  },
  run(isTree, { context, requester, line, data }) {
    if (isTree) data('{"status": "shutdown in progress"}');
    else line('shutdown in progress');
    context.shutdown(requester);
  },
});
