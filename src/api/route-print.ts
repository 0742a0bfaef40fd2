/** Routes of the tables as text and JSON lines of `show adj-rib`. */

import type { RouteKey } from '../rib/types.js';
import { readU32, Writer } from '../util/bytes.js';
import { printIp, printIpv4 } from '../util/ip.js';
import { eachTlv, nextHopOf, payloadOf, tlvsOf } from '../wire/attribute-set.js';
import { attributesToJson, printAttribute } from '../wire/attribute-text.js';
import { AttributeCode } from '../wire/codes.js';
import type { Dialect } from '../wire/family/types.js';
import { printRouteWords } from '../wire/nlri.js';
import { ROUTE_KEY_HEADER, routeKeyFamily, routeKeyPathId } from '../wire/route-key.js';

/** Octets of a path identifier in front of a printed one. */
const PATH_ID_AT = 1;
const IPV6_OCTETS = 16;
const DEFAULT_LOCAL_PREF = 100;

const scratch = new Writer(256);

/** The NLRI of a route as on the wire; a view that is valid until the next call. */
function nlriOf(key: RouteKey, set: Uint8Array): Uint8Array {
  const out = scratch.reset();
  routeKeyFamily(key).write(out, key, ROUTE_KEY_HEADER, key.length, payloadOf(set));
  return out.view();
}

/** "10.0.0.0/24", with " path-information 0.0.0.1" where there is one. */
export function printNlri(key: RouteKey, set: Uint8Array): string {
  const octets = nlriOf(key, set);
  const nlri = routeKeyFamily(key).print(octets, 0, octets.length);
  return routeKeyPathId(key) === 0 ? nlri : `${nlri} path-information ${printIpv4(key, PATH_ID_AT)}`;
}

/** "10.0.0.1", "self", or undefined; of a global and a link-local address the global one. */
export function printNextHop(set: Uint8Array): string | undefined {
  const nextHop = nextHopOf(set);
  if (nextHop === undefined || nextHop === 'self') return nextHop;
  return printIp(nextHop, 0, Math.min(nextHop.length, IPV6_OCTETS));
}

/** Attributes as an UPDATE would have them anyway: ORIGIN IGP, LOCAL_PREF 100. */
function isDefault(code: number, value: Uint8Array): boolean {
  if (code === AttributeCode.origin) return value.length === 1 && value[0] === 0;
  return code === AttributeCode.localPref && value.length === 4 && readU32(value, 0) === DEFAULT_LOCAL_PREF;
}

/** `ipv4 unicast 10.0.0.0/24 next-hop self`, with the attributes that are no defaults when asked for. */
export function printRoute(key: RouteKey, set: Uint8Array, isExtensive: boolean, dialect: Dialect): string {
  const nextHop = printNextHop(set);
  const hop = nextHop === undefined ? '' : ` next-hop ${nextHop}`;
  const path = routeKeyPathId(key) === 0 ? '' : ` path-information ${printIpv4(key, PATH_ID_AT)}`;
  const family = routeKeyFamily(key);
  const nlri = nlriOf(key, set);
  let text = `${family.name} ${printRouteWords(family, nlri, 0, nlri.length, path, hop)}`;
  if (isExtensive)
    eachTlv(tlvsOf(set), (code, flags, value) => {
      if (!isDefault(code, value)) text += ` ${printAttribute(code, flags, value, dialect)}`;
    });
  return text;
}

/** The same as a JSON object. */
export function routeToJson(key: RouteKey, set: Uint8Array, isExtensive: boolean, dialect: Dialect): string {
  const family = routeKeyFamily(key);
  const octets = nlriOf(key, set);
  const nlri = family.print(octets, 0, octets.length);
  const pathId = routeKeyPathId(key) === 0 ? '' : `, "path-information": "${printIpv4(key, PATH_ID_AT)}"`;
  const head = `{"family": "${family.name}", "prefix": ${JSON.stringify(nlri)}${pathId}`;
  if (!isExtensive) return `${head}}`;
  const nextHop = printNextHop(set);
  const hop = nextHop === undefined ? '' : `, "next-hop": "${nextHop}"`;
  return `${head}${hop}, "attributes": {${attributesToJson(tlvsOf(set), dialect)}}}`;
}
