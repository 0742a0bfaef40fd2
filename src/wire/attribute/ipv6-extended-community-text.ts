/**
 * IPv6 Address Specific Extended Communities as words of commands (RFC 5701, RFC 8956 section 6.1,
 * draft-ietf-idr-flowspec-redirect-ip). A kind is one row; others are 0x and 40 digits.
 *
 *   2 octets    type 0x00 (0x40: not transitive) and subtype
 *   16 octets   address
 *   2 octets    number
 */
import { equalBytes, fromHex, readU16, toHex } from '../../util/bytes.js';
import { parseIpv6, printIpv6 } from '../../util/ip.js';
import { parseNumber } from '../../util/tokens.js';

/** Octets of one community. */
export const IPV6_COMMUNITY_SIZE = 20;
const MAX_NUMBER = 0xffff;
const ADDRESS_AT = 2;
const NUMBER_AT = 18;
/** Subtypes of type 0 (IANA "Transitive IPv6-Address-Specific Extended Community Types"). */
const Sub = { target: 0x02, origin: 0x03, redirectToIp: 0x0c, redirect: 0x0d } as const;
const COPY = 0x01;

/** Kinds of the form `name:ADDRESS:N`. */
const PAIRS: Readonly<Record<string, number>> = {
  target6: Sub.target,
  origin6: Sub.origin,
  redirect6: Sub.redirect,
};
const PAIR_NAMES = new Map(Object.entries(PAIRS).map(([name, subtype]) => [subtype, name]));

/** Kinds of the form `name ADDRESS`, with what stands behind the address. */
const TO_ADDRESS: Readonly<Record<string, number>> = { 'redirect-to-nexthop-ietf': 0, 'copy-to-nexthop-ietf': COPY };

/** All names that commands know. */
export const IPV6_COMMUNITY_NAMES: readonly string[] = [...Object.keys(PAIRS), ...Object.keys(TO_ADDRESS)];

function build(subtype: number, address: string, number: number | undefined): Uint8Array | string {
  const octets = parseIpv6(address);
  if (octets === undefined) return `"${address}" is not an IPv6 address`;
  if (number === undefined || number > MAX_NUMBER) return `behind an address only 0 to ${MAX_NUMBER} fits`;
  const out = new Uint8Array(IPV6_COMMUNITY_SIZE);
  out[1] = subtype;
  out.set(octets, ADDRESS_AT);
  out[NUMBER_AT] = number >>> 8;
  out[NUMBER_AT + 1] = number;
  return out;
}

/**
 * Reads one community.
 * @param word its first word @param next takes a further word, for kinds that have one
 * @returns 20 octets, or why it is none
 */
export function parseIpv6ExtendedCommunity(word: string, next: () => string): Uint8Array | string {
  if (/^0x[0-9a-fA-F]{40}$/i.test(word)) return fromHex(word.slice(2))!;
  if (Object.hasOwn(TO_ADDRESS, word)) return build(Sub.redirectToIp, next(), TO_ADDRESS[word]);
  const [, name = '', address = '', number = ''] = /^([a-z]+6):(.+):([^:]+)$/.exec(word) ?? [];
  const subtype = Object.hasOwn(PAIRS, name) ? PAIRS[name] : undefined;
  if (subtype === undefined) return `"${word}" is not an IPv6 extended community`;
  return build(subtype, address, parseNumber(number));
}

/** What ExaBGP's events call it, "" for what they have no name for. The two top bits of the type are not looked at. */
export function nameIpv6ExtendedCommunity(item: Uint8Array): string {
  if ((item[0]! & 0x0f) !== 0 || item[1] !== Sub.redirectToIp) return '';
  const address = printIpv6(item, ADDRESS_AT);
  return (item[NUMBER_AT + 1]! & COPY) !== 0
    ? `copy-to-nexthop-ietf ${address} (with copy)`
    : `redirect-to-nexthop-ietf ${address}`;
}

/** The 20 octets as commands take them: what reads back as the same octets, hexadecimal where no kind's text does. */
export function printIpv6ExtendedCommunity(item: Uint8Array): string {
  const name = PAIR_NAMES.get(item[1]!);
  const pair = name === undefined ? '' : `${name}:${printIpv6(item, ADDRESS_AT)}:${readU16(item, NUMBER_AT)}`;
  const text = nameIpv6ExtendedCommunity(item).replace(' (with copy)', '') || pair;
  const [word = '', further = ''] = text.split(' ');
  const readBack = parseIpv6ExtendedCommunity(word, () => further);
  if (typeof readBack !== 'string' && equalBytes(readBack, item)) return text;
  return `0x${toHex(item).toUpperCase()}`;
}
