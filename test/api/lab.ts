/** What tests of commands share: neighbors without sessions over real tables, a requester that keeps what it is told. */

import { CommandFailure } from '../../src/api/command/types.js';
import type { ApiContext, MessageCounters, Neighbor, NeighborState, ReceivedRoutes } from '../../src/api/context.js';
import { Dispatcher } from '../../src/api/dispatch.js';
import type { AckMode, Requester } from '../../src/api/requester.js';
import { printRoute } from '../../src/api/route-print.js';
import { OutgoingRib } from '../../src/rib/rib-out.js';
import type { Member } from '../../src/rib/types.js';
import { WatchdogTable } from '../../src/rib/watchdog.js';
import type { PeerConfig } from '../../src/session/peer-config.js';
import { toPeerConfig } from '../../src/session/peer-options.js';
import { neighborSchema } from '../../src/session/peer-schema.js';
import { silentLogger } from '../../src/util/log.js';
import { TurnScheduler } from '../../src/util/turn.js';
import type { Dialect } from '../../src/wire/family/types.js';
import { EncodeProfiles, type Negotiated } from '../../src/wire/negotiated.js';
import type { OperationalMessage } from '../../src/wire/operational.js';
import { FakeClock } from '../support/fake-clock.js';

const NO_MESSAGES: MessageCounters = { open: 0, notification: 0, keepalive: 0, update: 0, refresh: 0 };

/** A neighbor of the configuration, as options of the file. */
export function peerConfig(options: object): PeerConfig {
  const mistakes: string[] = [];
  const config = toPeerConfig(neighborSchema.parse({ localAs: 65001, peerAs: 65002, ...options }), {
    routerId: '10.0.0.1',
    remotePort: 179,
    resolveFile: (_, name) => name,
    readFile: () => Buffer.alloc(0),
    report: (_, message) => void mistakes.push(message),
    allowsHiddenKeys: false,
  });
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  return config;
}

export class FakeNeighbor implements Neighbor {
  state: NeighborState = 'IDLE';
  upSeconds: number | undefined;
  negotiated: Negotiated | undefined;
  peerHoldTimeSeconds: number | undefined;
  sent: MessageCounters = NO_MESSAGES;
  received: MessageCounters = NO_MESSAGES;
  adjIn: ReceivedRoutes | undefined;
  reach: ReadonlySet<string> | 'all' = 'all';
  /** What commands did to its session. */
  readonly acts: string[] = [];

  constructor(
    readonly config: PeerConfig,
    readonly member: Member | undefined,
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
  get localAs(): number {
    return this.config.localAs as number;
  }
  get peerAs(): number {
    return this.config.peerAs as number;
  }
  isReachedBy(process: string): boolean {
    return this.reach === 'all' || this.reach.has(process);
  }
  teardown(subcode: number, text: string | undefined): void {
    this.acts.push(`teardown ${subcode}${text === undefined ? '' : ` ${text}`}`);
  }
  sendRefresh(familyIndex: number): boolean {
    this.acts.push(`refresh ${familyIndex}`);
    return true;
  }
  sendOperational(operational: OperationalMessage): boolean {
    if (this.negotiated?.operational !== true) return false;
    this.acts.push(`operational ${operational.name}`);
    return true;
  }
  sendEndOfRib(familyIndex: number): boolean {
    this.acts.push(`eor ${familyIndex}`);
    return true;
  }
}

export interface ConsoleOptions {
  readonly process?: string | undefined;
  readonly ack?: AckMode;
  readonly dialect?: Dialect;
  readonly strict?: boolean;
}

/** A requester and its dispatcher. */
export class Console {
  readonly dispatcher: Dispatcher;
  readonly requester: Requester;
  said = '';
  pauses = 0;
  resumes = 0;

  constructor(
    context: ApiContext,
    { process = 'inject', ack = true, dialect = 'exabgp-4', strict = false }: ConsoleOptions,
  ) {
    this.requester = {
      name: process ?? 'control client 1',
      process,
      owner: 7,
      dialect,
      strict,
      ack,
      enabledAck: true,
      write: (lines) => {
        this.said += lines;
      },
      pause: () => void this.pauses++,
      resume: () => void this.resumes++,
    };
    this.dispatcher = new Dispatcher(context, this.requester);
  }

