/**
 * A map whose keys are octets that stand in somebody's buffer: looking up creates nothing, what is kept is copied. For
 * text that a helper says over and over. Clever for speed, with the benchmark of route lines.
 */

interface Entry<Value> {
  readonly octets: Uint8Array;
  readonly value: Value;
  /** Another key with the same hash. */
  readonly next: Entry<Value> | undefined;
}

/** FNV-1a over the octets, as a signed 32-bit number (a small integer to the engine). */
export function hashOctets(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash | 0;
}

export class OctetMap<Value> {
  private readonly entries = new Map<number, Entry<Value>>();
  /** What was found last, asked for again more often than not. */
  private last: Entry<Value> | undefined;
  size = 0;

  get(bytes: Uint8Array, from: number, to: number): Value | undefined {
    return this.getLast(bytes, from, to) ?? this.getHashed(bytes, from, to, hashOctets(bytes, from, to));
  }

  /** The value when it was asked for last. */
  getLast(bytes: Uint8Array, from: number, to: number): Value | undefined {
    const { last } = this;
    return last !== undefined && isSame(last.octets, bytes, from, to) ? last.value : undefined;
  }

  /** @param hash of these octets */
  getHashed(bytes: Uint8Array, from: number, to: number, hash: number): Value | undefined {
    let entry = this.entries.get(hash);
    while (entry !== undefined && !isSame(entry.octets, bytes, from, to)) entry = entry.next;
    if (entry === undefined) return undefined;
    this.last = entry;
    return entry.value;
  }

  /** Keeps a value under a copy of the octets, which must not be there yet. */
  add(bytes: Uint8Array, from: number, to: number, value: Value): void {
    const hash = hashOctets(bytes, from, to);
    // Not slice(): that of a Buffer is a view.
    const octets = new Uint8Array(to - from);
    for (let i = from; i < to; i++) octets[i - from] = bytes[i]!;
    this.entries.set(hash, { octets, value, next: this.entries.get(hash) });
    this.size++;
  }

  clear(): void {
    this.entries.clear();
    this.last = undefined;
    this.size = 0;
  }

  *values(): Iterable<Value> {
    for (const first of this.entries.values()) {
      for (let entry: Entry<Value> | undefined = first; entry !== undefined; entry = entry.next) yield entry.value;
    }
  }
}

function isSame(octets: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  const { length } = octets;
  if (to - from !== length) return false;
  // From the end: texts with the same beginning are common.
  for (let i = length - 1; i >= 0; i--) if (octets[i] !== bytes[from + i]) return false;
  return true;
}
