/** Extended Next Hop Encoding: IPv6 next hops for IPv4 routes (RFC 8950 section 4). NLRI AFI (2), SAFI (2), next hop AFI (2). */
import { type Reader, Writer } from '../../util/bytes.js';
import { afiName, CapabilityCode } from '../codes.js';
import { type FamilyNumbers, familySlash, familyText } from './multiprotocol.js';
import type { CapabilityType } from './types.js';

export interface ExtendedNextHopFamily extends FamilyNumbers {
  readonly nextHopAfi: number;
}

export const extendedNextHop: CapabilityType<readonly ExtendedNextHopFamily[]> = {
  code: CapabilityCode.extendedNextHop,
  name: 'nexthop',
  sentKey: 'nexthop',

  decode(value: Reader, before) {
    if (value.left % 6 !== 0) return before;
    const triples = [...(before ?? [])];
    while (value.left > 0) {
      const one = { afi: value.u16(), safi: value.u16(), nextHopAfi: value.u16() };
      if (!triples.some((t) => t.afi === one.afi && t.safi === one.safi && t.nextHopAfi === one.nextHopAfi)) {
        triples.push(one);
      }
    }
    return triples;
  },

  encode(triples) {
    const out = new Writer(6 * triples.length);
    for (const { afi, safi, nextHopAfi } of triples) out.u16(afi).u16(safi).u16(nextHopAfi);
    return [out.finish()];
  },

  toJson(triples) {
    const names = triples.map((t) => `"${familySlash(t)}/${afiName(t.nextHopAfi)}"`);
    return `{ "name": "nexthop", "conversion": [ ${names.join(', ')} ] }`;
  },

  print: (triples) => `nexthop(${triples.map((t) => `${familyText(t)} ${afiName(t.nextHopAfi)}`).join(',')})`,
};
