/**
 * One BGP session of a load peer: framing, OPEN and KEEPALIVE, and when the daemon was last heard. Any UPDATE or KEEPALIVE
 * counts as life (RFC 4271 section 4.4). What UPDATEs mean is left to the book.
 */
import type { Socket } from 'node:net';
import { monotonicMs } from '../monotonic.js';
import { PEER_AS } from '../work-routes.js';
import type { RouteBook } from './route-book.js';

const HEADER_OCTETS = 19;
const Type = { open: 1, update: 2, notification: 3, keepalive: 4, refresh: 5 } as const;
/** End-of-RIB of IPv4 unicast has no octet more (RFC 4724 section 2). */
const EMPTY_UPDATE_OCTETS = 23;

function message(type: number, body: Uint8Array): Buffer {
  const out = Buffer.alloc(HEADER_OCTETS + body.length, 0xff);
  out.writeUInt16BE(out.length, 16);
  out[18] = type;
  out.set(body, HEADER_OCTETS);
  return out;
}

const KEEPALIVE = message(Type.keepalive, new Uint8Array(0));
/** ROUTE-REFRESH of IPv4 unicast (RFC 2918). */
const REFRESH = message(Type.refresh, Uint8Array.of(0, 1, 0, 1));

/** IPv4 and IPv6 unicast, route refresh, AS numbers of four octets. */
function open(holdTimeSeconds: number, routerId: Uint8Array): Buffer {
  const capabilities = Buffer.from([
    1,
    4,
    0,
    1,
    0,
    1,
    1,
    4,
    0,
    2,
    0,
    1,
    2,
    0,
    65,
    4,
    0,
    0,
    PEER_AS >>> 8,
    PEER_AS & 255,
  ]);
  const head = [4, PEER_AS >>> 8, PEER_AS & 255, holdTimeSeconds >>> 8, holdTimeSeconds & 255, ...routerId];
  return message(Type.open, Buffer.from([...head, capabilities.length + 2, 2, capabilities.length, ...capabilities]));
}

export interface SessionEvents {
  onUp(session: LoadSession): void;
  /** An UPDATE with routes was read. */
  onUpdate(session: LoadSession): void;
  /** A KEEPALIVE of the established session. */
  onKeepalive(session: LoadSession): void;
  onNotification(text: string): void;
  onClose(session: LoadSession): void;
}

export class LoadSession {
  private tail: Buffer = Buffer.alloc(0);
  messages = 0;
  octets = 0;
  isUp = false;
  private heardAtMs = 0;
  private worstGap = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly socket: Socket,
    readonly book: RouteBook,
    private readonly holdTimeSeconds: number,
    routerId: Uint8Array,
    private readonly events: SessionEvents,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(this.timer);
      events.onClose(this);
    });
    socket.write(open(holdTimeSeconds, routerId));
  }

  private read(chunk: Buffer): void {
    this.octets += chunk.length;
    const data = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
    let at = 0;
    while (data.length - at >= HEADER_OCTETS) {
      const length = data.readUInt16BE(at + 16);
      if (data.length - at < length) break;
      this.message(data, at, at + length);
      at += length;
    }
    this.tail = at === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
    // Once a read: the clock costs as much as a message.
    if (at > 0) this.heard();
  }

  private heard(): void {
    const nowMs = monotonicMs();
    if (this.heardAtMs > 0) this.worstGap = Math.max(this.worstGap, nowMs - this.heardAtMs);
    this.heardAtMs = nowMs;
  }

  private message(data: Buffer, at: number, end: number): void {
    switch (data[at + 18]) {
      case Type.update:
        this.messages++;
        if (end - at <= EMPTY_UPDATE_OCTETS) return;
        this.book.update(data, at + HEADER_OCTETS, end);
        this.events.onUpdate(this);
        return;
      case Type.keepalive:
        if (this.isUp) this.events.onKeepalive(this);
        else {
          this.isUp = true;
          this.events.onUp(this);
        }
        return;
      case Type.open:
        this.socket.write(KEEPALIVE);
        this.timer = setInterval(() => this.socket.write(KEEPALIVE), (this.holdTimeSeconds * 1000) / 3);
        return;
      case Type.notification:
        this.events.onNotification(`NOTIFICATION ${data[at + HEADER_OCTETS]}/${data[at + HEADER_OCTETS + 1]}`);
        return;
      default:
    }
  }

  /** Gaps count from the last life sign on. */
  observe(): void {
    this.worstGap = 0;
  }

  /** The longest silence since `observe`, that which lasts included. */
  get worstGapMs(): number {
    return this.heardAtMs === 0 ? 0 : Math.max(this.worstGap, monotonicMs() - this.heardAtMs);
  }

  askRefresh(): void {
    this.socket.write(REFRESH);
  }

  /** Writes whole messages; resolves when the kernel has taken them. One write: no KEEPALIVE may come between its halves. */
  send(messages: Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(messages, () => resolve()));
  }
}
