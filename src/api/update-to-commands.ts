/** An UPDATE as the API commands that would make us send it. What the API cannot say is left out. */
import { printAttributes } from '../wire/attribute-text.js';
import { familyByCode } from '../wire/family/index.js';
import { printPathId } from '../wire/family/prefix-family.js';
import type { Family } from '../wire/family/types.js';
import { eachNlri } from '../wire/nlri.js';
import type { OperationalMessage } from '../wire/operational.js';
import { printOperational } from '../wire/operational-text.js';
import { RefreshSubtype, type RouteRefresh } from '../wire/refresh.js';
import type { DecodedUpdate, NlriRun } from '../wire/update.js';
import { nextHopText } from './encoder/update-text.js';

/** Families whose routes are told by their prefix alone: `announce route 10.0.0.0/24`. */
const ROUTE_FAMILIES: readonly string[] = ['ipv4 unicast', 'ipv6 unicast'];

function subject(family: Family): string {
  return ROUTE_FAMILIES.includes(family.name) ? 'route' : family.name;
}

function pushRun(out: string[], verb: string, run: NlriRun, after: string): void {
  const { family } = run;
  eachNlri(run, (source, start, end, pathId) => {
    if (family.isMalformed?.(source, start, end) === true) return;
    const path = pathId === undefined ? '' : ` path-information ${printPathId(pathId)}`;
    out.push(`${verb} ${subject(family)} ${family.print(source, start, end)}${path}${after}`);
  });
}

/** @returns one command for each route, withdrawals first; `announce eor …` for an End-of-RIB */
export function updateToCommands(update: DecodedUpdate): string[] {
  if (update.endOfRib !== undefined) return [`announce eor ${update.endOfRib.name}`];
  const out: string[] = [];
  const words = update.attributes === undefined ? '' : printAttributes(update.attributes, 'exabgp-4');
  const attributes = words === '' ? '' : ` ${words}`;
  // Withdrawals of other than plain prefixes are encoded with attributes, so theirs are told.
  const isPure = update.announced.length === 0;
  for (const run of update.withdrawn) {
    pushRun(out, 'withdraw', run, isPure && run.family.prefixSize === undefined ? attributes : '');
  }
  for (const run of update.announced) {
    const nextHop = nextHopText(run);
    pushRun(out, 'announce', run, `${nextHop === undefined ? '' : ` next-hop ${nextHop}`}${attributes}`);
  }
  return out;
}

/** @returns `announce route-refresh ipv4 unicast`; undefined for markers and families that the codec does not know */
export function refreshToCommand({ afi, safi, subtype }: RouteRefresh): string | undefined {
  const family = familyByCode(afi, safi);
  if (family === undefined || subtype !== RefreshSubtype.query) return undefined;
  return `announce route-refresh ${family.name}`;
}

/** @returns `announce operational asm afi ipv4 safi unicast advisory "text"` */
export function operationalToCommand(operational: OperationalMessage): string {
  const words = printOperational(operational, quoted);
  return `announce operational ${operational.name.toLowerCase()}${words.slice(operational.name.length)}`;
}

/** Commands have no escapes: the quote is the one that the text does not hold, and where it holds both one is lost. */
function quoted(text: string): string {
  if (!text.includes('"')) return `"${text}"`;
  return `'${text.replaceAll("'", '"')}'`;
}
