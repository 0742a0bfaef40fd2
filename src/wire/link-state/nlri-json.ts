/**
 * A BGP-LS NLRI as the object of an event (RFC 9552 section 5.2). ExaBGP 5 has descriptors as arrays of objects; 4.2 has
 * them as one object and the addresses of links in the singular. A link with identifiers is no JSON there, so it has the
 * later form.
 */
import { readU16, readU32, toHex } from '../../util/bytes.js';
import type { Dialect } from '../family/types.js';
import { showRouteDistinguisher } from '../route-distinguisher.js';
import { type Descriptors, DescriptorTlv, readDescriptors } from './descriptors.js';
import { areAscending, arrayToJson } from './tlv.js';

/** Types of NLRI (RFC 9552 section 5.2, RFC 9514 section 6). */
export const LsNlriType = { node: 1, link: 2, ipv4Prefix: 3, ipv6Prefix: 4, srv6Sid: 6 } as const;

const NAMES: Readonly<Record<number, string>> = {
  [LsNlriType.node]: 'bgpls-node',
  [LsNlriType.link]: 'bgpls-link',
  [LsNlriType.ipv4Prefix]: 'bgpls-prefix-v4',
  [LsNlriType.ipv6Prefix]: 'bgpls-prefix-v6',
  [LsNlriType.srv6Sid]: 'bgpls-srv6sid',
};

/** Octets of NLRI type and length. */
export const NLRI_HEAD = 4;
const RD_SIZE = 8;
/** Octets of protocol and identifier. */
const FIXED_SIZE = 9;

/**
 * @param start where the NLRI type stands
 * @returns false when the type is known and the content is malformed (RFC 9552 section 8.2.2)
 */
export function isWellFormed(source: Uint8Array, start: number, end: number, hasRd: boolean): boolean {
  if (NAMES[readU16(source, start)] === undefined) return true;
  const descriptors = start + NLRI_HEAD + (hasRd ? RD_SIZE : 0) + FIXED_SIZE;
  if (descriptors + NLRI_HEAD > end || !areAscending(source, descriptors, end)) return false;
  if (readU16(source, descriptors) !== DescriptorTlv.localNode) return false;
  const nodes = descriptors + NLRI_HEAD;
  return areAscending(source, nodes, nodes + readU16(source, descriptors + 2));
}

/** Members of descriptors: as an array of objects, or as one object in which the last of a name counts. */
function node(members: readonly string[], isList: boolean): string {
  if (isList) return arrayToJson(members.map((member) => `{ ${member} }`));
  const byName = new Map(members.map((member) => [member.slice(0, member.indexOf(':')), member]));
  return `{ ${[...byName.values()].join(', ')} }`;
}

function linkMembers(found: Descriptors, isList: boolean): string[] {
  const { interfaces, neighbors } = found;
  const ends = [
    `"local-node-descriptors": ${node(found.localNode, isList)}`,
    `"remote-node-descriptors": ${node(found.remoteNode, isList)}`,
  ];
  if (isList) {
    return [
      ...ends,
      `"interface-addresses": ${arrayToJson(interfaces)}`,
      `"neighbor-addresses": ${arrayToJson(neighbors)}`,
      `"multi-topology-ids": ${arrayToJson(found.topologies)}`,
      `"link-identifiers": ${arrayToJson(found.links.map((link) => `{ ${link} }`))}`,
    ];
  }
  const last = (name: string, list: readonly string[]): string =>
    list.length === 0 ? '{  }' : `{ "${name}": ${list[list.length - 1]} }`;
  return [
    ...ends,
    `"interface-address": ${last('interface-address', interfaces)}`,
    `"neighbor-address": ${last('neighbor-address', neighbors)}`,
  ];
}

/**
 * @param nextHop of the message, which objects of nodes and prefixes have too
 * @returns `{ "ls-nlri-type": "bgpls-node", … }`; types that are not known have their octets
 */
export function lsNlriToJson(
  source: Uint8Array,
  start: number,
  end: number,
  hasRd: boolean,
  dialect: Dialect,
  nextHop: string | undefined,
): string {
  const type = readU16(source, start);
  const name = NAMES[type];
  if (name === undefined || !isWellFormed(source, start, end, hasRd)) {
    const raw = toHex(source.subarray(start, end)).toUpperCase();
    return `{ "code": ${type}, "parsed": false, "raw": "${raw}" }`;
  }
  const rd = start + NLRI_HEAD;
  const at = hasRd ? rd + RD_SIZE : rd;
  const found = readDescriptors(source, at + FIXED_SIZE, end, type === LsNlriType.ipv6Prefix ? 16 : 4);
  const isList = dialect !== 'exabgp-4' || found.links.length > 0;
  const identifier = (BigInt(readU32(source, at + 1)) << 32n) | BigInt(readU32(source, at + 5));
  const members = [`"ls-nlri-type": "${name}"`, `"l3-routing-topology": ${identifier}`, `"protocol-id": ${source[at]}`];
  if (type === LsNlriType.link) members.push(...linkMembers(found, isList));
  else {
    members.push(`"node-descriptors": ${node(found.localNode, isList)}`);
    if (type === LsNlriType.srv6Sid) {
      const sid = found.srv6Sid === undefined ? '' : `, "srv6-sid": "${found.srv6Sid}"`;
      members.push(`"srv6-sid-descriptors": { "multi-topology-ids": ${arrayToJson(found.topologies)}${sid} }`);
    } else if (found.topologies.length > 0) members.push(`"multi-topology-ids": ${arrayToJson(found.topologies)}`);
    if (found.prefix !== undefined) {
      const { address, bits } = found.prefix;
      members.push(`"ip-reachability-tlv": "${address}"`, `"ip-reach-prefix": "${address}/${bits}"`);
    }
    if (nextHop !== undefined && type !== LsNlriType.srv6Sid) members.push(`"nexthop": "${nextHop}"`);
    if (found.ospfRouteType !== undefined) members.push(`"ospf-route-type": ${found.ospfRouteType}`);
  }
  if (isList) members.push(...found.others);
  if (hasRd) members.push(`"rd": "${showRouteDistinguisher(source, rd)}"`);
  return `{ ${members.join(', ')} }`;
}
