/**
 * Events as JSON, one object a line, in the dialects of ExaBGP 4.2.21 and 5.0.13: spacing and order of keys are theirs,
 * because scripts compare them; what was no valid JSON there is mended. UPDATEs are hot and written as octets; what they
 * say is left to update-json.ts.
 */
import { toHex } from '../../util/bytes.js';
import { printIpv4 } from '../../util/ip.js';
import { jsonString } from '../../util/stranger-text.js';
import { octetsOf, TextWriter } from '../../util/text-writer.js';
import { capabilityType, readCapability } from '../../wire/capability/index.js';
import { unknownJson, unknownSentKey } from '../../wire/capability/unknown.js';
import { afiName, MessageType, safiName } from '../../wire/codes.js';
import { families } from '../../wire/family/index.js';
import type { Dialect } from '../../wire/family/types.js';
import { bodyOf, HEADER_SIZE, MAX_MESSAGE_SIZE, typeOf } from '../../wire/message.js';
import type { Negotiated, PerFamily } from '../../wire/negotiated.js';
import type { OpenMessage } from '../../wire/open.js';
import type { OperationalMessage } from '../../wire/operational.js';
import { refreshSubtypeName } from '../../wire/refresh.js';
import { describeData } from './notification-text.js';
import type { DaemonText, Encoder, EventDirection, MakeEncoder, NeighborText } from './types.js';
import { writeUpdateJson } from './update-json.js';
import { AttributeText } from './update-text.js';

/** JSON format version that each dialect announces. */
const VERSIONS: Readonly<Record<Dialect, string>> = { 'exabgp-4': '4.0.1', 'exabgp-5': '5.0.0' };

/** "type" of a packets event. */
const PACKET_TYPES: Readonly<Record<number, string>> = {
  [MessageType.open]: 'open',
  [MessageType.update]: 'update',
  [MessageType.notification]: 'notification',
  [MessageType.keepalive]: 'keepalive',
  [MessageType.routeRefresh]: 'route refresh',
  [MessageType.operational]: 'operational',
};

/** `0x` and upper-case digits. */
export function upperHex(octets: Uint8Array): string {
  return `0x${toHex(octets).toUpperCase()}`;
}

/** Members `"header"` and `"body"` in front of the neighbor; "" without a message. */
function rawMembers(message: Uint8Array | undefined): string {
  if (message === undefined) return '';
  const header = `"header": "${upperHex(message.subarray(0, HEADER_SIZE))}", `;
  return message.length === HEADER_SIZE ? header : `${header}"body": "${upperHex(bodyOf(message))}", `;
}

function capabilitiesToJson(open: OpenMessage, direction: EventDirection, dialect: Dialect): string {
  const members: string[] = [];
  const seen = new Set<number>();
  for (const { code, value } of open.capabilities) {
    if (seen.has(code)) continue;
    seen.add(code);
    const type = capabilityType(code);
    const decoded = type === undefined ? undefined : readCapability(open.capabilities, type);
    // ExaBGP 4 names the capabilities of an OPEN it sent and numbers those of one it got.
    const isNamed = direction === 'send' && dialect === 'exabgp-4';
    const key = isNamed ? (type?.sentKey ?? unknownSentKey(code)) : String(code);
    const text = decoded === undefined ? unknownJson(code, value) : type!.toJson(decoded, dialect);
    members.push(`"${key}": ${text}`);
  }
  return `{ ${members.join(', ')} }`;
}

function familyNames(flags: PerFamily, separator: string): string {
  const names = families.filter((_, index) => flags[index] === true).map(({ name }) => `"${name}"`);
  return names.join(separator);
}

function negotiatedToJson(negotiated: Negotiated): string {
  const { sendMessageSize, holdTimeSeconds, asn4, refresh, multisession, operational } = negotiated;
  const nextHops = families
    .filter((_, index) => negotiated.extendedNextHop[index] === true)
    .map(({ name }) => `"${name} ipv6"`);
  return (
    `"negotiated": { "message_size": ${Math.max(sendMessageSize, MAX_MESSAGE_SIZE)}, "hold_time": ${holdTimeSeconds}, ` +
    `"asn4": ${asn4}, "multisession": ${multisession}, "operational": ${operational}, "refresh": "${refresh}", ` +
    `"families": [ ${familyNames(negotiated.families, ' ,')} ], "nexthop": [ ${nextHops.join(' ,')} ], ` +
    `"add_path": { "send": [ ${familyNames(negotiated.addPathSend, ', ')} ], ` +
    `"receive": [ ${familyNames(negotiated.addPathReceive, ', ')} ] } } `
  );
}

