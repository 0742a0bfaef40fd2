/**
 * SR policies, SAFI 73 of both IP families (RFC 9830 section 2.1). The key is the whole NLRI. The words of the policy's
 * tunnel stand among those of the route, as ExaBGP has them; they become a Tunnel Encapsulation attribute.
 *
 *   1 octet    length in bits: 96 or 192
 *   4 octets   distinguisher
 *   4 octets   color
 *   n octets   endpoint, 4 or 16
 */
import { NO_BYTES, readU32, Writer } from '../../util/bytes.js';
import { parseIp, printIp } from '../../util/ip.js';
import { CommandError, type Tokens } from '../../util/tokens.js';
import { tunnelEncapsulation } from '../attribute/tunnel-encapsulation.js';
import { parseSubTlv, SUB_TLV_WORDS } from '../attribute/tunnel-sub-tlv.js';
import { SR_POLICY_TUNNEL } from '../attribute/tunnel-tlv.js';
import { readNlri } from './nlri-words.js';
import { printPathId } from './prefix-family.js';
import type { Family, NlriReader, ParsedNlri } from './types.js';

const SAFI = 73;
const MAX_U32 = 0xffffffff;
/** Octets of distinguisher and color. */
const NUMBERS = 8;

class SrPolicyReader implements NlriReader {
  readonly words: ReadonlySet<string> = new Set(['distinguisher', 'color', 'endpoint', ...SUB_TLV_WORDS]);
  private readonly numbers = new Map<string, number>();
  private endpoint: Uint8Array | undefined;
  private readonly subTlvs = new Writer(256);

  constructor(private readonly addressSize: 4 | 16) {}

  read(word: string, tokens: Tokens): undefined {
    if (SUB_TLV_WORDS.has(word)) parseSubTlv(word, tokens, this.subTlvs);
    else if (word === 'endpoint') {
      const text = tokens.need('an IP address');
      const address = parseIp(text);
      if (address?.length !== this.addressSize) {
        throw tokens.error(`"${text}" is not an IPv${this.addressSize === 4 ? 4 : 6} address`);
      }
      this.endpoint ??= address;
    } else {
      const value = tokens.number(word, MAX_U32);
      if (!this.numbers.has(word)) this.numbers.set(word, value);
    }
    return undefined;
  }

  finish(tokens: Tokens): ParsedNlri {
    const { numbers, endpoint, subTlvs, addressSize } = this;
    const color = numbers.get('color');
    if (color === undefined || endpoint === undefined) {
      throw tokens.error(`an SR policy needs ${color === undefined ? 'a color' : 'an endpoint'}`);
    }
    const key = new Writer(32).u8((NUMBERS + addressSize) * 8);
    key
      .u32(numbers.get('distinguisher') ?? 0)
      .u32(color)
      .bytes(endpoint);
    const nlri = { key: key.finish(), payload: NO_BYTES };
    if (subTlvs.length === 0) return nlri;
    if (subTlvs.length > 0xffff) throw new CommandError('the policy is too long', tokens.column);
    const value = new Writer(subTlvs.length + 4).u16(SR_POLICY_TUNNEL).u16(subTlvs.length).bytes(subTlvs.view());
    const { code, flags } = tunnelEncapsulation;
    return { ...nlri, attributes: [{ code, flags, value: value.finish() }] };
  }
}

/** Makes the family of one AFI. @param afi 1 IPv4, 2 IPv6 */
export function srPolicyFamily(afi: 1 | 2): Family {
  const addressSize = afi === 1 ? 4 : 16;
  const size = 1 + NUMBERS + addressSize;
  const bits = (size - 1) * 8;
  const endpointOf = (source: Uint8Array, start: number): string =>
    printIp(source.subarray(start + 1 + NUMBERS, start + size));
  return {
    afi,
    safi: SAFI,
    name: afi === 1 ? 'ipv4 sr-policy' : 'ipv6 sr-policy',
    // RFC 9830 section 2.1: an address of either family.
    nextHop: { addressSize, lengths: [4, 16], extendedLengths: [], prefixOctets: 0, isAlsoAttribute: false },
    isClassic: false,

    sizeOf: (source, offset, end) => (source[offset] === bits && offset + size <= end ? size : -1),
    split: (source, start, end) => ({ key: source.slice(start, end), payload: NO_BYTES }),
    write: (out, key, start, end) => {
      out.bytes(key, start, end);
    },
    reader: () => new SrPolicyReader(addressSize),
    parse: (tokens) => readNlri(tokens, new SrPolicyReader(addressSize)),
    print: (source, start) =>
      `distinguisher ${readU32(source, start + 1)} color ${readU32(source, start + 5)} endpoint ${endpointOf(source, start)}`,
    toJson(source, start, _end, pathId) {
      const path = pathId === undefined ? '' : `, "path-information": "${printPathId(pathId)}"`;
      return (
        `{ "distinguisher": ${readU32(source, start + 1)}, "color": ${readU32(source, start + 5)}, ` +
        `"endpoint": "${endpointOf(source, start)}"${path} }`
      );
    },
  };
}
