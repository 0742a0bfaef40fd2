/**
 * Reading and writing octets in network order. Every read is bounds-checked; a read past the end throws ShortReadError,
 * which the decoder that knows the context turns into its own error. Protocols are left to others.
 */

/** A read went past the end of the field. */
export class ShortReadError extends Error {
  /** @param offset where the read began @param wanted octets asked for @param left octets that were left */
  constructor(
    readonly offset: number,
    readonly wanted: number,
    readonly left: number,
  ) {
    super(`${wanted} octets wanted at offset ${offset}, ${left} left`);
    this.name = 'ShortReadError';
  }
}

/** Walks over octets. Views it hands out share memory with the source. */
export class Reader {
  /** @param bytes the source @param offset where to begin @param end where to stop (exclusive) */
  constructor(
    readonly bytes: Uint8Array,
    public offset = 0,
    readonly end = bytes.length,
  ) {}

  /** Octets left. */
  get left(): number {
    return this.end - this.offset;
  }

  private take(size: number): number {
    const at = this.offset;
    if (size < 0 || at + size > this.end) throw new ShortReadError(at, size, this.end - at);
    this.offset = at + size;
    return at;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u16(): number {
    const at = this.take(2);
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  u24(): number {
    const at = this.take(3);
    return (this.bytes[at]! << 16) | (this.bytes[at + 1]! << 8) | this.bytes[at + 2]!;
  }

  u32(): number {
    return readU32(this.bytes, this.take(4));
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  /** @returns a view of the next `size` octets */
  view(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }

  /** @returns a view of all that is left */
  rest(): Uint8Array {
    return this.view(this.left);
  }

  skip(size: number): void {
    this.take(size);
  }
}

/** Appends octets to a buffer that grows. Reusable: `reset()` keeps the memory. */
export class Writer {
  private buffer: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  private room(size: number): number {
    const at = this.length;
    if (at + size > this.buffer.length) {
      const bigger = new Uint8Array(Math.max(at + size, this.buffer.length * 2));
      bigger.set(this.buffer.subarray(0, at));
      this.buffer = bigger;
    }
    this.length = at + size;
    return at;
  }

  u8(value: number): this {
    const at = this.room(1);
    this.buffer[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.room(2);
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value;
    return this;
  }

  u24(value: number): this {
    const at = this.room(3);
    this.buffer[at] = value >>> 16;
    this.buffer[at + 1] = value >>> 8;
    this.buffer[at + 2] = value;
    return this;
  }

  u32(value: number): this {
    const at = this.room(4);
    writeU32(this.buffer, at, value);
    return this;
  }

  u64(value: bigint): this {
    return this.u32(Number((value >> 32n) & 0xffffffffn)).u32(Number(value & 0xffffffffn));
  }

  bytes(value: Uint8Array, from = 0, to = value.length): this {
    const at = this.room(to - from);
    if (to - from < 24) for (let i = from; i < to; i++) this.buffer[at + i - from] = value[i]!;
    else this.buffer.set(from === 0 && to === value.length ? value : value.subarray(from, to), at);
    return this;
  }

  /** Appends all that another writer holds. */
  append(other: Writer): this {
    other.copyTo(this, 0);
    return this;
  }

  /** Appends what was written from `from` on to another writer. */
  copyTo(other: Writer, from: number): void {
    other.bytes(this.buffer, from, this.length);
  }

  /** Takes the octets from `from` to `to` out; what follows moves up. */
  cut(from: number, to: number): this {
    this.buffer.copyWithin(from, to, this.length);
    this.length -= to - from;
    return this;
  }

  /** Overwrites two octets written before, for lengths known only at the end. */
  patchU16(at: number, value: number): this {
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value;
    return this;
  }

  patchU8(at: number, value: number): this {
    this.buffer[at] = value;
    return this;
  }

  /** Overwrites octets written before with those of `value` from `from` to `to`. */
  patch(at: number, value: Uint8Array, from = 0, to = value.length): this {
    for (let i = from; i < to; i++) this.buffer[at + i - from] = value[i]!;
    return this;
  }

  /** Forgets what was written and keeps the memory. */
  reset(): this {
    this.length = 0;
    return this;
  }

  /** @returns a view of what was written, valid until the next write or reset */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** @returns a copy of what was written */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

/** Unsigned 32 bits in network order at `at`; the caller checked the bounds. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Unsigned 16 bits in network order at `at`; the caller checked the bounds. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Lower-case hexadecimal without prefix. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** @returns the octets of hexadecimal text (either case, no prefix), or undefined when it is not hexadecimal */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Same length and same octets. */
export function equalBytes(one: Uint8Array, two: Uint8Array): boolean {
  if (one.length !== two.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== two[i]) return false;
  return true;
}

export const NO_BYTES = new Uint8Array(0);
