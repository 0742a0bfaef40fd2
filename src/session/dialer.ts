/**
 * Opens TCP connections to neighbors with their socket options set before the first packet: TCP MD5 (RFC 2385), GTSM
 * (RFC 5082), DSCP, device, source address. Without native sockets DSCP is left out with a log line; MD5, TTL and device
 * fail closed: no connection is made. What happens on a connection is transport.ts.
 */
import { Socket, type SocketConstructorOpts } from 'node:net';
import type { Logger } from '../util/log.js';
import { type Native, NativeError, nativeMissing, type SocketOptions } from '../util/native.js';
import type { Clock } from '../util/timers.js';
import type { PeerConfig } from './peer-config.js';
import {
  SocketTransport,
  type Transport,
  type TransportFactory,
  type TransportHandler,
  WRITE_QUEUE_OCTETS,
} from './transport.js';

/** Also options of streams, which net.Socket hands on although its type does not say so. */
const STREAM_OPTIONS = { allowHalfOpen: true, writableHighWaterMark: WRITE_QUEUE_OCTETS };

/** The socket options of a neighbor. */
export function socketOptionsOf(config: PeerConfig): SocketOptions {
  const { md5, ttl, dscp, sourceInterface } = config;
  return {
    md5: md5 === undefined ? undefined : { key: md5.key, address: config.remoteAddress },
    ttlOutgoing: ttl.outgoing,
    ttlMinimum: ttl.minimum,
    dscp,
    device: sourceInterface,
  };
}

/** @returns the options of a neighbor that cannot be left out, by name, for an error; empty when there are none */
export function strictOptionsOf(config: PeerConfig): string[] {
  const names: string[] = [];
  if (config.md5 !== undefined) names.push('md5');
  if (config.ttl.outgoing !== undefined || config.ttl.minimum !== undefined) names.push('ttl');
  if (config.sourceInterface !== undefined) names.push('sourceInterface');
  return names;
}

/** The address of the key on the neighbor's side may be bound to another local address than the session's. */
function localAddressOf(config: PeerConfig): string | undefined {
  return config.localAddress ?? config.md5?.ip;
}

export class Dialer {
  private hasToldDscp = false;

  /** @param native undefined where it cannot be had */
  constructor(
    private readonly native: Native | undefined,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** For PeerContext.transportsOf. */
  readonly transportsOf = (config: PeerConfig): TransportFactory => ({
    connect: (handler) => this.connect(config, handler),
  });

  private connect(config: PeerConfig, handler: TransportHandler): Transport {
    const socket = this.open(config);
    if (typeof socket === 'string') return new FailedTransport(handler, socket, this.clock);
    const transport = new SocketTransport(socket, this.clock);
    transport.handler = handler;
    return transport;
  }

  /** @returns a socket that is connecting, or why there is none */
  private open(config: PeerConfig): Socket | string {
    const host = config.remoteAddress;
    const port = config.remotePort;
    const local = localAddressOf(config);
    if (this.native === undefined) {
      const strict = strictOptionsOf(config);
      if (strict.length > 0) return `${strict.join(', ')} cannot be had: ${nativeMissing()}`;
      if (!this.hasToldDscp && config.dscp !== 0) {
        this.hasToldDscp = true;
        this.log.warn({ why: nativeMissing() }, 'DSCP cannot be set on sockets');
      }
      const socket = new Socket(STREAM_OPTIONS as SocketConstructorOpts);
      return socket.connect({ host, port, ...(local === undefined ? {} : { localAddress: local }) });
    }
    try {
      const fd = this.native.createTcpSocket({
        family: host.includes(':') ? 6 : 4,
        bind: local === undefined ? undefined : { address: withZone(local, host), port: 0 },
        options: socketOptionsOf(config),
      });
      // A socket made from a descriptor would read at once: it does not (manualStart), and connects in the same turn.
      const socket = new Socket({ ...STREAM_OPTIONS, fd, manualStart: true } as SocketConstructorOpts);
      return socket.connect({ host, port });
    } catch (error) {
      if (error instanceof NativeError) return error.message;
      throw error;
    }
  }
}

/** A link-local source address needs the zone of the neighbor's. */
function withZone(local: string, remote: string): string {
  const zone = remote.split('%')[1];
  return zone !== undefined && /^fe[89ab]/i.test(local) && !local.includes('%') ? `${local}%${zone}` : local;
}

/** A connection that could not be begun: says so in the next turn. */
class FailedTransport implements Transport {
  readonly localAddress = undefined;
  readonly hasPending = false;
  private isOver = false;

  constructor(
    public handler: TransportHandler,
    text: string,
    clock: Clock,
  ) {
    clock.start(0, () => {
      if (this.isOver) return;
      this.isOver = true;
      this.handler.onClosed({ kind: 'failed', text });
    });
  }

  write(): boolean {
    return false;
  }

  pause(): void {}

  resume(): void {}

  end(): void {
    this.isOver = true;
  }
}
