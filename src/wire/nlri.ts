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
  // The hot case without a call for each; the same as what such families say.
  if (family.prefixSize !== undefined) {
    const maxBits = family.prefixSize * 8;
    const head = addPath ? PATH_ID_SIZE : 0;
    for (let at = start; at < end; ) {
      const bits = at + head < end ? source[at + head]! : 256;
      const next = at + head + 1 + ((bits + 7) >>> 3);
      if (bits > maxBits || next > end) return at;
      at = next;
    }
    return -1;
  }
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
  const isMalformed = run.family.isMalformed;
  return isMalformed === undefined ? run : withoutNlri(run, isMalformed);
}

/**
 * Drops NLRI of a run.
 * @param isOut true for those that are dropped
 * @returns the run itself when there are none; else a run of the others, which may be empty
 */
export function withoutNlri(run: NlriRun, isOut: (source: Uint8Array, start: number, end: number) => boolean): NlriRun {
  let hasOut = false;
  eachNlri(run, (source, start, end) => {
    hasOut ||= isOut(source, start, end);
  });
  if (!hasOut) return run;
  const kept = new Writer(run.end - run.start);
  eachNlri(run, (source, start, end, pathId) => {
    if (isOut(source, start, end)) return;
    if (pathId !== undefined) kept.u32(pathId);
    kept.bytes(source, start, end);
  });
  return { ...run, source: kept.finish(), start: 0, end: kept.length };
}
