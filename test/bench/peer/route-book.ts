/** What one session of a load peer holds: every prefix of the work, whether it is there, and whether it is right. */
import { type AttributeWork, ipv4Index, ipv6Index, isWanted, type RouteWork, revisedIndexes } from '../work-routes.js';
import { AttributeCheck } from './attribute-check.js';

const NONE = 0;
const RIGHT = 1;
const WRONG = 2;

export interface BookOptions {
  readonly work: RouteWork;
  /** Number of the session's first prefix, and how many there are. */
  readonly first: number;
  readonly routes: number;
  readonly isIpv6: boolean;
  /** Also ORIGIN and NEXT_HOP are checked. */
  readonly isExact: boolean;
  /** Part of the wanted routes that makes it complete: 1, or less for a daemon that loses some. */
  readonly share: number;
  /** Prefixes of another work may come and are passed over. */
  readonly allowsOthers: boolean;
}

export class RouteBook {
  held = 0;
  right = 0;
  unknown = 0;
  firstFault = '';
  readonly wanted: number;
  private readonly state: Uint8Array;
  private readonly check: AttributeCheck;
  private readonly attributeWork: AttributeWork;
  private readonly revised = new Set<number>();
  /** Told each prefix that was not held, with its number among the session's. */
  onNew: ((offset: number) => void) | undefined;

  constructor(private readonly options: BookOptions) {
    const { work, first, routes } = options;
    this.state = new Uint8Array(routes);
    this.check = new AttributeCheck(options.isExact);
    this.attributeWork = work === 'churn' ? 'thousand' : work;
    let wanted = 0;
    for (let i = 0; i < routes; i++) if (isWanted(work, first + i)) wanted++;
    this.wanted = wanted;
  }

  /** The peer holds exactly what it should (or the agreed part of it, and nothing else). */
  get isComplete(): boolean {
    return this.held === this.right && this.unknown === 0 && this.right >= this.wanted * this.options.share;
  }

  /** The body of an UPDATE message (RFC 4271 section 4.3). */
  update(data: Buffer, start: number, end: number): void {
    const withdrawnEnd = start + 2 + data.readUInt16BE(start);
    if (withdrawnEnd > start + 2) this.withdraw(data, start + 2, withdrawnEnd, false);
    const attributesEnd = withdrawnEnd + 2 + data.readUInt16BE(withdrawnEnd);
    if (attributesEnd === withdrawnEnd + 2) return;
    const { check } = this;
    check.read(data, withdrawnEnd + 2, attributesEnd);
    if (check.unreachEnd > 0) this.withdraw(data, check.unreachAt, check.unreachEnd, this.options.isIpv6);
    if (check.reachEnd > 0) this.announce(data, check.reachAt, check.reachEnd, this.options.isIpv6);
    this.announce(data, attributesEnd, end, false);
  }

  private announce(data: Buffer, from: number, to: number, isIpv6: boolean): void {
    const { state, check, options, attributeWork, revised } = this;
    // One set for all: once is enough.
    const isSame = attributeWork === 'same' && to > from && check.isRight('same', 0, false);
    for (let at = from; at < to; at += 1 + ((data[at]! + 7) >>> 3)) {
      const offset = this.offsetAt(data, at, isIpv6);
      if (offset < 0) continue;
      const index = options.first + offset;
      const isRight =
        (isSame || check.isRight(attributeWork, index, revised.size > 0 && revised.has(offset))) &&
        (options.work !== 'churn' || isWanted('churn', index));
      const before = state[offset]!;
      if (before === NONE) {
        this.held++;
        this.onNew?.(offset);
      } else if (before === RIGHT) this.right--;
      state[offset] = isRight ? RIGHT : WRONG;
      if (isRight) this.right++;
      // In a churn what is wrong now may be right later.
      else if (this.firstFault === '' && options.work !== 'churn') this.firstFault = `prefix ${index}: ${check}`;
    }
  }

  private withdraw(data: Buffer, from: number, to: number, isIpv6: boolean): void {
    for (let at = from; at < to; at += 1 + ((data[at]! + 7) >>> 3)) {
      const offset = this.offsetAt(data, at, isIpv6);
      if (offset >= 0) this.forget(offset);
    }
  }

  private offsetAt(data: Buffer, at: number, isIpv6: boolean): number {
    const { options } = this;
    const offset = (isIpv6 ? ipv6Index(data, at) : ipv4Index(data, at)) - options.first;
    if (offset >= 0 && offset < options.routes && isIpv6 === options.isIpv6) return offset;
    if (!options.allowsOthers) {
      this.unknown++;
      if (this.firstFault === '') this.firstFault = `unknown prefix ${data.subarray(at, at + 5).toString('hex')}`;
    }
    return -1;
  }

  private forget(offset: number): void {
    const before = this.state[offset]!;
    if (before === NONE) return;
    this.state[offset] = NONE;
    this.held--;
    if (before === RIGHT) this.right--;
  }

  /** From now on the attributes of the routes that a reload changes are the changed ones. */
  revise(): void {
    for (const offset of revisedIndexes(this.options.routes)) {
      this.revised.add(offset);
      if (this.state[offset] !== RIGHT) continue;
      this.state[offset] = WRONG;
      this.right--;
    }
  }
}
