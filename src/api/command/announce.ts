/** `announce route|attributes|ipv4|ipv6 …`: routes from text, for the neighbors of the line. */
import { type ParsedRoutes, parseRoutes } from '../route-text.js';
import { applyRoutes, ROUTE_FORMS, ROUTE_KEYWORDS } from './apply-routes.js';
import { defineCommand } from './types.js';

export const announce = defineCommand<ParsedRoutes>({
  words: Object.keys(ROUTE_FORMS).map((form) => `announce ${form}`),
  usage: '<prefix> next-hop <ip|self> [<attribute> …] [ttl <seconds>] [sync [<seconds>]]',
  help: 'Announces routes; the last writer of a route wins.',
  selector: 'optional',
  next: ROUTE_KEYWORDS,
  parse: (tokens, spelling) => parseRoutes(tokens, ROUTE_FORMS[spelling.slice('announce '.length)]!, 'announce'),
  run: (parsed, call) => applyRoutes('announce', parsed, call),
});
