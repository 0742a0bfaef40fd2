/**
 * What a flow rule does with its packets, as words of commands: each becomes an extended community, and redirections to an
 * address a next hop. RFC 8955 section 7, RFC 8956 section 6, draft-simpson-idr-flowspec-redirect,
 * draft-ietf-idr-flowspec-redirect-ip, draft-ietf-idr-flowspec-interfaceset.
 */
import { parseIp } from '../../util/ip.js';
import { parseNumber, type Tokens } from '../../util/tokens.js';
import { parseExtendedCommunity } from '../attribute/extended-community-text.js';
import { parseIpv6ExtendedCommunity } from '../attribute/ipv6-extended-community-text.js';
import { Flag } from '../attribute/types.js';
import { AttributeCode } from '../codes.js';
import type { NlriAside } from './types.js';

/** Largest rate that is sent; larger ones mean the same. */
const MAX_RATE = 1_000_000_000_000;
const OPTIONAL_TRANSITIVE = Flag.optional | Flag.transitive;

/** Reads what stands behind the word of an action, or of a scope. @throws CommandError */
type Read = (tokens: Tokens) => NlriAside;

/** One extended community from its text. */
function community(tokens: Tokens, ...words: string[]): NlriAside {
  const [word = '', further = ''] = words;
  const value = parseExtendedCommunity(word, () => further);
  if (typeof value === 'string') throw tokens.error(value);
  return { attributes: [{ code: AttributeCode.extendedCommunities, flags: OPTIONAL_TRANSITIVE, value }] };
}

/** One IPv6 address specific extended community from its text. */
function ipv6Community(tokens: Tokens, ...words: string[]): NlriAside {
  const [word = '', further = ''] = words;
  const value = parseIpv6ExtendedCommunity(word, () => further);
  if (typeof value === 'string') throw tokens.error(value);
  return { attributes: [{ code: AttributeCode.ipv6ExtendedCommunities, flags: OPTIONAL_TRANSITIVE, value }] };
}

function rateLimit(tokens: Tokens): NlriAside {
  const word = tokens.need('a rate');
  if (!/^\d{1,20}(?:\.\d+)?$/.test(word)) throw tokens.error(`rate-limit takes octets a second, not "${word}"`);
  const rate = Math.min(Number(word), MAX_RATE);
  if (tokens.accept('packets')) return community(tokens, `rate-limit:${rate}:packets`);
  tokens.accept('bytes');
  return community(tokens, `rate-limit:${rate}`);
}

/** `ASN:N` and `ADDRESS:N` name a VRF by its route target, an address alone is the next hop. */
function redirect(tokens: Tokens): NlriAside {
  if (tokens.accept('[')) {
    const address = tokens.need('an IPv6 address');
    tokens.expect(']');
    const number = tokens.peek()?.startsWith(':') ? tokens.need('a number') : '';
    return number === '' ? toNextHop(tokens, address, false) : ipv6Community(tokens, `redirect6:${address}${number}`);
  }
  const word = tokens.need('a route target or an address');
  return parseIp(word) === undefined ? community(tokens, `redirect:${word}`) : toNextHop(tokens, word, false);
}

function toNextHop(tokens: Tokens, text: string, isCopy: boolean): NlriAside {
  const nextHop = parseIp(text);
  if (nextHop === undefined) throw tokens.error(`"${text}" is not an address`);
  return { ...community(tokens, isCopy ? 'copy-to-nexthop' : 'redirect-to-nexthop'), nextHop };
}

/** The community of draft-ietf-idr-flowspec-redirect-ip, which holds the address itself. */
function toAddress(kind: string): Read {
  return (tokens) => {
    const address = tokens.need('an address');
    return address.includes(':') ? ipv6Community(tokens, kind, address) : community(tokens, kind, address);
  };
}

function mark(tokens: Tokens): NlriAside {
  const word = tokens.need('a DSCP');
  if (parseNumber(word) === undefined) throw tokens.error(`mark takes a DSCP from 0 to 63, not "${word}"`);
  return community(tokens, 'mark', word);
}

/** Actions by word. */
export const FLOW_ACTIONS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['accept', () => ({})],
  ['discard', (tokens) => community(tokens, 'rate-limit:0')],
  ['rate-limit', rateLimit],
  ['redirect', redirect],
  ['redirect-to-nexthop', (tokens) => community(tokens, 'redirect-to-nexthop')],
  ['copy-to-nexthop', (tokens) => community(tokens, 'copy-to-nexthop')],
  ['redirect-to-nexthop-ietf', toAddress('redirect-to-nexthop-ietf')],
  ['copy-to-nexthop-ietf', toAddress('copy-to-nexthop-ietf')],
  ['copy', (tokens) => toNextHop(tokens, tokens.need('an address'), true)],
  ['mark', mark],
  ['action', (tokens) => community(tokens, 'action', tokens.need('sample, terminal or sample-terminal'))],
]);

/** Where a rule holds, by word. */
export const FLOW_SCOPES: ReadonlyMap<string, Read> = new Map<string, Read>([
  [
    'interface-set',
    (tokens) => ({
      attributes: tokens
        .list('an interface set')
        .flatMap(({ word }) => community(tokens, `interface-set:${word}`).attributes ?? []),
    }),
  ],
]);
