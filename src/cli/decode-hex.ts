/**
 * Hexadecimal of BGP messages -> what events say of them, without a session: for `crier decode`. Takes whole messages one
 * behind the other, the body of an UPDATE, or with a family NLRI.
 */
import type { Encoder, NeighborText } from '../api/encoder/types.js';
import { fromHex, readU16 } from '../util/bytes.js';
import { printIp } from '../util/ip.js';
import { printAttributes } from '../wire/attribute-text.js';
import { MessageType } from '../wire/codes.js';
import { NotificationError } from '../wire/errors.js';
import { families } from '../wire/family/index.js';
import { printPathId } from '../wire/family/prefix-family.js';
import type { Dialect, Family } from '../wire/family/types.js';
import { bodyOf, buildMessage, HEADER_SIZE, MARKER_SIZE, MAX_EXTENDED_MESSAGE_SIZE, typeOf } from '../wire/message.js';
import type { Negotiated } from '../wire/negotiated.js';
import { eachNlri, findBadNlri } from '../wire/nlri.js';
import { decodeNotification } from '../wire/notification.js';
import { decodeOpen } from '../wire/open.js';
import { decodeRouteRefresh } from '../wire/refresh.js';
import type { DecodedUpdate, NlriRun } from '../wire/update.js';
import { decodeUpdate } from '../wire/update-decoder.js';

/** How the octets are to be read and shown. */
export interface DecodeOptions {
  readonly asn4: boolean;
  /** ADD-PATH for all families. */
  readonly pathInformation: boolean;
  readonly dialect: Dialect;
  /** event: by `encoder`. command: as lines of the process API. */
  readonly form: 'event' | 'command';
  readonly encoder: Encoder;
}

/** The octets are not what they should be. */
export class DecodeFailure extends Error {}

const LOCAL_AS = 65533;
const NEIGHBOR: NeighborText = {
  localAddress: '127.0.0.1',
  peerAddress: '127.0.0.1',
  localAs: LOCAL_AS,
  peerAs: LOCAL_AS,
  routerId: '127.0.0.1',
};

function negotiatedOf({ asn4, pathInformation }: DecodeOptions): Negotiated {
  const all = families.map(() => true);
  const paths = families.map(() => pathInformation);
  const routerId = Uint8Array.of(127, 0, 0, 1);
  return {
    localAs: LOCAL_AS,
    peerAs: LOCAL_AS,
    localRouterId: routerId,
    peerRouterId: routerId,
    isExternal: false,
    asn4,
    holdTimeSeconds: 180,
    sendMessageSize: MAX_EXTENDED_MESSAGE_SIZE,
    receiveMessageSize: MAX_EXTENDED_MESSAGE_SIZE,
    families: all,
    addPathSend: paths,
    addPathReceive: paths,
    extendedNextHop: all,
    refresh: 'enhanced',
    localRole: undefined,
    peerRole: undefined,
    aigp: true,
    peerGracefulRestart: false,
    gracefulNotification: false,
  };
}

/** @param text hexadecimal; blanks, colons and a leading 0x mean nothing @throws DecodeFailure */
export function readHex(text: string): Uint8Array {
  const octets = fromHex(text.replace(/[\s:]/g, '').replace(/^0x/i, ''));
  if (octets === undefined) throw new DecodeFailure('hexadecimal expected: an even number of digits');
  if (octets.length === 0) throw new DecodeFailure('nothing to decode');
  return octets;
}

/** A text and what was found wrong with the message besides. */
export interface Decoded {
  /** Lines, each with its end. */
  readonly text: string;
  readonly warnings: readonly string[];
}

/**
 * Whole messages, or the body of one UPDATE.
 * @throws DecodeFailure
 */
export function decodeMessages(octets: Uint8Array, options: DecodeOptions): Decoded {
  const warnings: string[] = [];
  let text = '';
  try {
    for (const message of messagesOf(octets)) text += decodeMessage(message, options, warnings);
  } catch (error) {
    if (!(error instanceof NotificationError)) throw error;
    throw new DecodeFailure(`malformed, a session would end with ${error.code}/${error.subcode}: ${error.message}`);
  }
  return { text, warnings };
}

