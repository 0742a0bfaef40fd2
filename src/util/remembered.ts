/**
 * Remembers results by key, bounded in octets: two generations, and when the young one is full the old one is forgotten.
 * What is asked for often moves back to the young generation. No timers, no lists.
 */
export class Remembered<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private youngOctets = 0;

  /** @param maxOctets bound of keys and values together, both generations */
  constructor(private readonly maxOctets: number) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** @param octetsOf what a value takes, its key left out */
  get(key: string, octetsOf: (value: Value) => number): Value | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const aged = this.old.get(key);
    if (aged === undefined) return undefined;
    this.old.delete(key);
    this.set(key, aged, octetsOf(aged));
    return aged;
  }

  /** @param octets what the value takes, its key left out */
  set(key: string, value: Value, octets: number): void {
    this.young.set(key, value);
    this.youngOctets += key.length + octets;
    if (this.youngOctets <= this.maxOctets / 2) return;
    this.old = this.young;
    this.young = new Map();
    this.youngOctets = 0;
  }
}
