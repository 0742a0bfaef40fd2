/**
 * The routes of the interop tests: a thousand for each family, each with attributes of its own, as commands for a
 * helper and as the text that every daemon's listing is turned into.
 */
import type { AttributeName, UnicastFamily } from './peer.js';

export interface TestRoute {
  readonly prefix: string;
  readonly command: string;
  /** Attributes that any peer must hold. */
  readonly attributes: Partial<Record<AttributeName, string>>;
  /** Attributes that only an internal peer gets or keeps (RFC 4271 section 5.1.5, RFC 4456, RFC 7311). */
  readonly internalAttributes: Partial<Record<AttributeName, string>>;
}

export const ROUTES_A_FAMILY = 1000;
export const NEXT_HOPS: Record<UnicastFamily, string> = { 'ipv4 unicast': '10.0.0.9', 'ipv6 unicast': 'fd00::9' };

function prefixOf(family: UnicastFamily, i: number): string {
  return family === 'ipv4 unicast' ? `20.${i >> 8}.${i & 255}.0/24` : `2001:db8:${(i + 1).toString(16)}::/48`;
}

/** Route number `i` of a family; what it carries differs from number to number. */
export function testRoute(family: UnicastFamily, i: number): TestRoute {
  const origin = ['igp', 'egp', 'incomplete'][i % 3] ?? '';
  const sequence = `65000 ${4_200_000_000 + i}`;
  const hasSet = i % 4 === 0;
  const aggregator = `${i % 2 === 0 ? 65000 : 4_200_000_001}:10.9.${i >> 8}.${i & 255}`;
  const communities = i % 2 === 0 ? `65000:${i} 65535:65281` : `65000:${i}`;
  const extended = `target:65000:${i} origin:65000:${i + 1} target:4200000000:${i & 255}`;
  const large = `65000:${i}:1 4200000000:2:${i}`;
  const otc = 4_200_000_000 + i;
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const ipv6Extended = `000220010db8${hex(0, 20)}${hex(i, 4)}${hex(i, 4)}`;
  const words = [
    `announce route ${prefixOf(family, i)} next-hop ${NEXT_HOPS[family]} origin ${origin}`,
    `as-path [ ${sequence}${hasSet ? ' ( 64700 64701 )' : ''} ]`,
    `med ${i} local-preference ${200 + i}`,
    i % 2 === 0 ? 'atomic-aggregate' : '',
    `aggregator ( ${aggregator} )`,
    `community [ ${communities.replace('65535:65281', 'no-export')} ]`,
    `extended-community [ ${extended} ]`,
    `large-community [ ${large} ]`,
    `originator-id 10.8.${i >> 8}.${i & 255} cluster-list [ 10.7.7.7 10.6.${i >> 8}.${i & 255} ]`,
    `aigp ${i + 5}`,
    `attribute [ 0x19 0xc0 0x${ipv6Extended} ]`,
    `attribute [ 0x23 0xc0 0x${hex(otc, 8)} ]`,
    `attribute [ 0xc8 0xc0 0x0a0b${hex(i, 4)} ]`,
  ];
  return {
    prefix: prefixOf(family, i),
    command: words.filter((word) => word !== '').join(' '),
    attributes: {
      origin,
      'as-path': hasSet ? `${sequence} {64700 64701}` : sequence,
      ...(hasSet ? { 'as-set': '64700 64701' } : {}),
      'next-hop': NEXT_HOPS[family],
      med: String(i),
      ...(i % 2 === 0 ? { 'atomic-aggregate': 'true' } : {}),
      aggregator,
      community: communities,
      'extended-community': extended,
      'large-community': large,
      'ipv6-extended-community': ipv6Extended,
      otc: String(otc),
      unknown: `0a0b${hex(i, 4)}`,
    },
    internalAttributes: {
      'local-preference': String(200 + i),
      'originator-id': `10.8.${i >> 8}.${i & 255}`,
      'cluster-list': `10.7.7.7 10.6.${i >> 8}.${i & 255}`,
      aigp: String(i + 5),
    },
  };
}

export function testRoutes(family: UnicastFamily): TestRoute[] {
  return Array.from({ length: ROUTES_A_FAMILY }, (_, i) => testRoute(family, i));
}
