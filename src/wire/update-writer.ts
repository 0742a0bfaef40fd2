/**
 * Packs routes into UPDATE messages: equal attributes share messages, each filled to the size the peer takes. Clever for
 * speed: routes are written one behind the other into large chunks without an object per route. One kind of content a
 * message (RFC 7606 section 5.1): withdrawn, NLRI, MP_REACH_NLRI or MP_UNREACH_NLRI. RFC 4271 section 4.3, RFC 4760
 * sections 3 and 4, RFC 7911 section 3.
 */
import { NO_BYTES, Writer } from '../util/bytes.js';
import { Flag } from './attribute/types.js';
import { encodeAttributes, encodeWithdrawnAttributes } from './attribute-encoder.js';
import { payloadOf } from './attribute-set.js';
import { AttributeCode, MessageType } from './codes.js';
import { familyIndex } from './family/index.js';
import { usesMpReach, writeNextHop } from './family/next-hop.js';
import type { Family } from './family/types.js';
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
  private readonly nlri = new Writer(8192);
  private readonly attributes = new Writer(1024);
  private kind: Kind = 'none';
  private family: Family | undefined;
  private addPath = false;
  /** Routes of this family share messages. */
  private groups = true;
  /** Length and octets of the next hop field of MP_REACH_NLRI. */
  private readonly nextHop = new Writer(64);
  private payload: Uint8Array = NO_BYTES;
  private room = 0;

  constructor(private readonly profile: EncodeProfile) {}

  /**
   * What follows is withdrawn.
   * @param set written behind MP_UNREACH_NLRI as ExaBGP does, its payload with the routes; undefined: nothing but the routes
   */
  withdraw(family: Family, set?: Uint8Array): void {
    this.begin(family);
    this.kind = family.isClassic ? 'withdrawn' : 'mp-unreach';
    this.attributes.reset();
    this.payload = NO_BYTES;
    const head = family.isClassic ? 0 : ATTRIBUTE_HEAD_OCTETS + 3;
    if (set !== undefined && !family.isClassic) {
      this.payload = payloadOf(set);
      encodeWithdrawnAttributes(this.attributes, set, family, this.profile);
    }
    this.room = this.profile.messageSize - HEADER_OCTETS - LENGTHS_OCTETS - this.attributes.length - head;
  }

  /**
   * What follows is announced with this set.
   * @returns false when the set cannot go to this peer: no usable next hop, not to be exported (RFC 9234), or too large
   *   for a message; such routes must be withdrawn instead
   */
  announce(family: Family, set: Uint8Array): boolean {
    this.begin(family);
    const nextHop = resolveNextHop(set, family, this.profile);
    if (nextHop === undefined) return false;
    this.attributes.reset();
    if (!encodeAttributes(this.attributes, set, family, this.profile)) return false;
    this.payload = payloadOf(set);
    const isClassic = !usesMpReach(family, nextHop);
    if (!isClassic) writeNextHop(this.nextHop.reset(), family.nextHop, nextHop);
    // AFI (2), SAFI (1), next hop with its length, a reserved octet
    const head = isClassic ? 0 : ATTRIBUTE_HEAD_OCTETS + 4 + this.nextHop.length;
    this.room = this.profile.messageSize - HEADER_OCTETS - LENGTHS_OCTETS - this.attributes.length - head;
    this.kind = isClassic ? 'nlri' : 'mp-reach';
    return true;
  }

  private begin(family: Family): void {
    this.flush();
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
    const { nlri } = this;
    const before = nlri.length;
    if (this.addPath) nlri.bytes(page, start + 1, start + 1 + PATH_ID_OCTETS);
    this.family!.write(nlri, page, start + KEY_HEAD_OCTETS, end, this.payload);
    if (nlri.length > this.room) {
      if (before === 0) {
        nlri.reset();
        return false;
      }
      this.emit(before);
      nlri.keepFrom(before);
      if (nlri.length > this.room) {
        nlri.reset();
        return false;
      }
    }
    if (!this.groups) this.flush();
    return true;
  }

  /** Ends the message in progress. */
  private flush(): void {
    if (this.nlri.length > 0) this.emit(this.nlri.length);
    this.nlri.reset();
  }

  private emit(size: number): void {
    const { out, family, attributes, nlri, nextHop } = this;
    if (out.length > CHUNK_OCTETS - this.profile.messageSize && out.length > CHUNK_OCTETS / 2) this.closeChunk();
    const start = out.length;
    for (let i = 0; i < 4; i++) out.u32(0xffffffff);
    out.u16(0).u8(MessageType.update);
    const source = nlri.view();
    switch (this.kind) {
      case 'withdrawn':
        out.u16(size).bytes(source, 0, size).u16(0);
        break;
      case 'nlri':
        out.u16(0).u16(attributes.length).bytes(attributes.view()).bytes(source, 0, size);
        break;
      case 'mp-unreach': {
        const value = 3 + size;
        out.u16(0).u16((value > 255 ? 4 : 3) + value + attributes.length);
        attributeHead(out, AttributeCode.mpUnreachNlri, value);
        out.u16(family!.afi).u8(family!.safi).bytes(source, 0, size).bytes(attributes.view());
        break;
      }
      case 'mp-reach': {
        const value = 4 + nextHop.length + size;
        out.u16(0).u16(attributes.length + (value > 255 ? 4 : 3) + value);
        out.bytes(attributes.view());
        attributeHead(out, AttributeCode.mpReachNlri, value);
        out.u16(family!.afi).u8(family!.safi).bytes(nextHop.view()).u8(0).bytes(source, 0, size);
        break;
      }
      default:
        throw new Error('a route was added before withdraw() or announce()');
    }
    out.patchU16(start + 16, out.length - start);
    this.messages++;
  }

  private closeChunk(): void {
    if (this.out.length === 0) return;
    this.chunks.push({ bytes: this.out.finish(), messages: this.messages });
    this.out.reset();
    this.messages = 0;
  }

  /** Octets written and not yet taken. */
  get pendingOctets(): number {
    return this.out.length + this.nlri.length;
  }

  /** @returns all that was written, as chunks of about 64 KiB; the writer begins anew */
  take(): Chunk[] {
    this.flush();
    this.closeChunk();
    return this.chunks.splice(0);
  }
}

function attributeHead(out: Writer, code: number, length: number): void {
  if (length > 255)
    out
      .u8(Flag.optional | Flag.extendedLength)
      .u8(code)
      .u16(length);
  else out.u8(Flag.optional).u8(code).u8(length);
}
