/** `withdraw route|attributes|ipv4|ipv6 …`: next hop and attributes are read and mean nothing; the path identifier counts. */
import { type ParsedRoutes, parseRoutes } from '../route-text.js';
import { applyRoutes, ROUTE_FORMS, ROUTE_KEYWORDS } from './apply-routes.js';
import { defineCommand } from './types.js';

export const withdraw = defineCommand<ParsedRoutes>({
  words: Object.keys(ROUTE_FORMS).map((form) => `withdraw ${form}`),
  usage: '<prefix> [path-information <id>] [<attribute> …] [sync [<seconds>]]',
  help: 'Withdraws routes, whoever announced them.',
  selector: 'optional',
  next: ROUTE_KEYWORDS,
  parse: (tokens, spelling) => parseRoutes(tokens, ROUTE_FORMS[spelling.slice('withdraw '.length)]!, 'withdraw'),
  run: (parsed, call) => applyRoutes('withdraw', parsed, call),
});
