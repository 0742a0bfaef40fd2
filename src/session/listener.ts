/**
 * Listening sockets. Keys of neighbors are on them before the neighbors connect (RFC 2385), an accepted connection gets
 * its neighbor's own TTL and DSCP, an unknown address is closed at once. Which neighbor an address belongs to is
 * peer-table.ts.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../util/log.js';
import { LogAllowance } from '../util/log-allowance.js';
import { type Native, NativeError, nativeMissing } from '../util/native.js';
import type { Clock } from '../util/timers.js';
import { socketOptionsOf, strictOptionsOf } from './dialer.js';
import type { PeerConfig } from './peer-config.js';
import { socketFd } from './socket-fd.js';
import { SocketTransport, type Transport } from './transport.js';

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

/** Whom a connection is for. */
export interface ConnectionTaker {
  /** The configuration (of a range too) that `remote` belongs to; `local` is where it was accepted. */
  configFor(remote: string, local: string): PeerConfig | undefined;
  /** Hands the connection over: connected, paused. */
  take(remote: string, local: string, transport: Transport): void;
}

/** Lines a window about refused addresses; the others are counted. */
const LOG_LINES = 5;
const LOG_WINDOW_MS = 60_000;
const BACKLOG = 128;
const IPV4_MAX_TTL = 255;

interface OpenListener {
  readonly where: ListenAddress;
  readonly server: Server;
  readonly fd: number | undefined;
  /** Keys that were set: "address/prefix" -> key. */
  readonly keys: Map<string, Uint8Array>;
}

export class Listeners {
  private readonly open: OpenListener[] = [];
  private readonly allowance: LogAllowance;

  constructor(
    private readonly native: Native | undefined,
    private readonly taker: ConnectionTaker,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.allowance = new LogAllowance(clock, LOG_LINES, LOG_WINDOW_MS);
  }

