/** `announce operational <kind> …`: the OPERATIONAL message of draft-ietf-idr-operational-message, to peers that know it. */
import type { OperationalMessage } from '../../wire/operational.js';
import { OPERATIONAL_KINDS, parseOperational } from '../../wire/operational-text.js';
import { CommandFailure, defineCommand } from './types.js';

export const operational = defineCommand<OperationalMessage>({
  words: ['announce operational'],
  usage: '<kind> afi <afi> safi <safi> advisory <text> | sequence <number> [counter <number>] [router-id <ip>]',
  help: 'Sends an operational message: advisory (asm, adm), query (rpcq, apcq, lpcq) or count (rpcp, apcp, lpcp).',
  selector: 'optional',
  next: OPERATIONAL_KINDS,
  parse: parseOperational,
  run(message, { selection, skip }) {
    let isSent = false;
    for (const neighbor of selection.neighbors) {
      if (neighbor.sendOperational(message)) isSent = true;
      else skip(neighbor.name);
    }
    if (!isSent) throw new CommandFailure('no session is established that has negotiated operational messages');
  },
});