/** `"operational": { … }`. ExaBGP shows neither identifier nor sequence of a query; nobody could answer it without. */
function operationalToJson(message: OperationalMessage): string {
  const family = `"afi": "${afiName(message.afi)}", "safi": "${safiName(message.safi)}"`;
  let members = `"name": "${message.name}", ${family}`;
  if (message.layout === 'advisory') members += `, "advisory": ${jsonString(message.advisory)}`;
  else {
    const routerId = message.routerId === undefined ? 'null' : `"${printIpv4(message.routerId)}"`;
    members += `, "router-id": ${routerId}, "sequence": ${message.sequence}`;
    if (message.layout === 'counter') members += `, "counter": ${message.counter}`;
  }
  return `"operational": { ${members} }`;
}

/** ExaBGP writes round brackets in reasons; scripts look for them. */
function downReasonToJson(reason: string): string {
  return jsonString(reason.replace(/[[{]/g, '(').replace(/[\]}]/g, ')'));
}

/** Room in front of an event's content for time (20 digits at most) and counter. */
const HEAD_ROOM = 64;
const CONTENT_END = octetsOf(' }');
const LINE_END = octetsOf(' }\n');
const MEMBER_END = octetsOf(', ');

/** One UPDATE event at a time, written once: the envelopes of the helpers that get it are put around the content. */
class UpdateLines {
  private readonly out = new TextWriter(16 * 1024);
  /** Where the content begins, and ends. */
  private readonly from: number;
  private to = 0;
  /** `{ … "time": 1.5, … "counter": ` of the last time. */
  private timeSeconds = Number.NaN;
  private head = CONTENT_END;

  constructor(
    private readonly beforeTime: string,
    private readonly behindTime: string,
  ) {
    this.from = Buffer.byteLength(beforeTime) + Buffer.byteLength(behindTime) + HEAD_ROOM;
    this.to = this.from;
  }

  begin(): TextWriter {
    return this.out.reset(this.from);
  }

  end(): void {
    this.to = this.out.bytes(CONTENT_END).length;
  }

  content(): string {
    this.out.length = this.to;
    return this.out.toString(this.from);
  }

  wrap(counter: number, timeSeconds: number): Uint8Array {
    const { out } = this;
    if (timeSeconds !== this.timeSeconds) {
      this.timeSeconds = timeSeconds;
      this.head = octetsOf(`${this.beforeTime}${timeSeconds}${this.behindTime}"counter": `);
    }
    let digits = 1;
    for (let rest = counter; rest >= 10; rest /= 10) digits++;
    const start = this.from - MEMBER_END.length - digits - this.head.length;
    out.length = start;
    out.bytes(this.head).decimal(counter).bytes(MEMBER_END);
    out.length = this.to;
    return out.bytes(LINE_END).view(start);
  }
}

