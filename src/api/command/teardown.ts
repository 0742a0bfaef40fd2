/** `neighbor … teardown <subcode> ["text"]`: Cease (RFC 4486) with a text (RFC 9003), then connects again. */
import { Cease, ErrorCode, subcodeName } from '../../wire/codes.js';
import { CommandFailure, defineCommand } from './types.js';

interface TeardownArguments {
  readonly subcode: number;
  readonly text: string | undefined;
}

const MAX_SUBCODE = 255;

/** Where a text may go with the subcode, its name is one, as ExaBGP has it. */
function plainText(subcode: number): string | undefined {
  const isOpenToText = subcode === Cease.administrativeShutdown || subcode === Cease.administrativeReset;
  return isOpenToText ? subcodeName(ErrorCode.cease, subcode) : undefined;
}

export const teardown = defineCommand<TeardownArguments>({
  words: ['teardown'],
  usage: '<subcode> ["<text>"]',
  help: 'Ends the sessions of the selected neighbors with a Cease notification.',
  selector: 'optional',
  parse(tokens) {
    const subcode = tokens.number('the subcode of the Cease', MAX_SUBCODE);
    const word = tokens.peek();
    const text = word === undefined || word === ';' ? undefined : tokens.next();
    tokens.end();
    return { subcode, text };
  },
  run({ subcode, text }, { context, requester, selector, selection, isJson }) {
    if (selector === undefined) {
      // ExaBGP answers `done` and does nothing: plain answers keep to that, the others say what is missing.
      if (isJson || requester.ack === 'reasons') throw new CommandFailure('teardown needs a neighbor in front of it');
      context.log.warn({ requester: requester.name }, 'teardown without a neighbor does nothing');
      return;
    }
    for (const neighbor of selection.neighbors) neighbor.teardown(subcode, text ?? plainText(subcode));
  },
});
