/** The path attributes that the codec knows, one line each. Others travel as they are (raw.ts). */
import { aggregator } from './aggregator.js';
import { aigp } from './aigp.js';
import { asPath } from './as-path.js';
import { as4Aggregator } from './as4-aggregator.js';
import { as4Path } from './as4-path.js';
import { atomicAggregate } from './atomic-aggregate.js';
import { bgpLs } from './bgp-ls.js';
import { clusterList } from './cluster-list.js';
import { communities } from './communities.js';
import { extendedCommunities } from './extended-communities.js';
import { ipv6ExtendedCommunities } from './ipv6-extended-communities.js';
import { largeCommunity } from './large-community.js';
import { localPref } from './local-pref.js';
import { mpReachNlri, mpUnreachNlri } from './mp-nlri.js';
import { multiExitDisc } from './multi-exit-disc.js';
import { nextHop } from './next-hop.js';
import { onlyToCustomer } from './only-to-customer.js';
import { origin } from './origin.js';
import { originatorId } from './originator-id.js';
import { pmsiTunnel } from './pmsi-tunnel.js';
import { prefixSid } from './prefix-sid.js';
import { tunnelEncapsulation } from './tunnel-encapsulation.js';
import type { AttributeType } from './types.js';

/** All attributes, ascending by code. */
export const attributes: readonly AttributeType[] = [
  origin,
  asPath,
  nextHop,
  multiExitDisc,
  localPref,
  atomicAggregate,
  aggregator,
  communities,
  originatorId,
  clusterList,
  mpReachNlri,
  mpUnreachNlri,
  extendedCommunities,
  as4Path,
  as4Aggregator,
  pmsiTunnel,
  tunnelEncapsulation,
  ipv6ExtendedCommunities,
  aigp,
  bgpLs,
  largeCommunity,
  onlyToCustomer,
  prefixSid,
];

const byCode: (AttributeType | undefined)[] = new Array(256).fill(undefined);
for (const type of attributes) byCode[type.code] = type;

const byKeyword = new Map<string, AttributeType>();
for (const type of attributes) {
  if (type.keyword !== undefined) byKeyword.set(type.keyword, type);
  for (const keyword of type.partKeywords ?? []) byKeyword.set(keyword, type);
}

/** @returns the attribute of a type code, or undefined for one that the codec does not know */
export function attributeByCode(code: number): AttributeType | undefined {
  return byCode[code];
}

/** @param keyword of commands: "med" @returns its attribute, or undefined */
export function attributeByKeyword(keyword: string): AttributeType | undefined {
  return byKeyword.get(keyword);
}
