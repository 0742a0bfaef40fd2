/** Which neighbors a listing shows: those of a selector in front, narrowed by an address behind. Reach does not matter. */
import type { Neighbor } from '../context.js';
import { canonicalAddress, matchesSelector } from '../selector.js';
import { type Call, CommandFailure } from './types.js';

/**
 * @param address as written behind the command, or undefined
 * @throws CommandFailure when a selector matches nobody
 */
export function shownNeighbors({ context, selector }: Call, address: string | undefined): readonly Neighbor[] {
  let shown = context.neighbors();
  if (selector !== undefined) {
    shown = shown.filter((neighbor) => matchesSelector(selector, neighbor));
    if (shown.length === 0) throw new CommandFailure(`no neighbor matches ${selector.text}`);
  }
  if (address === undefined) return shown;
  const wanted = canonicalAddress(address);
  return shown.filter((neighbor) => canonicalAddress(neighbor.remoteAddress) === wanted || neighbor.name === address);
}
