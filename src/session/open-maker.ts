/**
 * The OPEN that one neighbor is sent: its configuration, the AS number it said itself (localAs "auto"), whether we have
 * restarted (RFC 4724 section 4.1), and no optional parameters where it refused them (RFC 5492 section 3). Octets of an
 * OPEN are wire/open.ts, what is offered is wire/offer.ts.
 */
import { parseIpv4 } from '../util/ip.js';
import type { Logger } from '../util/log.js';
import { ErrorCode, OpenError } from '../wire/codes.js';
import { familyByName } from '../wire/family/index.js';
import { openOf } from '../wire/offer.js';
import { asOf, type OpenMessage } from '../wire/open.js';
import type { MadeOpen } from './connection-owner.js';
import type { DownReason } from './observer.js';
import type { PeerConfig } from './peer-config.js';

export class OpenMaker {
  /** Whether the next OPEN goes without optional parameters; done at most once in a row. */
  private isWithoutParameters = false;
  private hasSentEor = false;

  /** @param softwareVersion "crier/0.1.0" */
  constructor(
    private readonly softwareVersion: string,
    private readonly log: Logger,
  ) {}

  /** @param received the neighbor's OPEN, where it came first */
  make(config: PeerConfig, received: OpenMessage | undefined): MadeOpen {
    const { localAs, routerId, capabilities } = config;
    const peersAs = received === undefined ? 0 : asOf(received);
    const open = openOf(
      {
        localAs: localAs === 'auto' ? peersAs : localAs,
        routerId: parseIpv4(routerId)!,
        holdTimeSeconds: config.holdTimeSeconds,
        families: config.families,
        capabilities,
        hostName: config.hostName,
        domainName: config.domainName,
        softwareVersion: this.softwareVersion,
        // R until the first End-of-RIB after the start (RFC 4724 section 4.1).
        isRestarting: !this.hasSentEor,
      },
      this.isWithoutParameters,
    );
    const offers = (isOffered: boolean): boolean => isOffered && !this.isWithoutParameters;
    return {
      open,
      extendedMessages: offers(capabilities.extendedMessage),
      operational: offers(capabilities.operational),
    };
  }

  /** The restart is over: the neighbor was sent an End-of-RIB. */
  endOfRibSent(): void {
    this.hasSentEor = true;
  }

  /** A session came up: the neighbor took our OPEN. */
  taken(): void {
    this.isWithoutParameters = false;
  }

  /**
   * The neighbor ended the connection before it was Established. One that knows no optional parameters gets one OPEN
   * without, unless more than that is needed (RFC 5492 section 3).
   */
  refused(config: PeerConfig, reason: DownReason): void {
    const isRefused = reason.code === ErrorCode.open && reason.subcode === OpenError.unsupportedOptionalParameter;
    const needsMore =
      (typeof config.localAs === 'number' && config.localAs > MAX_2_OCTET_AS) ||
      config.families.some((name) => familyByName(name)?.isClassic !== true);
    const isNews = isRefused && !needsMore && !this.isWithoutParameters;
    if (isNews) this.log.warn({}, 'the peer refuses optional parameters: the next OPEN goes without');
    this.isWithoutParameters = isNews;
  }
}

/** Larger AS numbers need a capability (RFC 6793). */
const MAX_2_OCTET_AS = 0xffff;
