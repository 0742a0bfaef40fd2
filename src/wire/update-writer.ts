/**
 * Packs routes into UPDATE messages: equal attributes share messages, each filled to the size the peer takes. Clever for
 * speed: routes are written one behind the other, at once where they stay, into large chunks without an object per route. One kind of content a
 * message (RFC 7606 section 5.1): withdrawn, NLRI, MP_REACH_NLRI or MP_UNREACH_NLRI. RFC 4271 section 4.3, RFC 4760
 * sections 3 and 4, RFC 7911 section 3.
 */
import { NO_BYTES, Writer } from '../util/bytes.js';
import { Flag } from './attribute/types.js';
import { encodeAttributes, encodeWithdrawnAttributes } from './attribute-encoder.js';
import { payloadAt, payloadOf, tlvsOf } from './attribute-set.js';
import { ANY_COUNT } from './capability/multiple-labels.js';
import { AttributeCode, MessageType } from './codes.js';
import { familyIndex } from './family/index.js';
import { usesMpReach, writeNextHop } from './family/next-hop.js';
import type { Family } from './family/types.js';
import { LABEL_SIZE } from './label-stack.js';
import type { EncodeProfile } from './negotiated.js';
import { resolveNextHop } from './resolve-next-hop.js';

const HEADER_OCTETS = 19;
/** Withdrawn Routes Length and Total Path Attribute Length. */
const LENGTHS_OCTETS = 4;
/** Octets of a RouteKey before the family's key: family index (1), path identifier (4). */
const KEY_HEAD_OCTETS = 5;
const PATH_ID_OCTETS = 4;
/** Flags, type code and a two-octet length. */
const ATTRIBUTE_HEAD_OCTETS = 4;
const CHUNK_OCTETS = 65536;
/** Marker, a length that comes at the end, type. */
const HEADER = new Uint8Array(HEADER_OCTETS).fill(0xff, 0, 16).fill(MessageType.update, 18);

/** Whole messages one behind the other; never changed once handed out. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly messages: number;
}

type Kind = 'none' | 'withdrawn' | 'nlri' | 'mp-unreach' | 'mp-reach';

/** Writes for one profile. Usage: `withdraw(family)` or `announce(family, set)`, then `add` for each route, at last `take`. */
export class UpdateWriter {
  private readonly out = new Writer(CHUNK_OCTETS);
  private messages = 0;
  private readonly chunks: Chunk[] = [];
  private readonly attributes = new Writer(1024);
  /** The route that did not fit any more. */
  private readonly leftOver = new Writer(256);
  private kind: Kind = 'none';
  private family: Family | undefined;
  private addPath = false;
  /** Routes of this family share messages. */
  private groups = true;
  /** Length and octets of the next hop field of MP_REACH_NLRI. */
  private readonly nextHop = new Writer(64);
  private payload: Uint8Array = NO_BYTES;
  /** What routes with other payloads (labels …) must have in common with those before, to share their message. */
  private readonly common = new Writer(256);
  /** Octets that the routes of a message may take. */
  private room = 0;
  /** Where the message in progress begins, and its routes; none when `routes` is 0. */
  private start = 0;
  private routes = 0;

  constructor(private readonly profile: EncodeProfile) {}

  /**
   * What follows is withdrawn.
   * @param set its payload is written with the routes; undefined: nothing but their keys
   * @param hasAttributes those of the set are written behind MP_UNREACH_NLRI, as ExaBGP does
   */
  withdraw(family: Family, set?: Uint8Array, hasAttributes = true): void {
    this.begin(family);
    this.kind = family.isClassic ? 'withdrawn' : 'mp-unreach';
    this.attributes.reset();
    this.payload = NO_BYTES;
    const head = family.isClassic ? 0 : ATTRIBUTE_HEAD_OCTETS + 3;
    if (set !== undefined && !family.isClassic) {
      this.payload = payloadOf(set);
      if (hasAttributes) encodeWithdrawnAttributes(this.attributes, set, family, this.profile);
    }
    this.room = this.profile.messageSize - HEADER_OCTETS - LENGTHS_OCTETS - this.attributes.length - head;
  }

  /**
   * What follows is announced with this set.
   * @returns false when the set cannot go to this peer: no usable next hop, not to be exported (RFC 9234), more labels than
   *   the peer takes, or too large for a message; such routes must be withdrawn instead
   */
  announce(family: Family, set: Uint8Array): boolean {
    const isTooTall = family.oneLabel !== undefined && this.hasTooManyLabels(family, set);
    if (!isTooTall && this.differsInPayload(family, set)) {
      this.payload = payloadOf(set);
      return true;
    }
    this.begin(family);
    this.common.reset();
    if (isTooTall) return false;
    const nextHop = resolveNextHop(set, family, this.profile);
    if (nextHop === undefined) return false;
    this.attributes.reset();
    if (!encodeAttributes(this.attributes, set, family, this.profile, nextHop)) return false;
    this.payload = payloadOf(set);
    const isClassic = !usesMpReach(family, nextHop);
    if (!isClassic) writeNextHop(this.nextHop.reset(), family.nextHop, nextHop);
    // AFI (2), SAFI (1), next hop with its length, a reserved octet
    const head = isClassic ? 0 : ATTRIBUTE_HEAD_OCTETS + 4 + this.nextHop.length;
    this.room = this.profile.messageSize - HEADER_OCTETS - LENGTHS_OCTETS - this.attributes.length - head;
    this.kind = isClassic ? 'nlri' : 'mp-reach';
    if (this.payload.length > 0) this.common.bytes(set, 0, payloadAt(set)).bytes(tlvsOf(set));
    return true;
  }

