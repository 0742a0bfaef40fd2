/** `restart`: sessions are closed, the configuration is read anew. Answered first. */
import { defineCommand } from './types.js';

export const restart = defineCommand<boolean>({
  words: ['restart', 'daemon restart'],
  usage: '',
  help: 'Closes all sessions and starts again with the configuration read anew.',
  selector: 'none',
  parse(tokens, spelling) {
    tokens.end();
    return spelling.startsWith('daemon');
  },
  run(isTree, { context, requester, line, data }) {
    if (isTree) data('{"status": "restart in progress"}');
    else line('restart in progress');
    context.restart(requester);
  },
});
