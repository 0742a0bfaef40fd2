/**
 * What both output forms share of UPDATEs: the text of attributes and of next hops. Clever for speed
 * (test/bench/update-events.ts): prefixes come a million a second. Common attributes are written faster than they would
 * be looked up; only others are remembered, by their octets. The forms of attributes are the codec's.
 */
import { printIp } from '../../util/ip.js';
import { Remembered } from '../../util/remembered.js';
import type { TextWriter } from '../../util/text-writer.js';
import { areCommon, writeAttributes } from '../../wire/attribute-text.js';
import type { Dialect } from '../../wire/family/types.js';
import type { NlriRun } from '../../wire/update.js';

/** Bound of what one form remembers of attribute sets. */
const REMEMBERED_OCTETS = 4 * 1024 * 1024;

/** Attributes longer than this are written anew each time. */
const MAX_KEY_OCTETS = 4096;

const octetsOf = (text: Uint8Array): number => text.length;

/** Writes packed attributes (wire/attribute-set.ts) in one form; remembers those that cost much to write. */
export class AttributeText {
  private readonly remembered = new Remembered<Uint8Array>(REMEMBERED_OCTETS, octetsOf);

  constructor(
    private readonly form: 'json' | 'text',
    private readonly dialect: Dialect,
  ) {}

  write(out: TextWriter, tlvs: Uint8Array): void {
    const { form, dialect, remembered } = this;
    if (tlvs.length > MAX_KEY_OCTETS || areCommon(tlvs)) {
      writeAttributes(out, tlvs, dialect, form);
      return;
    }
    const known = remembered.get(tlvs);
    if (known !== undefined) {
      out.bytes(known);
      return;
    }
    const from = out.length;
    writeAttributes(out, tlvs, dialect, form);
    // A copy: not slice(), which of a Buffer is a view.
    if (remembered.isWorthKeeping(tlvs)) remembered.keep(tlvs, new Uint8Array(out.view(from)));
  }
}

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
