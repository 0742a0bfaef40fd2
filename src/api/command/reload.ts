/** `reload`: reads the configuration again; the answer comes when it holds, or says why the old one stays. */
import { defineCommand } from './types.js';

export const reload = defineCommand<boolean>({
  words: ['reload', 'daemon reload'],
  usage: '',
  help: 'Reads the configuration again; nothing changes when it has errors.',
  selector: 'none',
  parse(tokens, spelling) {
    tokens.end();
    return spelling.startsWith('daemon');
  },
  run(isTree, { context, requester, line, data }) {
    if (isTree) data('{"status": "reload in progress"}');
    else line('reload in progress');
    return {
      startsInTurn: false,
      start(completion) {
        void context.reload(requester).then((reason) => {
          if (reason === undefined) completion.done();
          else completion.fail(reason);
        });
        return () => undefined;
      },
    };
  },
});
