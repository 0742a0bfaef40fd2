/** `enable-sync`, `disable-sync`: whether answers to routes wait for the peers without the word `sync`. */
import { defineCommand } from './types.js';

export const synchronize = defineCommand<boolean>({
  words: ['enable-sync', 'disable-sync', 'session sync enable', 'session sync disable'],
  usage: '',
  help: 'Answers to routes wait until the peers were sent them, or no longer.',
  selector: 'none',
  parse(tokens, spelling) {
    tokens.end();
    return spelling.includes('enable');
  },
  run(isOn, call) {
    call.isSync = isOn;
  },
});
