/** Walks over NLRI of any family as it stands on the wire, with or without path identifiers (RFC 7911 section 3). */
import { readU32, Writer } from '../util/bytes.js';
import type { Family, NlriVisitor } from './family/types.js';
import type { NlriRun } from './update.js';

/** Octets of a path identifier. */
export const PATH_ID_SIZE = 4;

/**
 * Checks a stretch of NLRI.
 * @returns -1 when NLRI fill it exactly, else the offset of the first that does not fit
 */
export function findBadNlri(family: Family, source: Uint8Array, start: number, end: number, addPath: boolean): number {
  for (let at = start; at < end; ) {
    const offset = addPath ? at + PATH_ID_SIZE : at;
    const size = offset < end ? family.sizeOf(source, offset, end) : -1;
    if (size < 0) return at;
    at = offset + size;
  }
  return -1;
}

/** Calls `visit` for each NLRI of a run, in their order. The run was checked. */
export function eachNlri(run: NlriRun, visit: NlriVisitor): void {
  const { family, source, end, addPath } = run;
  for (let at = run.start; at < end; ) {
    const offset = addPath ? at + PATH_ID_SIZE : at;
    const next = offset + family.sizeOf(source, offset, end);
    visit(source, offset, next, addPath ? readU32(source, at) : undefined);
    at = next;
  }
}

/**
 * A route as the text encoder and listings write it.
 * @param path " path-information 0.0.0.1", or "" @param nextHop " next-hop 10.0.0.1", or ""
 */
export function printRouteWords(
  family: Family,
  source: Uint8Array,
  start: number,
  end: number,
  path: string,
  nextHop: string,
): string {
  return (
    family.printRoute?.(source, start, end, path, nextHop) ?? `${family.print(source, start, end)}${path}${nextHop}`
  );
}

/**
 * Drops the NLRI of a run whose content is malformed (see `Family.isMalformed`).
 * @returns the run itself when there are none; else a run of the others, which may be empty
 */
export function withoutMalformed(run: NlriRun): NlriRun {
  const { family } = run;
  const isMalformed = family.isMalformed;
  if (isMalformed === undefined) return run;
  let hasBad = false;
  eachNlri(run, (source, start, end) => {
    hasBad ||= isMalformed(source, start, end);
  });
  if (!hasBad) return run;
  const kept = new Writer(run.end - run.start);
  eachNlri(run, (source, start, end, pathId) => {
    if (isMalformed(source, start, end)) return;
    if (pathId !== undefined) kept.u32(pathId);
    kept.bytes(source, start, end);
  });
  return { ...run, source: kept.finish(), start: 0, end: kept.length };
}
