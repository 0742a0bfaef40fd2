/**
 * What the log says of one neighbor's connections and sessions: connected or not, up, down and why, NOTIFICATIONs. Where a
 * neighbor is silent it also says what may be the cause (RFC 2385, RFC 5082). Malformed UPDATEs are fault-log.ts.
 */
import { toHex } from '../util/bytes.js';
import type { Logger } from '../util/log.js';
import { ErrorCode, errorText } from '../wire/codes.js';
import { families } from '../wire/family/index.js';
import type { Negotiated } from '../wire/negotiated.js';
import type { NotificationMessage } from '../wire/notification.js';
import type { Connection } from './connection.js';
import type { FsmState } from './fsm-types.js';
import type { Direction, DownReason } from './observer.js';
import type { PeerConfig } from './peer-config.js';
import type { PeerContext } from './peer-context.js';
import type { TransportFailure } from './transport.js';

export class SessionLog {
  constructor(
    private readonly log: Logger,
    private readonly context: Pick<PeerContext, 'md5Failures'>,
  ) {}

  /** @param reason in the machine's words */
  stateChanged(from: FsmState, to: FsmState, reason: string): void {
    this.log.debug({ from, to, reason }, 'state changed');
  }

  refused(): void {
    this.log.debug({}, 'connection refused: waiting after a failed session');
  }

  /** TCP is up. */
  connected({ localAddress, isOurs }: Connection): void {
    this.log.debug({ local: localAddress, isOurs }, 'connected');
  }

  /** TCP could not be had. */
  connectFailed(config: PeerConfig, failure: TransportFailure): void {
    const hints = failure.kind === 'timeout' ? this.silenceHints(config) : {};
    const fields = { address: config.remoteAddress, port: config.remotePort, ...hints };
    this.log.warn(fields, `could not connect: ${failure.text}`);
  }

  up(localAddress: string | undefined, negotiated: Negotiated): void {
    const names = families.filter((_, index) => negotiated.families[index]).map(({ name }) => name);
    this.log.info({ local: localAddress, peerAs: negotiated.peerAs, families: names }, 'session up');
  }

  /** @param wasUp it had been Established */
  ended(config: PeerConfig, { kind, code, subcode, text }: DownReason, wasUp: boolean): void {
    const error = code === undefined ? undefined : errorText(code, subcode ?? 0);
    const isSilence = kind === 'notification-sent' && code === ErrorCode.holdTimer;
    const hints = isSilence ? this.silenceHints(config) : {};
    this.log.info({ reason: kind, code, subcode, error, text, ...hints }, wasUp ? 'session down' : 'connection ended');
  }

  notification(direction: Direction, { code, subcode, data, shutdownText }: NotificationMessage): void {
    const content = shutdownText === undefined ? { data: toHex(data) } : { text: shutdownText };
    this.log.info(
      { direction, code, subcode, error: errorText(code, subcode), ...content },
      direction === 'send' ? 'NOTIFICATION sent' : 'NOTIFICATION received',
    );
  }

  /** A wrong key or TTL is silence on both sides: what is set, and what the kernel saw (RFC 2385, RFC 5082). */
  private silenceHints({ md5, ttl }: PeerConfig): Record<string, unknown> {
    const hints: Record<string, unknown> = {};
    if (md5 !== undefined) {
      hints.md5 = 'MD5 set';
      const counted = this.context.md5Failures?.();
      if (counted !== undefined && counted !== '') hints.md5Failures = counted;
    }
    if (ttl.minimum !== undefined) hints.ttl = `minimum TTL ${ttl.minimum} set`;
    return hints;
  }
}
