/**
 * Mobile user planes, SAFI 85 of both IP families (draft-ietf-bess-mup-safi). Routes of the 3GPP 5G architecture are read;
 * others are kept and shown as they are. What a route holds is in mup-route.ts, its words in mup-text.ts.
 */
import { readU16, toHex } from '../../util/bytes.js';
import { printIp } from '../../util/ip.js';
import { showRouteDistinguisher } from '../route-distinguisher.js';
import { HEAD, MUP_ARCHITECTURE, MupType, mupLayout, splitMup, writeMup } from './mup-route.js';
import { MupReader, printMup, readTeid } from './mup-text.js';
import { readNlri } from './nlri-words.js';
import { printPathId } from './prefix-family.js';
import type { Family } from './types.js';

const SAFI = 85;

/** What events call the route types. */
const NAMES: Readonly<Record<MupType, string>> = {
  [MupType.interwork]: 'InterworkSegmentDiscoveryRoute',
  [MupType.direct]: 'DirectSegmentDiscoveryRoute',
  [MupType.type1Session]: 'Type1SessionTransformedRoute',
  [MupType.type2Session]: 'Type2SessionTransformedRoute',
};
const TYPES: ReadonlySet<number> = new Set(Object.values(MupType));

function sizeOf(source: Uint8Array, offset: number, end: number): number {
  if (offset + HEAD > end) return -1;
  const size = HEAD + source[offset + HEAD - 1]!;
  return offset + size <= end ? size : -1;
}

/** The members of an event's NLRI object, in ExaBGP's order; undefined for a route that cannot be read. */
function fieldsToJson(source: Uint8Array, start: number, end: number, addressSize: 4 | 16): string | undefined {
  const layout = mupLayout(source, start, end, addressSize);
  if (layout === undefined) return undefined;
  const { type, rd, length, address, teid, teidOctets, qfi, endpoint } = layout;
  const padded = new Uint8Array(addressSize);
  padded.set(source.subarray(start + address, start + address + layout.addressOctets));
  const ip = printIp(padded);
  const behind = (name: string, offset: number): string => {
    if (offset < 0) return `"${name}_len": 0, "${name}": ""`;
    const bits = source[start + offset]!;
    const from = start + offset + 1;
    return `"${name}_len": ${bits}, "${name}": "${printIp(source.subarray(from, from + bits / 8))}"`;
  };
  const head = `"name": "${NAMES[type]}", "arch": ${MUP_ARCHITECTURE}, "code": ${type}, `;
  const rdText = `"rd": "${showRouteDistinguisher(source, start + rd)}"`;
  const teidText = teid < 0 ? '' : `"teid": "${readTeid(source, start + teid, teidOctets)}"`;
  switch (type) {
    case MupType.interwork:
      return `${head}"prefix_ip_len": ${source[start + length]}, "prefix_ip": "${ip}", ${rdText}`;
    case MupType.direct:
      return `${head}"ip": "${ip}", ${rdText}`;
    case MupType.type1Session:
      return (
        `${head}"prefix_ip_len": ${source[start + length]}, "prefix_ip": "${ip}", ${teidText}, ` +
        `"qfi": "${source[start + qfi]}", ${rdText}, ${behind('endpoint_ip', endpoint)}, ` +
        behind('source_ip', layout.source)
      );
    default:
      return `${head}"endpoint_len": ${source[start + length]}, "endpoint_ip": "${ip}", ${rdText}, ${teidText}`;
  }
}

/** Makes the family of one AFI. @param afi 1 IPv4, 2 IPv6 */
export function mupFamily(afi: 1 | 2): Family {
  const size = afi === 1 ? 4 : 16;
  return {
    afi,
    safi: SAFI,
    name: afi === 1 ? 'ipv4 mup' : 'ipv6 mup',
    nextHop: {
      addressSize: size,
      lengths: [4, 16],
      extendedLengths: [],
      prefixOctets: 0,
      isAlsoAttribute: true,
      // As ExaBGP: an IPv6 service over an IPv4 backbone (compare RFC 4659 section 3.2.1.2).
      ...(afi === 2 ? { mapsIpv4: true } : {}),
    },
    isClassic: false,

    sizeOf,
    isMalformed: (source, start, end) =>
      source[start] === MUP_ARCHITECTURE &&
      TYPES.has(readU16(source, start + 1)) &&
      mupLayout(source, start, end, size) === undefined,
    split: (source, start, end) => splitMup(source, start, end, size),
    write: (out, key, start, end, payload) => writeMup(out, key, start, end, payload, size),
    reader: () => new MupReader(size),
    parse: (tokens) => readNlri(tokens, new MupReader(size)),
    print: (source, start, end) => printMup(source, start, end, size),
    toJson(source, start, end, pathId) {
      const fields = fieldsToJson(source, start, end, size);
      const unread = `"arch": ${source[start]}, "code": ${readU16(source, start + 1)}, "parsed": false`;
      const path = pathId === undefined ? '' : `, "path-information": "${printPathId(pathId)}"`;
      return `{ ${fields ?? unread}, "raw": "${toHex(source.subarray(start, end)).toUpperCase()}"${path} }`;
    },
  };
}
