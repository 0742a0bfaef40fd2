/**
 * An output form of events: one table of functions, complete by type. A form gives the content of an event, which is the
 * same for every helper that wants it, and `line` puts the envelope of one helper around it. Which helper wants what is
 * left to event/router.ts.
 */
import type { Dialect } from '../../wire/family/types.js';
import type { Negotiated } from '../../wire/negotiated.js';
import type { NotificationMessage } from '../../wire/notification.js';
import type { OpenMessage } from '../../wire/open.js';
import type { OperationalMessage } from '../../wire/operational.js';
import type { RouteRefresh } from '../../wire/refresh.js';
import type { DecodedUpdate } from '../../wire/update.js';

/** What events say of a neighbor. One object as long as nothing of it changes: encoders remember its text. */
export interface NeighborText {
  readonly localAddress: string;
  readonly peerAddress: string;
  readonly localAs: number;
  readonly peerAs: number;
  /** The local router id. */
  readonly routerId: string;
}

/** "in" is what the offline decoder says. */
export type EventDirection = 'send' | 'receive' | 'in';

/** What events say of this daemon. */
export interface DaemonText {
  readonly host: string;
  readonly pid: number;
  readonly ppid: number;
}

/** Content of an event; undefined where the form has none for it. */
export type Content = string | undefined;

/**
 * `message` is the whole message whose octets the event carries as hex (consolidated events); undefined for none.
 * Everything that a peer wrote is escaped: it can forge neither a member nor a line.
 */
export interface Encoder {
  /** @returns the whole event with its line ends. `counter` is undefined for events of no neighbor */
  line(content: string, counter: number | undefined, timeSeconds: number): string;

  connected(neighbor: NeighborText): Content;
  up(neighbor: NeighborText): Content;
  /** @param reason in the words of `downReasonText` */
  down(neighbor: NeighborText, reason: string): Content;
  /** @param state "OPENSENT" */
  fsm(neighbor: NeighborText, state: string): Content;
  /** @param code number of the signal @param name "SIGUSR1", or "UNKNOWN" */
  signal(neighbor: NeighborText, code: number, name: string): Content;
  negotiated(neighbor: NeighborText, negotiated: Negotiated): Content;

  open(neighbor: NeighborText, direction: EventDirection, open: OpenMessage, message: Uint8Array | undefined): Content;
  keepalive(neighbor: NeighborText, direction: EventDirection, message: Uint8Array | undefined): Content;
  notification(
    neighbor: NeighborText,
    direction: EventDirection,
    notification: NotificationMessage,
    message: Uint8Array | undefined,
  ): Content;
  refresh(
    neighbor: NeighborText,
    direction: EventDirection,
    refresh: RouteRefresh,
    message: Uint8Array | undefined,
  ): Content;
  operational(
    neighbor: NeighborText,
    direction: EventDirection,
    operational: OperationalMessage,
    message: Uint8Array | undefined,
  ): Content;
  update(
    neighbor: NeighborText,
    direction: EventDirection,
    update: DecodedUpdate,
    message: Uint8Array | undefined,
  ): string;
  /** The hot way of `update` and `line`: keeps the content as octets, for `wrapUpdate`. */
  writeUpdate(
    neighbor: NeighborText,
    direction: EventDirection,
    update: DecodedUpdate,
    message: Uint8Array | undefined,
  ): void;
  /** @returns the whole event around what `writeUpdate` was given last: a view, valid until any call to this encoder */
  wrapUpdate(counter: number, timeSeconds: number): Uint8Array;
  /** The octets of a message, not decoded. */
  packets(neighbor: NeighborText, direction: EventDirection, message: Uint8Array): Content;

  /** The daemon stops. */
  shutdown(): Content;
  /** The helper read too slowly: events were left out. */
  overflow(dropped: number): Content;
}

/** Makes an encoder. @param dialect frozen form of the events */
export type MakeEncoder = (dialect: Dialect, daemon: DaemonText) => Encoder;