/** The JSON form. */
export const jsonEncoder: MakeEncoder = (dialect: Dialect, daemon: DaemonText): Encoder => {
  const head = `{ "exabgp": "${VERSIONS[dialect]}", "time": `;
  const origin = `, "host" : ${jsonString(daemon.host)}, "pid" : ${daemon.pid}, "ppid" : ${daemon.ppid}, `;
  const attributes = new AttributeText('json', dialect);
  const updates = new UpdateLines(head, origin);
  const openings = new WeakMap<NeighborText, string>();

  /** `"neighbor": { …` up to where the direction or the content follows. */
  const opening = (neighbor: NeighborText): string => {
    let text = openings.get(neighbor);
    if (text === undefined) {
      const { localAddress, peerAddress, localAs, peerAs, routerId } = neighbor;
      text =
        `"neighbor": { "address": { "local": ${jsonString(localAddress)}, "peer": ${jsonString(peerAddress)} }, ` +
        `"asn": { "local": ${localAs}, "peer": ${peerAs} } `;
      if (dialect === 'exabgp-5') text += `, "router-id": "${routerId}"`;
      openings.set(neighbor, text);
    }
    return text;
  };
  const updateOpenings = new WeakMap<NeighborText, Map<EventDirection, Uint8Array>>();
  /** Everything in front of the content of an UPDATE event. */
  const updateOpening = (neighbor: NeighborText, direction: EventDirection): Uint8Array => {
    let byDirection = updateOpenings.get(neighbor);
    if (byDirection === undefined) {
      byDirection = new Map();
      updateOpenings.set(neighbor, byDirection);
    }
    let octets = byDirection.get(direction);
    if (octets === undefined) {
      octets = octetsOf(`"type": "update", ${opening(neighbor)}, "direction": "${direction}", `);
      byDirection.set(direction, octets);
    }
    return octets;
  };
  /** An event of the neighbor itself. */
  const event = (type: string, neighbor: NeighborText, content: string): string =>
    `"type": "${type}", ${opening(neighbor)}, ${content} }`;
  /** An event of a message. */
  const messageEvent = (
    type: string,
    neighbor: NeighborText,
    direction: EventDirection,
    content: string,
    message: Uint8Array | undefined,
  ): string => {
    const raw = rawMembers(message);
    const rest = content === '' ? ' ' : `, ${content}`;
    return `"type": "${type}", ${raw}${opening(neighbor)}, "direction": "${direction}"${rest} }`;
  };

  return {
    line(content, counter, timeSeconds) {
      const count = counter === undefined ? '' : `"counter": ${counter}, `;
      return `${head}${timeSeconds}${origin}${count}${content} }\n`;
    },

    connected: (neighbor) => event('state', neighbor, '"state": "connected"'),
    up: (neighbor) => event('state', neighbor, '"state": "up"'),
    down: (neighbor, reason) => event('state', neighbor, `"state": "down", "reason": ${downReasonToJson(reason)}`),
    fsm: (neighbor, state) => event('fsm', neighbor, `"state": "${state}"`),
    signal: (neighbor, code, name) => event('signal', neighbor, `"code": "${code}", "name": "${name}"`),
    negotiated: (neighbor, negotiated) => event('negotiated', neighbor, negotiatedToJson(negotiated)),

    open(neighbor, direction, open, message) {
      const content =
        `"open": { "version": ${open.version}, "asn": ${open.as}, "hold_time": ${open.holdTimeSeconds}, ` +
        `"router_id": "${printIpv4(open.routerId)}", "capabilities": ${capabilitiesToJson(open, direction, dialect)} }`;
      return messageEvent('open', neighbor, direction, content, message);
    },

    keepalive: (neighbor, direction, message) => messageEvent('keepalive', neighbor, direction, '', message),

    notification(neighbor, direction, notification, message) {
      const { code, subcode } = notification;
      const said = describeData(notification);
      // Where the data is text, both members show it as it reads; ExaBGP 4 has no member for it and none is added
      // where its events have none.
      const data = upperHex(said === '' ? notification.data : Buffer.from(said));
      const told = said !== '' || dialect === 'exabgp-5' ? `, "message": ${jsonString(said)}` : '';
      const content = `"notification": { "code": ${code}, "subcode": ${subcode}, "data": "${data}"${told} } `;
      return messageEvent('notification', neighbor, direction, content, message);
    },

    refresh(neighbor, direction, refresh, message) {
      const { afi, safi, subtype } = refresh;
      const content =
        `"route-refresh": { "afi": "${afiName(afi)}", "safi": "${safiName(safi)}", ` +
        `"subtype": "${refreshSubtypeName(subtype)}" }`;
      return messageEvent('refresh', neighbor, direction, content, message);
    },

    operational: (neighbor, direction, operational, message) =>
      messageEvent('operational', neighbor, direction, operationalToJson(operational), message),

    writeUpdate(neighbor, direction, update, message) {
      const out = updates.begin();
      if (message === undefined) out.bytes(updateOpening(neighbor, direction));
      else out.text(`"type": "update", ${rawMembers(message)}${opening(neighbor)}, "direction": "${direction}", `);
      writeUpdateJson(out, update, attributes, dialect);
      updates.end();
    },

    wrapUpdate: (counter, timeSeconds) => updates.wrap(counter, timeSeconds),

    update(neighbor, direction, update, message) {
      this.writeUpdate(neighbor, direction, update, message);
      return updates.content();
    },

    packets(neighbor, direction, message) {
      const type = typeOf(message);
      const content =
        `"message": { "category": ${type}, "header": "${upperHex(message.subarray(0, HEADER_SIZE))}", ` +
        `"body": "${upperHex(bodyOf(message))}" } `;
      return messageEvent(PACKET_TYPES[type] ?? 'unknown', neighbor, direction, content, undefined);
    },

    shutdown: () => '"type": "notification", "notification": "shutdown"',
    overflow: (dropped) => `"type": "overflow", "overflow": { "dropped": ${dropped} }`,
  };
};
