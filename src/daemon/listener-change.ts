/**
 * The listeners of a new configuration: what is new is bound before anything else changes, so that an address which
 * cannot be had (in use, a port below 1024 after privileges were given up) costs nothing. What is gone is closed only
 * when all the rest is taken over. Sockets are session/listener.ts.
 */
import type { ConfigDiff } from '../config/diff.js';
import type { ListenerConfig } from '../config/root.js';
import type { ListenAddress, Listeners } from '../session/listener.js';
import type { PeerConfig } from '../session/peer-config.js';

/** What is asked of the listeners. */
export type ListenerSet = Pick<Listeners, 'addresses' | 'close' | 'listen'>;

export class ListenerChange {
  private readonly opened: ListenAddress[] = [];
  private readonly closed: ListenerConfig[] = [];

  private constructor(
    private readonly listeners: ListenerSet,
    private readonly diff: ConfigDiff['listeners'],
  ) {}

  /**
   * Binds what is new.
   * @param before neighbors until now, whose keys are on the listeners
   * @param after neighbors from now on: their keys are on the new listeners
   * @throws Error that names the address; all is as it was then
   */
  static async begin(
    listeners: ListenerSet,
    diff: ConfigDiff['listeners'],
    before: readonly PeerConfig[],
    after: readonly PeerConfig[],
  ): Promise<ListenerChange> {
    const change = new ListenerChange(listeners, diff);
    for (const where of diff.added) {
      try {
        await change.open(where, after);
      } catch (error) {
        await change.takeBack(before);
        throw new Error(`cannot listen on ${where.address} port ${where.port}: ${(error as Error).message}`);
      }
    }
    return change;
  }

  /** Closes what the new configuration lacks. */
  async finish(): Promise<void> {
    for (const where of this.diff.removed) if (!this.closed.includes(where)) await this.close(where);
  }

  private async open(where: ListenerConfig, neighbors: readonly PeerConfig[]): Promise<void> {
    try {
      await this.listeners.listen(where, neighbors);
    } catch (error) {
      // A privileged port is refused before one in use: what is closed here could be opened again.
      const inTheWay = this.diff.removed.filter((other) => overlap(other, where) && !this.closed.includes(other));
      if (inTheWay.length === 0) throw error;
      for (const other of inTheWay) {
        await this.close(other);
        this.closed.push(other);
      }
      await this.listeners.listen(where, neighbors);
    }
    this.opened.push(where);
  }

  private async takeBack(neighbors: readonly PeerConfig[]): Promise<void> {
    for (const where of this.opened) await this.close(where);
    for (const where of this.closed) await this.listeners.listen(where, neighbors);
  }

  private async close({ address, port }: ListenerConfig): Promise<void> {
    const open = this.listeners.addresses.find((where) => where.address === address && where.port === port);
    if (open !== undefined) await this.listeners.close(open);
  }
}

/** One address of a port and all addresses of it cannot both be bound; IPv6 sockets leave IPv4 alone (V6ONLY). */
function overlap(one: ListenerConfig, two: ListenerConfig): boolean {
  const isAny = [one, two].some(({ address }) => address === '0.0.0.0' || address === '::');
  return one.port === two.port && isAny && one.address.includes(':') === two.address.includes(':');
}
