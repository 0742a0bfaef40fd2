/**
 * Descriptors in BGP-LS NLRI as JSON: nodes, links, prefixes and SRv6 SIDs. RFC 9552 sections 5.2.1 to 5.2.3, RFC 9086
 * section 4.1, RFC 9514 section 6.1.
 */
import { readU16, readU32, toHex } from '../../util/bytes.js';
import { printIp, printIpv4, printIpv6 } from '../../util/ip.js';
import { arrayToJson, eachLsTlv, hexToJson } from './tlv.js';

/** Descriptor TLVs of NLRI. */
export const DescriptorTlv = {
  localNode: 256,
  remoteNode: 257,
  linkIdentifiers: 258,
  ipv4Interface: 259,
  ipv4Neighbor: 260,
  ipv6Interface: 261,
  ipv6Neighbor: 262,
  multiTopology: 263,
  ospfRouteType: 264,
  ipReachability: 265,
  srv6Sid: 518,
} as const;

/** Octets of IS-IS system identifiers, with and without a pseudonode number. */
const SYSTEM_ID = 6;
const NODE_ID = 7;
/** A topology identifier has 12 bits. */
const TOPOLOGY_MASK = 0x0fff;

/** The members of one node descriptor sub-TLV. */
function nodeMember(source: Uint8Array, type: number, start: number, end: number): string {
  const octets = source.subarray(start, end);
  const { length } = octets;
  if (type === 512 && length === 4) return `"autonomous-system": ${readU32(octets, 0)}`;
  if (type === 513 && length === 4) return `"bgp-ls-identifier": "${readU32(octets, 0)}"`;
  if (type === 514 && length === 4) return `"ospf-area-id": "${printIpv4(octets)}"`;
  if (type === 515) {
    // RFC 9552 section 5.2.1.4: the length tells which protocol's identifier it is.
    if (length === 4) return `"router-id": "${printIpv4(octets)}"`;
    if (length === 8) return `"router-id": "${printIpv4(octets)}", "designated-router-id": "${printIpv4(octets, 4)}"`;
    if (length === SYSTEM_ID) return `"router-id": "${toHex(octets)}"`;
    if (length === NODE_ID) return `"router-id": "${toHex(octets)}", "psn": "${octets[SYSTEM_ID]}"`;
  }
  if (type === 516 && length === 4) return `"bgp-router-id": "${printIpv4(octets)}"`;
  if (type === 517 && length === 4) return `"confederation-member": ${readU32(octets, 0)}`;
  return `"generic-tlv-${type}": ${hexToJson(octets)}`;
}

/** @returns the members of each sub-TLV of a node descriptor */
export function nodeMembers(source: Uint8Array, from: number, to: number): string[] {
  const out: string[] = [];
  eachLsTlv(source, from, to, (type, start, end) => out.push(nodeMember(source, type, start, end)));
  return out;
}

/** What the TLVs behind the node descriptors say. */
export interface Descriptors {
  readonly localNode: readonly string[];
  readonly remoteNode: readonly string[];
  readonly interfaces: readonly string[];
  readonly neighbors: readonly string[];
  readonly topologies: readonly string[];
  /** Members of each link identifier. */
  readonly links: readonly string[];
  readonly ospfRouteType: number | undefined;
  /** Address and length of the prefix. */
  readonly prefix: { readonly address: string; readonly bits: number } | undefined;
  readonly srv6Sid: string | undefined;
  /** Members of TLVs that are not known. */
  readonly others: readonly string[];
}

/** An address that may be cut behind its last octet that counts. */
function padded(octets: Uint8Array, size: 4 | 16): Uint8Array {
  const out = new Uint8Array(size);
  out.set(octets.subarray(0, size));
  return out;
}

/** Reads all descriptors. @param addressSize of prefixes, by the NLRI type */
export function readDescriptors(source: Uint8Array, from: number, to: number, addressSize: 4 | 16): Descriptors {
  const lists = { interfaces: [], neighbors: [], topologies: [], links: [], others: [] } as Record<string, string[]>;
  let localNode: string[] = [];
  let remoteNode: string[] = [];
  let ospfRouteType: number | undefined;
  let prefix: Descriptors['prefix'];
  let srv6Sid: string | undefined;
  eachLsTlv(source, from, to, (type, start, end) => {
    const octets = source.subarray(start, end);
    const { length } = octets;
    const isIp = length === 4 || length === 16;
    if (type === DescriptorTlv.localNode) localNode = nodeMembers(source, start, end);
    else if (type === DescriptorTlv.remoteNode) remoteNode = nodeMembers(source, start, end);
    else if (type === DescriptorTlv.linkIdentifiers && length === 8) {
      lists.links!.push(`"link-local-id": ${readU32(octets, 0)}, "link-remote-id": ${readU32(octets, 4)}`);
    } else if ((type === DescriptorTlv.ipv4Interface || type === DescriptorTlv.ipv6Interface) && isIp) {
      lists.interfaces!.push(`"${printIp(octets)}"`);
    } else if ((type === DescriptorTlv.ipv4Neighbor || type === DescriptorTlv.ipv6Neighbor) && isIp) {
      lists.neighbors!.push(`"${printIp(octets)}"`);
    } else if (type === DescriptorTlv.multiTopology && length % 2 === 0) {
      for (let at = 0; at < length; at += 2) lists.topologies!.push(String(readU16(octets, at) & TOPOLOGY_MASK));
    } else if (type === DescriptorTlv.ospfRouteType && length === 1) ospfRouteType = octets[0];
    else if (type === DescriptorTlv.ipReachability && length > 0) {
      prefix = { address: printIp(padded(octets.subarray(1), addressSize)), bits: octets[0]! };
    } else if (type === DescriptorTlv.srv6Sid && length === 16) srv6Sid = printIpv6(octets);
    else lists.others!.push(`"generic-tlv-${type}": ${arrayToJson([hexToJson(octets)])}`);
  });
  return {
    localNode,
    remoteNode,
    interfaces: lists.interfaces!,
    neighbors: lists.neighbors!,
    topologies: lists.topologies!,
    links: lists.links!,
    ospfRouteType,
    prefix,
    srv6Sid,
    others: [...new Map(lists.others!.map((text) => [text.slice(0, text.indexOf(':')), text])).values()],
  };
}
