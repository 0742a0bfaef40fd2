/**
 * Messages without a session: whole ones, the body of an UPDATE, or one NLRI, as the event that a helper would get or as
 * the commands that would announce the same. All families are negotiated; direction "in", addresses of the loopback.
 */

import { readU32 } from '../util/bytes.js';
import { ANY_COUNT } from '../wire/capability/multiple-labels.js';
import { Afi, ErrorCode, HeaderError, MessageType } from '../wire/codes.js';
import { NotificationError } from '../wire/errors.js';
import { families } from '../wire/family/index.js';
import type { Dialect, Family } from '../wire/family/types.js';
import { Framer } from '../wire/framer.js';
import { bodyOf, buildMessage, MARKER_SIZE, MAX_EXTENDED_MESSAGE_SIZE } from '../wire/message.js';
import type { Negotiated } from '../wire/negotiated.js';
import { findBadNlri, PATH_ID_SIZE } from '../wire/nlri.js';
import { decodeNotification } from '../wire/notification.js';
import { decodeOpen } from '../wire/open.js';
import { decodeOperational } from '../wire/operational.js';
import { decodeRouteRefresh } from '../wire/refresh.js';
import { decodeUpdate } from '../wire/update-decoder.js';
import { type EncoderName, encoders } from './encoder/index.js';
import type { DaemonText, Encoder, NeighborText } from './encoder/types.js';
import { operationalToCommand, refreshToCommand, updateToCommands } from './update-to-commands.js';

/** How octets are to be read. */
export interface OfflineContext {
  /** AS numbers have four octets. */
  readonly asn4: boolean;
  /** Path identifiers stand before each NLRI. */
  readonly addPath: boolean;
}

export interface EventForm {
  readonly encoder: EncoderName;
  readonly dialect: Dialect;
  readonly daemon: DaemonText;
  readonly timeSeconds: number;
}

/** AS number of both ends: an internal session. */
const OFFLINE_AS = 65533;
const LOOPBACK = '127.0.0.1';

const neighbor: NeighborText = {
  localAddress: LOOPBACK,
  peerAddress: LOOPBACK,
  localAs: OFFLINE_AS,
  peerAs: OFFLINE_AS,
  routerId: LOOPBACK,
};

function negotiatedFor({ asn4, addPath }: OfflineContext): Negotiated {
  const all = families.map(() => true);
  const paths = families.map(() => addPath);
  const routerId = Uint8Array.of(127, 0, 0, 1);
  return {
    localAs: OFFLINE_AS,
    peerAs: OFFLINE_AS,
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
    multipleLabels: all,
    labelLimits: families.map(() => ANY_COUNT),
    refresh: 'enhanced',
    localRole: undefined,
    peerRole: undefined,
    aigp: true,
    peerGracefulRestart: false,
    gracefulNotification: false,
    peerLongLived: false,
    pathsLimit: families.map(() => 0),
    linkLocalNextHop: true,
    multisession: false,
    operational: true,
  };
}

/**
 * Cuts octets into messages; octets that do not start with a marker are the body of an UPDATE.
 * @throws NotificationError when they are no whole messages
 */
function eachMessage(octets: Uint8Array, visit: (type: number, message: Uint8Array) => void): void {
  const hasMarker = octets.length >= MARKER_SIZE && octets.subarray(0, MARKER_SIZE).every((octet) => octet === 0xff);
  const framer = new Framer();
  framer.maxMessageSize = MAX_EXTENDED_MESSAGE_SIZE;
  framer.takesOperational = true;
  framer.push(hasMarker ? octets : buildMessage(MessageType.update, octets), (type, message) => {
    visit(type, message);
    return true;
  });
  if (framer.pendingOctets > 0) {
    throw new NotificationError(ErrorCode.messageHeader, HeaderError.badLength, undefined, 'the message is cut');
  }
}

function encodeEvent(type: number, message: Uint8Array, negotiated: Negotiated, encoder: Encoder): string | undefined {
  switch (type) {
    case MessageType.open:
      return encoder.open(neighbor, 'in', decodeOpen(message), undefined);
    case MessageType.update:
      return encoder.update(neighbor, 'in', decodeUpdate(bodyOf(message), negotiated, 'offline'), undefined);
    case MessageType.notification:
      return encoder.notification(neighbor, 'in', decodeNotification(message), undefined);
    case MessageType.routeRefresh:
      return encoder.refresh(neighbor, 'in', decodeRouteRefresh(message, true), undefined);
    case MessageType.operational: {
      const operational = decodeOperational(message);
      return operational && encoder.operational(neighbor, 'in', operational, undefined);
    }
    default:
      return encoder.keepalive(neighbor, 'in', undefined);
  }
}

/**
 * @param octets one or more whole messages, or the body of an UPDATE
 * @returns the events with their line ends
 * @throws NotificationError for what would end a session
 */
export function decodeToEvents(octets: Uint8Array, context: OfflineContext, form: EventForm): string {
  const encoder = encoders[form.encoder](form.dialect, form.daemon);
  const negotiated = negotiatedFor(context);
  let text = '';
  let counter = 0;
  eachMessage(octets, (type, message) => {
    const content = encodeEvent(type, message, negotiated, encoder);
    if (content !== undefined) text += encoder.line(content, ++counter, form.timeSeconds);
  });
  return text;
}

/**
 * @param octets NLRI of one family, as they stand in a message
 * @returns one JSON object (or one line of text) each
 * @throws NotificationError when they are malformed
 */
export function decodeNlri(
  octets: Uint8Array,
  family: Family,
  { addPath }: Pick<OfflineContext, 'addPath'>,
  { encoder, dialect }: Pick<EventForm, 'encoder' | 'dialect'>,
): string[] {
  // ExaBGP 4 cannot decode link state alone; what later versions print is the form for both.
  const form = family.afi === Afi.bgpLs ? 'exabgp-5' : dialect;
  const bad = findBadNlri(family, octets, 0, octets.length, addPath);
  if (bad >= 0 || octets.length === 0) {
    const reason = octets.length === 0 ? 'no NLRI' : `the ${family.name} NLRI at octet ${bad} is malformed`;
    throw new NotificationError(ErrorCode.update, 0, undefined, reason);
  }
  const out: string[] = [];
  for (let at = 0; at < octets.length; ) {
    const pathId = addPath ? readU32(octets, at) : undefined;
    const start = addPath ? at + PATH_ID_SIZE : at;
    const end = start + family.sizeOf(octets, start, octets.length);
    out.push(encoder === 'json' ? family.toJson(octets, start, end, pathId, form) : family.print(octets, start, end));
    at = end;
  }
  return out;
}

/**
 * @param octets as for `decodeToEvents`
 * @returns API commands that announce and withdraw the same; none for messages without a command
 * @throws NotificationError for what would end a session
 */
export function decodeToCommands(octets: Uint8Array, context: OfflineContext): string[] {
  const negotiated = negotiatedFor(context);
  const commands: string[] = [];
  eachMessage(octets, (type, message) => {
    if (type === MessageType.update) {
      commands.push(...updateToCommands(decodeUpdate(bodyOf(message), negotiated, 'verbatim')));
    } else if (type === MessageType.routeRefresh) {
      const command = refreshToCommand(decodeRouteRefresh(message, true));
      if (command !== undefined) commands.push(command);
    } else if (type === MessageType.operational) {
      const operational = decodeOperational(message);
      if (operational !== undefined) commands.push(operationalToCommand(operational));
    }
  });
  return commands;
}
