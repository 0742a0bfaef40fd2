/** `enable-ack`, `disable-ack`, `silence-ack`: this requester's answers on and off. */
import { defineCommand } from './types.js';

type AckChange = 'enable' | 'disable' | 'silence' | 'reasons';

export const acknowledge = defineCommand<AckChange>({
  words: [
    'enable-ack',
    'disable-ack',
    'silence-ack',
    'session ack enable',
    'session ack disable',
    'session ack silence',
    'session ack reasons',
  ],
  usage: '',
  help: 'Answers on, off behind this one, off at once; or with reasons.',
  selector: 'none',
  parse(tokens, spelling) {
    tokens.end();
    return spelling.replace('session ack ', '').replace('-ack', '') as AckChange;
  },
  run(change, { requester }) {
    if (change === 'enable') requester.ack = requester.enabledAck;
    else if (change === 'reasons') requester.ack = 'reasons';
    else requester.ack = false;
    return change === 'silence' ? 'silent' : undefined;
  },
});