  /** Says lines. @returns the lines that came back, when all listings are through */
  async say(...lines: string[]): Promise<string[]> {
    this.said = '';
    for (const line of lines) this.dispatcher.line(line);
    await settled();
    return this.said === '' ? [] : this.said.replace(/\n$/, '').split('\n');
  }
}

/** A few turns of the event loop. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Tables, neighbors and what commands ask of the daemon. */
export class Lab {
  readonly clock = new FakeClock();
  readonly rib: OutgoingRib;
  readonly neighbors: FakeNeighbor[] = [];
  readonly context: ApiContext;
  readonly acts: string[] = [];
  readonly eorMarks: string[] = [];
  readonly watchdogs: WatchdogTable;
  reloadReason: string | undefined;
  generation = 0;

  constructor(
    maxRoutes = 100_000,
    readonly scheduler = new TurnScheduler(),
  ) {
    this.rib = new OutgoingRib({ clock: this.clock, scheduler: this.scheduler, log: silentLogger, maxRoutes });
    this.watchdogs = new WatchdogTable(this.rib);
    const lab = this;
    const act = (text: string): void => void lab.acts.push(text);
    this.context = {
      clock: this.clock,
      scheduler: this.scheduler,
      log: silentLogger,
      rib: this.rib,
      watchdogs: this.watchdogs,
      eor: {
        ready: (process) => void lab.eorMarks.push(`ready ${process}`),
        announced: (process, name, family) => void lab.eorMarks.push(`eor ${process} ${name} ${family}`),
        active: () => undefined,
      },
      version: '1.2.3',
      pid: 42,
      uuid: 'c0ffee',
      startedAt: 1000,
      neighbors: () => lab.neighbors,
      get neighborGeneration() {
        return lab.generation;
      },
      helpers: () => [],
      reload: () => Promise.resolve(lab.reloadReason),
      shutdown: () => act('shutdown'),
      restart: () => act('restart'),
      addNeighbor: (json) => {
        if ((json as { localAs?: unknown }).localAs === undefined)
          return Promise.reject(new CommandFailure('localAs: missing'));
        act(`add ${JSON.stringify(json)}`);
        return Promise.resolve();
      },
      deleteNeighbor: ({ name }) => act(`delete ${name}`),
      enableNeighbor: ({ name }) => act(`enable ${name}`),
      disableNeighbor: ({ name }) => act(`disable ${name}`),
    };
  }

  add(remoteAddress: string, options: object = {}): FakeNeighbor {
    const config = peerConfig({
      remoteAddress,
      localAddress: remoteAddress.includes(':') ? '::1' : '127.0.0.1',
      ...options,
    });
    const member = config.isRange
      ? undefined
      : this.rib.addMember(config.name, { reach: 'all', adjRibOut: true, autoFlush: true });
    const neighbor = new FakeNeighbor(config, member);
    this.neighbors.push(neighbor);
    this.generation++;
    return neighbor;
  }

  console(options: ConsoleOptions = {}): Console {
    return new Console(this.context, options);
  }

  /** A session without a socket: what is flushed is up to the test. */
  up(neighbor: FakeNeighbor): ReturnType<OutgoingRib['openFeed']> {
    neighbor.state = 'ESTABLISHED';
    const families = [true, true, true, true];
    const none = families.map(() => false);
    const profile = new EncodeProfiles().intern({
      localAs: 65001,
      isExternal: true,
      asn4: true,
      messageSize: 4096,
      families,
      addPath: none,
      extendedNextHop: none,
      groupUpdates: true,
      self4: Uint8Array.of(127, 0, 0, 1),
      self6: undefined,
      localRole: undefined,
      aigp: false,
    });
    return this.rib.openFeed(neighbor.member!, profile);
  }

  /** What a neighbor was asked to be sent, as sorted text. */
  routes(neighbor: FakeNeighbor): string[] {
    const out: string[] = [];
    this.rib.list(neighbor.member!, 0, 1_000_000, (key, set) => out.push(printRoute(key, set, true, 'exabgp-4')));
    return out.sort();
  }
}

/** A lab with one neighbor for plain things. */
export function labWithPeer(options: object = {}): { lab: Lab; peer: FakeNeighbor; console: Console } {
  const lab = new Lab();
  const families = ['ipv4 unicast', 'ipv6 unicast', 'ipv4 multicast', 'ipv6 multicast'];
  const peer = lab.add('127.0.0.2', { families, ...options });
  return { lab, peer, console: lab.console() };
}
