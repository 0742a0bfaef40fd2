/**
 * Packed attributes (attribute-set.ts) as text and JSON, ascending by code, as events, listings and `decode` show them.
 * NEXT_HOP is left out: it goes with the routes. Attributes that the codec does not know, or that have unusual flags or
 * values, are shown raw.
 */
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

/** The members of the "attribute" object, `"origin": "igp", "med": 10`; "" for none. @param tlvs packed attributes */
export function attributesToJson(tlvs: Uint8Array, dialect: Dialect): string {
  let out = '';
  eachTlv(tlvs, (code, flags, value) => {
    if (code === AttributeCode.nextHop) return;
    const type = shower(code, flags, value);
    const member = type === undefined ? rawToJson(code, flags, value) : type.toJson(value, dialect);
    if (member !== '') out += out === '' ? member : `, ${member}`;
  });
  return out;
}
