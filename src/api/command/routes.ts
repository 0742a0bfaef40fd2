/** `peer S routes [AFI [SAFI]] list | add route … | remove route … | remove index HEX`: routes by the index of their key. */
import type { RouteKey } from '../../rib/types.js';
import { fromHex, toHex } from '../../util/bytes.js';
import type { Tokens } from '../../util/tokens.js';
import { families } from '../../wire/family/index.js';
import { ROUTE_KEY_HEADER, routeKeyFamily } from '../../wire/route-key.js';
import { listing } from '../listing.js';
import { printNlri, routeToJson } from '../route-print.js';
import { type ParsedRoutes, parseRoutes } from '../route-text.js';
import { applyRoutes } from './apply-routes.js';
import { type Call, CommandFailure, defineCommand, type Outcome } from './types.js';

type RoutesArguments =
  | { readonly act: 'list'; readonly family: string }
  | { readonly act: 'add' | 'remove'; readonly text: string; readonly routes: ParsedRoutes }
  | { readonly act: 'remove-index'; readonly key: RouteKey };

export const routes = defineCommand<RoutesArguments>({
  words: ['routes'],
  usage: '[<afi> [<safi>]] list | add route <route> | remove route <route> | remove index <hex>',
  help: 'Lists, adds and removes routes; an index names a route.',
  selector: 'optional',
  next: ['list', 'add', 'remove'],
  parse: (tokens) => parseRoutesArguments(tokens),
  run(args, call) {
    switch (args.act) {
      case 'list':
        return listRoutes(args.family, call);
      case 'remove-index':
        call.context.rib.withdraw(call.selection.targets, args.key, args.key.length);
        call.data(`{"index": "${toHex(args.key)}", "success": true}`);
        return;
      default: {
        const outcome = applyRoutes(args.act === 'add' ? 'announce' : 'withdraw', args.routes, call);
        for (const { key } of args.routes.routes)
          call.data(`{"index": "${toHex(key)}", "route": ${JSON.stringify(args.text)}, "success": true}`);
        return outcome;
      }
    }
  },
});

function parseRoutesArguments(tokens: Tokens): RoutesArguments {
  let family = '';
  for (let word = tokens.peek(); word === 'ipv4' || word === 'ipv6' || isSafi(family, word); word = tokens.peek())
    family = `${family} ${tokens.next()}`.trim();
  const act = tokens.need('list, add or remove');
  if (act === 'list') {
    tokens.end();
    return { act, family };
  }
  if (act !== 'add' && act !== 'remove') throw tokens.error(`list, add or remove expected, not "${act}"`);
  const word = tokens.need('"route"');
  if (act === 'remove' && word === 'index') {
    const hex = tokens.need('an index');
    const key = fromHex(hex);
    if (key === undefined || key.length <= ROUTE_KEY_HEADER || key[0]! >= families.length)
      throw tokens.error(`"${hex}" is no index of a route`);
    const keyFamily = routeKeyFamily(key);
    if (keyFamily.sizeOf(key, ROUTE_KEY_HEADER, key.length) !== key.length - ROUTE_KEY_HEADER)
      throw tokens.error(`"${hex}" is no index of a route`);
    tokens.end();
    return { act: 'remove-index', key };
  }
  if (word !== 'route') throw tokens.error(`"route" expected, not "${word}"`);
  const text = tokens.text.slice(tokens.offset).trim();
  return { act, text, routes: parseRoutes(tokens, 'route', act === 'add' ? 'announce' : 'withdraw') };
}

function isSafi(family: string, word: string | undefined): boolean {
  return family !== '' && !family.includes(' ') && families.some(({ name }) => name === `${family} ${word}`);
}

function listRoutes(family: string, call: Call): Outcome {
  const { context, requester } = call;
  const { neighbors } = call.selection;
  if (neighbors.length === 0) throw new CommandFailure('no neighbor has routes');
  let at = 0;
  let cursor = 0;
  return listing(context.scheduler, (completion, limit) => {
    const neighbor = neighbors[at];
    if (neighbor === undefined) return false;
    const peer = JSON.stringify(neighbor.remoteAddress);
    const next = context.neighbors().includes(neighbor)
      ? context.rib.list(neighbor.member!, cursor, limit, (key, set) => {
          if (!routeKeyFamily(key).name.startsWith(family)) return;
          const route = routeToJson(key, set, true, requester.dialect);
          const nlri = JSON.stringify(printNlri(key, set));
          completion.data(`{"peer": ${peer}, "index": "${toHex(key)}", "nlri": ${nlri}, "route": ${route}}`);
        })
      : undefined;
    if (next === undefined) at++;
    cursor = next ?? 0;
    return true;
  });
}
