/**
 * All neighbors: configured ones by name, peers of address ranges as they come, and whom an incoming connection belongs
 * to. A reload is a comparison of configurations: what did not change is not touched. RFC 4486 for the Ceases.
 */
import type { Member, RibOut } from '../rib/types.js';
import { parseIp, printIp } from '../util/ip.js';
import { Cease } from '../wire/codes.js';
import { isInside, ownConfig, type Range, rangeOf } from './address-range.js';
import { type Change, compareConfigs } from './config-change.js';
import type { ConnectionTaker } from './listener.js';
import { Peer, type StopReason } from './peer.js';
import type { PeerConfig } from './peer-config.js';
import type { PeerContext } from './peer-context.js';
import type { Transport } from './transport.js';

/** Told when neighbors come and go. */
export interface PeerTableObserver {
  /** Before it starts. */
  onAdded?(peer: Peer): void;
  /** A peer of a range: its connection waits for this (undefined: for nothing), so that its routes come before End-of-RIB. */
  prepare?(peer: Peer): Promise<void> | undefined;
  /** After its session ended. */
  onRemoved?(peer: Peer): void;
}

/** Longest time for which sessions are started in one go. */
const START_MS = 5;

export class PeerTable implements ConnectionTaker {
  private readonly peers = new Map<string, Peer>();
  private readonly ranges = new Map<string, Range>();
  /** Peers of ranges by the range they came from. */
  private readonly rangeByPeer = new Map<Peer, Range>();
  /** Those that have sessions, by remote address. */
  private readonly byAddress = new Map<string, Set<Peer>>();
  private isRunning = false;

  /** @param memberOf the neighbor's place in the tables, made with the options and reach of its configuration */
  constructor(
    private readonly context: PeerContext,
    private readonly memberOf: (config: PeerConfig) => Member,
    private readonly rib: Pick<RibOut, 'removeMember'>,
    private readonly observer: PeerTableObserver = {},
  ) {}

  /** All neighbors that have sessions, peers of ranges included. */
  all(): Peer[] {
    return [...this.peers.values(), ...this.rangeByPeer.keys()];
  }

  /** Configurations of ranges. */
  rangeConfigs(): PeerConfig[] {
    return [...this.ranges.values()].map(({ config }) => config);
  }

  /** All configurations, for listeners and listings. */
  configs(): PeerConfig[] {
    return [...[...this.peers.values()].map(({ config }) => config), ...this.rangeConfigs()];
  }

  /** @param name config.name */
  byName(name: string): Peer | undefined {
    return this.peers.get(name) ?? [...this.rangeByPeer.keys()].find((peer) => peer.config.name === name);
  }

  /** Peers of a range, by the range's name. */
  peersOfRange(name: string): Peer[] {
    return [...(this.ranges.get(name)?.peers ?? [])];
  }

  /** Came by itself from an address of a range, and is forgotten when it goes. */
  isFromRange(peer: Peer): boolean {
    return this.rangeByPeer.has(peer);
  }

  /** Starts those that were added without; nothing happens before `start` and after `stopAll`. */
  startAdded(names: readonly string[]): void {
    if (this.isRunning) this.startEach(names.flatMap((name) => this.peers.get(name) ?? []));
  }

  /** Starts all, and from now on whatever is added. */
  start(): void {
    this.isRunning = true;
    this.startEach(this.all());
  }

  /** Starts these; many in turns, since a socket takes longer than anything else that is done a thousand times. */
  private startEach(peers: readonly Peer[]): void {
    let at = 0;
    const step = (deadlineMs: number): boolean => {
      while (at < peers.length) {
        const peer = peers[at++]!;
        if (this.isRunning && this.isKnown(peer)) peer.start();
        if (performance.now() >= deadlineMs) break;
      }
      return at < peers.length;
    };
    if (step(performance.now() + START_MS)) this.context.scheduler.schedule({ step });
  }

  private isKnown(peer: Peer): boolean {
    return this.peers.get(peer.config.name) === peer || this.rangeByPeer.has(peer);
  }

  /**
   * @param starts false: the caller starts it, when its routes are in the tables
   * @returns the peer, or undefined for a range. A name that is known is replaced.
   */
  add(config: PeerConfig, starts = this.isRunning): Peer | undefined {
    if (this.peers.has(config.name) || this.ranges.has(config.name)) {
      this.replace(config);
      return this.peers.get(config.name);
    }
    if (config.isRange) {
      const range = rangeOf(config);
      if (range !== undefined) this.ranges.set(config.name, range);
      return undefined;
    }
    const peer = this.newPeer(config);
    this.peers.set(config.name, peer);
    if (starts) peer.start();
    return peer;
  }

  /** Ends its session (Cease 6/3, Peer De-configured) and forgets it. @returns false when there is none of this name */
  remove(name: string, text = ''): boolean {
    const peer = this.peers.get(name);
    if (peer !== undefined) {
      this.peers.delete(name);
      this.end(peer, { kind: 'cease', subcode: Cease.peerDeconfigured, text });
      return true;
    }
    const range = this.ranges.get(name);
    if (range === undefined) {
      const member = this.byName(name);
      if (member !== undefined) this.endRangePeer(member, Cease.peerDeconfigured);
      return member !== undefined;
    }
    this.ranges.delete(name);
    for (const member of range.peers) this.endRangePeer(member, Cease.peerDeconfigured);
    return true;
  }

