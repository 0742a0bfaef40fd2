/**
 * A route's key in the tables: family index (1 octet), path identifier (4 octets, 0 where there is none), then the
 * family's key (family/types.ts). Writing into a given buffer allocates nothing, for the path of every announce.
 */
import { readU32, writeU32 } from '../util/bytes.js';
import { families } from './family/index.js';
import type { Family } from './family/types.js';

/** Octets in front of the family's key. */
export const ROUTE_KEY_HEADER = 5;

/**
 * Writes a route key at the start of `out`, which must be long enough (ROUTE_KEY_HEADER + the key).
 * @param key holds the family's key from `start` to `end`
 * @returns octets written
 */
export function writeRouteKey(
  out: Uint8Array,
  familyIndex: number,
  pathId: number,
  key: Uint8Array,
  start = 0,
  end = key.length,
): number {
  out[0] = familyIndex;
  writeU32(out, 1, pathId);
  for (let i = start; i < end; i++) out[ROUTE_KEY_HEADER + i - start] = key[i]!;
  return ROUTE_KEY_HEADER + end - start;
}

/**
 * The same for a plain prefix as it stands in a message, from `start` to `end`: bits behind its length are cleared, as
 * `Family.split` does, and nothing is made for it.
 */
export function writePrefixKey(
  out: Uint8Array,
  familyIndex: number,
  pathId: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  const length = writeRouteKey(out, familyIndex, pathId, source, start, end);
  const spare = source[start]! & 7;
  if (spare !== 0) out[length - 1]! &= 0xff << (8 - spare);
  return length;
}

/** A route key of its own. @param pathId RFC 7911 path identifier, 0 for none */
export function packRouteKey(familyIndex: number, pathId: number, key: Uint8Array): Uint8Array {
  const out = new Uint8Array(ROUTE_KEY_HEADER + key.length);
  writeRouteKey(out, familyIndex, pathId, key);
  return out;
}

/** @param at where the route key begins in `key` @returns the index of its family */
export function routeKeyFamilyIndex(key: Uint8Array, at = 0): number {
  return key[at]!;
}

/** @returns the family of a route key */
export function routeKeyFamily(key: Uint8Array, at = 0): Family {
  return families[key[at]!]!;
}

/** @returns the path identifier of a route key, 0 for none */
export function routeKeyPathId(key: Uint8Array, at = 0): number {
  return readU32(key, at + 1);
}
