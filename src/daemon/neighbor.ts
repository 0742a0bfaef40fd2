/**
 * Neighbors as commands see them (api/context.ts): a session of session/ with its received routes, or a range whose
 * peers come later. Only looks; what changes neighbors is daemon/neighbors.ts.
 */
import type { MessageCounters, Neighbor, NeighborState, ReceivedRoutes } from '../api/context.js';
import type { AdjIn } from '../rib/adj-in.js';
import type { Member } from '../rib/types.js';
import { FsmState } from '../session/fsm-types.js';
import type { Peer } from '../session/peer.js';
import type { PeerConfig } from '../session/peer-config.js';
import type { Clock } from '../util/timers.js';
import { families } from '../wire/family/index.js';
import type { Negotiated } from '../wire/negotiated.js';
import type { OperationalMessage } from '../wire/operational.js';

/** ROUTE-REFRESH subtype of a plain request (RFC 7313 section 3.2). */
const REFRESH_REQUEST = 0;
const NO_MESSAGES: MessageCounters = { open: 0, notification: 0, keepalive: 0, update: 0, refresh: 0 };

/** Names of the processes that may command a neighbor of this configuration. */
export function reachOf(config: PeerConfig, processNames: readonly string[]): ReadonlySet<string> | 'all' {
  if (config.api === undefined) return 'all';
  const reach = new Set<string>();
  for (const { processes, processesMatch } of config.api) {
    for (const name of processes) reach.add(name);
    for (const pattern of processesMatch) {
      const expression = new RegExp(pattern);
      for (const name of processNames) if (expression.test(name)) reach.add(name);
    }
  }
  return reach;
}

/** A neighbor with a session, configured or come from a range. */
export class PeerNeighbor implements Neighbor {
  constructor(
    readonly peer: Peer,
    readonly member: Member,
    public reach: ReadonlySet<string> | 'all',
    private readonly clock: Clock,
    private readonly adjInOf: (peer: Peer) => AdjIn | undefined,
    private readonly end: (peer: Peer, subcode: number, text: string) => void,
  ) {}

  get name(): string {
    return this.config.name;
  }

  get config(): PeerConfig {
    return this.peer.config;
  }

  get remoteAddress(): string {
    return this.peer.remoteAddress;
  }

  get state(): NeighborState {
    return this.peer.state;
  }

  get upSeconds(): number | undefined {
    const since = this.peer.upSinceMs;
    return since === undefined ? undefined : Math.max(0, (this.clock.nowMs() - since) / 1000);
  }

  get localAddress(): string | undefined {
    return this.peer.localAddress ?? this.config.localAddress;
  }

  get localAs(): number | undefined {
    const { localAs } = this.config;
    return this.negotiated?.localAs ?? (localAs === 'auto' ? undefined : localAs);
  }

  get peerAs(): number | undefined {
    const { peerAs } = this.config;
    return this.negotiated?.peerAs ?? (typeof peerAs === 'number' ? peerAs : undefined);
  }

  get negotiated(): Negotiated | undefined {
    return this.peer.negotiated;
  }

  get peerHoldTimeSeconds(): number | undefined {
    return this.peer.openReceived?.holdTimeSeconds;
  }

  get sent(): MessageCounters {
    return this.peer.counters.sent;
  }

  get received(): MessageCounters {
    return this.peer.counters.received;
  }

  get adjIn(): ReceivedRoutes | undefined {
    return this.config.adjRibIn ? this.adjInOf(this.peer) : undefined;
  }

  isReachedBy(process: string): boolean {
    return this.reach === 'all' || this.reach.has(process);
  }

  teardown(subcode: number, text: string | undefined): void {
    this.end(this.peer, subcode, text ?? '');
  }

  sendRefresh(familyIndex: number): boolean {
    return this.peer.sendRouteRefresh(families[familyIndex]!, REFRESH_REQUEST);
  }

  sendOperational(operational: OperationalMessage): boolean {
    return this.peer.sendOperational(operational);
  }

  sendEndOfRib(familyIndex: number): boolean {
    return this.peer.sendEor(families[familyIndex]!);
  }
}

/** A range of addresses: never up itself; each peer of it is a neighbor of its own when it comes. */
export class RangeNeighbor implements Neighbor {
  readonly member = undefined;
  readonly state = FsmState.active;
  readonly upSeconds = undefined;
  readonly negotiated = undefined;
  readonly peerHoldTimeSeconds = undefined;
  readonly sent = NO_MESSAGES;
  readonly received = NO_MESSAGES;
  readonly adjIn = undefined;

  constructor(
    public config: PeerConfig,
    public reach: ReadonlySet<string> | 'all',
  ) {}

  get name(): string {
    return this.config.name;
  }

  get remoteAddress(): string {
    return this.config.remoteAddress;
  }

  get localAddress(): string | undefined {
    return this.config.localAddress;
  }

  get localAs(): number | undefined {
    const { localAs } = this.config;
    return localAs === 'auto' ? undefined : localAs;
  }

  get peerAs(): number | undefined {
    const { peerAs } = this.config;
    return typeof peerAs === 'number' ? peerAs : undefined;
  }

  isReachedBy(process: string): boolean {
    return this.reach === 'all' || this.reach.has(process);
  }

  teardown(): void {}

  sendRefresh(): boolean {
    return false;
  }

  sendOperational(): boolean {
    return false;
  }

  sendEndOfRib(): boolean {
    return false;
  }
}
