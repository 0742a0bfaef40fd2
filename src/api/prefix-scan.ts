/**
 * Reads the prefix of a route line into packed octets without creating anything: the hot half of a route command. What
 * is unusual (an embedded dotted quad, an error) is left to the family's own parser, which names the mistake. Clever for
 * speed: a helper's line has one microsecond in all.
 */

/** What `scanPrefix` found; overwritten by the next call. */
export const scanned = {
  /** Index behind the prefix: a blank or the end of the line. */
  end: 0,
  /** Octets written: one of length, then those it covers. */
  size: 0,
  isIpv6: false,
};

const groups = new Uint16Array(8);

/**
 * @param text holds the line @param at index of the prefix' first octet @param end index behind the line
 * @param out gets length in bits and octets from `outAt` on (up to 17 octets)
 * @returns false when it is not a plain prefix or address, without leading zeros (IPv4) and without host bits
 */
export function scanPrefix(text: Uint8Array, at: number, end: number, out: Uint8Array, outAt: number): boolean {
  if (at >= end) return false;
  return scanIpv4(text, at, end, out, outAt) || scanIpv6(text, at, end, out, outAt);
}

function scanIpv4(text: Uint8Array, at: number, end: number, out: Uint8Array, outAt: number): boolean {
  let value = -1;
  let part = 0;
  let i = at;
  let c = 32;
  for (; i < end; i++) {
    c = text[i]!;
    if (c >= 48 && c <= 57) {
      if (value === 0 || value > 255) return false;
      value = value < 0 ? c - 48 : value * 10 + c - 48;
    } else if (c === 46) {
      if (value < 0 || value > 255 || part > 2) return false;
      out[outAt + 1 + part++] = value;
      value = -1;
    } else break;
  }
  if (part !== 3 || value < 0 || value > 255) return false;
  out[outAt + 4] = value;
  scanned.isIpv6 = false;
  return finish(text, i, i < end ? c : 32, end, 32, out, outAt);
}

/** Reads "/length" or nothing, refuses host bits and whatever follows without a blank. */
function finish(
  text: Uint8Array,
  at: number,
  char: number,
  end: number,
  width: number,
  out: Uint8Array,
  outAt: number,
): boolean {
  let bits = width;
  let i = at;
  let c = char;
  if (c === 47) {
    bits = -1;
    for (i++; i < end; i++) {
      c = text[i]!;
      if (c < 48 || c > 57) break;
      bits = bits < 0 ? c - 48 : bits * 10 + c - 48;
      if (bits > width) return false;
    }
    if (bits < 0) return false;
    c = i < end ? text[i]! : 32;
  }
  if (c !== 32 && c !== 9) return false;
  const octets = (bits + 7) >>> 3;
  const width8 = width >>> 3;
  if ((bits & 7) !== 0 && (out[outAt + octets]! & (0xff >>> (bits & 7))) !== 0) return false;
  for (let k = octets + 1; k <= width8; k++) if (out[outAt + k] !== 0) return false;
  out[outAt] = bits;
  scanned.end = i;
  scanned.size = 1 + octets;
  return true;
}

function scanIpv6(text: Uint8Array, at: number, end: number, out: Uint8Array, outAt: number): boolean {
  let count = 0;
  let gap = -1;
  let i = at;
  if (text[i] === 58) {
    if (i + 1 >= end || text[i + 1] !== 58) return false;
    gap = 0;
    i += 2;
  }
  for (;;) {
    let value = 0;
    let digits = 0;
    for (; i < end; i++) {
      const d = hexDigit(text[i]!);
      if (d < 0) break;
      value = (value << 4) | d;
      if (++digits > 4) return false;
    }
    if (digits === 0) {
      // Only right behind "::" may a group be missing.
      if (gap !== count) return false;
      break;
    }
    if (count === 8) return false;
    groups[count++] = value;
    if (i >= end || text[i] !== 58) break;
    i++;
    if (i < end && text[i] === 58) {
      if (gap >= 0) return false;
      gap = count;
      i++;
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return false;
  const zeros = 8 - count;
  let o = outAt + 1;
  for (let k = 0; k < count; k++) {
    if (k === gap) for (let z = 0; z < zeros; z++, o += 2) out[o] = out[o + 1] = 0;
    out[o++] = groups[k]! >>> 8;
    out[o++] = groups[k]! & 0xff;
  }
  if (gap === count) for (let z = 0; z < zeros; z++, o += 2) out[o] = out[o + 1] = 0;
  scanned.isIpv6 = true;
  return finish(text, i, i < end ? text[i]! : 32, end, 128, out, outAt);
}

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  if (c >= 97 && c <= 102) return c - 87;
  if (c >= 65 && c <= 70) return c - 55;
  return -1;
}
