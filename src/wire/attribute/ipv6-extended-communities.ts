/**
 * IPv6 Address Specific Extended Communities (RFC 5701): 20 octets each. Text: `0x` and 40 digits, `target6:2001:db8::1:7`,
 * `origin6:2001:db8::1:7`, `redirect-to-nexthop-ietf 2001:db8::1`.
 */
import { equalBytes, readU16, toHex } from '../../util/bytes.js';
import { parseIpv6, printIpv6 } from '../../util/ip.js';
import { AttributeCode } from '../codes.js';
import { listAttribute } from './list-attribute.js';
import { Flag } from './types.js';

const SIZE = 20;
const MAX_LOCAL = 0xffff;
/** Subtypes of type 0 (IANA "Transitive IPv6-Address-Specific Extended Community Types"). */
const Sub = { target: 0x02, origin: 0x03, redirectToIp: 0x0c } as const;
const COPY = 0x01;

function build(subtype: number, address: string, local: number): Uint8Array | string {
  const octets = parseIpv6(address);
  if (octets === undefined) return `"${address}" is not an IPv6 address`;
  if (!(local >= 0 && local <= MAX_LOCAL)) return `the number must be 0 to ${MAX_LOCAL}`;
  const out = new Uint8Array(SIZE);
  out[1] = subtype;
  out.set(octets, 2);
  out[18] = local >>> 8;
  out[19] = local;
  return out;
}

/** @returns 20 octets, or why not */
function parse(word: string, next: () => string): Uint8Array | string {
  if (/^0x[0-9a-fA-F]{40}$/i.test(word)) return new Uint8Array(Buffer.from(word.slice(2), 'hex'));
  if (word === 'redirect-to-nexthop-ietf') return build(Sub.redirectToIp, next(), 0);
  if (word === 'copy-to-nexthop-ietf') return build(Sub.redirectToIp, next(), COPY);
  const match = /^(target6|origin6):(.+):(\d{1,5})$/.exec(word);
  if (match === null) return `"${word}" is not an IPv6 extended community`;
  return build(match[1] === 'target6' ? Sub.target : Sub.origin, match[2]!, Number(match[3]));
}

/** What ExaBGP's events call it, "" for what they have no name for. */
function name(item: Uint8Array): string {
  if ((item[0]! & 0x0f) !== 0 || item[1] !== Sub.redirectToIp) return '';
  const address = printIpv6(item, 2);
  return (item[19]! & COPY) !== 0
    ? `copy-to-nexthop-ietf ${address} (with copy)`
    : `redirect-to-nexthop-ietf ${address}`;
}

export const ipv6ExtendedCommunities = listAttribute({
  code: AttributeCode.ipv6ExtendedCommunities,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'IPv6 Address Specific Extended Community',
  keyword: 'extended-community-ipv6',
  itemSize: SIZE,
  parseItem(word, tokens, fail) {
    const value = parse(word, () => tokens.need(`value of ${word}`));
    if (typeof value === 'string') throw fail(value);
    return value;
  },
  printItem(value, at) {
    const item = value.subarray(at, at + SIZE);
    let text = name(item).replace(' (with copy)', '');
    if (text === '') {
      const kind = item[1] === Sub.target ? 'target6' : item[1] === Sub.origin ? 'origin6' : '';
      text = kind === '' ? '' : `${kind}:${printIpv6(item, 2)}:${readU16(item, 18)}`;
    }
    const [word = '', further = ''] = text.split(' ');
    const readBack = text === '' ? '' : parse(word, () => further);
    if (typeof readBack !== 'string' && equalBytes(readBack, item)) return text;
    return `0x${toHex(item).toUpperCase()}`;
  },
  itemToJson(value, at) {
    const item = value.subarray(at, at + SIZE);
    return `{ "value": ${BigInt(`0x${toHex(item)}`)}, "string": "${name(item)}" }`;
  },
});
