/** What session tests share: a clock that is moved by hand, connections in memory, tables that hand out given messages. */

import type { Member, OutFeed, RibOut } from '../../src/rib/types.js';
import { Input } from '../../src/session/input.js';
import type { PeerObserver } from '../../src/session/observer.js';
import { Peer } from '../../src/session/peer.js';
import type { PeerConfig } from '../../src/session/peer-config.js';
import type { PeerContext } from '../../src/session/peer-context.js';
import type { Scheduler } from '../../src/session/sender.js';
import type { Transport, TransportFailure, TransportHandler } from '../../src/session/transport.js';
import { silentLogger } from '../../src/util/log.js';
import type { TurnTask } from '../../src/util/turn.js';
import type { EncodeProfile } from '../../src/wire/negotiated.js';
import { EncodeProfiles } from '../../src/wire/negotiated.js';
import { FakeClock } from '../support/fake-clock.js';

/** One end of a connection in memory. What is written arrives when the test (or `settle`) delivers it. */
export class MemoryTransport implements Transport {
  handler!: TransportHandler;
  localAddress: string | undefined = '192.0.2.1';
  hasPending = false;
  /** False: the socket is full. */
  hasRoom = true;
  isEnded = false;
  isPaused = false;
  /** Set by `end`, with what was said last. */
  lastWords: Uint8Array | undefined;
  readonly written: Uint8Array[] = [];
  other: MemoryTransport | undefined;

  write(chunk: Uint8Array): boolean {
    if (this.isEnded) return false;
    this.written.push(chunk.slice());
    return this.hasRoom;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(lastWords?: Uint8Array): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.lastWords = lastWords?.slice();
    if (lastWords !== undefined) this.written.push(lastWords.slice());
  }

  /** Everything written since the last call, as messages. */
  take(): Uint8Array[] {
    const messages: Uint8Array[] = [];
    for (const chunk of this.written.splice(0)) {
      for (let at = 0; at < chunk.length; ) {
        const length = (chunk[at + 16]! << 8) | chunk[at + 17]!;
        messages.push(chunk.subarray(at, at + length));
        at += length;
      }
    }
    return messages;
  }

  connected(): void {
    this.handler.onConnected();
  }

  data(chunk: Uint8Array): void {
    if (!this.isEnded) this.handler.onData(chunk);
  }

  fail(failure: TransportFailure): void {
    if (!this.isEnded) this.handler.onClosed(failure);
    this.isEnded = true;
  }

  /** Delivers what waits here to the other end. @returns whether something moved */
  deliver(): boolean {
    const { other } = this;
    if (other === undefined || other.isPaused) return false;
    const chunks = this.written.splice(0);
    for (const chunk of chunks) other.data(chunk);
    if (this.isEnded && !other.isEnded) {
      other.fail({ kind: 'closed', text: 'closed by the neighbor' });
      return true;
    }
    if (chunks.length > 0 && !this.isEnded) this.handler.onTaken(true);
    return chunks.length > 0;
  }
}

/** Runs tasks when told to. Input is read as it comes, unless the test wants it to wait for its turn. */
export class FakeScheduler implements Scheduler {
  isInputWaiting = false;
  private readonly tasks = new Set<TurnTask>();
  private readonly reading = new Set<TurnTask>();

  schedule(task: TurnTask): void {
    if (this.isInputWaiting || !(task instanceof Input) || this.reading.has(task)) {
      this.tasks.add(task);
      return;
    }
    this.reading.add(task);
    while (task.step(Number.POSITIVE_INFINITY));
    this.reading.delete(task);
  }

  stayAwake(): void {}

  /** @returns whether there was something to run */
  run(): boolean {
    const due = [...this.tasks];
    this.tasks.clear();
    for (const task of due) if (task.step(Number.POSITIVE_INFINITY)) this.tasks.add(task);
    return due.length > 0;
  }
}

/** A feed that hands out what the test puts in. */
export class FakeFeed implements OutFeed {
  onReady: () => void = () => undefined;
  onReplayed: (familyIndex: number) => void = () => undefined;
  readonly due: Uint8Array[] = [];
  readonly refreshes: { familyIndex: number; hasMarkers: boolean }[] = [];
  isClosed = false;
  flushes = 0;
  private replay: number[];

  constructor(readonly profile: EncodeProfile) {
    this.replay = profile.families.flatMap((isOn, index) => (isOn ? [index] : []));
  }

  put(chunk: Uint8Array): void {
    this.due.push(chunk);
    this.onReady();
  }

  drain(write: (chunk: Uint8Array, messages: number) => boolean): 'idle' | 'full' | 'more' {
    while (this.due.length > 0) if (!write(this.due.shift()!, 1)) return 'full';
    for (const index of this.replay.splice(0)) this.onReplayed(index);
    return 'idle';
  }

