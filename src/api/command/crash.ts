/** `crash`: ExaBGP's test aid; nothing a user sends may stop this daemon. */
import { CommandFailure, defineCommand } from './types.js';

export const crash = defineCommand<void>({
  words: ['crash', 'system crash'],
  usage: '',
  help: 'Refused.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run() {
    throw new CommandFailure('this daemon does not crash on demand');
  },
});