  /**
   * Takes a changed configuration of a known neighbor over, touching only what must be.
   * @param name the name that it had, where that changes too
   * @returns what it meant: a reset ends the session with Cease 6/6, Other Configuration Change
   */
  replace(config: PeerConfig, name = config.name): Change {
    const peer = this.peers.get(name);
    if (peer !== undefined) {
      this.peers.delete(name);
      this.peers.set(config.name, peer);
      return this.replacePeer(peer, config);
    }
    const range = this.ranges.get(name);
    if (range === undefined) return 'none';
    this.ranges.delete(name);
    this.ranges.set(config.name, range);
    const change = compareConfigs(range.config, config);
    range.config = config;
    for (const member of [...range.peers]) {
      if (change === 'reset') this.endRangePeer(member, Cease.otherConfigurationChange);
      else member.reconfigure(ownConfig(config, member.config.remoteAddress));
    }
    return change;
  }

  private replacePeer(peer: Peer, config: PeerConfig): Change {
    const change = compareConfigs(peer.config, config);
    const isSwitched = peer.config.enabled !== config.enabled;
    if (change === 'reset') peer.stop({ kind: 'cease', subcode: Cease.otherConfigurationChange, text: '' });
    this.forgetAddress(peer);
    peer.reconfigure(config);
    this.noteAddress(peer);
    if (change === 'reset') {
      // What an operator disabled by hand stays so, unless the file says otherwise now.
      if (isSwitched && !config.enabled) peer.disable('');
      else if (isSwitched && this.isRunning) peer.enable();
      else if (this.isRunning) peer.start();
    }
    return change;
  }

  /** Ends all sessions. @param reasonOf what each is told */
  stopAll(reasonOf: (peer: Peer) => StopReason): void {
    this.isRunning = false;
    for (const peer of this.all()) peer.stop(reasonOf(peer));
  }

  // Incoming connections (listener.ts).

  configFor(remote: string, local: string): PeerConfig | undefined {
    return this.peerFor(remote, local)?.config ?? this.rangeFor(remote, local)?.config;
  }

  take(remote: string, local: string, transport: Transport): void {
    const known = this.peerFor(remote, local);
    if (known !== undefined) {
      known.accept(transport);
      return;
    }
    const range = this.rangeFor(remote, local);
    if (range === undefined || !this.isRunning || range.peers.size >= range.config.maxPeers) {
      if (range !== undefined) {
        this.context.log.warn({ neighbor: range.config.name, address: remote }, 'connection refused: maxPeers reached');
      }
      transport.end();
      return;
    }
    const peer = this.newPeer(ownConfig(range.config, canonical(remote)), this.forgetIfGone);
    range.peers.add(peer);
    this.rangeByPeer.set(peer, range);
    const begin = (): void => {
      if (!this.rangeByPeer.has(peer) || !this.isRunning) {
        transport.end();
        this.forgetIfGone(peer);
        return;
      }
      peer.start();
      peer.accept(transport);
    };
    const prepared = this.observer.prepare?.(peer);
    if (prepared === undefined) begin();
    else void prepared.then(begin);
  }

  /** A peer of a range lives as long as it is connected. */
  private readonly forgetIfGone = (peer: Peer): void => {
    // In a later turn: whoever hears of the end still finds the peer.
    this.context.clock.start(0, () => {
      if (this.rangeByPeer.has(peer) && !peer.hasConnection) this.endRangePeer(peer, Cease.peerDeconfigured);
    });
  };

  private newPeer(config: PeerConfig, onEnded?: (peer: Peer) => void): Peer {
    const peer = new Peer(config, this.memberOf(config), this.context, onEnded);
    this.noteAddress(peer);
    this.observer.onAdded?.(peer);
    return peer;
  }

  private noteAddress(peer: Peer): void {
    const address = canonical(peer.config.remoteAddress);
    const peers = this.byAddress.get(address) ?? new Set();
    this.byAddress.set(address, peers.add(peer));
  }

  private forgetAddress(peer: Peer): void {
    const address = canonical(peer.config.remoteAddress);
    const peers = this.byAddress.get(address);
    peers?.delete(peer);
    if (peers?.size === 0) this.byAddress.delete(address);
  }

  private end(peer: Peer, reason: StopReason): void {
    this.forgetAddress(peer);
    peer.stop(reason);
    this.rib.removeMember(peer.member);
    this.observer.onRemoved?.(peer);
  }

  private endRangePeer(peer: Peer, subcode: number): void {
    this.rangeByPeer.get(peer)?.peers.delete(peer);
    this.rangeByPeer.delete(peer);
    this.end(peer, { kind: 'cease', subcode, text: '' });
  }

  /** Two neighbors may have one address and different local ones. */
  private peerFor(remote: string, local: string): Peer | undefined {
    let loose: Peer | undefined;
    for (const peer of this.byAddress.get(canonical(remote)) ?? []) {
      const own = peer.config.localAddress;
      if (own === undefined) loose ??= peer;
      else if (canonical(own, false) === canonical(local, false)) return peer;
    }
    return loose;
  }

  private rangeFor(remote: string, local: string): Range | undefined {
    const octets = parseIp(remote.split('%')[0]!);
    if (octets === undefined) return undefined;
    let best: Range | undefined;
    for (const range of this.ranges.values()) {
      const own = range.config.localAddress;
      if (!range.config.enabled || (own !== undefined && canonical(own, false) !== canonical(local, false))) continue;
      if (isInside(octets, range) && (best === undefined || range.bits > best.bits)) best = range;
    }
    return best;
  }
}

/** An address as text that compares, with its zone where wanted. */
function canonical(text: string, withZone = true): string {
  const [address = '', zone] = text.split('%');
  const octets = parseIp(address);
  const printed = octets === undefined ? address : printIp(octets);
  return zone === undefined || !withZone ? printed : `${printed}%${zone}`;
}