  /** What it says of itself. */
  isGathering = false;

  gathers(): boolean {
    return this.isGathering;
  }

  flushed(): void {
    this.flushes++;
  }

  refresh(familyIndex: number, markers?: { begin: Uint8Array; end: Uint8Array }): void {
    this.refreshes.push({ familyIndex, hasMarkers: markers !== undefined });
    if (markers !== undefined) this.due.push(markers.begin, markers.end);
    this.onReady();
  }

  withdrawAll(): void {
    this.onReady();
  }

  close(): void {
    this.isClosed = true;
  }
}

export const baseConfig: PeerConfig = {
  name: '192.0.2.2',
  remoteAddress: '192.0.2.2',
  isRange: false,
  maxPeers: 100,
  remotePort: 179,
  localAddress: undefined,
  localAs: 65000,
  peerAs: 65001,
  routerId: '192.0.2.1',
  description: '',
  holdTimeSeconds: 90,
  connectRetrySeconds: 5,
  openWaitSeconds: 60,
  delayOpenSeconds: 0,
  passive: false,
  enabled: true,
  families: ['ipv4 unicast'],
  capabilities: {
    asn4: true,
    routeRefresh: true,
    enhancedRouteRefresh: true,
    extendedMessage: true,
    gracefulRestart: undefined,
    longLivedGracefulRestart: undefined,
    addPath: {},
    pathsLimit: {},
    extendedNextHop: [],
    multipleLabels: false,
    role: undefined,
    roleStrict: false,
    hostname: false,
    softwareVersion: false,
    aigp: false,
    linkLocalNextHop: false,
    multisession: false,
    operational: false,
  },
  md5: undefined,
  ttl: { outgoing: undefined, minimum: undefined },
  dscp: 48,
  sourceInterface: undefined,
  api: undefined,
  adjRibIn: false,
  adjRibOut: true,
  groupUpdates: true,
  exabgpWire: false,
  autoFlush: true,
  manualEor: false,
  rateLimit: 0,
  nextHopSelf: { ipv4: undefined, ipv6: undefined, linkLocal: undefined },
  operational: [],
  selfFromRouterId: false,
  hostName: '',
  domainName: '',
  maxPrefix: {},
  routes: [],
  routesFiles: [],
  eorHold: { quietSeconds: 2, maxSeconds: 60 },
};

/** A peer with everything around it in the test's hands. */
export interface Bench {
  readonly peer: Peer;
  readonly clock: FakeClock;
  readonly scheduler: FakeScheduler;
  /** Connections that the peer opened, oldest first. */
  readonly opened: MemoryTransport[];
  readonly feeds: FakeFeed[];
  readonly log: string[];
  readonly context: PeerContext;
}

/** Builds a peer; nothing is started. `events` gets a word for each thing observers are told. */
export function bench(changes: Partial<PeerConfig> = {}, observer?: PeerObserver): Bench {
  const clock = new FakeClock();
  const scheduler = new FakeScheduler();
  const opened: MemoryTransport[] = [];
  const feeds: FakeFeed[] = [];
  const log: string[] = [];
  const rib = {
    openFeed(_member: Member, profile: EncodeProfile): OutFeed {
      const feed = new FakeFeed(profile);
      feeds.push(feed);
      return feed;
    },
    removeMember() {},
  } as unknown as RibOut;
  const recorder: PeerObserver = {
    onState: (_peer, state) => log.push(`state ${state}`),
    onConnected: () => log.push('connected'),
    onNegotiated: () => log.push('negotiated'),
    onUp: () => log.push('up'),
    onDown: (_peer, { kind, code, subcode, text }) =>
      log.push(`down ${kind}${code === undefined ? '' : ` ${code}/${subcode}`}${text === '' ? '' : ` ${text}`}`),
  };
  const context: PeerContext = {
    clock,
    random: () => 1,
    log: silentLogger,
    scheduler,
    rib,
    profiles: new EncodeProfiles(),
    observers: observer === undefined ? [recorder] : [recorder, observer],
    transportsOf: () => ({
      connect(handler) {
        const transport = new MemoryTransport();
        transport.handler = handler;
        opened.push(transport);
        return transport;
      },
    }),
    softwareVersion: 'crier/test',
  };
  const peer = new Peer({ ...baseConfig, ...changes }, { name: 'member' }, context);
  return { peer, clock, scheduler, opened, feeds, log, context };
}

/** Hands messages and turns around until nothing moves. */
export function settle(transports: readonly MemoryTransport[], ...schedulers: FakeScheduler[]): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const scheduler of schedulers) moved = scheduler.run() || moved;
    for (const transport of transports) moved = transport.deliver() || moved;
  }
}
