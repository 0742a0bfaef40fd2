/**
 * The NLRI of a run of plain prefixes as octets of JSON and text. Clever for speed (test/bench/update-events.ts): nothing
 * is made for a prefix. Families give the same text by `toJson` and `print`; a test compares the two.
 */
import { octetsOf, type TextWriter } from '../../util/text-writer.js';
import { PATH_ID_SIZE } from '../../wire/nlri.js';
import type { NlriRun } from '../../wire/update.js';

const OPEN = octetsOf('{ "nlri": "');
const BETWEEN = octetsOf('" }, { "nlri": "');
const CLOSE = octetsOf('" }');
const JSON_PATH = octetsOf('", "path-information": "');
const TEXT_PATH = octetsOf(' path-information ');

/**
 * Writes `{ "nlri": "10.0.0.0/8" }, { "nlri": … }`.
 * @param run checked, not empty, of a family with prefixSize
 */
export function writePrefixesJson(out: TextWriter, { family, source, start, end, addPath }: NlriRun): void {
  const isIpv4 = family.prefixSize === 4;
  out.bytes(OPEN);
  for (let at = start; at < end; ) {
    if (at > start) out.bytes(BETWEEN);
    const pathAt = at;
    if (addPath) at += PATH_ID_SIZE;
    at = isIpv4 ? out.ipv4Prefix(source, at) : out.ipv6Prefix(source, at);
    if (addPath) out.bytes(JSON_PATH).ipv4(source, pathAt);
  }
  out.bytes(CLOSE);
}

/**
 * Writes one line of text for each prefix.
 * @param run checked, of a family with prefixSize
 * @param before what stands before each prefix @param after what stands behind prefix and path identifier, line end included
 */
export function writePrefixLines(
  out: TextWriter,
  { family, source, start, end, addPath }: NlriRun,
  before: Uint8Array,
  after: Uint8Array,
): void {
  const isIpv4 = family.prefixSize === 4;
  for (let at = start; at < end; ) {
    out.bytes(before);
    const pathAt = at;
    if (addPath) at += PATH_ID_SIZE;
    at = isIpv4 ? out.ipv4Prefix(source, at) : out.ipv6Prefix(source, at);
    if (addPath) out.bytes(TEXT_PATH).ipv4(source, pathAt);
    out.bytes(after);
  }
}
