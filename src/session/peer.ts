/**
 * One neighbor: runs the actions of the state machine, owns timers, connections and the outgoing feed, and tells
 * observers. The one place that catches NotificationError. RFC 4271, 4724, 6608, 9687.
 */
import type { Member } from '../rib/types.js';
import type { Family } from '../wire/family/types.js';
import type { Negotiated } from '../wire/negotiated.js';
import type { OpenMessage } from '../wire/open.js';
import { FsmState } from './fsm.js';
import type { DownReason, PeerObserver } from './observer.js';
import type { PeerConfig } from './peer-config.js';

/** Messages of each type, octets and prefixes of one neighbor. */
export interface MessageCounters {
  open: number;
  update: number;
  notification: number;
  keepalive: number;
  refresh: number;
  octets: number;
}

export interface PeerCounters {
  readonly sent: MessageCounters;
  readonly received: MessageCounters;
  /** Prefixes held from the peer, by family index; counted where a limit or Adj-RIB-In asks for it. */
  readonly prefixes: number[];
  /** Times Established was reached. */
  ups: number;
  /** UPDATEs with faults that did not end the session (RFC 7606). */
  malformed: number;
}

/** How a session is ended on purpose. */
export type StopReason =
  /** Without NOTIFICATION: the peer keeps our routes (RFC 4724). */
  { readonly kind: 'silent' } | { readonly kind: 'cease'; readonly subcode: number; readonly text: string };

export class Peer {
  readonly member: Member | undefined = undefined;
  /** Address of the peer, canonical; differs from config.remoteAddress for members of a range. */
  readonly remoteAddress: string = '';
  config!: PeerConfig;
  readonly counters!: PeerCounters;

  get state(): FsmState {
    return FsmState.idle;
  }
  /** Set from OpenConfirm on. */
  get negotiated(): Negotiated | undefined {
    return undefined;
  }
  /** The session's own address in use, without zone; undefined while not connected. */
  get localAddress(): string | undefined {
    return undefined;
  }
  get openSent(): OpenMessage | undefined {
    return undefined;
  }
  get openReceived(): OpenMessage | undefined {
    return undefined;
  }
  /** Clock time (ms) since when the session is Established. */
  get upSinceMs(): number | undefined {
    return undefined;
  }
  /** Why the last session ended. */
  get lastDown(): DownReason | undefined {
    return undefined;
  }
  get isEnabled(): boolean {
    return true;
  }
  addObserver(_observer: PeerObserver): void {}

  start(): void {}
  /** Ends the session and stays down until `start`. */
  stop(_reason: StopReason): void {}
  /** Ends the session with Cease and connects again. */
  teardown(_subcode: number, _text: string): void {}
  enable(): void {}
  /** Administratively down until `enable`. */
  disable(_text: string): void {}
  /** @returns false when not Established or the family is not negotiated */
  sendEor(_family: Family): boolean {
    return false;
  }
  /** @returns false when not Established, or the peer cannot (RFC 2918, 7313) */
  sendRouteRefresh(_family: Family, _subtype: number): boolean {
    return false;
  }
  /** Reads nothing until `resumeReading`; unread input counts as life. Calls nest. */
  pauseReading(): void {}
  resumeReading(): void {}
}
