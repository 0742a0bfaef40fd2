/** The address families, one line each. A family's place in the list is its index in route keys and per-family flags. */
import { bgpLs } from './bgp-ls.js';
import { bgpLsVpn } from './bgp-ls-vpn.js';
import { ipv4Flow } from './ipv4-flow.js';
import { ipv4FlowVpn } from './ipv4-flow-vpn.js';
import { ipv4McastVpn } from './ipv4-mcast-vpn.js';
import { ipv4MplsVpn } from './ipv4-mpls-vpn.js';
import { ipv4Multicast } from './ipv4-multicast.js';
import { ipv4Mup } from './ipv4-mup.js';
import { ipv4NlriMpls } from './ipv4-nlri-mpls.js';
import { ipv4Rtc } from './ipv4-rtc.js';
import { ipv4SrPolicy } from './ipv4-sr-policy.js';
import { ipv4Unicast } from './ipv4-unicast.js';
import { ipv6Flow } from './ipv6-flow.js';
import { ipv6FlowVpn } from './ipv6-flow-vpn.js';
import { ipv6McastVpn } from './ipv6-mcast-vpn.js';
import { ipv6MplsVpn } from './ipv6-mpls-vpn.js';
import { ipv6Multicast } from './ipv6-multicast.js';
import { ipv6Mup } from './ipv6-mup.js';
import { ipv6NlriMpls } from './ipv6-nlri-mpls.js';
import { ipv6SrPolicy } from './ipv6-sr-policy.js';
import { ipv6Unicast } from './ipv6-unicast.js';
import { l2vpnEvpn } from './l2vpn-evpn.js';
import { l2vpnVpls } from './l2vpn-vpls.js';
import type { Family } from './types.js';

/** All families, in the order of their indices. New ones go at the end. */
export const families: readonly Family[] = [
  ipv4Unicast,
  ipv6Unicast,
  ipv4Multicast,
  ipv6Multicast,
  l2vpnEvpn,
  ipv4NlriMpls,
  ipv6NlriMpls,
  ipv4MplsVpn,
  ipv6MplsVpn,
  ipv4Flow,
  ipv6Flow,
  ipv4FlowVpn,
  ipv6FlowVpn,
  ipv4Mup,
  ipv6Mup,
  ipv4SrPolicy,
  ipv6SrPolicy,
  bgpLs,
  bgpLsVpn,
  ipv4Rtc,
  l2vpnVpls,
  ipv4McastVpn,
  ipv6McastVpn,
];

const indexOf = new Map(families.map((family, index) => [family, index]));
families.forEach((family, index) => {
  if (family.oneLabel !== undefined) indexOf.set(family.oneLabel, index);
});
const indexByCode = new Map(families.map((family, index) => [(family.afi << 8) | family.safi, index]));
const byName = new Map(families.map((family) => [family.name, family]));

/** @returns the family's index in `families` */
export function familyIndex(family: Family): number {
  return indexOf.get(family)!;
}

/** @returns the family of an AFI and SAFI, or undefined */
export function familyByCode(afi: number, safi: number): Family | undefined {
  const index = indexByCode.get((afi << 8) | safi);
  return index === undefined ? undefined : families[index];
}

/** @param name as in commands and configuration: "ipv4 unicast" */
export function familyByName(name: string): Family | undefined {
  return byName.get(name);
}
