/**
 * Reads the path attributes of an UPDATE in place and says whether they are those that a work gives to a prefix. Creates
 * nothing, as a peer must keep up with the daemon it measures. RFC 4271 section 4.3, RFC 1997, RFC 6793 (AS numbers of
 * four octets).
 */
import {
  type AttributeWork,
  communityOf,
  LOCAL_AS,
  medOf,
  secondAs,
  secondCommunityOf,
  thirdAs,
} from '../work-routes.js';

const Code = { origin: 1, asPath: 2, nextHop: 3, med: 4, localPref: 5, community: 8, reach: 14, unreach: 15 } as const;
const EXTENDED_LENGTH = 0x10;
const AS_SEQUENCE = 2;
const ABSENT = -1;
/** 127.0.0.1, the daemon's own address, and 192.0.2.1. */
const SELF = 0x7f000001;
const NAMED = 0xc0000201;

export class AttributeCheck {
  private med = ABSENT;
  private origin = ABSENT;
  private nextHop = ABSENT;
  private readonly path = new Uint32Array(4);
  private pathLength = 0;
  private readonly communities = new Uint32Array(4);
  private communityCount = 0;
  private hasOthers = false;
  /** Where NLRI of MP_REACH_NLRI and MP_UNREACH_NLRI stand. */
  reachAt = 0;
  reachEnd = 0;
  unreachAt = 0;
  unreachEnd = 0;

  /**
   * @param isExact also ORIGIN, NEXT_HOP and MULTI_EXIT_DISC, which crier and ExaBGP are told; other daemons choose the
   *   first two themselves, and BIRD sends no MED of a static route to an external peer
   */
  constructor(private readonly isExact: boolean) {}

  read(data: Buffer, from: number, to: number): void {
    this.med = this.origin = this.nextHop = ABSENT;
    this.pathLength = this.communityCount = 0;
    this.hasOthers = false;
    this.reachAt = this.reachEnd = this.unreachAt = this.unreachEnd = 0;
    for (let at = from; at < to; ) {
      const isLong = (data[at]! & EXTENDED_LENGTH) !== 0;
      const length = isLong ? data.readUInt16BE(at + 2) : data[at + 2]!;
      const value = at + (isLong ? 4 : 3);
      this.readOne(data, data[at + 1]!, value, length);
      at = value + length;
    }
  }

  private readOne(data: Buffer, code: number, at: number, length: number): void {
    if (code === Code.med) this.med = data.readUInt32BE(at);
    else if (code === Code.origin) this.origin = data[at]!;
    else if (code === Code.nextHop) this.nextHop = data.readUInt32BE(at);
    else if (code === Code.asPath) this.readPath(data, at, length);
    else if (code === Code.community) {
      this.communityCount = length >>> 2;
      for (let i = 0; i < this.communityCount && i < this.communities.length; i++)
        this.communities[i] = data.readUInt32BE(at + 4 * i);
    } else if (code === Code.reach) {
      this.reachAt = at + 5 + data[at + 3]!;
      this.reachEnd = at + length;
    } else if (code === Code.unreach) {
      this.unreachAt = at + 3;
      this.unreachEnd = at + length;
    } else this.hasOthers = true;
  }

  private readPath(data: Buffer, at: number, length: number): void {
    if (length === 0) return;
    this.pathLength = data[at + 1]!;
    if (data[at] !== AS_SEQUENCE || length !== 2 + 4 * this.pathLength) this.hasOthers = true;
    for (let i = 0; i < this.pathLength && i < this.path.length; i++) this.path[i] = data.readUInt32BE(at + 2 + 4 * i);
  }

  /** Whether what was read is right for prefix `index`. */
  isRight(work: AttributeWork, index: number, isRevised: boolean): boolean {
    if (this.hasOthers || this.path[0] !== LOCAL_AS || this.origin < 0) return false;
    if (this.isExact) {
      if (this.origin !== 0) return false;
      const hop = work === 'each' ? NAMED : SELF;
      // Over MP_REACH_NLRI there is no NEXT_HOP.
      if (this.nextHop !== ABSENT && this.nextHop !== hop) return false;
    }
    if (work === 'same') return this.pathLength === 1 && this.med <= 0 && this.communityCount === 0;
    if (!this.hasCommunity(65000, communityOf(index, isRevised))) return false;
    if (this.med !== medOf(index) && (this.isExact || this.med !== ABSENT)) return false;
    if (work === 'thousand') return this.pathLength === 1 && this.communityCount === 1;
    return (
      this.pathLength === 3 &&
      this.path[1] === secondAs(index) &&
      this.path[2] === thirdAs(index) &&
      this.communityCount === 2 &&
      this.hasCommunity(65001, secondCommunityOf(index))
    );
  }

  private hasCommunity(high: number, low: number): boolean {
    const wanted = ((high << 16) | low) >>> 0;
    for (let i = 0; i < this.communityCount; i++) if (this.communities[i] === wanted) return true;
    return false;
  }

  /** What was read, in words. */
  toString(): string {
    const path = this.path.slice(0, this.pathLength).join(' ');
    const communities = Array.from(
      this.communities.slice(0, this.communityCount),
      (one) => `${one >>> 16}:${one & 0xffff}`,
    );
    const others = this.hasOthers ? ' and others' : '';
    return `origin ${this.origin} next hop ${this.nextHop.toString(16)} path [${path}] med ${this.med} communities [${communities.join(' ')}]${others}`;
  }
}
