/** `announce route-refresh <afi> <safi>`: asks the peer to send its routes again (RFC 2918). */
import { families } from '../../wire/family/index.js';
import { parseFamily } from './family-words.js';
import { CommandFailure, defineCommand } from './types.js';

export const routeRefresh = defineCommand<number>({
  words: ['announce route-refresh'],
  usage: '<afi> <safi>',
  help: 'Asks the peers to send their routes of a family again.',
  selector: 'optional',
  next: families.map((family) => family.name),
  parse(tokens) {
    const family = parseFamily(tokens);
    tokens.end();
    return family;
  },
  run(family, { selection, skip }) {
    let isAnyUp = false;
    for (const neighbor of selection.neighbors) {
      if (neighbor.state !== 'ESTABLISHED') continue;
      isAnyUp = true;
      if (!neighbor.sendRefresh(family)) skip(neighbor.name);
    }
    if (!isAnyUp) throw new CommandFailure('no session is established');
  },
});
