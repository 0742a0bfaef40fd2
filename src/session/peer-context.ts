/** What neighbors are handed from above: clock, tables, connections, observers. Shared by all of them. */
import type { RibOut } from '../rib/types.js';
import type { Logger } from '../util/log.js';
import type { Clock } from '../util/timers.js';
import type { EncodeProfiles } from '../wire/negotiated.js';
import type { PeerObserver } from './observer.js';
import type { Peer } from './peer.js';
import type { PeerConfig } from './peer-config.js';
import type { EorGate, Scheduler } from './sender.js';
import type { TransportFactory } from './transport.js';

export interface PeerContext {
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly log: Logger;
  readonly scheduler: Scheduler;
  readonly rib: RibOut;
  readonly profiles: EncodeProfiles;
  /** Told of everything, in this order. May grow while peers run. */
  readonly observers: readonly PeerObserver[];
  transportsOf(config: PeerConfig): TransportFactory;
  /** Undefined: End-of-RIB never waits. */
  eorGateOf?(peer: Peer): EorGate;
  /** "crier/0.1.0", for the software version capability. */
  readonly softwareVersion: string;
  /** What the kernel counted of failed TCP MD5 checks, as text for the log. */
  md5Failures?(): string;
}
