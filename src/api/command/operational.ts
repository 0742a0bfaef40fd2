/** `announce operational …`: the OPERATIONAL message of draft-ietf-idr-operational-message, which is not spoken here. */
import { defineCommand } from './types.js';

export const operational = defineCommand<void>({
  words: ['announce operational'],
  usage: '<kind> afi <afi> safi <safi> …',
  help: 'Refused: operational messages are not supported.',
  selector: 'optional',
  parse(tokens) {
    tokens.next();
    throw tokens.error('operational messages are not supported');
  },
  run: () => undefined,
});
