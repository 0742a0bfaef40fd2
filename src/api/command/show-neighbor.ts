/** `show neighbor [ip] summary|extensive|configuration|json`, `peer show`, `peer list`. */
import { isIpText } from '../../util/ip.js';
import { neighborListObject, neighborObject } from '../neighbor-json.js';
import { configurationLines, extensiveLines, SUMMARY_HEADER, summaryRow } from '../neighbor-text.js';
import { shownNeighbors } from './shown-neighbors.js';
import { defineCommand } from './types.js';

const LAYOUTS = ['summary', 'extensive', 'configuration'] as const;
type Layout = (typeof LAYOUTS)[number];

interface ShowNeighborArguments {
  readonly address: string | undefined;
  readonly layout: Layout | undefined;
  readonly isJson: boolean;
}

export const showNeighbor = defineCommand<ShowNeighborArguments>({
  words: ['show neighbor', 'peer show', 'show'],
  usage: '[<ip>] [summary|extensive|configuration] [json]',
  help: 'Shows neighbors.',
  selector: 'optional',
  next: [...LAYOUTS, 'json'],
  parse(tokens, spelling) {
    let address: string | undefined;
    let layout: Layout | undefined;
    let isJson = spelling === 'peer show';
    for (let word = tokens.next(); word !== undefined && word !== ';'; word = tokens.next()) {
      const isLayout = (LAYOUTS as readonly string[]).includes(word);
      if (word === 'json') isJson = true;
      else if (isLayout && layout === undefined) layout = word as Layout;
      else if (address === undefined && isIpText(word.split('/', 1)[0]!)) address = word;
      else throw tokens.error(`"${word}" is no address and none of ${LAYOUTS.join(', ')}, json`);
    }
    tokens.end();
    // ExaBGP 6 shows text where a layout is named.
    if (spelling === 'peer show' && layout !== undefined) isJson = false;
    return { address, layout, isJson };
  },
  run({ address, layout, isJson }, call) {
    const shown = shownNeighbors(call, address);
    if (isJson || (call.isJson && layout !== 'configuration')) {
      call.data(`[${shown.map((neighbor) => JSON.stringify(neighborObject(neighbor))).join(', ')}]`);
      return;
    }
    switch (layout) {
      case 'summary':
        call.line(SUMMARY_HEADER);
        for (const neighbor of shown) if (neighbor.state === 'ESTABLISHED') call.line(summaryRow(neighbor));
        return;
      case 'extensive':
        for (const neighbor of shown) for (const text of extensiveLines(neighbor)) call.line(text);
        return;
      case 'configuration':
        for (const neighbor of shown) for (const text of configurationLines(neighbor)) call.line(text);
        return;
      case undefined:
        call.line('please specify summary, extensive or configuration');
        call.line('an address behind the word neighbor shows that peer alone');
    }
  },
});

export const peerList = defineCommand<void>({
  words: ['peer list'],
  usage: '',
  help: 'Lists neighbors as JSON.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run: (_, call) =>
    call.data(
      `[${shownNeighbors(call, undefined)
        .map((n) => JSON.stringify(neighborListObject(n)))
        .join(', ')}]`,
    ),
});
