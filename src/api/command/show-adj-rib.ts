/** `show adj-rib in|out [ip] [extensive] [inet|flow|l2vpn] [json]`, `rib show …`: a line a route, in slices. */
import type { RouteKey } from '../../rib/types.js';
import { isIpText } from '../../util/ip.js';
import type { Family } from '../../wire/family/types.js';
import { routeKeyFamily } from '../../wire/route-key.js';
import type { ApiContext, Neighbor } from '../context.js';
import { listing } from '../listing.js';
import { neighborTitle } from '../neighbor-text.js';
import { printRoute, routeToJson } from '../route-print.js';
import { shownNeighbors } from './shown-neighbors.js';
import { CommandFailure, defineCommand } from './types.js';

type Kind = 'inet' | 'flow' | 'l2vpn';

const kinds: Readonly<Record<Kind, (family: Family) => boolean>> = {
  inet: ({ name }) => name.startsWith('ip') && !name.includes('flow'),
  flow: ({ name }) => name.includes('flow'),
  l2vpn: ({ name }) => name.startsWith('l2vpn'),
};

interface ShowRibArguments {
  readonly side: 'in' | 'out';
  readonly address: string | undefined;
  readonly isExtensive: boolean;
  readonly kind: Kind | undefined;
  readonly isJson: boolean;
}

export const showAdjRib = defineCommand<ShowRibArguments>({
  words: ['show adj-rib in', 'show adj-rib out', 'rib show in', 'rib show out'],
  usage: '[<ip>] [extensive] [inet|flow|l2vpn] [json]',
  help: 'Shows received routes (adjRibIn) or those that neighbors were asked to be sent.',
  selector: 'optional',
  next: ['extensive', ...Object.keys(kinds), 'json'],
  parse(tokens, spelling) {
    let address: string | undefined;
    let isExtensive = false;
    let kind: Kind | undefined;
    let isJson = false;
    for (let word = tokens.next(); word !== undefined && word !== ';'; word = tokens.next()) {
      if (word === 'extensive') isExtensive = true;
      else if (word === 'json') isJson = true;
      else if (Object.hasOwn(kinds, word)) kind = word as Kind;
      else if (word !== 'neighbor' && (address !== undefined || !isIpText(word)))
        throw tokens.error(`"${word}" is no address and none of extensive, ${Object.keys(kinds).join(', ')}, json`);
      else if (word !== 'neighbor') address = word;
    }
    tokens.end();
    return { side: spelling.endsWith('in') ? 'in' : 'out', address, isExtensive, kind, isJson };
  },
  run(args, call) {
    const { side, isExtensive, kind } = args;
    const { context, requester } = call;
    const isJson = args.isJson || call.isJson;
    const shown = shownNeighbors(call, args.address).filter((neighbor) => neighbor.member !== undefined);
    const readable = side === 'out' ? shown : shown.filter((neighbor) => neighbor.adjIn !== undefined);
    if (readable.length === 0 && shown.length > 0)
      throw new CommandFailure(`received routes are not kept for ${shown[0]!.name}: set adjRibIn`);
    let at = 0;
    let cursor = 0;
    return listing(context.scheduler, (completion, limit) => {
      const neighbor = readable[at];
      if (neighbor === undefined) return false;
      const title = isExtensive ? neighborTitle(neighbor) : `neighbor ${neighbor.remoteAddress}`;
      const address = JSON.stringify(neighbor.remoteAddress);
      const visit = (key: RouteKey, set: Uint8Array): void => {
        const family = routeKeyFamily(key);
        if (kind !== undefined && !kinds[kind](family)) return;
        if (side === 'out' && !neighbor.config.families.includes(family.name)) return;
        if (isJson)
          completion.data(`{${address}: {"routes": [${routeToJson(key, set, isExtensive, requester.dialect)}]}}`);
        else completion.line(`${title} ${printRoute(key, set, isExtensive, requester.dialect)}`);
      };
      const next = listSome(context, neighbor, side, cursor, limit, visit);
      if (next === undefined) at++;
      cursor = next ?? 0;
      return true;
    });
  },
});

function listSome(
  context: ApiContext,
  neighbor: Neighbor,
  side: 'in' | 'out',
  cursor: number,
  limit: number,
  visit: (key: RouteKey, set: Uint8Array) => void,
): number | undefined {
  // The neighbor, or what it keeps, may be gone since the last slice.
  if (side === 'in') return neighbor.adjIn?.list(cursor, limit, visit);
  return context.neighbors().includes(neighbor) ? context.rib.list(neighbor.member!, cursor, limit, visit) : undefined;
}
