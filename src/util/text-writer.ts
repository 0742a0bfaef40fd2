/**
 * Text as octets, written one piece behind the other into one buffer that is used again: what helpers are told a million
 * times a second makes no strings. Clever for speed (test/bench/update-events.ts). What the text says is left to others.
 */

/** Decimal digits of each octet: three of them and how many count. */
const DIGITS = new Uint8Array(256 * 4);
for (let octet = 0; octet < 256; octet++) {
  const text = String(octet);
  for (let i = 0; i < text.length; i++) DIGITS[4 * octet + i] = text.charCodeAt(i);
  DIGITS[4 * octet + 3] = text.length;
}

const ZERO = 48;
const LETTER_A = 97;
const DOT = 46;
const COLON = 58;
/** Octets of UTF-8 for one unit of a string, at most. */
const UTF8_MAX = 3;
/** Copying less than this octet by octet is faster than the engine's own copy. */
const SHORT = 20;
const MAX_DECIMAL = 10;
const MAX_IPV4 = 15;
const MAX_IPV6 = 45;
const IPV6_OCTETS = 16;

/** @returns the octets of constant text, for `TextWriter.bytes` */
export function octetsOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

export class TextWriter {
  /** Valid up to `length`; another one after more was written. */
  buffer: Buffer;
  length = 0;

  constructor(capacity = 4096) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for `size` octets behind `length`. */
  reserve(size: number): void {
    const { buffer, length } = this;
    if (length + size <= buffer.length) return;
    this.buffer = Buffer.allocUnsafeSlow(Math.max(length + size, buffer.length * 2));
    this.buffer.set(buffer.subarray(0, length));
  }

