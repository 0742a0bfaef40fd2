/** What the demo's peer sees, read from the JSON events that its helper writes down, as they come. */
import { closeSync, openSync, readSync } from 'node:fs';

const POLL_MS = 50;

/** One route as the peer got it. */
export interface SeenRoute {
  readonly prefix: string;
  readonly nextHop: string;
  /** Attributes in the words of the events. */
  readonly attributes: string;
}

export interface PeerViewHandler {
  onState(isUp: boolean): void;
  onAnnounced(route: SeenRoute): void;
  onWithdrawn(prefix: string): void;
}

interface Event {
  readonly type?: string;
  readonly neighbor?: {
    readonly state?: string;
    readonly message?: {
      readonly update?: {
        readonly attribute?: Readonly<Record<string, unknown>>;
        readonly announce?: Readonly<Record<string, Readonly<Record<string, readonly { nlri: string }[]>>>>;
        readonly withdraw?: Readonly<Record<string, readonly { nlri: string }[]>>;
      };
    };
  };
}

/** Follows the file until `close`. */
export class PeerView {
  private fd: number | undefined;
  private tail = '';
  private readonly chunk = Buffer.alloc(65536);
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly file: string,
    private readonly handler: PeerViewHandler,
  ) {
    this.timer = setInterval(() => this.read(), POLL_MS);
  }

  close(): void {
    clearInterval(this.timer);
    if (this.fd !== undefined) closeSync(this.fd);
  }

  private read(): void {
    try {
      this.fd ??= openSync(this.file, 'r');
    } catch {
      return; // The helper has not started yet.
    }
    for (let size = readSync(this.fd, this.chunk); size > 0; size = readSync(this.fd, this.chunk)) {
      const lines = (this.tail + this.chunk.toString('utf8', 0, size)).split('\n');
      this.tail = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.take(JSON.parse(line) as Event);
    }
  }

  private take({ type, neighbor }: Event): void {
    if (type === 'state') {
      if (neighbor?.state === 'up' || neighbor?.state === 'down') this.handler.onState(neighbor.state === 'up');
      return;
    }
    const update = neighbor?.message?.update;
    if (update === undefined) return;
    for (const list of Object.values(update.withdraw ?? {})) {
      for (const { nlri } of list) this.handler.onWithdrawn(nlri);
    }
    for (const byNextHop of Object.values(update.announce ?? {})) {
      for (const [nextHop, list] of Object.entries(byNextHop)) {
        if (!Array.isArray(list)) continue;
        for (const { nlri } of list) {
          this.handler.onAnnounced({ prefix: nlri, nextHop, attributes: describe(update.attribute ?? {}) });
        }
      }
    }
  }
}

function describe(attributes: Readonly<Record<string, unknown>>): string {
  return Object.entries(attributes)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}