  /**
   * Listens on one address with the keys of all its possible neighbors.
   * @returns the address with the port in use (for port 0)
   * @throws Error where the address cannot be had, or a neighbor needs what the system does not give
   */
  async listen(where: ListenAddress, configs: readonly PeerConfig[]): Promise<ListenAddress> {
    const { server, fd } = this.create(where, configs);
    const open: OpenListener = { where, server, fd, keys: new Map() };
    try {
      this.setKeys(open, configs);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.once('listening', resolve);
        if (fd !== undefined) server.listen({ fd, backlog: BACKLOG });
        else server.listen({ host: where.address, port: where.port, ipv6Only: true, backlog: BACKLOG });
      });
    } catch (error) {
      server.close(() => undefined);
      throw error;
    }
    server.removeAllListeners('error');
    server.on('error', (error) => this.log.error({ ...where, error: error.message }, 'listener failed'));
    this.open.push(open);
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : where.port;
    this.log.info({ address: where.address, port }, 'listening');
    return { address: where.address, port };
  }

  /** Neighbors changed: keys come and go before their owners connect. */
  update(configs: readonly PeerConfig[]): void {
    for (const open of this.open) this.setKeys(open, configs);
  }

  /** Is there a listener that this neighbor can reach? */
  covers(config: PeerConfig): boolean {
    return this.open.some(({ where }) => isFor(where, config));
  }

  get addresses(): readonly ListenAddress[] {
    return this.open.map(({ where }) => where);
  }

  /** Stops listening at once. Accepted connections live on: a server's own "closed" would wait for the last of them. */
  async close(where?: ListenAddress): Promise<void> {
    const closing = this.open.filter((open) => where === undefined || open.where === where);
    for (const open of closing) this.open.splice(this.open.indexOf(open), 1);
    for (const { server } of closing) server.close();
  }

  private create(where: ListenAddress, configs: readonly PeerConfig[]): { server: Server; fd: number | undefined } {
    const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) =>
      this.accepted(
        socket,
        this.open.find((open) => open.server === server),
      ),
    );
    if (this.native === undefined) return { server, fd: undefined };
    const mine = configs.filter((config) => isFor(where, config));
    // The listener itself answers the first packets: with the largest TTL that any neighbor of it asks for.
    const ttl = mine.some((config) => config.ttl.outgoing !== undefined)
      ? Math.min(IPV4_MAX_TTL, Math.max(...mine.map((config) => config.ttl.outgoing ?? 0)))
      : undefined;
    const dscp = mine.length === 0 ? undefined : Math.max(...mine.map((config) => config.dscp));
    const options = { md5: undefined, ttlOutgoing: ttl, ttlMinimum: undefined, dscp, device: undefined };
    return { server, fd: this.native.createListenSocket({ ...where, options }) };
  }

  private setKeys(open: OpenListener, configs: readonly PeerConfig[]): void {
    const wanted = new Map<string, { address: string; prefixLength: number | undefined; key: Uint8Array }>();
    for (const config of configs) {
      if (config.md5 === undefined || !isFor(open.where, config)) continue;
      const [address = '', length] = config.remoteAddress.split('/');
      const prefixLength = length === undefined ? undefined : Number(length);
      wanted.set(config.remoteAddress, { address, prefixLength, key: config.md5.key });
    }
    if (this.native === undefined || open.fd === undefined) {
      if (wanted.size > 0) this.log.error({ why: nativeMissing() }, 'neighbors with MD5 cannot be accepted');
      return;
    }
    for (const [name, key] of open.keys) {
      if (Buffer.compare(wanted.get(name)?.key ?? NO_KEY, key) === 0) continue;
      const [address = '', length] = name.split('/');
      this.native.setMd5Key(open.fd, keyed(address, length === undefined ? undefined : Number(length)), undefined);
      open.keys.delete(name);
    }
    for (const [name, { address, prefixLength, key }] of wanted) {
      if (open.keys.has(name)) continue;
      try {
        this.native.setMd5Key(open.fd, keyed(address, prefixLength), key);
        open.keys.set(name, key);
      } catch (error) {
        // A full table costs the neighbors that found no place, nobody else: without a key they are refused below.
        if (!(error instanceof NativeError)) throw error;
        this.log.error(
          { neighbor: name, error: error.message },
          'MD5 key not set: connections of this neighbor are refused',
        );
      }
    }
  }

  private accepted(socket: Socket, open: OpenListener | undefined): void {
    const { remoteAddress: remote, localAddress: local } = socket;
    // Until somebody owns it, an error must not reach the process.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    if (remote === undefined || local === undefined) {
      socket.destroy();
      return;
    }
    const config = this.taker.configFor(remote, local);
    const why = config === undefined ? 'no neighbor has this address' : this.prepare(socket, config, open);
    if (why !== undefined) {
      this.refuse(socket, remote, why);
      return;
    }
    socket.off('error', ignore);
    this.taker.take(remote, local, new SocketTransport(socket, this.clock));
  }

  /** Sets the neighbor's own options. @returns why the connection cannot be used */
  private prepare(socket: Socket, config: PeerConfig, open: OpenListener | undefined): string | undefined {
    const strict = strictOptionsOf(config);
    const fd = socketFd(socket);
    if (this.native === undefined || fd === undefined) {
      return strict.length === 0 ? undefined : `${strict.join(', ')} cannot be had: ${nativeMissing()}`;
    }
    if (config.md5 !== undefined && !hasKey(open, config.remoteAddress, config.md5.key))
      return 'its MD5 key is not set';
    try {
      // The key came with the listener's; it stays on the connection. The device is the way it came in.
      this.native.setSocketOptions(fd, { ...socketOptionsOf(config), md5: undefined });
      return undefined;
    } catch (error) {
      if (error instanceof NativeError) return error.message;
      throw error;
    }
  }

  private refuse(socket: Socket, remote: string, why: string): void {
    socket.destroy();
    const leftOut = this.allowance.take();
    if (leftOut === undefined) return;
    this.log.warn({ address: remote, why, ...(leftOut > 0 ? { notLogged: leftOut } : {}) }, 'connection refused');
  }
}

const NO_KEY = new Uint8Array(0);

/** A peer of a range has the range's key. */
function hasKey(open: OpenListener | undefined, address: string, key: Uint8Array): boolean {
  for (const [name, set] of open?.keys ?? []) {
    if ((name === address || name.includes('/')) && Buffer.compare(set, key) === 0) return true;
  }
  return false;
}

function keyed(address: string, prefixLength: number | undefined): { address: string; prefixLength?: number } {
  return prefixLength === undefined ? { address } : { address, prefixLength };
}

/** Can a connection of this neighbor arrive at the listener? */
function isFor(where: ListenAddress, config: PeerConfig): boolean {
  const isIpv6 = where.address.includes(':');
  if (isIpv6 !== config.remoteAddress.includes(':')) return false;
  const isAny = where.address === '0.0.0.0' || where.address === '::';
  const local = config.localAddress?.split('%')[0];
  return isAny || local === undefined || local === where.address.split('%')[0];
}
