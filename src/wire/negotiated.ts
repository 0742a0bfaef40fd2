/**
 * What two OPENs agree on, and the part of it that shapes what we send. One argument instead of globals and mode flags.
 * RFC 5492, 4760, 6793, 7911, 8654, 8950, 9234.
 */

/** Role of a speaker on an eBGP session (RFC 9234 section 4.1). */
export const Role = { provider: 0, rs: 1, rsClient: 2, customer: 3, peer: 4 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** A yes or no for each family, by the family's index in the registry (wire/family/index.ts). */
export type PerFamily = readonly boolean[];

/** What holds on a session once both OPENs are known. Also the context of every decoder. */
export interface Negotiated {
  readonly localAs: number;
  readonly peerAs: number;
  readonly localRouterId: Uint8Array;
  readonly peerRouterId: Uint8Array;
  /** eBGP: the AS numbers differ. */
  readonly isExternal: boolean;
  /** Both sides sent capability 65: AS numbers have four octets (RFC 6793). */
  readonly asn4: boolean;
  readonly holdTimeSeconds: number;
  /** Largest message the peer takes / may send us (4096 or 65535, RFC 8654). */
  readonly sendMessageSize: number;
  readonly receiveMessageSize: number;
  readonly families: PerFamily;
  readonly addPathSend: PerFamily;
  readonly addPathReceive: PerFamily;
  readonly extendedNextHop: PerFamily;
  /** The peer may send several labels with a prefix (RFC 8277 section 2.1). */
  readonly multipleLabels: PerFamily;
  /** Most labels of a route that the peer takes, by family index (RFC 8277 section 2.1). */
  readonly labelLimits: readonly number[];
  readonly refresh: 'absent' | 'normal' | 'enhanced';
  /** Roles as configured and as received (RFC 9234). */
  readonly localRole: Role | undefined;
  readonly peerRole: Role | undefined;
  /** AIGP is accepted and sent on this session (RFC 7311 section 3.3). */
  readonly aigp: boolean;
  /** The peer's graceful restart capability was received (RFC 4724), and its N bit (RFC 8538). */
  readonly peerGracefulRestart: boolean;
  readonly gracefulNotification: boolean;
  /** The peer's long-lived graceful restart capability was received beside the other (RFC 9494): it knows LLGR_STALE. */
  readonly peerLongLived: boolean;
  /** How many paths of a prefix the peer wants, by family index; 0: as many as there are (PATHS-LIMIT). */
  readonly pathsLimit: readonly number[];
  /** An IPv6 next hop may be a link-local address alone. */
  readonly linkLocalNextHop: boolean;
  /** Both sides sent a multisession capability; one session carries all families all the same. */
  readonly multisession: boolean;
  /** Operational messages may be sent. */
  readonly operational: boolean;
}

/**
 * All that the octets we send depend on. Peers with equal profiles share encodings; `id` tells profiles apart.
 * Made by `EncodeProfiles` only.
 */
export interface EncodeProfile {
  readonly id: number;
  readonly localAs: number;
  readonly isExternal: boolean;
  readonly asn4: boolean;
  readonly messageSize: number;
  readonly families: PerFamily;
  readonly addPath: PerFamily;
  /** How many paths of a prefix are sent, by family index; 0 or nothing: all. */
  readonly pathsLimit?: readonly number[];
  readonly extendedNextHop: PerFamily;
  /** Most labels that a route may have, by family index (RFC 8277 section 2); nothing: any count. */
  readonly labelLimits?: readonly number[] | undefined;
  /** Several NLRI with equal attributes may share an UPDATE: in all families, in none, or by family. */
  readonly groupUpdates: boolean | PerFamily;
  /** Withdrawals of other than plain prefixes carry attributes and payload, as ExaBGP's. */
  readonly withdrawsAttributes?: boolean;
  /** What `next-hop self` means, per address size; undefined where there is none. With a link-local one 32 octets. */
  readonly self4: Uint8Array | undefined;
  readonly self6: Uint8Array | undefined;
  readonly localRole: Role | undefined;
  readonly aigp: boolean;
}

/** Interns profiles: equal content, same object. */
export class EncodeProfiles {
  private readonly known = new Map<string, EncodeProfile>();

  intern(content: Omit<EncodeProfile, 'id'>): EncodeProfile {
    const key = JSON.stringify(content, (_, value: unknown) =>
      value instanceof Uint8Array ? Array.from(value) : value,
    );
    let profile = this.known.get(key);
    if (profile === undefined) {
      profile = { ...content, id: this.known.size };
      this.known.set(key, profile);
    }
    return profile;
  }
}
