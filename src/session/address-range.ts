/** Neighbors that are a range of addresses: which addresses are of it, and the configuration of each peer that comes from it. */
import { parsePrefix } from '../util/ip.js';
import type { Peer } from './peer.js';
import type { PeerConfig } from './peer-config.js';

/** A range, and the peers that came from it. */
export interface Range {
  config: PeerConfig;
  readonly network: Uint8Array;
  readonly bits: number;
  readonly peers: Set<Peer>;
}

/** A range's configuration as that of one peer of it. */
export function ownConfig(range: PeerConfig, address: string): PeerConfig {
  const name = range.name.includes(range.remoteAddress)
    ? range.name.replace(range.remoteAddress, address)
    : `${address} ${range.name}`;
  return { ...range, name, remoteAddress: address, isRange: false, passive: true };
}

/** @returns the range of a configuration, without peers; undefined when its address is no prefix */
export function rangeOf(config: PeerConfig): Range | undefined {
  const prefix = parsePrefix(config.remoteAddress);
  if (typeof prefix === 'string') return undefined;
  const network = new Uint8Array(prefix.size);
  network.set(prefix.packed.subarray(1));
  return { config, network, bits: prefix.packed[0]!, peers: new Set() };
}

/** @param octets of an address of either family */
export function isInside(octets: Uint8Array, { network, bits }: Range): boolean {
  if (octets.length !== network.length) return false;
  for (let i = 0, left = bits; left > 0; i++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((octets[i]! ^ network[i]!) & mask) !== 0) return false;
  }
  return true;
}
