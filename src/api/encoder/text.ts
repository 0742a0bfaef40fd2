/**
 * Events as lines of text, as ExaBGP's text encoder writes them: every event ends with an empty line, and fsm, signal and
 * negotiated have no form. Both dialects are the same but for what families and attributes print.
 */
import { printIpv4 } from '../../util/ip.js';
import { textLine } from '../../util/stranger-text.js';
import { printAttributes } from '../../wire/attribute-text.js';
import { capabilityType, readCapability } from '../../wire/capability/index.js';
import { unknownText } from '../../wire/capability/unknown.js';
import { afiName, safiName } from '../../wire/codes.js';
import { printPathId } from '../../wire/family/prefix-family.js';
import type { Dialect } from '../../wire/family/types.js';
import { bodyOf, HEADER_SIZE, typeOf } from '../../wire/message.js';
import { eachNlri, printRouteWords } from '../../wire/nlri.js';
import type { OpenMessage } from '../../wire/open.js';
import type { OperationalMessage } from '../../wire/operational.js';
import { printOperational } from '../../wire/operational-text.js';
import { refreshSubtypeName } from '../../wire/refresh.js';
import type { DecodedUpdate, NlriRun } from '../../wire/update.js';
import { upperHex } from './json.js';
import type { DaemonText, Encoder, EventDirection, MakeEncoder, NeighborText } from './types.js';
import { AttributeText, linkLocalText, nextHopText } from './update-text.js';

/** ` header 0x… body 0x…`; "" without a message. */
function rawWords(message: Uint8Array | undefined): string {
  if (message === undefined) return '';
  const header = ` header ${upperHex(message.subarray(0, HEADER_SIZE))}`;
  return message.length === HEADER_SIZE ? header : `${header} body ${upperHex(bodyOf(message))}`;
}

function capabilitiesToText(open: OpenMessage): string {
  const words: string[] = [];
  const seen = new Set<number>();
  for (const { code } of open.capabilities) {
    if (seen.has(code)) continue;
    seen.add(code);
    const type = capabilityType(code);
    const decoded = type === undefined ? undefined : readCapability(open.capabilities, type);
    words.push(decoded === undefined ? unknownText(code) : type!.print(decoded));
  }
  return words.join(', ');
}

/** One line for each NLRI of the run. @param nextHop " next-hop 10.0.0.1", or "" */
function runToText(run: NlriRun, before: string, nextHop: string, after: string): string {
  const { family } = run;
  let lines = '';
  eachNlri(run, (source, start, end, pathId) => {
    const path = pathId === undefined ? '' : ` path-information ${printPathId(pathId)}`;
    lines += `${before}${printRouteWords(family, source, start, end, path, nextHop)}${after}\n`;
  });
  return lines;
}

function updateToText(prefix: string, update: DecodedUpdate, attributes: AttributeText): string {
  const { endOfRib } = update;
  if (endOfRib !== undefined) {
    const { afi, safi } = endOfRib;
    return `${prefix} route eor ${afi}/${safi} (${afiName(afi)} ${safiName(safi)})\n`;
  }
  let lines = '';
  const words = update.attributes === undefined ? '' : attributes.of(update.attributes);
  for (const run of update.announced) {
    const nextHop = nextHopText(run);
    if (nextHop === undefined) lines += runToText(run, `${prefix} `, '', words);
    else lines += runToText(run, `${prefix} announced `, ` next-hop ${nextHop}`, words);
    const linkLocal = linkLocalText(run);
    if (linkLocal !== undefined) lines += runToText(run, `${prefix} announced `, ` next-hop ${linkLocal}`, words);
  }
  for (const run of update.withdrawn) lines += runToText(run, `${prefix} withdrawn `, '', '');
  return lines;
}

/** ExaBGP shows neither identifier nor sequence of a query; nobody could answer it without. */
function operationalToText(operational: OperationalMessage): string {
  return printOperational(operational, (text) => `"${textLine(text).replace(/["\\]/g, '\\$&')}"`);
}

/** The text form. */
export const textEncoder: MakeEncoder = (dialect: Dialect, daemon: DaemonText): Encoder => {
  const attributes = new AttributeText((tlvs) => {
    const words = printAttributes(tlvs, dialect);
    return words === '' ? '' : ` ${words}`;
  });
  const prefix = (neighbor: NeighborText, direction: EventDirection): string =>
    `neighbor ${neighbor.peerAddress} ${direction}`;

  return {
    line: (content) => `${content}\n\n`,

    connected: ({ peerAddress }) => `neighbor ${peerAddress} connected`,
    up: ({ peerAddress }) => `neighbor ${peerAddress} up`,
    down: ({ peerAddress }, reason) => `neighbor ${peerAddress} down - ${textLine(reason)}`,
    fsm: () => undefined,
    signal: () => undefined,
    negotiated: () => undefined,

    open(neighbor, direction, open, message) {
      const { version, as, holdTimeSeconds, routerId } = open;
      return (
        `${prefix(neighbor, direction)} open version ${version} asn ${as} hold_time ${holdTimeSeconds} ` +
        `router_id ${printIpv4(routerId)} capabilities [${capabilitiesToText(open)}]${rawWords(message)}`
      );
    },

    keepalive: (neighbor, direction, message) => `${prefix(neighbor, direction)} keepalive${rawWords(message)}`,

    notification(neighbor, direction, { code, subcode, data }, message) {
      const words = `notification code ${code} subcode ${subcode} data ${upperHex(data)}`;
      return `${prefix(neighbor, direction)} ${words}${rawWords(message)}`;
    },

    refresh(neighbor, direction, { afi, safi, subtype }, message) {
      const words = `route-refresh afi ${afiName(afi)} safi ${safiName(safi)} ${refreshSubtypeName(subtype)}`;
      return `${prefix(neighbor, direction)} ${words}${rawWords(message)}`;
    },

    operational(neighbor, direction, operational, message) {
      const words = operationalToText(operational);
      return `${prefix(neighbor, direction)} operational ${words}${rawWords(message)}`;
    },

    update(neighbor, direction, update, message) {
      const start = `${prefix(neighbor, direction)} update`;
      const raw = message === undefined ? '' : `${rawWords(message)}\n`;
      return `${start} start\n${updateToText(start, update, attributes)}${raw}${start} end`;
    },

    packets: (neighbor, direction, message) =>
      `${prefix(neighbor, direction)} ${typeOf(message)} header ${upperHex(message.subarray(0, HEADER_SIZE))} ` +
      `body ${upperHex(bodyOf(message))}`,

    shutdown: () => `shutdown ${daemon.pid} ${daemon.ppid}`,
    overflow: () => undefined,
  };
};
