/**
 * A BGP peer as a process of its own, so that it never shares the daemon's core. As a sink it accepts sessions and checks
 * what comes: distinct prefixes, the attributes of each, nothing else. As a source it sends a table. Reports are JSON lines
 * on stdout; `go` on stdin lets a source begin. Started by the benchmark only.
 */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type AttributeWork, expectedMed, prefixIndex, prefixOctets } from './work-routes.js';

export interface LoadPeerOptions {
  readonly mode: 'sink' | 'source';
  readonly port: number;
  /** Addresses to listen on: one session each. */
  readonly addresses: readonly string[];
  readonly asn: number;
  readonly holdTimeSeconds: number;
  /** Sink: distinct prefixes on each session that make it done. Source: prefixes to send. */
  readonly routes: number;
  readonly work: AttributeWork;
  readonly isIpv6: boolean;
  /** Sink: every prefix must be withdrawn again before it is done. */
  readonly untilWithdrawn: boolean;
  /** Sink: report the moment of each first UPDATE of a prefix (latency). */
  readonly reportsEach: boolean;
}

const HEADER = 19;
const Type = { open: 1, update: 2, notification: 3, keepalive: 4 } as const;
const PREFIXES_AN_UPDATE = 6;

function message(type: number, body: Uint8Array): Buffer {
  const out = Buffer.alloc(HEADER + body.length, 0xff);
  out.writeUInt16BE(out.length, 16);
  out[18] = type;
  out.set(body, HEADER);
  return out;
}

const KEEPALIVE = message(Type.keepalive, new Uint8Array(0));

function open(options: LoadPeerOptions): Buffer {
  const as4 = Buffer.alloc(4);
  as4.writeUInt32BE(options.asn);
  const capabilities = Buffer.concat([Buffer.from([1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1, 6, 0, 65, 4]), as4]);
  const body = Buffer.from([
    4,
    options.asn >>> 8,
    options.asn & 255,
    options.holdTimeSeconds >>> 8,
    options.holdTimeSeconds & 255,
    192,
    0,
    2,
    99,
    capabilities.length + 2,
    2,
    capabilities.length,
  ]);
  return message(Type.open, Buffer.concat([body, capabilities]));
}

