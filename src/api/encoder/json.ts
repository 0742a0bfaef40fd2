/**
 * Events as JSON, one object a line, in the dialects of ExaBGP 4.2.21 and 5.0.13: spacing and order of keys are theirs,
 * because scripts compare them; what was no valid JSON there is mended. UPDATEs are hot: no object per prefix.
 */
import { toHex } from '../../util/bytes.js';
import { printIp, printIpv4 } from '../../util/ip.js';
import { jsonString } from '../../util/stranger-text.js';
import { hasServiceSid } from '../../wire/attribute/service-sid.js';
import { attributesToJson } from '../../wire/attribute-text.js';
import { capabilityType, readCapability } from '../../wire/capability/index.js';
import { unknownJson, unknownSentKey } from '../../wire/capability/unknown.js';
import { afiName, MessageType, Safi, safiName } from '../../wire/codes.js';
import { families } from '../../wire/family/index.js';
import type { Dialect, Family } from '../../wire/family/types.js';
import { bodyOf, HEADER_SIZE, MAX_MESSAGE_SIZE, typeOf } from '../../wire/message.js';
import type { Negotiated, PerFamily } from '../../wire/negotiated.js';
import { eachNlri } from '../../wire/nlri.js';
import type { OpenMessage } from '../../wire/open.js';
import type { OperationalMessage } from '../../wire/operational.js';
import { refreshSubtypeName } from '../../wire/refresh.js';
import type { DecodedUpdate, NlriRun } from '../../wire/update.js';
import { describeData } from './notification-text.js';
import { ipv4RunToJson } from './prefix-json.js';
import type { DaemonText, Encoder, EventDirection, MakeEncoder, NeighborText } from './types.js';
import { AttributeText, linkLocalText, nextHopText } from './update-text.js';

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

/** Group of NLRI that have no next hop. */
const NO_NEXT_HOP = 'no-nexthop';

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

/** NLRI objects of one run, comma-separated. @param hasSid as in `hasServiceSid` */
function runToJson(run: NlriRun, dialect: Dialect, hasSid = false): string {
  const { family } = run;
  if (family.prefixSize === 4) return ipv4RunToJson(run);
  const nextHop = nextHopText(run);
  let text = '';
  eachNlri(run, (source, start, end, pathId) => {
    const nlri = family.toJson(source, start, end, pathId, dialect, hasSid, nextHop);
    text = text === '' ? nlri : `${text}, ${nlri}`;
  });
  return text;
}

/** Families of runs in order of appearance, each with its runs. */
function byFamily(runs: readonly NlriRun[]): Map<Family, NlriRun[]> {
  const groups = new Map<Family, NlriRun[]>();
  for (const run of runs) {
    const group = groups.get(run.family);
    if (group === undefined) groups.set(run.family, [run]);
    else group.push(run);
  }
  return groups;
}

function announceToJson(runs: readonly NlriRun[], dialect: Dialect, hasSid: boolean): string {
  const [first] = runs;
  if (runs.length === 1 && first !== undefined && linkLocalText(first) === undefined) {
    const nextHop = nextHopText(first) ?? NO_NEXT_HOP;
    return `"announce": { "${first.family.name}": { "${nextHop}": [ ${runToJson(first, dialect, hasSid)} ] } }`;
  }
  const members: string[] = [];
  for (const [family, group] of byFamily(runs)) {
    const byNextHop = new Map<string, string[]>();
    for (const run of group) {
      for (const nextHop of [nextHopText(run) ?? NO_NEXT_HOP, linkLocalText(run)]) {
        if (nextHop === undefined) continue;
        const texts = byNextHop.get(nextHop) ?? [];
        texts.push(runToJson(run, dialect, hasSid));
        byNextHop.set(nextHop, texts);
      }
    }
    const hops = [...byNextHop].map(([nextHop, texts]) => `"${nextHop}": [ ${texts.join(', ')} ]`);
    members.push(`"${family.name}": { ${hops.join(', ')} }`);
  }
  return `"announce": { ${members.join(', ')} }`;
}

function withdrawToJson(runs: readonly NlriRun[], dialect: Dialect): string {
  const [first] = runs;
  if (runs.length === 1 && first !== undefined) {
    return `"withdraw": { "${first.family.name}": [ ${runToJson(first, dialect)} ] }`;
  }
  const members: string[] = [];
  for (const [family, group] of byFamily(runs)) {
    members.push(`"${family.name}": [ ${group.map((run) => runToJson(run, dialect)).join(', ')} ]`);
  }
  return `"withdraw": { ${members.join(', ')} }`;
}

/** Families that ExaBGP 4 does not know: their events have the form of the version that brought them, in both dialects. */
const LATER_FAMILIES: ReadonlySet<number> = new Set([Safi.mcastVpn, Safi.srPolicy, Safi.mup]);

function isOfLaterFamily({ announced, withdrawn }: DecodedUpdate): boolean {
  const first = announced[0] ?? withdrawn[0];
  return first !== undefined && LATER_FAMILIES.has(first.family.safi);
}

/** The attributes of an UPDATE of such a family for ExaBGP 4's scripts. */
function laterAttributes(update: DecodedUpdate, tlvs: Uint8Array): string {
  const members = attributesToJson(tlvs, 'exabgp-5');
  const { spareNextHop } = update;
  return spareNextHop === undefined ? members : `${members}, "next-hop": "${printIp(spareNextHop)}"`;
}

/** `"message": { … }` of an UPDATE. */
function updateToJson(update: DecodedUpdate, attributes: AttributeText, dialect: Dialect): string {
  const { endOfRib, announced, withdrawn } = update;
  if (endOfRib !== undefined) {
    return `"message": { "eor": { "afi" : "${afiName(endOfRib.afi)}", "safi" : "${safiName(endOfRib.safi)}" } }`;
  }
  const hasSid = update.attributes !== undefined && hasServiceSid(update.attributes);
  const announce = announced.length === 0 ? '' : announceToJson(announced, dialect, hasSid);
  const withdraw = withdrawn.length === 0 ? '' : withdrawToJson(withdrawn, dialect);
  // ExaBGP 5 leaves the attributes of a withdrawal of plain prefixes out.
  const isPlain = withdrawn.every(({ family }) => family.prefixSize !== undefined);
  const isShown = announce !== '' || withdraw === '' || dialect === 'exabgp-4' || !isPlain;
  let members = '';
  if (isShown && update.attributes !== undefined) {
    const isLater = dialect === 'exabgp-4' && isOfLaterFamily(update);
    members = isLater ? laterAttributes(update, update.attributes) : attributes.of(update.attributes);
  }
  if (update.isTreatedAsWithdraw) members = `${members === '' ? '' : `${members}, `}"error": "treat-as-withdraw"`;
  let text = members === '' ? '' : `"attribute": { ${members} }`;
  if (announce !== '') text = text === '' ? announce : `${text}, ${announce}`;
  if (withdraw !== '') text = text === '' ? withdraw : `${text}, ${withdraw}`;
  return `"message": { "update": { ${text} } }`;
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

/** The JSON form. */
export const jsonEncoder: MakeEncoder = (dialect: Dialect, daemon: DaemonText): Encoder => {
  const head = `{ "exabgp": "${VERSIONS[dialect]}", "time": `;
  const origin = `, "host" : ${jsonString(daemon.host)}, "pid" : ${daemon.pid}, "ppid" : ${daemon.ppid}, `;
  const attributes = new AttributeText((tlvs) => attributesToJson(tlvs, dialect));
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

    update: (neighbor, direction, update, message) =>
      messageEvent('update', neighbor, direction, updateToJson(update, attributes, dialect), message),

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
