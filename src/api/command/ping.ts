/** `ping`, `bye`: what ExaBGP's command line tools keep their connection with. */
import { defineCommand } from './types.js';

export const ping = defineCommand<void>({
  words: ['ping', 'session ping'],
  usage: '[<uuid> <time>] [text]',
  help: 'Answers with the identity of this daemon.',
  selector: 'none',
  parse(tokens) {
    while (tokens.next() !== undefined);
  },
  run: (_, { context, data }) => data(`{"pong": ${JSON.stringify(context.uuid)}, "active": true}`),
});

export const bye = defineCommand<void>({
  words: ['bye', 'session bye'],
  usage: '[<uuid>]',
  help: 'Says that a client goes.',
  selector: 'none',
  parse(tokens) {
    tokens.next();
    tokens.end();
  },
  run: () => undefined,
});
