/** Attributes whose value is one unsigned number of four octets: MULTI_EXIT_DISC, LOCAL_PREF, OTC. */
import { readU32, writeU32 } from '../../util/bytes.js';
import { octetsOf } from '../../util/text-writer.js';
import type { Tokens } from '../../util/tokens.js';
import { FaultAction } from '../errors.js';
import type { Dialect } from '../family/types.js';
import type { Negotiated } from '../negotiated.js';
import { withdrawFault } from './fault.js';
import type { AttributeType } from './types.js';

const SIZE = 4;
const MAX = 0xffffffff;

/** What differs between the attributes. `refuse` may return a fault before the value is looked at. */
export interface U32Options {
  readonly code: number;
  readonly flags: number;
  readonly rfcName: string;
  readonly keyword: string;
  readonly refuse?: (negotiated: Negotiated) => ReturnType<AttributeType['decode']> | undefined;
  readonly toJson?: (value: Uint8Array, dialect: Dialect) => string;
}

/** Makes such an attribute; a wrong length is treat-as-withdraw (RFC 7606 sections 7.4 and 7.5, RFC 9234 section 5). */
export function u32Attribute(options: U32Options): AttributeType {
  const { code, keyword, refuse } = options;
  const jsonHead = octetsOf(`"${keyword}": `);
  const textHead = octetsOf(`${keyword} `);
  return {
    code,
    flags: options.flags,
    rfcName: options.rfcName,
    keyword,
    flagFault: FaultAction.withdraw,
    decode(value: Uint8Array, negotiated: Negotiated) {
      const refused = refuse?.(negotiated);
      if (refused !== undefined) return refused;
      return value.length === SIZE ? value : withdrawFault(code, `length ${value.length}, must be ${SIZE}`);
    },
    isPlain: (_source, start, end, negotiated) => end - start === SIZE && refuse?.(negotiated) === undefined,
    hasText: (value) => value.length === SIZE,
    parse(tokens: Tokens): Uint8Array {
      const out = new Uint8Array(SIZE);
      writeU32(out, 0, tokens.number(keyword, MAX));
      return out;
    },
    print: (value) => String(readU32(value, 0)),
    toJson: options.toJson ?? ((value) => `"${keyword}": ${readU32(value, 0)}`),
    writeJson(out, source, start, end): boolean {
      if (options.toJson !== undefined || end - start !== SIZE) return false;
      out.bytes(jsonHead).decimal(readU32(source, start));
      return true;
    },
    writeText(out, source, start, end): boolean {
      if (end - start !== SIZE) return false;
      out.bytes(textHead).decimal(readU32(source, start));
      return true;
    },
  };
}
