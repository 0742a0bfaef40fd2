/** `announce eor [<afi> <safi>]`: End-of-RIB (RFC 4724 section 2), and the helper's word that a restart's routes are complete. */
import { families, familyByName, familyIndex } from '../../wire/family/index.js';
import { parseFamily } from './family-words.js';
import { CommandFailure, defineCommand } from './types.js';

export const endOfRib = defineCommand<number>({
  words: ['announce eor'],
  usage: '[<afi> <safi>]',
  help: 'Sends End-of-RIB, of ipv4 unicast where no family is named.',
  selector: 'optional',
  next: families.map((family) => family.name),
  parse(tokens) {
    const family =
      tokens.isAtEnd() || tokens.peek() === ';' ? familyIndex(familyByName('ipv4 unicast')!) : parseFamily(tokens);
    tokens.end();
    return family;
  },
  run(family, { context, requester, selection }) {
    const { process } = requester;
    let isAnyUp = false;
    for (const neighbor of selection.neighbors) {
      if (process !== undefined) context.eor.announced(process, neighbor.name, family);
      if (neighbor.state !== 'ESTABLISHED') continue;
      isAnyUp = true;
      neighbor.sendEndOfRib(family);
    }
    if (!isAnyUp) throw new CommandFailure('no session is established');
  },
});
