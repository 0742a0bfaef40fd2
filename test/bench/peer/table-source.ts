/**
 * The table that a load peer sends: UPDATEs of six prefixes, each with an AS path of three to six numbers, a MED on every
 * third and up to four communities, much as the Internet's. Numbers follow from the UPDATE's own, so a helper can check them.
 */
import { PEER_AS, prefixOctets } from '../work-routes.js';

export const PREFIXES_AN_UPDATE = 6;
const HEADER_OCTETS = 19;
const MAX_OCTETS = 128;
const UPDATE = 2;

/** A number below `limit` that belongs to UPDATE `update` and `place`. */
function pseudoRandom(update: number, place: number, limit: number): number {
  let hash = Math.imul(update ^ Math.imul(place + 1, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % limit;
}

export interface TableAttributes {
  readonly path: readonly number[];
  readonly med: number | undefined;
  readonly communities: readonly (readonly [number, number])[];
}

/** Attributes of UPDATE number `update`. */
export function tableAttributes(update: number): TableAttributes {
  const path = [PEER_AS];
  for (let i = pseudoRandom(update, 0, 4) + 2; i > 0; i--) path.push(1000 + pseudoRandom(update, i, 60000));
  const communities: [number, number][] = [];
  for (let i = pseudoRandom(update, 10, 5); i > 0; i--)
    communities.push([1000 + pseudoRandom(update, 10 + i, 60000), pseudoRandom(update, 20 + i, 1000)]);
  // In ascending order, as a speaker may sort them.
  communities.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { path, med: update % 3 === 0 ? pseudoRandom(update, 30, 1000) : undefined, communities };
}

/** All UPDATE messages of a table of `routes` prefixes, one behind the other. */
export function tableMessages(routes: number): Buffer {
  const updates = Math.ceil(routes / PREFIXES_AN_UPDATE);
  const out = Buffer.alloc(updates * MAX_OCTETS);
  let at = 0;
  for (let update = 0; update < updates; update++) {
    const start = at;
    out.fill(0xff, at, at + 16);
    at = start + HEADER_OCTETS + 4;
    at = writeAttributes(out, at, tableAttributes(update));
    out[start + 18] = UPDATE;
    out.writeUInt16BE(0, start + HEADER_OCTETS);
    out.writeUInt16BE(at - start - HEADER_OCTETS - 4, start + HEADER_OCTETS + 2);
    for (let i = update * PREFIXES_AN_UPDATE; i < Math.min(routes, (update + 1) * PREFIXES_AN_UPDATE); i++) {
      out.set(prefixOctets(i), at);
      at += 4;
    }
    out.writeUInt16BE(at - start, start + 16);
  }
  return out.subarray(0, at);
}

/** ORIGIN IGP, AS_PATH, NEXT_HOP 192.0.2.99, MULTI_EXIT_DISC, COMMUNITIES. */
function writeAttributes(out: Buffer, from: number, { path, med, communities }: TableAttributes): number {
  let at = from;
  const octets = (...values: number[]): void => {
    for (const value of values) out[at++] = value;
  };
  octets(0x40, 1, 1, 0, 0x40, 2, 2 + 4 * path.length, 2, path.length);
  for (const asn of path) at = out.writeUInt32BE(asn, at);
  octets(0x40, 3, 4, 192, 0, 2, 99);
  if (med !== undefined) {
    octets(0x80, 4, 4);
    at = out.writeUInt32BE(med, at);
  }
  if (communities.length > 0) {
    octets(0xc0, 8, 4 * communities.length);
    for (const [high, low] of communities) {
      at = out.writeUInt16BE(high, at);
      at = out.writeUInt16BE(low, at);
    }
  }
  return at;
}
