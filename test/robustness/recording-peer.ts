/**
 * The peer of the robustness tests: a small BGP speaker in this process that keeps one session up with a short hold time
 * and keeps count: sessions, the longest silence, IPv4 prefixes it was told. It can also announce prefixes of its own.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const HEADER_LENGTH = 19;
const AS = 65001;
export const HOLD_SECONDS = 3;

function message(type: number, body: Uint8Array): Buffer {
  const length = HEADER_LENGTH + body.length;
  return Buffer.concat([Buffer.alloc(16, 0xff), Buffer.from([length >> 8, length & 0xff, type]), body]);
}

const OPEN = message(1, Buffer.from([4, AS >> 8, AS & 0xff, 0, HOLD_SECONDS, 192, 0, 2, 99, 0]));
const KEEPALIVE = message(4, Buffer.alloc(0));

/** ORIGIN IGP, AS_PATH 65001, NEXT_HOP 127.0.0.1 (RFC 4271 section 4.3). */
const ATTRIBUTES = Buffer.from([0x40, 1, 1, 0, 0x40, 2, 4, 2, 1, AS >> 8, AS & 0xff, 0x40, 3, 4, 127, 0, 0, 1]);

export class RecordingPeer {
  readonly prefixes = new Set<string>();
  sessions = 0;
  closes = 0;
  /** The longest time between two messages of a session since `resetSilence`. */
  longestSilenceMs = 0;
  #lastMs = 0;
  #socket: Socket | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async listen(): Promise<RecordingPeer> {
    const peer = new RecordingPeer();
    peer.#server.listen(0, '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  resetSilence(): void {
    this.longestSilenceMs = 0;
    this.#lastMs = performance.now();
  }

  /** Announces `count` prefixes, an UPDATE each. */
  announce(count: number): void {
    const head = Buffer.concat([Buffer.from([0, 0, 0, ATTRIBUTES.length]), ATTRIBUTES]);
    for (let i = 0; i < count; i++) {
      this.#socket?.write(message(2, Buffer.concat([head, Buffer.from([32, 100, i >> 16, (i >> 8) & 255, i & 255])])));
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    this.prefixes.clear();
    let unread: Buffer = Buffer.alloc(0);
    const timer = setInterval(() => socket.write(KEEPALIVE), (HOLD_SECONDS * 1000) / 4);
    socket.on('data', (chunk) => {
      const now = performance.now();
      this.longestSilenceMs = Math.max(this.longestSilenceMs, now - this.#lastMs);
      this.#lastMs = now;
      unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      let at = 0;
      while (unread.length - at >= HEADER_LENGTH && unread.length - at >= unread.readUInt16BE(at + 16)) {
        const length = unread.readUInt16BE(at + 16);
        this.#take(socket, unread[at + 18] ?? 0, unread.subarray(at + HEADER_LENGTH, at + length));
        at += length;
      }
      unread = unread.subarray(at);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      this.closes += 1;
    });
  }

  #take(socket: Socket, type: number, body: Buffer): void {
    if (type === 1) socket.write(Buffer.concat([OPEN, KEEPALIVE]));
    if (type === 4 && this.sessions === this.closes) this.sessions += 1;
    if (type !== 2) return;
    const withdrawnLength = body.readUInt16BE(0);
    const attributesLength = body.readUInt16BE(2 + withdrawnLength);
    for (const prefix of prefixesOf(body.subarray(2, 2 + withdrawnLength))) this.prefixes.delete(prefix);
    for (const prefix of prefixesOf(body.subarray(4 + withdrawnLength + attributesLength))) this.prefixes.add(prefix);
  }
}

function* prefixesOf(nlri: Buffer): Generator<string> {
  for (let at = 0; at < nlri.length; ) {
    const length = nlri[at] ?? 0;
    const octets = (length + 7) >> 3;
    const address = [0, 1, 2, 3].map((i) => (i < octets ? (nlri[at + 1 + i] ?? 0) : 0));
    yield `${address.join('.')}/${length}`;
    at += 1 + octets;
  }
}
