/** `clear adj-rib in|out`: forgets received routes, or withdraws what was announced. */
import { defineCommand } from './types.js';

export const clear = defineCommand<'in' | 'out'>({
  words: ['clear adj-rib in', 'clear adj-rib out', 'rib clear in', 'rib clear out'],
  usage: '',
  help: 'in: forgets received routes. out: withdraws all routes.',
  selector: 'optional',
  parse(tokens, spelling) {
    tokens.end();
    return spelling.endsWith('in') ? 'in' : 'out';
  },
  run(side, { context, selection }) {
    if (side === 'out') context.rib.clear(selection.targets);
    else for (const neighbor of selection.neighbors) neighbor.adjIn?.clear();
  },
});
