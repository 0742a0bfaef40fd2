/**
 * Communities of all kinds in the order of their octets. ExaBGP 4.2 sends them as they were written, 5 and 6 sort them; a
 * community attribute is a set (RFC 1997, 4360, 8092), so both say the same.
 */
import { attributeByCode } from './attribute/index.js';
import { type CanonicalAttribute, eachTlv, nextHopOf, packSet, payloadOf, tlvsOf } from './attribute-set.js';

/** @returns the packed set with its communities sorted; the same octets when nothing moves */
export function sortCommunities(set: Uint8Array): Uint8Array {
  const attributes: CanonicalAttribute[] = [];
  let isMoved = false;
  eachTlv(tlvsOf(set), (code, flags, value) => {
    const itemSize = attributeByCode(code)?.unorderedItemSize;
    const sorted = itemSize === undefined ? value : sortItems(value, itemSize);
    if (sorted !== value) isMoved = true;
    attributes.push({ code, flags, value: sorted });
  });
  return isMoved ? packSet(nextHopOf(set), payloadOf(set), attributes) : set;
}

/** @returns the items sorted; the same octets when they are, or when they are no items */
export function sortItems(value: Uint8Array, itemSize: number): Uint8Array {
  if (value.length % itemSize !== 0) return value;
  const items: Uint8Array[] = [];
  for (let at = 0; at < value.length; at += itemSize) items.push(value.subarray(at, at + itemSize));
  if (items.every((item, i) => i === 0 || Buffer.compare(items[i - 1]!, item) <= 0)) return value;
  items.sort(Buffer.compare);
  return new Uint8Array(Buffer.concat(items));
}
