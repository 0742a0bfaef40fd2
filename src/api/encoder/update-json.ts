/**
 * The content of UPDATE events as JSON, in the dialects of ExaBGP 4.2.21 and 5.0.13. Hot, and clever for speed
 * (test/bench/update-events.ts): everything goes into one buffer as octets, no object and no string for a prefix or for a
 * common attribute. What is around it is left to json.ts.
 */
import { printIp } from '../../util/ip.js';
import { octetsOf, type TextWriter } from '../../util/text-writer.js';
import { hasServiceSid } from '../../wire/attribute/service-sid.js';
import { attributesToJson } from '../../wire/attribute-text.js';
import { afiName, Safi, safiName } from '../../wire/codes.js';
import type { Dialect, Family } from '../../wire/family/types.js';
import { eachNlri } from '../../wire/nlri.js';
import type { DecodedUpdate, NlriRun } from '../../wire/update.js';
import { writePrefixesJson } from './prefix-octets.js';
import { type AttributeText, linkLocalText, nextHopText } from './update-text.js';

/** Group of NLRI that have no next hop. */
const NO_NEXT_HOP = 'no-nexthop';

const UPDATE = octetsOf('"message": { "update": { ');
const ATTRIBUTE = octetsOf('"attribute": { ');
const TREATED_AS_WITHDRAW = octetsOf('"error": "treat-as-withdraw"');
const ANNOUNCE = octetsOf('"announce": { ');
const LIST_END = octetsOf(' ]');
const END = octetsOf(' }');
const END_TWO = octetsOf(' } }');
const LIST_END_TWO = octetsOf(' ] } }');
const WITHDRAW = octetsOf('"withdraw": { ');
const SEPARATOR = octetsOf(', ');

/** NLRI objects of one run, comma-separated. @param hasSid as in `hasServiceSid` */
function writeRun(out: TextWriter, run: NlriRun, dialect: Dialect, hasSid: boolean): void {
  const { family } = run;
  if (run.start === run.end) return;
  if (family.prefixSize !== undefined) {
    writePrefixesJson(out, run);
    return;
  }
  const nextHop = nextHopText(run);
  let isFirst = true;
  eachNlri(run, (source, start, end, pathId) => {
    if (!isFirst) out.bytes(SEPARATOR);
    isFirst = false;
    out.text(family.toJson(source, start, end, pathId, dialect, hasSid, nextHop));
  });
}

function writeRuns(out: TextWriter, runs: readonly NlriRun[], dialect: Dialect, hasSid: boolean): void {
  runs.forEach((run, i) => {
    if (i > 0) out.bytes(SEPARATOR);
    writeRun(out, run, dialect, hasSid);
  });
}

/** Families of runs in order of appearance, each with its runs. */
function byFamily(runs: readonly NlriRun[]): Map<Family, NlriRun[]> {
  const groups = new Map<Family, NlriRun[]>();
  for (const run of runs) {
    const group = groups.get(run.family);
    if (group === undefined) groups.set(run.family, [run]);
    else group.push(run);
  }
  return groups;
}

/** The same by next hop; a route with a link-local one behind its global one stands in both groups. */
function byNextHop(runs: readonly NlriRun[]): Map<string, NlriRun[]> {
  const groups = new Map<string, NlriRun[]>();
  for (const run of runs) {
    for (const nextHop of [nextHopText(run) ?? NO_NEXT_HOP, linkLocalText(run)]) {
      if (nextHop === undefined) continue;
      const group = groups.get(nextHop);
      if (group === undefined) groups.set(nextHop, [run]);
      else group.push(run);
    }
  }
  return groups;
}

/** `"announce": { "ipv4 unicast": { "192.0.2.1": [ ` of the run before: it is nearly always the same again. */
const last = { family: undefined as Family | undefined, nextHop: '', octets: ANNOUNCE };

function announceHead(family: Family, nextHop: string): Uint8Array {
  if (family !== last.family || nextHop !== last.nextHop) {
    last.family = family;
    last.nextHop = nextHop;
    last.octets = octetsOf(`"announce": { "${family.name}": { "${nextHop}": [ `);
  }
  return last.octets;
}