function report(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Milliseconds of the wall clock, which all processes share. */
const now = (): number => performance.timeOrigin + performance.now();

class Session {
  private tail: Buffer = Buffer.alloc(0);
  private readonly seen: Uint8Array;
  distinct = 0;
  withdrawn = 0;
  wrong = 0;
  messages = 0;
  octets = 0;
  isUp = false;
  lastKeepaliveMs = 0;
  worstKeepaliveGapMs = 0;
  /** Attribute octets checked last: the same again need no look. */
  private checked: Buffer = Buffer.alloc(0);
  private checkedMed = -1;

  constructor(
    private readonly options: LoadPeerOptions,
    readonly socket: Socket,
    private readonly onUp: () => void,
    private readonly onDone: (session: Session) => void,
  ) {
    this.seen = new Uint8Array(options.routes);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => report({ event: 'closed', address: socket.localAddress }));
    socket.write(open(options));
  }

  private read(chunk: Buffer): void {
    this.octets += chunk.length;
    const data = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
    let at = 0;
    while (data.length - at >= HEADER) {
      const length = data.readUInt16BE(at + 16);
      if (data.length - at < length) break;
      this.message(data, at, at + length);
      at += length;
    }
    this.tail = at === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
  }

  private message(data: Buffer, at: number, end: number): void {
    const type = data[at + 18];
    if (type === Type.open) {
      this.socket.write(KEEPALIVE);
      if (this.options.holdTimeSeconds > 0) {
        setInterval(() => this.socket.write(KEEPALIVE), (this.options.holdTimeSeconds * 1000) / 3).unref();
      }
    } else if (type === Type.keepalive) {
      const nowMs = now();
      if (this.lastKeepaliveMs > 0)
        this.worstKeepaliveGapMs = Math.max(this.worstKeepaliveGapMs, nowMs - this.lastKeepaliveMs);
      this.lastKeepaliveMs = nowMs;
      if (!this.isUp) {
        this.isUp = true;
        this.onUp();
      }
    } else if (type === Type.update) {
      // An UPDATE restarts the sender's KeepaliveTimer (RFC 4271 section 4.4).
      this.lastKeepaliveMs = now();
      this.messages++;
      this.update(data, at + HEADER, end);
    } else if (type === Type.notification) {
      report({ event: 'notification', code: data[at + HEADER], subcode: data[at + HEADER + 1] });
    }
  }

  private update(data: Buffer, start: number, end: number): void {
    let at = start + 2 + data.readUInt16BE(start);
    this.prefixes(data, start + 2, at, -1);
    const attributesEnd = at + 2 + data.readUInt16BE(at);
    at += 2;
    const isKnown =
      attributesEnd - at === this.checked.length &&
      data.compare(this.checked, 0, this.checked.length, at, attributesEnd) === 0;
    if (!isKnown || this.options.isIpv6) this.attributes(data, at, attributesEnd);
    this.prefixes(data, attributesEnd, end, this.checkedMed);
  }

  /** Notes MED and communities; IPv6 prefixes are among the attributes. */
  private attributes(data: Buffer, from: number, to: number): void {
    let med = 0;
    let reach = 0;
    let reachEnd = 0;
    for (let at = from; at < to; ) {
      const isLong = (data[at]! & 0x10) !== 0;
      const length = isLong ? data.readUInt16BE(at + 2) : data[at + 2]!;
      const value = at + (isLong ? 4 : 3);
      const code = data[at + 1];
      if (code === 4) med = data.readUInt32BE(value);
      else if (code === 14) {
        reach = value + 5 + data[value + 3]!;
        reachEnd = value + length;
      } else if (code === 15) this.prefixes(data, value + 3, value + length, -1);
      at = value + length;
    }
    this.checkedMed = med;
    if (!this.options.isIpv6) this.checked = Buffer.from(data.subarray(from, to));
    this.prefixes(data, reach, reachEnd, med);
  }

  private prefixes(data: Buffer, from: number, to: number, med: number): void {
    const { options, seen } = this;
    for (let at = from; at < to; ) {
      const index = prefixIndex(data, at, options.isIpv6);
      at += 1 + ((data[at]! + 7) >>> 3);
      if (index < 0 || index >= options.routes) {
        this.wrong++;
      } else if (med < 0) {
        if (seen[index] === 1) {
          seen[index] = 0;
          this.withdrawn++;
        }
      } else {
        if (med !== expectedMed(options.work, index)) this.wrong++;
        if (seen[index] === 0) {
          seen[index] = 1;
          this.distinct++;
          if (options.reportsEach) report({ event: 'prefix', index, at: now() });
        }
      }
    }
    const done = options.untilWithdrawn ? this.withdrawn >= options.routes : this.distinct >= options.routes;
    if (done && to > from) this.onDone(this);
  }

  /** Sends the whole table, waiting for the socket where it must. */
  async send(): Promise<void> {
    const { options } = this;
    const path = Buffer.from([
      0x40,
      1,
      1,
      0,
      0x40,
      2,
      6,
      2,
      1,
      0,
      0,
      options.asn >>> 8,
      options.asn & 255,
      0x40,
      3,
      4,
      192,
      0,
      2,
      99,
    ]);
    let batch: Buffer[] = [];
    for (let i = 0; i < options.routes; i += PREFIXES_AN_UPDATE) {
      const med = Buffer.from([0x80, 4, 4, 0, 0, (i / 600) >>> 8, (i / 600) & 255]);
      const nlri: Uint8Array[] = [];
      for (let k = i; k < Math.min(i + PREFIXES_AN_UPDATE, options.routes); k++) nlri.push(prefixOctets(k, false));
      const head = Buffer.alloc(4);
      head.writeUInt16BE(path.length + med.length, 2);
      batch.push(message(Type.update, Buffer.concat([head, path, med, ...nlri])));
      if (batch.length === 1000 || i + PREFIXES_AN_UPDATE >= options.routes) {
        if (!this.socket.write(Buffer.concat(batch)))
          await new Promise((resolve) => this.socket.once('drain', resolve));
        batch = [];
      }
    }
    report({ event: 'sent', at: now() });
  }
}

function main(options: LoadPeerOptions): void {
  const sessions: Session[] = [];
  const done = new Set<Session>();
  let up = 0;
  const finish = (session: Session): void => {
    if (done.has(session)) return;
    done.add(session);
    if (done.size === options.addresses.length) report({ event: 'done', at: now() });
  };
  for (const address of options.addresses) {
    const server = createServer((socket) => {
      sessions.push(
        new Session(
          options,
          socket,
          () => {
            if (++up >= options.addresses.length) report({ event: 'up', at: now() });
          },
          finish,
        ),
      );
    });
    server.listen(options.port, address);
  }
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line === 'go') for (const session of sessions) void session.send();
      if (line === 'reset') {
        done.clear();
        for (const session of sessions) session.socket.destroy();
        sessions.length = 0;
        up = 0;
      }
      if (line === 'report') {
        report({
          event: 'report',
          sessions: sessions.map(({ distinct, withdrawn, wrong, messages, octets, worstKeepaliveGapMs }) => ({
            distinct,
            withdrawn,
            wrong,
            messages,
            octets,
            worstKeepaliveGapMs,
          })),
        });
      }
    })
    .on('close', () => process.exit(0));
}

main(JSON.parse(process.argv[2] ?? '{}') as LoadPeerOptions);
