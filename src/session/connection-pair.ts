/**
 * The connections of one neighbor: one, and while both sides connect at once a second one, until a collision is resolved
 * (RFC 4271 section 6.8; RFC 4724 section 5 for a neighbor that restarted). Which of the two stays is decided in
 * collision.ts; each runs a machine of its own in connection.ts.
 */
import type { Logger } from '../util/log.js';
import { gracefulRestart } from '../wire/capability/graceful-restart.js';
import { readCapability } from '../wire/capability/index.js';
import type { Negotiated } from '../wire/negotiated.js';
import { resolveCollision } from './collision.js';
import type { Connection, StopDetails } from './connection.js';
import { FsmState, type NotificationContent } from './fsm-types.js';
import type { Transport } from './transport.js';

/** From nothing to a session. */
const STATE_ORDER: readonly FsmState[] = [
  FsmState.idle,
  FsmState.active,
  FsmState.connect,
  FsmState.openSent,
  FsmState.openConfirm,
  FsmState.established,
];

export class ConnectionPair {
  private first: Connection;
  private second: Connection | undefined;
  private isDeliberate = false;

  constructor(
    private readonly newConnection: () => Connection,
    private readonly log: Logger,
  ) {
    this.first = newConnection();
  }

  /** The one that starts and retries; in Established the session's. */
  get primary(): Connection {
    return this.first;
  }

  /** The state of the one that is further. */
  get state(): FsmState {
    const one = this.first.state;
    const two = this.second?.state ?? FsmState.idle;
    return STATE_ORDER.indexOf(two) > STATE_ORDER.indexOf(one) ? two : one;
  }

  get negotiated(): Negotiated | undefined {
    return this.first.negotiated ?? this.second?.negotiated;
  }

  /** Without zone; undefined while not connected. */
  get localAddress(): string | undefined {
    return this.first.localAddress ?? this.second?.localAddress;
  }

  get isTcpUp(): boolean {
    return this.first.isTcpUp || this.second !== undefined;
  }

  /** A connection is up or being made. */
  get hasTransport(): boolean {
    return this.first.hasTransport || this.second !== undefined;
  }

  /** Something written has not been taken by the kernel, or last words are on their way. */
  get hasPending(): boolean {
    return this.first.hasPending || (this.second?.hasPending ?? false);
  }

  /** What ends is being ended on purpose: it is no failure. */
  get isEnding(): boolean {
    return this.isDeliberate;
  }

  otherOf(connection: Connection): Connection | undefined {
    return connection === this.first ? this.second : this.first;
  }

  /** Takes a connection that the neighbor opened. @param transport connected, paused, without handler */
  accept(transport: Transport): void {
    if (!this.first.hasTransport) {
      this.first.accept(transport);
      return;
    }
    // The peer began anew before it said anything on its former second connection.
    this.second?.dump();
    this.second = this.newConnection();
    this.second.accept(transport);
  }

  /** Ends both on purpose; as Connection.stop. */
  stop(content: NotificationContent | undefined, isFinal: boolean, details: StopDetails): void {
    this.isDeliberate = true;
    this.second?.stop(content, isFinal, details);
    this.first.stop(content, isFinal, details);
    this.isDeliberate = false;
  }

  /**
   * A valid OPEN came on a connection: a collision with the other one is resolved.
   * @param isGraceful graceful restart is configured here and was received on the present session
   * @returns false when this connection has to go (it was closed)
   */
  admit(connection: Connection, isGraceful: boolean): boolean {
    const other = this.otherOf(connection);
    const { negotiated } = connection;
    if (other === undefined || negotiated === undefined) return true;
    const restart = readCapability(other.openReceived?.capabilities ?? [], gracefulRestart);
    const isRestart = isGraceful && (restart?.families.length ?? 0) > 0;
    switch (resolveCollision(other.state, connection.isOurs, other.isOurs, isRestart, negotiated)) {
      case 'keepBoth':
        return true;
      case 'closeNew':
        this.log.debug({}, 'connection collision: the older connection stays');
        connection.dump();
        return false;
      case 'closeOld':
        this.log.debug({}, 'connection collision: the newer connection stays');
        other.dump();
        return true;
      case 'replaceOld':
        this.log.info({}, 'the peer has restarted: its new connection takes the place of the old one');
        this.isDeliberate = true;
        other.stop(undefined, false, { kind: 'graceful', text: 'the peer restarted' });
        this.isDeliberate = false;
        return connection.hasTransport;
    }
  }

  /** Of two connections one that lost its TCP is over, whatever its machine would do next. */
  dropLost(connection: Connection): void {
    if (this.second === undefined || connection.hasTransport) return;
    connection.discard();
    if (connection === this.first) this.first = this.second;
    this.second = undefined;
  }

  /** A connection is Established: the other one is closed. */
  keepOnly(connection: Connection): void {
    const loser = this.otherOf(connection);
    this.first = connection;
    this.second = undefined;
    if (loser === undefined) return;
    if (loser.isTcpUp) loser.dump();
    loser.discard();
  }
}
