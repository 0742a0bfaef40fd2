/**
 * Events as lines of text, as ExaBGP's text encoder writes them: every event ends with an empty line, and fsm, signal and
 * negotiated have no form. Both dialects are the same but for what families and attributes print.
 */
import { printIpv4 } from '../../util/ip.js';
import { textLine } from '../../util/stranger-text.js';
import { octetsOf, TextWriter } from '../../util/text-writer.js';
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
import { writePrefixLines } from './prefix-octets.js';
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

/** What lines of an UPDATE event begin with. */
interface UpdateHeads {
  readonly start: Uint8Array;
  readonly plain: Uint8Array;
  readonly announced: Uint8Array;
  readonly withdrawn: Uint8Array;
  readonly end: Uint8Array;
}

/** UPDATE events, in one buffer that is used again. Hot, as update-json.ts is. */
class UpdateText {
  private readonly out = new TextWriter(16 * 1024);
  private readonly words = new TextWriter(1024);
  private readonly heads = new WeakMap<NeighborText, Map<EventDirection, UpdateHeads>>();

  constructor(private readonly attributes: AttributeText) {}

  write(
    neighbor: NeighborText,
    direction: EventDirection,
    update: DecodedUpdate,
    message: Uint8Array | undefined,
  ): void {
    const { out, words } = this;
    const heads = this.headsOf(neighbor, direction);
    out.reset().bytes(heads.start);
    const { endOfRib } = update;
    if (endOfRib !== undefined) {
      const { afi, safi } = endOfRib;
      out.bytes(heads.plain).text(`route eor ${afi}/${safi} (${afiName(afi)} ${safiName(safi)})\n`);
    } else {
      words.reset();
      if (update.attributes !== undefined) {
        this.attributes.write(words.code(BLANK), update.attributes);
        if (words.length === 1) words.reset();
      }
      for (const run of update.announced) {
        const nextHop = nextHopText(run);
        if (nextHop === undefined) this.run(run, heads.plain, '', words);
        else this.run(run, heads.announced, ` next-hop ${nextHop}`, words);
        const linkLocal = linkLocalText(run);
        if (linkLocal !== undefined) this.run(run, heads.announced, ` next-hop ${linkLocal}`, words);
      }
      for (const run of update.withdrawn) this.run(run, heads.withdrawn, '', NO_WORDS);
    }
    if (message !== undefined) out.text(`${rawWords(message)}\n`);
    out.bytes(heads.end);
  }

  private headsOf(neighbor: NeighborText, direction: EventDirection): UpdateHeads {
    let byDirection = this.heads.get(neighbor);
    if (byDirection === undefined) {
      byDirection = new Map();
      this.heads.set(neighbor, byDirection);
    }
    let heads = byDirection.get(direction);
    if (heads === undefined) {
      const prefix = `neighbor ${neighbor.peerAddress} ${direction} update`;
      heads = {
        start: octetsOf(`${prefix} start\n`),
        plain: octetsOf(`${prefix} `),
        announced: octetsOf(`${prefix} announced `),
        withdrawn: octetsOf(`${prefix} withdrawn `),
        end: octetsOf(`${prefix} end`),
      };
      byDirection.set(direction, heads);
    }
    return heads;
  }

  content(): string {
    return this.out.toString();
  }

  /** Its content with the line ends of an event. */
  line(): Uint8Array {
    const { length } = this.out;
    const view = this.out.code(LINE_END).code(LINE_END).view();
    this.out.length = length;
    return view;
  }

  /** @param nextHop " next-hop 10.0.0.1", or "" */
  private run(run: NlriRun, before: Uint8Array, nextHop: string, words: TextWriter): void {
    const { out } = this;
    const { family } = run;
    if (family.prefixSize === undefined) {
      const after = words.toString();
      eachNlri(run, (source, start, end, pathId) => {
        const path = pathId === undefined ? '' : ` path-information ${printPathId(pathId)}`;
        out.bytes(before).text(`${printRouteWords(family, source, start, end, path, nextHop)}${after}\n`);
      });
      return;
    }
    const tail = TAIL.reset().text(nextHop).bytes(words.view()).code(LINE_END);
    writePrefixLines(out, run, before, tail.view());
  }
}

const BLANK = 32;
const LINE_END = 10;
const NO_WORDS = new TextWriter(1);
/** What stands behind each prefix of the run in hand. */
const TAIL = new TextWriter(1024);

/** ExaBGP shows neither identifier nor sequence of a query; nobody could answer it without. */
function operationalToText(operational: OperationalMessage): string {
  return printOperational(operational, (text) => `"${textLine(text).replace(/["\\]/g, '\\$&')}"`);
}

/** The text form. */
export const textEncoder: MakeEncoder = (dialect: Dialect, daemon: DaemonText): Encoder => {
  const updates = new UpdateText(new AttributeText('text', dialect));
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

    writeUpdate(neighbor, direction, update, message) {
      updates.write(neighbor, direction, update, message);
    },

    wrapUpdate: () => updates.line(),

    update(neighbor, direction, update, message) {
      this.writeUpdate(neighbor, direction, update, message);
      return updates.content();
    },

    packets: (neighbor, direction, message) =>
      `${prefix(neighbor, direction)} ${typeOf(message)} header ${upperHex(message.subarray(0, HEADER_SIZE))} ` +
      `body ${upperHex(bodyOf(message))}`,

    shutdown: () => `shutdown ${daemon.pid} ${daemon.ppid}`,
    overflow: () => undefined,
  };
};
