/**
 * Operational messages as words, in commands, in the configuration and in events of the text encoder:
 * `asm afi ipv4 safi unicast advisory "text"`, `rpcq afi ipv4 safi unicast sequence 1`.
 */
import { parseIpv4, printIpv4 } from '../util/ip.js';
import type { Tokens } from '../util/tokens.js';
import { afiName, safiName } from './codes.js';
import { families, familyByName } from './family/index.js';
import {
  MAX_ADVISORY_OCTETS,
  OPERATIONAL_LAYOUTS,
  type OperationalMessage,
  type OperationalName,
  OperationalType,
} from './operational.js';

/** The kinds, as commands write them. */
export const OPERATIONAL_KINDS: readonly string[] = Object.keys(OperationalType).map((name) => name.toLowerCase());

const MAX_U32 = 0xffffffff;

/**
 * Reads a message to the end of the line.
 * @returns it, `routerId` undefined where none is named
 * @throws CommandError
 */
export function parseOperational(tokens: Tokens): OperationalMessage {
  const kind = tokens.need('a kind of operational message').toUpperCase();
  if (!isName(kind)) throw tokens.error(`expected one of ${OPERATIONAL_KINDS.join(', ')}`);
  tokens.expect('afi');
  const afiWord = tokens.need('an address family');
  tokens.expect('safi');
  const safiWord = tokens.need('a SAFI');
  const family = familyByName(`${afiWord} ${safiWord}`);
  if (family === undefined) {
    const known = families.map(({ name }) => name).join(', ');
    throw tokens.error(`"${afiWord} ${safiWord}" is no family: expected one of ${known}`);
  }
  const { afi, safi } = family;
  const layout = OPERATIONAL_LAYOUTS[kind];
  if (layout === 'advisory') {
    tokens.expect('advisory');
    const advisory = tokens.need('a text');
    if (Buffer.byteLength(advisory) > MAX_ADVISORY_OCTETS) {
      throw tokens.error(`an advisory has at most ${MAX_ADVISORY_OCTETS} octets`);
    }
    tokens.end();
    return { name: kind, layout, afi, safi, advisory };
  }
  let routerId = acceptRouterId(tokens);
  const sequence = needNumber(tokens, 'sequence');
  const counter = layout === 'counter' ? needNumber(tokens, 'counter') : 0;
  routerId ??= acceptRouterId(tokens);
  tokens.end();
  const query = { name: kind, afi, safi, routerId, sequence };
  return layout === 'counter' ? { ...query, layout, counter } : { ...query, layout };
}

function isName(word: string): word is OperationalName {
  return Object.hasOwn(OperationalType, word);
}

/** `router-id ADDRESS`, which may stand before the numbers (as in events) or behind them. */
function acceptRouterId(tokens: Tokens): Uint8Array | undefined {
  if (!tokens.accept('router-id')) return undefined;
  const routerId = parseIpv4(tokens.need('an IPv4 address'));
  if (routerId === undefined) throw tokens.error('expected an IPv4 address');
  return routerId;
}

function needNumber(tokens: Tokens, keyword: string): number {
  tokens.expect(keyword);
  const word = tokens.need('a number');
  const value = /^\d{1,10}$/.test(word) ? Number(word) : Number.NaN;
  if (!(value <= MAX_U32)) throw tokens.error(`expected a number from 0 to ${MAX_U32}`);
  return value;
}

/** @returns the words of a message, as `parseOperational` reads them; the kind in the case of the draft */
export function printOperational(message: OperationalMessage, quoted: (text: string) => string): string {
  const head = `${message.name} afi ${afiName(message.afi)} safi ${safiName(message.safi)}`;
  if (message.layout === 'advisory') return `${head} advisory ${quoted(message.advisory)}`;
  const routerId = message.routerId === undefined ? '' : ` router-id ${printIpv4(message.routerId)}`;
  const counter = message.layout === 'counter' ? ` counter ${message.counter}` : '';
  return `${head}${routerId} sequence ${message.sequence}${counter}`;
}