function messagesOf(octets: Uint8Array): Uint8Array[] {
  const hasMarker = octets.length >= MARKER_SIZE && octets.subarray(0, MARKER_SIZE).every((octet) => octet === 0xff);
  if (!hasMarker) return [buildMessage(MessageType.update, octets)];
  const out: Uint8Array[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = at + HEADER_SIZE <= octets.length ? readU16(octets, at + MARKER_SIZE) : 0;
    if (length < HEADER_SIZE || at + length > octets.length) {
      throw new DecodeFailure(`the message at octet ${at} says ${length} octets, ${octets.length - at} are there`);
    }
    out.push(octets.subarray(at, at + length));
    at += length;
  }
  return out;
}

function decodeMessage(message: Uint8Array, options: DecodeOptions, warnings: string[]): string {
  const { encoder, form } = options;
  const event = (content: string | undefined): string =>
    content === undefined ? '' : encoder.line(content, 1, Date.now() / 1000);
  const refuse = (): never => {
    throw new DecodeFailure('no command makes this message');
  };
  switch (typeOf(message)) {
    case MessageType.update: {
      const update = decodeUpdate(bodyOf(message), negotiatedOf(options), 'offline');
      for (const fault of update.faults) warnings.push(`attribute ${fault.code}: ${fault.reason}`);
      return form === 'command'
        ? updateCommands(update, options.dialect)
        : event(encoder.update(NEIGHBOR, 'in', update, undefined));
    }
    case MessageType.routeRefresh: {
      const refresh = decodeRouteRefresh(message, true);
      const family = families.find(({ afi, safi }) => afi === refresh.afi && safi === refresh.safi);
      if (form === 'command') return family === undefined ? refuse() : `announce route-refresh ${family.name}\n`;
      return event(encoder.refresh(NEIGHBOR, 'in', refresh, undefined));
    }
    case MessageType.open: {
      const open = decodeOpen(message);
      return form === 'command' ? refuse() : event(encoder.open(NEIGHBOR, 'in', open, undefined));
    }
    case MessageType.notification:
      return form === 'command'
        ? refuse()
        : event(encoder.notification(NEIGHBOR, 'in', decodeNotification(message), undefined));
    case MessageType.keepalive:
      return form === 'command' ? refuse() : event(encoder.keepalive(NEIGHBOR, 'in', undefined));
    default:
      throw new DecodeFailure(`message type ${typeOf(message)} is unknown`);
  }
}

/** The lines that make an UPDATE. Of two next hops the global one: commands have no word for the other. */
function updateCommands(update: DecodedUpdate, dialect: Dialect): string {
  if (update.endOfRib !== undefined) return `announce eor ${update.endOfRib.name}\n`;
  const attributes = update.attributes === undefined ? '' : printAttributes(update.attributes, dialect);
  let out = '';
  for (const run of update.withdrawn) out += routeCommands(run, 'withdraw', '');
  for (const run of update.announced) {
    const { nextHop } = run;
    const hop =
      nextHop.length === 0 ? '' : ` next-hop ${printIp(nextHop.length === 32 ? nextHop.subarray(0, 16) : nextHop)}`;
    out += routeCommands(run, 'announce', `${hop}${attributes === '' ? '' : ` ${attributes}`}`);
  }
  return out;
}

function routeCommands(run: NlriRun, verb: string, rest: string): string {
  let out = '';
  eachNlri(run, (source, start, end, pathId) => {
    const path = pathId === undefined ? '' : ` path-information ${printPathId(pathId)}`;
    out += `${verb} ${run.family.name} ${run.family.print(source, start, end)}${path}${rest}\n`;
  });
  return out;
}

/**
 * NLRI of a family: one JSON object, or a list of them; with `isText` one line each.
 * @throws DecodeFailure
 */
export function decodeNlri(octets: Uint8Array, family: Family, options: DecodeOptions, isText: boolean): string {
  const { pathInformation, dialect } = options;
  const bad = findBadNlri(family, octets, 0, octets.length, pathInformation);
  if (bad >= 0) throw new DecodeFailure(`malformed NLRI of ${family.name} at octet ${bad}`);
  const parts: string[] = [];
  const run = { family, source: octets, start: 0, end: octets.length, addPath: pathInformation, nextHop: octets };
  eachNlri(run, (source, start, end, pathId) => {
    parts.push(isText ? family.print(source, start, end) : family.toJson(source, start, end, pathId, dialect));
  });
  if (isText) return `${parts.join('\n')}\n`;
  return parts.length === 1 ? `${parts[0]}\n` : `[ ${parts.join(', ')} ]\n`;
}
