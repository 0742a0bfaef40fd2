/**
 * Cuts a stream of octets into whole messages (RFC 4271 section 4.1, 6.1; RFC 8654). A header is checked as soon as its
 * octets are there, so that a bad length never makes us wait for a body. What is unread of a chunk is kept: less than
 * one message, or, while the reader holds, the rest of it. Bodies are left to the decoders.
 */
import { ErrorCode, HeaderError, MessageType } from './codes.js';
import { NotificationError } from './errors.js';
import { HEADER_SIZE, MARKER_SIZE, MAX_MESSAGE_SIZE, MESSAGE_LIMITS } from './message.js';

/**
 * Told of each whole message. `message` is a view, valid during the call only.
 * @returns false to stop: the rest of the stream is thrown away (the session is over)
 */
export type MessageVisitor = (type: number, message: Uint8Array) => boolean | undefined;

const NOTHING = new Uint8Array(0);

export class Framer {
  /** Largest message accepted; raised once we advertised the extended message capability (RFC 8654 section 4). */
  maxMessageSize = MAX_MESSAGE_SIZE;
  /** Set once we advertised that capability; without it the type is unknown. */
  takesOperational = false;

  private tail = NOTHING;
  private tailLength = 0;
  private isStopped = false;
  private isHeld = false;
  private held: Uint8Array[] = [];
  private octetsHeld = 0;

  /** Octets kept of a message that is not whole yet. */
  get pendingOctets(): number {
    return this.tailLength;
  }

  /**
   * Takes a chunk and hands out every message that is whole with it. While the reader holds, the chunk is kept as it is.
   * @throws NotificationError 1/1, 1/2 or 1/3 (RFC 4271 section 6.1), after the messages before it were handed out;
   *   whatever comes later is ignored
   */
  push(octets: Uint8Array, visit: MessageVisitor): void {
    // Views of a Buffer cost twice what those of a plain array do.
    const chunk =
      octets.constructor === Uint8Array ? octets : new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
    let at = 0;
    try {
      while (this.isReading && this.tailLength > 0 && at < chunk.length) at = this.completeTail(chunk, at, visit);
      while (this.isReading && at < chunk.length) {
        const length = this.checkHeader(chunk, at, chunk.length - at);
        if (length === 0 || at + length > chunk.length) {
          this.keep(chunk, at, chunk.length, length);
          return;
        }
        if (visit(chunk[at + HEADER_SIZE - 1]!, chunk.subarray(at, at + length)) === false) this.stop();
        at += length;
      }
      if (this.isHeld && !this.isStopped && at < chunk.length) {
        this.held.push(chunk.subarray(at));
        this.octetsHeld += chunk.length - at;
      }
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  private get isReading(): boolean {
    return !this.isStopped && !this.isHeld;
  }

  /** Hands out nothing more until `goOn`, also of the chunk at hand. */
  hold(): void {
    this.isHeld = true;
  }

  /** A part of the stream waits for `goOn`. */
  get hasHeld(): boolean {
    return this.held.length > 0;
  }

  /** Octets that wait for `goOn`. */
  get heldOctets(): number {
    return this.octetsHeld;
  }

  /** Hands out what was held, until `hold` is called again. @throws NotificationError as `push` */
  goOn(visit: MessageVisitor): void {
    this.isHeld = false;
    this.octetsHeld = 0;
    for (const chunk of this.held.splice(0)) this.push(chunk, visit);
  }

  /** Ignores everything from here on. */
  stop(): void {
    this.isStopped = true;
    this.held = [];
    this.octetsHeld = 0;
    this.tail = NOTHING;
    this.tailLength = 0;
  }

  /** Adds to the tail up to the end of its header, then of its message. @returns where the chunk goes on */
  private completeTail(chunk: Uint8Array, at: number, visit: MessageVisitor): number {
    const headerMissing = HEADER_SIZE - this.tailLength;
    if (headerMissing > 0) {
      const end = Math.min(chunk.length, at + headerMissing);
      this.keep(chunk, at, end, 0);
      const known = this.checkHeader(this.tail, 0, this.tailLength);
      if (known !== HEADER_SIZE) return end;
      this.handTail(known, visit);
      return end;
    }
    const length = this.checkHeader(this.tail, 0, this.tailLength);
    const end = Math.min(chunk.length, at + length - this.tailLength);
    this.keep(chunk, at, end, length);
    if (this.tailLength === length) this.handTail(length, visit);
    return end;
  }

  private handTail(length: number, visit: MessageVisitor): void {
    const message = this.tail.subarray(0, length);
    this.tailLength = 0;
    if (visit(message[HEADER_SIZE - 1]!, message) === false) this.stop();
    // A large buffer for one extended message is not kept for the life of the session.
    else if (this.tail.length > MAX_MESSAGE_SIZE) this.tail = NOTHING;
  }

  /** Copies octets behind the tail; `whole` is the message's length if it is known. */
  private keep(chunk: Uint8Array, from: number, to: number, whole: number): void {
    const length = this.tailLength + to - from;
    const room = Math.max(length, whole, HEADER_SIZE);
    if (room > this.tail.length) {
      const bigger = new Uint8Array(room <= HEADER_SIZE ? 64 : room);
      bigger.set(this.tail.subarray(0, this.tailLength));
      this.tail = bigger;
    }
    this.tail.set(chunk.subarray(from, to), this.tailLength);
    this.tailLength = length;
  }

  /**
   * Checks as much of a header as is there.
   * @returns the message's length, or 0 while the header is not whole
   */
  private checkHeader(source: Uint8Array, at: number, available: number): number {
    const markerEnd = at + Math.min(available, MARKER_SIZE);
    for (let i = at; i < markerEnd; i++) {
      if (source[i] !== 0xff) {
        throw new NotificationError(ErrorCode.messageHeader, HeaderError.notSynchronized, undefined, 'bad marker');
      }
    }
    if (available < HEADER_SIZE) return 0;
    const length = (source[at + MARKER_SIZE]! << 8) | source[at + MARKER_SIZE + 1]!;
    const type = source[at + HEADER_SIZE - 1]!;
    const isKnown = type !== MessageType.operational || this.takesOperational;
    const limits = isKnown ? MESSAGE_LIMITS[type] : undefined;
    // The length is judged first: an impossible one says nothing of the octet behind it (RFC 4271 section 6.1).
    const largest = limits?.largest ?? this.maxMessageSize;
    if (length < (limits?.smallest ?? HEADER_SIZE) || length > largest) {
      const data = source.slice(at + MARKER_SIZE, at + MARKER_SIZE + 2);
      throw new NotificationError(ErrorCode.messageHeader, HeaderError.badLength, data, `message length ${length}`);
    }
    if (limits === undefined) {
      const data = Uint8Array.of(type);
      throw new NotificationError(ErrorCode.messageHeader, HeaderError.badType, data, `message type ${type}`);
    }
    return length;
  }
}