function writeAnnounced(out: TextWriter, runs: readonly NlriRun[], dialect: Dialect, hasSid: boolean): void {
  const [first] = runs;
  if (runs.length === 1 && first !== undefined && linkLocalText(first) === undefined) {
    out.bytes(announceHead(first.family, nextHopText(first) ?? NO_NEXT_HOP));
    writeRun(out, first, dialect, hasSid);
    out.bytes(LIST_END_TWO);
    return;
  }
  out.bytes(ANNOUNCE);
  let familyHead = '';
  for (const [family, group] of byFamily(runs)) {
    out.text(`${familyHead}"${family.name}": { `);
    let hopHead = '';
    for (const [nextHop, hopRuns] of byNextHop(group)) {
      out.text(`${hopHead}"${nextHop}": [ `);
      writeRuns(out, hopRuns, dialect, hasSid);
      out.bytes(LIST_END);
      hopHead = ', ';
    }
    out.bytes(END);
    familyHead = ', ';
  }
  out.bytes(END);
}

function writeWithdrawn(out: TextWriter, runs: readonly NlriRun[], dialect: Dialect): void {
  out.bytes(WITHDRAW);
  let head = '';
  for (const [family, group] of byFamily(runs)) {
    out.text(`${head}"${family.name}": [ `);
    writeRuns(out, group, dialect, false);
    out.bytes(LIST_END);
    head = ', ';
  }
  out.bytes(END);
}

/** Families that ExaBGP 4 does not know: their events have the form of the version that brought them, in both dialects. */
const LATER_FAMILIES: ReadonlySet<number> = new Set([Safi.mcastVpn, Safi.srPolicy, Safi.mup]);

function isOfLaterFamily({ announced, withdrawn }: DecodedUpdate): boolean {
  const first = announced[0] ?? withdrawn[0];
  return first !== undefined && LATER_FAMILIES.has(first.family.safi);
}

/** The attributes of an UPDATE of such a family for ExaBGP 4's scripts. */
function laterAttributes(update: DecodedUpdate, tlvs: Uint8Array): string {
  const members = attributesToJson(tlvs, 'exabgp-5');
  const { spareNextHop } = update;
  return spareNextHop === undefined ? members : `${members}, "next-hop": "${printIp(spareNextHop)}"`;
}

/** `"attribute": { … }`, or nothing. */
function writeMembers(out: TextWriter, update: DecodedUpdate, attributes: AttributeText, dialect: Dialect): void {
  const { announced, withdrawn } = update;
  // ExaBGP 5 leaves the attributes of a withdrawal of plain prefixes out.
  const isShown =
    announced.length > 0 ||
    withdrawn.length === 0 ||
    dialect === 'exabgp-4' ||
    withdrawn.some(({ family }) => family.prefixSize === undefined);
  const before = out.length;
  out.bytes(ATTRIBUTE);
  const from = out.length;
  if (isShown && update.attributes !== undefined) {
    const isLater = dialect === 'exabgp-4' && isOfLaterFamily(update);
    if (isLater) out.text(laterAttributes(update, update.attributes));
    else attributes.write(out, update.attributes);
  }
  if (update.isTreatedAsWithdraw) {
    if (out.length > from) out.bytes(SEPARATOR);
    out.bytes(TREATED_AS_WITHDRAW);
  }
  if (out.length > from) out.bytes(END);
  else out.length = before;
}

/** Writes `"message": { … }`. */
export function writeUpdateJson(
  out: TextWriter,
  update: DecodedUpdate,
  attributes: AttributeText,
  dialect: Dialect,
): void {
  const { endOfRib, announced, withdrawn } = update;
  if (endOfRib !== undefined) {
    const { afi, safi } = endOfRib;
    out.text(`"message": { "eor": { "afi" : "${afiName(afi)}", "safi" : "${safiName(safi)}" } }`);
    return;
  }
  out.bytes(UPDATE);
  const from = out.length;
  writeMembers(out, update, attributes, dialect);
  if (announced.length > 0) {
    if (out.length > from) out.bytes(SEPARATOR);
    const hasSid = update.attributes !== undefined && hasServiceSid(update.attributes);
    writeAnnounced(out, announced, dialect, hasSid);
  }
  if (withdrawn.length > 0) {
    if (out.length > from) out.bytes(SEPARATOR);
    writeWithdrawn(out, withdrawn, dialect);
  }
  out.bytes(END_TWO);
}
