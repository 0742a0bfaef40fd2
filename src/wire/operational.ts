/**
 * The OPERATIONAL message (draft-ietf-idr-operational-message-00 section 3.2, with ExaBGP's message type 6): one TLV of
 * type (2), length (2) and value. What a neighbor says of itself (advisories), asks (queries) and answers (counters).
 *
 *   advisory  AFI (2), SAFI (1), UTF-8 text
 *   query     AFI (2), SAFI (1), BGP identifier (4), sequence (4)
 *   counter   AFI (2), SAFI (1), BGP identifier (4), sequence (4), counter (4)
 */
import { Reader, Writer } from '../util/bytes.js';
import { decodeText } from '../util/stranger-text.js';
import { MessageType } from './codes.js';
import { buildMessage, HEADER_SIZE } from './message.js';

/** TLV types by name. */
export const OperationalType = {
  ADM: 1,
  ASM: 2,
  RPCQ: 3,
  RPCP: 4,
  APCQ: 5,
  APCP: 6,
  LPCQ: 7,
  LPCP: 8,
} as const;
export type OperationalName = keyof typeof OperationalType;

/** What the value of a TLV is, by name of its type. */
export const OPERATIONAL_LAYOUTS: Readonly<Record<OperationalName, 'advisory' | 'query' | 'counter'>> = {
  ADM: 'advisory',
  ASM: 'advisory',
  RPCQ: 'query',
  RPCP: 'counter',
  APCQ: 'query',
  APCP: 'counter',
  LPCQ: 'query',
  LPCP: 'counter',
};

interface OfFamily {
  readonly name: OperationalName;
  readonly afi: number;
  readonly safi: number;
}

export interface OperationalAdvisory extends OfFamily {
  readonly layout: 'advisory';
  /** A stranger's text where it was received: escape it. */
  readonly advisory: string;
}

export interface OperationalQuery extends OfFamily {
  readonly layout: 'query';
  /** 4 octets; undefined: that of the session it is sent on. */
  readonly routerId: Uint8Array | undefined;
  readonly sequence: number;
}

export interface OperationalCounter extends OfFamily {
  readonly layout: 'counter';
  readonly routerId: Uint8Array | undefined;
  readonly sequence: number;
  readonly counter: number;
}

export type OperationalMessage = OperationalAdvisory | OperationalQuery | OperationalCounter;

/** Longest advisory in octets: the draft's "2K". */
export const MAX_ADVISORY_OCTETS = 2048;
/** Type and length of the TLV. */
export const OPERATIONAL_TLV_HEADER = 4;

const NAMES = new Map<number, OperationalName>(
  Object.entries(OperationalType).map(([name, type]) => [type, name as OperationalName]),
);
const FAMILY_OCTETS = 3;
const QUERY_OCTETS = FAMILY_OCTETS + 8;
const COUNTER_OCTETS = QUERY_OCTETS + 4;

/**
 * @param message a whole message
 * @returns undefined for a TLV that is unknown or malformed: whoever reads it goes on without (the message is framed by its
 *   header, and an advisory is worth no session)
 */
export function decodeOperational(message: Uint8Array): OperationalMessage | undefined {
  const body = new Reader(message, HEADER_SIZE);
  if (body.left < OPERATIONAL_TLV_HEADER) return undefined;
  const name = NAMES.get(body.u16());
  const length = body.u16();
  if (name === undefined || length > body.left) return undefined;
  const value = new Reader(body.view(length));
  const layout = OPERATIONAL_LAYOUTS[name];
  switch (layout) {
    case 'advisory':
      if (value.left < FAMILY_OCTETS) return undefined;
      return { name, layout, afi: value.u16(), safi: value.u8(), advisory: decodeText(value.rest()) };
    case 'query':
      if (value.left < QUERY_OCTETS) return undefined;
      return { name, layout, ...sequenced(value) };
    case 'counter':
      if (value.left < COUNTER_OCTETS) return undefined;
      return { name, layout, ...sequenced(value), counter: value.u32() };
  }
}

function sequenced(value: Reader): Pick<OperationalQuery, 'afi' | 'safi' | 'routerId' | 'sequence'> {
  return { afi: value.u16(), safi: value.u8(), routerId: value.view(4).slice(), sequence: value.u32() };
}

/** @param routerId of the session, for messages that name none @returns a whole message */
export function encodeOperational(operational: OperationalMessage, routerId: Uint8Array): Uint8Array {
  const value = new Writer(64).u16(operational.afi).u8(operational.safi);
  if (operational.layout === 'advisory') value.bytes(Buffer.from(operational.advisory));
  else {
    value.bytes(operational.routerId ?? routerId).u32(operational.sequence);
    if (operational.layout === 'counter') value.u32(operational.counter);
  }
  const body = new Writer(OPERATIONAL_TLV_HEADER + value.length);
  body.u16(OperationalType[operational.name]).u16(value.length).bytes(value.view());
  return buildMessage(MessageType.operational, body.view());
}
