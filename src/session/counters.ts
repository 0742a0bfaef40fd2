/** What a neighbor's session counts: messages of each type, octets, prefixes. */
import { MessageType } from '../wire/codes.js';
import { families } from '../wire/family/index.js';
import type { Direction } from './observer.js';

/** Messages of each type in the present session (zeros while there is none), and octets. */
export interface MessageCounters {
  open: number;
  update: number;
  notification: number;
  keepalive: number;
  refresh: number;
  octets: number;
}

const COUNTER_OF: Readonly<Record<number, Exclude<keyof MessageCounters, 'octets'>>> = {
  [MessageType.open]: 'open',
  [MessageType.update]: 'update',
  [MessageType.notification]: 'notification',
  [MessageType.keepalive]: 'keepalive',
  [MessageType.routeRefresh]: 'refresh',
};

function noMessages(): MessageCounters {
  return { open: 0, update: 0, notification: 0, keepalive: 0, refresh: 0, octets: 0 };
}

export class PeerCounters {
  readonly sent = noMessages();
  readonly received = noMessages();
  /** Prefixes held from the peer, by family index; counted where a limit or Adj-RIB-In asks for it. */
  readonly prefixes: number[] = families.map(() => 0);
  /** Times Established was reached. */
  ups = 0;
  /** UPDATEs of the present session with faults that did not end it (RFC 7606). */
  malformed = 0;

  /** Counts `count` messages of one type with `octets` together. */
  add(direction: Direction, type: number, count: number, octets: number): void {
    const counters = direction === 'send' ? this.sent : this.received;
    if (type === MessageType.update) counters.update += count;
    else {
      const name = COUNTER_OF[type];
      if (name !== undefined) counters[name] += count;
    }
    counters.octets += octets;
  }

  /** A session begins. */
  reset(): void {
    Object.assign(this.sent, noMessages());
    Object.assign(this.received, noMessages());
    this.malformed = 0;
  }
}
