/**
 * A BGP peer as a process of its own, so that it never shares the daemon's core. It listens on loopback addresses, one
 * session each, checks every route that comes, and sends a table when told to. Commands come as JSON lines on stdin, events
 * go as JSON lines to stdout; it ends with its stdin. Started by the benchmark only.
 */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Command, SessionReport, Told } from '../channel.js';
import { monotonicMs } from '../monotonic.js';
import { LoadSession, type SessionEvents } from './load-session.js';
import { type BookOptions, RouteBook } from './route-book.js';
import { tableMessages } from './table-source.js';

export interface LoadPeerOptions {
  readonly port: number;
  /** Addresses to listen on: one session each. */
  readonly addresses: readonly string[];
  readonly holdTimeSeconds: number;
  /** What each session should get; the n-th session's prefixes begin n × `stride` behind the first one's. */
  readonly book: BookOptions;
  readonly stride: number;
  /** The moment when each prefix came first is kept (latency). */
  readonly keepsTimes: boolean;
  /** Prefixes of the table that `send` sends. */
  readonly tableRoutes: number;
}

/** A KEEPALIVE that is due may come this much late before settling gives up. */
const SETTLE_GRACE_MS = 2000;

class LoadPeer implements SessionEvents {
  private sessions: (LoadSession | undefined)[];
  private readonly complete = new Set<LoadSession>();
  private up = 0;
  private isSettling = false;
  private readonly unsettled = new Set<LoadSession>();
  private settleTimer: NodeJS.Timeout | undefined;
  private isEchoDue = false;
  private isExpectingClose = false;
  private readonly times: Float64Array;
  private readonly table: Buffer;

  constructor(private readonly options: LoadPeerOptions) {
    this.sessions = options.addresses.map(() => undefined);
    this.times = new Float64Array(options.keepsTimes ? options.book.routes : 0);
    this.table = options.tableRoutes > 0 ? tableMessages(options.tableRoutes) : Buffer.alloc(0);
  }

  async listen(): Promise<void> {
    const { addresses, port } = this.options;
    for (const [i, address] of addresses.entries()) {
      const server = createServer((socket) => this.accept(i, socket));
      await new Promise<void>((resolve) => server.listen(port, address, resolve));
    }
    tell({ event: 'listening' });
  }

  private accept(i: number, socket: Socket): void {
    const { options } = this;
    const book = new RouteBook({ ...options.book, first: options.book.first + i * options.stride });
    if (options.keepsTimes)
      book.onNew = (offset) => {
        this.times[offset] ||= monotonicMs();
      };
    const routerId = Uint8Array.of(192, 0, 2 + (i >>> 8), i & 255);
    this.sessions[i] = new LoadSession(socket, book, options.holdTimeSeconds, routerId, this);
  }

  onUp(): void {
    this.up++;
    if (this.up === this.options.addresses.length) tell({ event: 'up', at: monotonicMs() });
  }

  onUpdate(session: LoadSession): void {
    if (this.isEchoDue) {
      this.isEchoDue = false;
      tell({ event: 'echo', at: monotonicMs() });
    }
    if (session.book.held === 0 && this.complete.delete(session)) {
      if (this.complete.size === 0) tell({ event: 'empty', at: monotonicMs() });
    } else if (session.book.isComplete && !this.complete.has(session)) {
      this.complete.add(session);
      if (this.complete.size === this.options.addresses.length) tell({ event: 'complete', at: monotonicMs() });
    }
  }

  onKeepalive(session: LoadSession): void {
    if (!this.isSettling || !this.unsettled.delete(session) || this.unsettled.size > 0) return;
    this.settled();
  }

  onNotification(text: string): void {
    tell({ event: 'notification', text });
  }

  onClose(session: LoadSession): void {
    const at = this.sessions.indexOf(session);
    if (at < 0) return;
    this.sessions[at] = undefined;
    if (session.isUp) this.up--;
    this.complete.delete(session);
    if (session.isUp && !this.isExpectingClose) tell({ event: 'closed' });
  }

  private settled(): void {
    this.isSettling = false;
    clearTimeout(this.settleTimer);
    // The read that brought the KEEPALIVE counts before the report.
    setImmediate(() => tell({ event: 'settled', at: monotonicMs(), sessions: this.report() }));
  }

  private report(): SessionReport[] {
    return this.live().map((session) => {
      const { wanted, held, right, unknown, firstFault } = session.book;
      const { messages, octets, worstGapMs } = session;
      return { wanted, held, right, unknown, firstFault, messages, octets, worstGapMs };
    });
  }

  private live(): LoadSession[] {
    return this.sessions.filter((session) => session !== undefined);
  }

  private readonly commands: Readonly<Record<string, () => void>> = {
    observe: () => {
      for (const session of this.live()) session.observe();
    },
    /** Waits until each session sent a KEEPALIVE more, then reports. */
    settle: () => {
      for (const session of this.live()) this.unsettled.add(session);
      this.isSettling = true;
      const mostMs = (this.options.holdTimeSeconds * 1000) / 3 + SETTLE_GRACE_MS;
      this.settleTimer = setTimeout(() => this.settled(), mostMs);
    },
    /** Ends all sessions; they may come again. */
    reset: () => {
      this.isExpectingClose = true;
      for (const session of this.live()) session.socket.destroy();
    },
    revise: () => {
      this.complete.clear();
      for (const session of this.live()) session.book.revise();
    },
    report: () => tell({ event: 'report', sessions: this.report() }),
    times: () => tell({ event: 'times', times: [...this.times] }),
    /** Sends the table. */
    send: () => {
      tell({ event: 'sending', at: monotonicMs() });
      for (const session of this.live())
        void session.send(this.table).then(() => tell({ event: 'sent', at: monotonicMs() }));
    },
    /** Sends the table, then asks for the daemon's routes: they come when all before was read. */
    sendAndAsk: () => {
      tell({ event: 'sending', at: monotonicMs() });
      for (const session of this.live())
        void session.send(this.table).then(() => {
          this.isEchoDue = true;
          session.askRefresh();
        });
    },
  };

  run(word: string): void {
    this.commands[word]?.();
  }
}

function tell(what: Told): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

const peer = new LoadPeer(JSON.parse(process.argv[2] ?? '{}') as LoadPeerOptions);
createInterface({ input: process.stdin })
  .on('line', (line) => peer.run((JSON.parse(line) as Command).do))
  .on('close', () => process.exit(0));
void peer.listen();
