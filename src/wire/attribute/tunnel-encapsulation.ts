/**
 * Tunnel Encapsulation (RFC 9012), with SR policies in it (RFC 9830). Text is a group for each tunnel, of its type, by name
 * or number, and the words of its sub-TLVs: `( sr-policy preference 100 … ) ( vxlan egress-endpoint 192.0.2.1 )`.
 */
import { toHex, Writer } from '../../util/bytes.js';
import { parseNumber, type Tokens } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import { withdrawFault } from './fault.js';
import { parseSubTlv, printSubTlvs, SUB_TLV_WORDS, subTlvsToJson } from './tunnel-sub-tlv.js';
import { eachTunnel, findTunnelFault, hasSubTlvs, TUNNEL_TYPES, tunnelName } from './tunnel-tlv.js';
import { type AttributeType, Flag } from './types.js';

const MAX_U16 = 0xffff;
/** Octets of type and length of a tunnel. */
const HEAD = 4;

/** Reads one group, its opening bracket taken. */
function parseTunnel(tokens: Tokens, out: Writer): void {
  const word = tokens.need('a tunnel type');
  const type = TUNNEL_TYPES[word] ?? parseNumber(word);
  if (type === undefined || type > MAX_U16) {
    throw tokens.error(`"${word}" is no tunnel type: a number, or ${Object.keys(TUNNEL_TYPES).join(', ')}`);
  }
  const start = out.length;
  out.u16(type).u16(0);
  while (!tokens.accept(')')) {
    const subTlv = tokens.need('a sub-TLV or ")"');
    if (!SUB_TLV_WORDS.has(subTlv)) throw tokens.error(`"${subTlv}" begins no sub-TLV`);
    parseSubTlv(subTlv, tokens, out);
  }
  if (out.length - start - HEAD > MAX_U16) throw tokens.error('the sub-TLVs are too long');
  out.patchU16(start + 2, out.length - start - HEAD);
}

export const tunnelEncapsulation: AttributeType = {
  code: AttributeCode.tunnelEncapsulation,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'Tunnel Encapsulation',
  keyword: 'tunnel-encap',
  flagFault: FaultAction.withdraw,

  decode(value: Uint8Array) {
    const fault = findTunnelFault(value, true);
    return fault === undefined ? value : withdrawFault(this.code, fault);
  },
  hasText: (value) => findTunnelFault(value) === undefined,
  parse(tokens: Tokens): Uint8Array {
    const out = new Writer(256);
    do {
      tokens.expect('(');
      parseTunnel(tokens, out);
    } while (tokens.peek() === '(');
    const fault = findTunnelFault(out.view());
    if (fault !== undefined) throw tokens.error(fault);
    return out.finish();
  },
  print(value: Uint8Array): string {
    const groups: string[] = [];
    eachTunnel(value, (type, start, end) => {
      groups.push(`( ${[tunnelName(type), printSubTlvs(value, start, end)].join(' ').trimEnd()} )`);
    });
    return groups.join(' ');
  },
  toJson(value: Uint8Array): string {
    const members = new Map<string, string[]>();
    eachTunnel(value, (type, start, end) => {
      const name = tunnelName(type);
      const known = members.get(name) ?? [];
      if (hasSubTlvs(value, start, end)) {
        const content = subTlvsToJson(value, start, end);
        known.push(content === '' ? '{}' : `{ ${content} }`);
      } else known.push(`"0x${toHex(value.subarray(start, end))}"`);
      members.set(name, known);
    });
    const texts = [...members].map(
      ([name, all]) => `"${name}": ${all.length === 1 ? all[0] : `[ ${all.join(', ')} ]`}`,
    );
    return `"tunnel-encap": { ${texts.join(', ')} }`;
  },
};
