/**
 * Which neighbors a line is for: `neighbor 192.0.2.1 peer-as 65001, neighbor …`, `neighbor *`, `peer [ A, B ]`. Keys of
 * one element are ANDed, elements are ORed. What a line does to them is left to commands.
 */
import { isIpText, parseIp, printIp } from '../util/ip.js';
import { parseNumber, type Tokens } from '../util/tokens.js';
import type { Neighbor } from './context.js';

/** Words in front of an address. */
export const SELECTOR_WORDS: ReadonlySet<string> = new Set(['neighbor', 'peer']);

const matchers = {
  'local-ip': (neighbor: Neighbor, value: string): boolean => neighbor.localAddress === value,
  'local-as': (neighbor: Neighbor, value: string): boolean => String(neighbor.localAs) === value,
  'peer-as': (neighbor: Neighbor, value: string): boolean => String(neighbor.peerAs) === value,
  'router-id': (neighbor: Neighbor, value: string): boolean => neighbor.config.routerId === value,
  // "in-open" is what every neighbor says that has one session for all its families; so has every neighbor here.
  'family-allowed': (neighbor: Neighbor, value: string): boolean =>
    value === 'in-open' ||
    value.split('/').every((family) => neighbor.config.families.includes(family.replace('-', ' '))),
} as const;

export type SelectorKey = keyof typeof matchers;
export const SELECTOR_KEYS = Object.keys(matchers) as SelectorKey[];

interface Element {
  /** Canonical address, name of a neighbor, or "*". */
  readonly address: string;
  readonly keys: readonly { readonly key: SelectorKey; readonly value: string }[];
}

/** A selector as it was read. */
export interface Selector {
  /** True for `*` alone: future neighbors too. */
  readonly isAll: boolean;
  readonly elements: readonly Element[];
  /** Canonical text: equal selectors, equal text. */
  readonly text: string;
  /** Where it begins. */
  readonly column: number;
}

/**
 * Reads a selector; its first word ("neighbor" or "peer") was taken.
 * @throws CommandError
 */
export function parseSelector(tokens: Tokens): Selector {
  const { column } = tokens;
  const elements: Element[] = [];
  if (tokens.accept('[')) {
    do {
      elements.push(parseElement(tokens));
    } while (tokens.accept(','));
    tokens.expect(']');
  } else {
    elements.push(parseElement(tokens));
    while (tokens.accept(',')) {
      const word = tokens.need('"neighbor"');
      if (!SELECTOR_WORDS.has(word)) throw tokens.error(`"neighbor" expected behind the comma, not "${word}"`);
      elements.push(parseElement(tokens));
    }
  }
  const isAll = elements.some((element) => element.address === '*' && element.keys.length === 0);
  const text = isAll ? '*' : elements.map(printElement).join(', ');
  return { isAll, elements, text, column };
}

/** Reads a selector's text without the leading word, to the end: the `neighbor` member of a JSON command. */
export function parseSelectorText(tokens: Tokens): Selector {
  const selector = parseSelector(tokens);
  const more = tokens.next();
  if (more !== undefined) throw tokens.error(`unexpected "${more}" in a selector`);
  return selector;
}

function printElement(element: Element): string {
  return [element.address, ...element.keys.map(({ key, value }) => `${key} ${value}`)].join(' ');
}

function parseElement(tokens: Tokens): Element {
  const word = tokens.need('the address of a neighbor');
  if (',[]{}();'.includes(word)) throw tokens.error(`the address of a neighbor expected, not "${word}"`);
  const keys: { key: SelectorKey; value: string }[] = [];
  for (;;) {
    const key = tokens.peek();
    if (key === undefined || !Object.hasOwn(matchers, key)) break;
    tokens.next();
    const value = tokens.need(`the value of ${key}`);
    keys.push({ key: key as SelectorKey, value: canonicalValue(tokens, key as SelectorKey, value) });
  }
  return { address: canonicalAddress(word), keys };
}

function canonicalValue(tokens: Tokens, key: SelectorKey, value: string): string {
  if (key === 'local-as' || key === 'peer-as') {
    const number = parseNumber(value);
    if (number === undefined || number > 0xffffffff) throw tokens.error(`${key} is an AS number, not "${value}"`);
    return String(number);
  }
  if (key === 'family-allowed') return value;
  const address = parseIp(value);
  if (address === undefined) throw tokens.error(`${key} is an address, not "${value}"`);
  return printIp(address);
}

/** Addresses in their canonical text; a zone stays. */
export function canonicalAddress(text: string): string {
  if (!isIpText(text)) return text;
  const [address, zone] = text.split('%', 2);
  const packed = parseIp(address!);
  return packed === undefined ? text : printIp(packed) + (zone === undefined ? '' : `%${zone}`);
}

/** Does the selector mean this neighbor? */
export function matchesSelector(selector: Selector, neighbor: Neighbor): boolean {
  return selector.elements.some(
    ({ address, keys }) =>
      (address === '*' || address === canonicalAddress(neighbor.remoteAddress) || address === neighbor.name) &&
      keys.every(({ key, value }) => matchers[key](neighbor, value)),
  );
}
