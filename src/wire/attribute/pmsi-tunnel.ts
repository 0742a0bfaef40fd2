/**
 * PMSI_TUNNEL: which tunnel carries multicast (RFC 6514 section 5; RFC 7432 section 11 uses it too).
 *
 *   1 octet    flags: 1 leaf information required
 *   1 octet    tunnel type
 *   3 octets   MPLS label in the upper 20 bits, or a VNI (RFC 8365)
 *   n octets   tunnel identifier
 *
 * Text: `pmsi:TYPE:FLAGS:LABEL[(FIELD)]:[IDENTIFIER]`, as ExaBGP's events have it: FIELD are the 24 bits the label is in, the
 * identifier an address for ingress replication, else hexadecimal. The leading `pmsi:` may be left out.
 */
import { fromHex, NO_BYTES, toHex } from '../../util/bytes.js';
import { parseIp, printIp } from '../../util/ip.js';
import { parseNumber, type Tokens } from '../../util/tokens.js';
import { AttributeCode } from '../codes.js';
import { FaultAction } from '../errors.js';
import { readLabelField } from '../label-stack.js';
import { withdrawFault } from './fault.js';
import { type AttributeType, Flag } from './types.js';

/** Flags, type and label. */
const HEAD = 5;
const LABEL_AT = 2;
const NO_TUNNEL = 0;
const INGRESS_REPLICATION = 6;
const MAX_OCTET = 0xff;
const MAX_LABEL = 0xfffff;
const MAX_FIELD = 0xffffff;

/** Tunnel types by number: ExaBGP's name and which lengths an identifier may have (RFC 6514 section 5, RFC 7385). */
const TYPES: readonly { readonly name: string; readonly lengths?: readonly number[] }[] = [
  { name: 'notunnel', lengths: [0] },
  { name: 'rsvp-tep2mplsp', lengths: [12] },
  { name: 'mldpp2mplsp' },
  { name: 'pim-ssmtree', lengths: [8, 32] },
  { name: 'pim-smtree', lengths: [8, 32] },
  { name: 'bidir-pimtree', lengths: [8, 32] },
  { name: 'ingressreplication', lengths: [4, 16] },
  { name: 'mldpmp2mplsp' },
];

/** Types that IANA lists beyond those with names here, and the bit of composite tunnels (RFC 8317 section 8.3.2). */
const LAST_KNOWN = 0x0d;
const COMPOSITE = 0x80;
const EXPERIMENTAL = 0x7b;

/** @returns why this is no tunnel, or undefined: an undefined type (RFC 6514 section 5), or an identifier not of its type */
function identifierFault(type: number, size: number): string | undefined {
  const plain = type & ~COMPOSITE;
  if (plain === 0x7f || (plain > LAST_KNOWN && plain < EXPERIMENTAL)) return `tunnel type ${type} is not defined`;
  const lengths = TYPES[type]?.lengths;
  if (lengths === undefined || lengths.includes(size)) return undefined;
  return `an identifier of ${size} octets for ${TYPES[type]!.name}`;
}

function identifierText(type: number, identifier: Uint8Array): string {
  if (type === INGRESS_REPLICATION && identifierFault(type, identifier.length) === undefined)
    return printIp(identifier);
  return identifier.length === 0 || type === NO_TUNNEL ? '' : `0x${toHex(identifier).toUpperCase()}`;
}

/** @param hasField whether the 24 bits of the label are shown @param type name or number */
function text(value: Uint8Array, type: string, hasField: boolean): string {
  const field = readLabelField(value, LABEL_AT);
  const label = hasField ? `${field >>> 4}(${field})` : `${field >>> 4}`;
  return `pmsi:${type}:${value[0]}:${label}:${identifierText(value[1]!, value.subarray(HEAD))}`;
}

export const pmsiTunnel: AttributeType = {
  code: AttributeCode.pmsiTunnel,
  flags: Flag.optional | Flag.transitive,
  rfcName: 'PMSI_TUNNEL',
  keyword: 'pmsi',
  flagFault: FaultAction.withdraw,

  decode(value) {
    if (value.length < HEAD)
      return withdrawFault(AttributeCode.pmsiTunnel, `${value.length} octets, must be ${HEAD} or more`);
    const fault = identifierFault(value[1]!, value.length - HEAD);
    return fault === undefined ? value : withdrawFault(AttributeCode.pmsiTunnel, fault);
  },
  hasText: (value) => value.length >= HEAD && identifierFault(value[1]!, value.length - HEAD) === undefined,

  parse(tokens: Tokens): Uint8Array {
    const fail = (): Error => tokens.error('pmsi takes TYPE:FLAGS:LABEL:IDENTIFIER, the label as N or N(FIELD)');
    // Brackets are words of their own.
    let head = tokens.need('a PMSI tunnel');
    let field: number | undefined;
    if (tokens.accept('(')) {
      field = tokens.number('the field of a label', MAX_FIELD);
      tokens.expect(')');
      head += tokens.need('the identifier of the tunnel');
    }
    const [name = '', flagText = '', labelText = '', ...rest] = head.replace(/^pmsi:/, '').split(':');
    const known = TYPES.findIndex((type) => type.name === name);
    const type = known >= 0 ? known : parseNumber(name);
    const flags = parseNumber(flagText);
    const label = parseNumber(labelText);
    const identifierWord = rest.join(':');
    if (type === undefined || flags === undefined || label === undefined || rest.length === 0) throw fail();
    if (type > MAX_OCTET || flags > MAX_OCTET || label > MAX_LABEL) throw fail();
    field ??= label << 4;
    if (field >>> 4 !== label) throw tokens.error(`the label of the field ${field} is ${field >>> 4}, not ${label}`);
    const identifier = /^0x/i.test(identifierWord)
      ? fromHex(identifierWord.slice(2))
      : identifierWord === ''
        ? NO_BYTES
        : parseIp(identifierWord);
    if (identifier === undefined) throw tokens.error(`"${identifierWord}" is neither an address nor hexadecimal`);
    const fault = identifierFault(type, identifier.length);
    if (fault !== undefined) throw tokens.error(fault);
    return Uint8Array.of(flags, type, field >>> 16, (field >>> 8) & 0xff, field & 0xff, ...identifier);
  },
  print(value) {
    const type = value[1]!;
    const field = readLabelField(value, LABEL_AT);
    // What reads back as the same octets: ExaBGP has no field where it is 0, and no number for types it does not know.
    return text(
      value,
      TYPES[type]?.name ?? String(type),
      type === INGRESS_REPLICATION ? field !== 0 : (field & 0xf) !== 0,
    );
  },
  toJson(value) {
    const type = value[1]!;
    const hasField = type === INGRESS_REPLICATION && readLabelField(value, LABEL_AT) !== 0;
    return `"pmsi": "${text(value, TYPES[type]?.name ?? 'unknown', hasField)}"`;
  },
};
