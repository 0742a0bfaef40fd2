/**
 * Packed attributes (attribute-set.ts) as text and JSON, ascending by code, as events, listings and `decode` show them.
 * NEXT_HOP is left out: it goes with the routes. Attributes that the codec does not know, or that have unusual flags or
 * values, are shown raw. The common ones are also written as octets (writeAttributes), without anything made for each.
 */
import { readU16 } from '../util/bytes.js';
import { octetsOf, type TextWriter } from '../util/text-writer.js';
import { attributeByCode } from './attribute/index.js';
import { printRaw, rawToJson } from './attribute/raw.js';
import { type AttributeType, Flag } from './attribute/types.js';
import { eachTlv } from './attribute-set.js';
import { AttributeCode } from './codes.js';
import type { Dialect } from './family/types.js';

/** These bits may differ without changing what the attribute means. */
const IRRELEVANT = Flag.partial | Flag.extendedLength | 0x0f;

/** @returns the type that can show this attribute, undefined where it must be shown raw */
function shower(code: number, flags: number, value: Uint8Array): AttributeType | undefined {
  const type = attributeByCode(code);
  if (type?.keyword === undefined || ((flags ^ type.flags) & ~IRRELEVANT & 0xff) !== 0) return undefined;
  return type.hasText(value) ? type : undefined;
}

/** `med 10`, `atomic-aggregate`, `attribute [ 0x63 0xC0 0x0a0b ]` */
export function printAttribute(code: number, flags: number, value: Uint8Array, dialect: Dialect): string {
  const type = shower(code, flags, value);
  if (type === undefined) return printRaw(code, flags, value);
  if (type.phrase !== undefined) return type.phrase(value, dialect);
  const text = type.print(value, dialect);
  return text === '' ? type.keyword! : `${type.keyword} ${text}`;
}

/** All attributes as commands take them, with blanks between; "" for none. @param tlvs packed attributes */
export function printAttributes(tlvs: Uint8Array, dialect: Dialect): string {
  const parts: string[] = [];
  eachTlv(tlvs, (code, flags, value) => {
    if (code !== AttributeCode.nextHop) parts.push(printAttribute(code, flags, value, dialect));
  });
  return parts.join(' ');
}

function attributeToJson(code: number, flags: number, value: Uint8Array, dialect: Dialect): string {
  const type = shower(code, flags, value);
  return type === undefined ? rawToJson(code, flags, value) : type.toJson(value, dialect);
}

/** The members of the "attribute" object, `"origin": "igp", "med": 10`; "" for none. @param tlvs packed attributes */
export function attributesToJson(tlvs: Uint8Array, dialect: Dialect): string {
  let out = '';
  eachTlv(tlvs, (code, flags, value) => {
    if (code === AttributeCode.nextHop) return;
    const member = attributeToJson(code, flags, value, dialect);
    if (member !== '') out += out === '' ? member : `, ${member}`;
  });
  return out;
}

const JSON_SEPARATOR = octetsOf(', ');
const TEXT_SEPARATOR = octetsOf(' ');
/** Flags, type code, length. */
const TLV_HEAD_OCTETS = 4;

/** True when all attributes are of kinds that come with nearly every route and cost little to write. */
export function areCommon(tlvs: Uint8Array): boolean {
  for (let at = 0; at + TLV_HEAD_OCTETS <= tlvs.length; at += TLV_HEAD_OCTETS + readU16(tlvs, at + 2)) {
    if (attributeByCode(tlvs[at + 1]!)?.writeJson === undefined && tlvs[at + 1] !== AttributeCode.nextHop) return false;
  }
  return true;
}

/** Writes what `attributesToJson` (form "json") or `printAttributes` ("text") gives. @param tlvs packed attributes */
export function writeAttributes(out: TextWriter, tlvs: Uint8Array, dialect: Dialect, form: 'json' | 'text'): void {
  const isJson = form === 'json';
  const separator = isJson ? JSON_SEPARATOR : TEXT_SEPARATOR;
  const begin = out.length;
  for (let at = 0; at + TLV_HEAD_OCTETS <= tlvs.length; ) {
    const flags = tlvs[at]!;
    const code = tlvs[at + 1]!;
    const start = at + TLV_HEAD_OCTETS;
    at = start + readU16(tlvs, at + 2);
    if (code === AttributeCode.nextHop) continue;
    const before = out.length;
    if (before > begin) out.bytes(separator);
    const from = out.length;
    const type = attributeByCode(code);
    const isUsual = type !== undefined && ((flags ^ type.flags) & ~IRRELEVANT & 0xff) === 0;
    const isWritten =
      isUsual &&
      (isJson
        ? type.writeJson?.(out, tlvs, start, at, dialect) === true
        : type.writeText?.(out, tlvs, start, at, dialect) === true);
    if (!isWritten) {
      const value = tlvs.subarray(start, at);
      out.text(isJson ? attributeToJson(code, flags, value, dialect) : printAttribute(code, flags, value, dialect));
    }
    // Some have nothing to say (an empty AS_PATH in JSON).
    if (out.length === from) out.length = before;
  }
}