  /** RFC 8277 section 2: more labels than the peer can read must not be sent. */
  private hasTooManyLabels(family: Family, set: Uint8Array): boolean {
    const limit = this.profile.labelLimits?.[familyIndex(family)] ?? ANY_COUNT;
    return limit < ANY_COUNT && payloadOf(set).length > limit * LABEL_SIZE;
  }

  /** True when nothing but the payload of the routes changes, which stands in each NLRI. */
  private differsInPayload(family: Family, set: Uint8Array): boolean {
    const { common } = this;
    if (common.length === 0 || this.kind !== 'mp-reach' || family !== this.family) return false;
    const head = payloadAt(set);
    const tlvs = tlvsOf(set);
    if (tlvs.length === set.length - head - 2 || common.length !== head + tlvs.length) return false;
    const known = common.view();
    for (let i = 0; i < head; i++) if (known[i] !== set[i]) return false;
    for (let i = 0; i < tlvs.length; i++) if (known[head + i] !== tlvs[i]) return false;
    return true;
  }

  private begin(family: Family): void {
    this.close();
    if (this.family === family) return;
    this.family = family;
    const { addPath, groupUpdates } = this.profile;
    const index = familyIndex(family);
    this.addPath = addPath[index] === true;
    this.groups = typeof groupUpdates === 'boolean' ? groupUpdates : groupUpdates[index] === true;
  }

  /**
   * Adds a route.
   * @param page holds the RouteKey from `start` to `end`
   * @returns false when not even this route alone fits into a message
   */
  add(page: Uint8Array, start: number, end: number): boolean {
    const { out } = this;
    if (this.routes === 0) this.open();
    const before = out.length;
    if (this.addPath) out.bytes(page, start + 1, start + 1 + PATH_ID_OCTETS);
    this.family!.write(out, page, start + KEY_HEAD_OCTETS, end, this.payload);
    if (out.length - this.routes > this.room && !this.moveToNext(before)) return false;
    if (!this.groups) this.close();
    return true;
  }

  /** The route from `at` on is one too many: it goes into a message of its own. @returns false when that has no room either */
  private moveToNext(at: number): boolean {
    const { out, leftOver, routes } = this;
    if (out.length - at > this.room) {
      if (at === routes) this.abandon();
      else out.length = at;
      return false;
    }
    out.copyTo(leftOver.reset(), at);
    out.length = at;
    this.close();
    this.open();
    leftOver.copyTo(out, 0);
    return true;
  }

  /** Begins a message: all that stands before the routes. */
  private open(): void {
    const { out, attributes, kind } = this;
    if (out.length > CHUNK_OCTETS - this.profile.messageSize && out.length > CHUNK_OCTETS / 2) this.closeChunk();
    this.start = out.length;
    out.bytes(HEADER);
    if (kind === 'nlri') out.u16(0).u16(attributes.length).append(attributes);
    else if (kind === 'withdrawn') out.u16(0);
    else if (kind === 'mp-reach') {
      out.u16(0).u16(0).append(attributes);
      this.openAttribute(AttributeCode.mpReachNlri);
      out.append(this.nextHop).u8(0);
    } else if (kind === 'mp-unreach') {
      out.u16(0).u16(0);
      this.openAttribute(AttributeCode.mpUnreachNlri);
    } else throw new Error('a route was added before withdraw() or announce()');
    this.routes = out.length;
  }

  private openAttribute(code: number): void {
    this.value = this.out.length + ATTRIBUTE_HEAD_OCTETS;
    this.out
      .u8(Flag.optional | Flag.extendedLength)
      .u8(code)
      .u16(0)
      .u16(this.family!.afi)
      .u8(this.family!.safi);
  }

  /** Where the value of the multiprotocol attribute begins. */
  private value = 0;

  /** Forgets the message in progress. */
  private abandon(): void {
    this.out.length = this.start;
    this.routes = 0;
  }

  /** Ends the message in progress, if there is one. */
  private close(): void {
    if (this.routes === 0) return;
    const { out, start, routes, kind } = this;
    if (kind === 'withdrawn') {
      out.patchU16(start + HEADER_OCTETS, out.length - routes).u16(0);
    } else if (kind !== 'nlri') {
      this.closeAttribute();
      if (kind === 'mp-unreach') out.append(this.attributes);
      out.patchU16(start + HEADER_OCTETS + 2, out.length - start - HEADER_OCTETS - LENGTHS_OCTETS);
    }
    out.patchU16(start + HEADER_OCTETS - 3, out.length - start);
    this.routes = 0;
    this.messages++;
  }

  /** The length takes two octets only where it must. */
  private closeAttribute(): void {
    const { out, value } = this;
    const size = out.length - value;
    if (size > 255) out.patchU16(value - 2, size);
    else {
      out
        .patchU8(value - ATTRIBUTE_HEAD_OCTETS, Flag.optional)
        .patchU8(value - 2, size)
        .cut(value - 1, value);
    }
  }

  private closeChunk(): void {
    if (this.out.length === 0) return;
    this.chunks.push({ bytes: this.out.finish(), messages: this.messages });
    this.out.reset();
    this.messages = 0;
  }

  /** Octets written and not yet taken. */
  get pendingOctets(): number {
    return this.out.length;
  }

  /** @returns all that was written, as chunks of about 64 KiB; the writer begins anew */
  take(): Chunk[] {
    this.close();
    this.closeChunk();
    return this.chunks.splice(0);
  }
}