  /** Any text, as UTF-8. */
  text(text: string): this {
    this.reserve(text.length * UTF8_MAX);
    const { buffer } = this;
    let at = this.length;
    if (text.length <= SHORT) {
      let i = 0;
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0x7f) break;
        buffer[at + i] = unit;
      }
      if (i === text.length) {
        this.length = at + i;
        return this;
      }
    }
    at += buffer.write(text, at);
    this.length = at;
    return this;
  }

  bytes(piece: Uint8Array): this {
    const { length } = piece;
    this.reserve(length);
    const { buffer } = this;
    const at = this.length;
    if (length < SHORT) for (let i = 0; i < length; i++) buffer[at + i] = piece[i]!;
    else buffer.set(piece, at);
    this.length = at + length;
    return this;
  }

  /** One ASCII character. */
  code(code: number): this {
    this.reserve(1);
    this.buffer[this.length++] = code;
    return this;
  }

  /** @param value 0 to 2^53 - 1 */
  decimal(value: number): this {
    if (value > 0xffffffff) return this.text(String(value));
    this.reserve(MAX_DECIMAL);
    const { buffer } = this;
    let at = this.length;
    if (value < 256) {
      this.length = this.octet(value, at);
      return this;
    }
    let size = 3;
    for (let power = 1000; size < MAX_DECIMAL && value >= power; power *= 10) size++;
    at += size;
    this.length = at;
    let rest = value;
    if (rest > 0x7fffffff) {
      const tenth = Math.floor(rest / 10);
      buffer[--at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    rest |= 0;
    while (rest > 0) {
      const tenth = (rest / 10) | 0;
      buffer[--at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    return this;
  }

  /** Dotted quad of the 4 octets at `at`. */
  ipv4(source: Uint8Array, at: number): this {
    this.reserve(MAX_IPV4 + 1);
    let to = this.length;
    for (let i = 0; i < 4; i++) {
      if (i > 0) this.buffer[to++] = DOT;
      to = this.octet(source[at + i]!, to);
    }
    this.length = to;
    return this;
  }

  /**
   * Packed IPv4 prefix: bits, then the octets that it covers. Bits behind the length mean nothing (RFC 4271 section 4.3).
   * @param at of the length @returns where the prefix ends
   */
  ipv4Prefix(source: Uint8Array, at: number): number {
    this.reserve(MAX_IPV4 + 4);
    const { buffer } = this;
    const bits = source[at]!;
    const octets = (bits + 7) >>> 3;
    let to = this.length;
    for (let i = 1; i <= 4; i++) {
      let octet = i <= octets ? source[at + i]! : 0;
      if (i === octets && (bits & 7) !== 0) octet &= 0xff << (8 - (bits & 7));
      if (i > 1) buffer[to++] = DOT;
      to = this.octet(octet & 0xff, to);
    }
    buffer[to++] = SLASH;
    this.length = this.octet(bits, to);
    return at + 1 + octets;
  }

  /** The same for IPv6, as `printIpv6` of ip.ts (RFC 5952). */
  ipv6Prefix(source: Uint8Array, at: number): number {
    const bits = source[at]!;
    const octets = (bits + 7) >>> 3;
    ADDRESS.fill(0);
    for (let i = 0; i < octets; i++) ADDRESS[i] = source[at + 1 + i]!;
    if ((bits & 7) !== 0) ADDRESS[octets - 1]! &= 0xff << (8 - (bits & 7));
    this.ipv6(ADDRESS, 0);
    this.reserve(4);
    this.buffer[this.length++] = SLASH;
    this.length = this.octet(bits, this.length);
    return at + 1 + octets;
  }

  private ipv6(source: Uint8Array, from: number): void {
    this.reserve(MAX_IPV6);
    const { buffer } = this;
    let gap = -1;
    let gapLength = 1;
    for (let i = 0, start = -1; i <= IPV6_OCTETS / 2; i++) {
      if (i < IPV6_OCTETS / 2 && source[from + 2 * i] === 0 && source[from + 2 * i + 1] === 0) {
        if (start < 0) start = i;
      } else if (start >= 0) {
        if (i - start > gapLength) {
          gap = start;
          gapLength = i - start;
        }
        start = -1;
      }
    }
    const isMapped = gap === 0 && gapLength === 5 && source[from + 10] === 0xff && source[from + 11] === 0xff;
    let to = this.length;
    for (let i = 0; i < IPV6_OCTETS / 2; i++) {
      if (i === gap) {
        buffer[to++] = COLON;
        buffer[to++] = COLON;
        i += gapLength - 1;
        continue;
      }
      if (i > 0 && buffer[to - 1] !== COLON) buffer[to++] = COLON;
      if (isMapped && i === 6) {
        this.length = to;
        this.ipv4(source, from + 12);
        return;
      }
      const group = (source[from + 2 * i]! << 8) | source[from + 2 * i + 1]!;
      if (group > 0xfff) buffer[to++] = hexDigit(group >>> 12);
      if (group > 0xff) buffer[to++] = hexDigit((group >>> 8) & 15);
      if (group > 0xf) buffer[to++] = hexDigit((group >>> 4) & 15);
      buffer[to++] = hexDigit(group & 15);
    }
    this.length = to;
  }

  private octet(value: number, at: number): number {
    const { buffer } = this;
    const from = 4 * value;
    const length = DIGITS[from + 3]!;
    buffer[at] = DIGITS[from]!;
    if (length > 1) buffer[at + 1] = DIGITS[from + 1]!;
    if (length > 2) buffer[at + 2] = DIGITS[from + 2]!;
    return at + length;
  }

  /** Forgets what was written and keeps the memory, unless one event was huge. */
  reset(length = 0): this {
    this.length = length;
    if (this.buffer.length > LARGE) this.buffer = Buffer.allocUnsafeSlow(Math.max(LARGE / 16, length));
    return this;
  }

  /** @returns a view, valid until the next write or reset */
  view(from = 0): Uint8Array {
    return new Uint8Array(this.buffer.buffer, this.buffer.byteOffset + from, this.length - from);
  }

  toString(from = 0): string {
    return this.buffer.toString('utf8', from, this.length);
  }
}

const SLASH = 47;
const LARGE = 1024 * 1024;
const ADDRESS = new Uint8Array(IPV6_OCTETS);

function hexDigit(value: number): number {
  return value < 10 ? ZERO + value : LETTER_A - 10 + value;
}
