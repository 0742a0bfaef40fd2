/**
 * One line of the process API -> the messages that a neighbor would be sent, without a daemon: for `crier encode`.
 * Commands that send nothing are refused. A withdraw is written as if the route had been announced, with the
 * attributes of the line where ExaBGP sends them; the daemon does so with `exabgpWire`.
 */
import { CommandFailure } from '../api/command/types.js';
import { type ParsedRoutes, parseRoutes, type RouteForm, type RouteVerb } from '../api/route-text.js';
import { parseSelector, SELECTOR_WORDS } from '../api/selector.js';
import { toHex } from '../util/bytes.js';
import { CommandError, Tokens } from '../util/tokens.js';
import { sortCommunities } from '../wire/community-order.js';
import { encodeEndOfRib } from '../wire/end-of-rib.js';
import { families, familyByName } from '../wire/family/index.js';
import type { Dialect, Family } from '../wire/family/types.js';
import { MAX_MESSAGE_SIZE } from '../wire/message.js';
import type { EncodeProfile } from '../wire/negotiated.js';
import { encodeOperational } from '../wire/operational.js';
import { parseOperational } from '../wire/operational-text.js';
import { encodeRouteRefresh, RefreshSubtype } from '../wire/refresh.js';
import { UpdateWriter } from '../wire/update-writer.js';

/** The session that the messages are for: IPv4, all families, extended next hop. */
export interface EncodeOptions {
  readonly localAs: number;
  readonly peerAs: number;
  readonly asn4: boolean;
  /** ADD-PATH for all families. */
  readonly pathInformation: boolean;
  readonly groupUpdates: boolean;
  /** exabgp-4 leaves communities in the order they were written, exabgp-5 sorts them. */
  readonly dialect: Dialect;
}

/** What `next-hop self` is. */
const LOCAL_ADDRESS = Uint8Array.of(127, 0, 0, 1);

const FORMS: Readonly<Record<string, RouteForm>> = {
  route: 'route',
  attribute: 'attributes',
  attributes: 'attributes',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  l2vpn: 'l2vpn',
  'bgp-ls': 'bgp-ls',
  flow: 'flow',
  vpls: 'vpls',
};

function profileOf(options: EncodeOptions): EncodeProfile {
  const isExternal = options.localAs !== options.peerAs;
  return {
    id: 0,
    localAs: options.localAs,
    isExternal,
    asn4: options.asn4,
    messageSize: MAX_MESSAGE_SIZE,
    families: families.map(() => true),
    addPath: families.map(() => options.pathInformation),
    extendedNextHop: families.map(() => true),
    groupUpdates: options.groupUpdates,
    self4: LOCAL_ADDRESS,
    self6: undefined,
    localRole: undefined,
    aigp: false,
  };
}

/**
 * @param line a command as text; a selector in front means nothing
 * @returns whole messages
 * @throws CommandError, CommandFailure
 */
export function encodeCommand(line: string, options: EncodeOptions): Uint8Array[] {
  const tokens = new Tokens(line);
  let verb = tokens.need('a command');
  if (SELECTOR_WORDS.has(verb)) {
    parseSelector(tokens);
    verb = tokens.need('a command');
  }
  if (verb !== 'announce' && verb !== 'withdraw') throw tokens.error(`"${verb}" sends no routes`);
  const word = tokens.need('what is announced');
  if (verb === 'announce' && word === 'eor') return [encodeEndOfRib(optionalFamily(tokens))];
  if (verb === 'announce' && word === 'route-refresh') {
    const { afi, safi } = needFamily(tokens);
    tokens.end();
    return [encodeRouteRefresh({ afi, safi, subtype: RefreshSubtype.query })];
  }
  if (verb === 'announce' && word === 'operational')
    return [encodeOperational(parseOperational(tokens), LOCAL_ADDRESS)];
  const form = FORMS[word];
  if (form === undefined) throw tokens.error(`"${word}" is nothing that can be encoded`);
  return writeRoutes(parseRoutes(tokens, form, verb), verb, options);
}

function needFamily(tokens: Tokens): Family {
  const name = `${tokens.need('an AFI')} ${tokens.need('a SAFI')}`;
  const family = familyByName(name);
  if (family === undefined) throw tokens.error(`"${name}" is no address family`);
  return family;
}

/** `[AFI SAFI]` to the end of the line; IPv4 unicast when it is not there. */
function optionalFamily(tokens: Tokens): Family {
  if (tokens.isAtEnd()) return families[0]!;
  const family = needFamily(tokens);
  tokens.end();
  return family;
}

function writeRoutes(parsed: ParsedRoutes, verb: RouteVerb, options: EncodeOptions): Uint8Array[] {
  const writer = new UpdateWriter(profileOf(options));
  const set = options.dialect === 'exabgp-4' ? parsed.set : sortCommunities(parsed.set);
  const byFamily = new Map<number, Uint8Array[]>();
  const seen = new Set<string>();
  for (const { familyIndex, key } of parsed.routes) {
    // A route that is named twice is one route.
    const name = `${familyIndex} ${toHex(key)}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const keys = byFamily.get(familyIndex);
    if (keys === undefined) byFamily.set(familyIndex, [key]);
    else keys.push(key);
  }
  for (const [index, keys] of byFamily) {
    const family = families[index]!;
    if (verb === 'withdraw') writer.withdraw(family, set);
    else if (!writer.announce(family, set)) {
      throw new CommandFailure(`a route of ${family.name} has no usable next hop on this session`);
    }
    for (const key of keys) {
      if (!writer.add(key, 0, key.length)) throw new CommandFailure('the attributes do not fit into a message');
    }
  }
  return writer.take().flatMap(({ bytes }) => splitMessages(bytes));
}

/** Whole messages one behind the other -> each. */
function splitMessages(bytes: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes[at + 16]! << 8) | bytes[at + 17]!;
    out.push(bytes.subarray(at, at + length));
    at += length;
  }
  return out;
}

/** What a refused command is answered, with its column where it has one. */
export function refusalOf(error: unknown): string {
  if (error instanceof CommandError) return `column ${error.column}: ${error.message}`;
  if (error instanceof CommandFailure) return error.message;
  throw error;
}
