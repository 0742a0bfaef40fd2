/**
 * What both output forms share of UPDATEs: the text of attributes, remembered by their octets, and of next hops. Clever
 * for speed: prefixes come a million a second and few attribute sets are new. The forms of attributes are the codec's.
 */
import { printIp } from '../../util/ip.js';
import { Remembered } from '../../util/remembered.js';
import type { NlriRun } from '../../wire/update.js';

/** Bound of what one form remembers of attribute sets. */
const REMEMBERED_OCTETS = 8 * 1024 * 1024;

/** Attributes longer than this are written anew each time. */
const MAX_KEY_OCTETS = 4096;

/** Writes packed attributes (wire/attribute-set.ts) in one form, and remembers. */
export class AttributeText {
  private readonly remembered = new Remembered<string>(REMEMBERED_OCTETS);
  private lastKey = '';
  private lastText = '';

  constructor(private readonly write: (tlvs: Uint8Array) => string) {}

  of(tlvs: Uint8Array): string {
    if (tlvs.length > MAX_KEY_OCTETS) return this.write(tlvs);
    const key = Buffer.from(tlvs.buffer, tlvs.byteOffset, tlvs.byteLength).toString('latin1');
    if (key === this.lastKey) return this.lastText;
    let text = this.remembered.get(key, octetsOf);
    if (text === undefined) {
      text = this.write(tlvs);
      this.remembered.set(key, text, text.length);
    }
    this.lastKey = key;
    this.lastText = text;
    return text;
  }
}

const octetsOf = (text: string): number => text.length;

let lastNextHop: Uint8Array = new Uint8Array(0);
let lastNextHopText = '';

/**
 * Text of a run's next hop: the global address where a link-local one stands behind it (RFC 2545 section 3).
 * @returns undefined for none
 */
export function nextHopText(run: NlriRun): string | undefined {
  const { nextHop } = run;
  const size = nextHop.length === TWO_ADDRESSES ? TWO_ADDRESSES / 2 : nextHop.length;
  if (size !== 4 && size !== 16) return undefined;
  if (lastNextHop.length === size) {
    let i = 0;
    while (i < size && lastNextHop[i] === nextHop[i]) i++;
    if (i === size) return lastNextHopText;
  }
  lastNextHop = nextHop.slice(0, size);
  lastNextHopText = printIp(lastNextHop);
  return lastNextHopText;
}

/** Octets of a global and a link-local next hop (RFC 2545 section 3). */
const TWO_ADDRESSES = 32;

/**
 * Text of the link-local next hop behind the global one; ExaBGP 4 and 5 show such routes once for each of the two.
 * @returns undefined where there is none
 */
export function linkLocalText(run: NlriRun): string | undefined {
  if (run.nextHop.length !== TWO_ADDRESSES) return undefined;
  return printIp(run.nextHop.subarray(TWO_ADDRESSES / 2));
}
