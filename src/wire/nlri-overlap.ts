/**
 * A prefix that one UPDATE withdraws and announces is announced (RFC 4271 section 4.3). Rare: most messages do one or the
 * other, so only then are the routes compared.
 */
import { toHex } from '../util/bytes.js';
import { eachNlri } from './nlri.js';
import type { NlriRun } from './update.js';

/** What identifies a route among those of its family. */
function identity(run: NlriRun, source: Uint8Array, start: number, end: number, pathId: number | undefined): string {
  return `${pathId ?? ''} ${toHex(run.family.split(source, start, end).key)}`;
}

/** @returns the withdrawn runs without the routes that are announced too; the same list when there are none */
export function withoutAnnounced(withdrawn: readonly NlriRun[], announced: readonly NlriRun[]): readonly NlriRun[] {
  let isChanged = false;
  const out: NlriRun[] = [];
  for (const gone of withdrawn) {
    const kept = announced.some(({ family }) => family === gone.family) ? withoutRoutes(gone, announced) : gone;
    if (kept !== gone) isChanged = true;
    if (kept.start < kept.end) out.push(kept);
  }
  return isChanged ? out : withdrawn;
}

function withoutRoutes(gone: NlriRun, announced: readonly NlriRun[]): NlriRun {
  const known = new Set<string>();
  for (const run of announced) {
    if (run.family !== gone.family) continue;
    eachNlri(run, (source, start, end, pathId) => known.add(identity(run, source, start, end, pathId)));
  }
  const out = new Uint8Array(gone.end - gone.start);
  let length = 0;
  let from = gone.start;
  eachNlri(gone, (source, start, end, pathId) => {
    if (!known.has(identity(gone, source, start, end, pathId))) {
      out.set(source.subarray(from, end), length);
      length += end - from;
    }
    from = end;
  });
  return length === out.length ? gone : { ...gone, source: out, start: 0, end: length };
}
