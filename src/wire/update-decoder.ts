/**
 * UPDATE body -> DecodedUpdate, with the error handling of RFC 7606: each attribute is looked at, the strongest reaction
 * counts, and the routes are found even when attributes are malformed. Nothing is made per route. What an attribute's
 * value may be is left to attribute/, NLRI to family/. RFC 4271 sections 4.3 and 6.3, 4760, 6793, 7911, 8950, 9234.
 *
 *   2 octets   Withdrawn Routes Length
 *   n octets   Withdrawn Routes
 *   2 octets   Total Path Attribute Length
 *   n octets   Path Attributes: flags, type code, length (1 or 2 octets), value
 *   n octets   Network Layer Reachability Information
 */
import { NO_BYTES, readU16 } from '../util/bytes.js';
import { discardFault, isFault, withdrawFault } from './attribute/fault.js';
import { attributeByCode } from './attribute/index.js';
import { onlyToCustomer } from './attribute/only-to-customer.js';
import { hasLabelIndex } from './attribute/prefix-sid-tlv.js';
import { Flag } from './attribute/types.js';
import { AttributeList } from './attribute-list.js';
import { AttributeCode, ErrorCode, Safi, UpdateError } from './codes.js';
import { type AttributeFault, FaultAction, NotificationError } from './errors.js';
import { families, familyByCode, familyIndex } from './family/index.js';
import { isNextHopLength, nextHopFromWire } from './family/next-hop.js';
import type { Family } from './family/types.js';
import { type Negotiated, Role } from './negotiated.js';
import { findBadNlri, withoutMalformed, withoutNlri } from './nlri.js';
import { withoutAnnounced } from './nlri-overlap.js';
import type { DecodedUpdate, NlriRun } from './update.js';

/**
 * full: everything. check: all checks, but no attributes are built (nobody listens). offline: for looking at a message
 * without its session: what only a session can judge is shown as it is (missing LOCAL_PREF, odd next hops, unknown
 * well-known attributes). verbatim: as offline, and the flags of attributes that are not known are left as they were, to
 * send the same again.
 */
export type DecodeMode = 'full' | 'check' | 'offline' | 'verbatim';

/** Withdrawn Routes Length and Total Path Attribute Length. */
const LENGTHS = 4;
/** AFI, SAFI, next hop length, reserved octet. */
const SMALLEST_MP_REACH = 5;
/** AFI, SAFI. */
const SMALLEST_MP_UNREACH = 3;

const NO_RUNS: readonly NlriRun[] = Object.freeze([]);
const NO_FAULTS: readonly AttributeFault[] = Object.freeze([]);
const classicFamily = families.find((family) => family.isClassic)!;
const classicIndex = familyIndex(classicFamily);

/** Attributes of the message in hand; used anew by each call. */
const list = new AttributeList();
/** By code: the call that saw it last. */
const seenIn = new Float64Array(256);
let call = 0;
/** Faults of the message in hand, and the first one of the withdraw kind with its place. */
let faults: AttributeFault[] | undefined;
let worst: AttributeFault | undefined;
let worstStart = 0;
let worstEnd = 0;

function forgetFaults(): void {
  faults = undefined;
  worst = undefined;
}

function note(fault: AttributeFault, start: number, end: number): void {
  faults ??= [];
  faults.push(fault);
  if (fault.action !== FaultAction.withdraw || worst !== undefined) return;
  worst = fault;
  worstStart = start;
  worstEnd = end;
}

/** The NEXT_HOP seen last, in memory of its own: it stays the same for long. */
let lastNextHop = NO_BYTES;

function nextHopOfList(): Uint8Array {
  if (list.holds(AttributeCode.nextHop, lastNextHop)) return lastNextHop;
  const value = list.find(AttributeCode.nextHop);
  if (value === undefined) return NO_BYTES;
  lastNextHop = new Uint8Array(value);
  return lastNextHop;
}

/**
 * Decodes and checks the body of an UPDATE (without message header).
 * @throws NotificationError for what must end the session
 */
export function decodeUpdate(body: Uint8Array, negotiated: Negotiated, mode: DecodeMode = 'full'): DecodedUpdate {
  const { length } = body;
  const withdrawnEnd = length < LENGTHS ? length + 1 : 2 + readU16(body, 0);
  if (withdrawnEnd + 2 > length) throw listError('Withdrawn Routes Length does not fit');
  const attributesStart = withdrawnEnd + 2;
  const attributesEnd = attributesStart + readU16(body, withdrawnEnd);
  if (attributesEnd > length) throw listError('Total Path Attribute Length does not fit');
  if (length === LENGTHS) return endOfRib(classicFamily, negotiated);

  const isOffline = mode === 'offline' || mode === 'verbatim';
  forgetFaults();
  let reachStart = -1;
  let reachEnd = -1;
  let unreachStart = -1;
  let unreachEnd = -1;
  let isOnlyUnreach = true;
  call++;
  list.clear();

  for (let at = attributesStart; at < attributesEnd; ) {
    const start = at;
    const flags = body[at]!;
    const isLong = (flags & Flag.extendedLength) !== 0;
    // RFC 7606 section 4: the total length still tells where the NLRI begins.
    if (at + (isLong ? 4 : 3) > attributesEnd) {
      isOnlyUnreach = false;
      note(
        withdrawFault(body[at + 1] ?? 0, 'the last attribute is cut', UpdateError.malformedAttributeList),
        start,
        attributesEnd,
      );
      break;
    }
    const code = body[at + 1]!;
    const valueStart = at + (isLong ? 4 : 3);
    const end = valueStart + (isLong ? readU16(body, at + 2) : body[at + 2]!);
    at = end;
    const isMp = code === AttributeCode.mpReachNlri || code === AttributeCode.mpUnreachNlri;
    if (code !== AttributeCode.mpUnreachNlri) isOnlyUnreach = false;
    if (end > attributesEnd) {
      if (isMp) throw mpError(body, start, attributesEnd, 'runs past the attributes');
      note(
        withdrawFault(code, 'the attribute runs past the attributes', UpdateError.malformedAttributeList),
        start,
        attributesEnd,
      );
      break;
    }
    if (seenIn[code] === call) {
      // RFC 7606 section 3g
      if (isMp) throw listError(`${attributeByCode(code)!.rfcName} twice`);
      note(discardFault(code, 'it was there before'), start, end);
      continue;
    }
    seenIn[code] = call;
    const type = attributeByCode(code);
    if (type === undefined) {
      if ((flags & Flag.optional) === 0 && !isOffline) {
        throw new NotificationError(
          ErrorCode.update,
          UpdateError.unrecognizedWellKnown,
          body.slice(start, end),
          `attribute ${code} is well-known by its flags, but not known`,
        );
      }
      // RFC 4271 section 5: kept with the partial bit when transitive, else dropped quietly.
      if ((flags & Flag.transitive) !== 0 || isOffline) {
        const isPassedOn = (flags & Flag.transitive) !== 0 && mode !== 'verbatim';
        const kept = isPassedOn ? flags | Flag.partial : flags;
        list.add(code, kept, body.subarray(valueStart, end));
      }
      continue;
    }
    const isFlagged = ((flags ^ type.flags) & (Flag.optional | Flag.transitive)) !== 0;
    if (isMp) {
      if (isFlagged) throw mpError(body, start, end, 'has wrong flags');
      if (code === AttributeCode.mpReachNlri) {
        reachStart = valueStart;
        reachEnd = end;
      } else {
        unreachStart = valueStart;
        unreachEnd = end;
      }
      continue;
    }
    if (!isFlagged && type.isPlain?.(body, valueStart, end, negotiated) === true) {
      list.addFrom(
        code,
        type.flags | (flags & type.flags & Flag.optional ? flags & Flag.partial : 0),
        body,
        valueStart,
        end,
      );
      continue;
    }
    const value = body.subarray(valueStart, end);
    const decoded = type.decode(value, negotiated);
    if (isFault(decoded)) {
      if (isOffline && decoded.subcode === UpdateError.invalidNextHop) {
        list.add(code, type.flags, value);
      } else note(decoded, start, end);
      continue;
    }
    if (isFlagged) {
      note(
        {
          code,
          action: type.flagFault,
          reason: `flags 0x${flags.toString(16)}, must be 0x${type.flags.toString(16)}`,
          subcode: UpdateError.attributeFlags,
        },
        start,
        end,
      );
      continue;
    }
    list.add(code, type.flags | (flags & type.flags & Flag.optional ? flags & Flag.partial : 0), decoded);
  }

  // Routes. Those of the classic fields first: an error in them leaves nothing to trust.
  const addPath = negotiated.addPathReceive[classicIndex] === true;
  checkClassic(body, 2, withdrawnEnd, addPath);
  checkClassic(body, attributesEnd, length, addPath);
  const announced: NlriRun[] = [];
  const withdrawn: NlriRun[] = [];
  const hasNlri = attributesEnd < length;
  const isClassicOn = negotiated.families[classicIndex] === true;
  if (withdrawnEnd > 2 || hasNlri) {
    if (!isClassicOn) note(ignored(0, classicFamily.name), 0, 0);
    else if (withdrawnEnd > 2) withdrawn.push(run(classicFamily, body, 2, withdrawnEnd, addPath, NO_BYTES));
  }
  if (unreachStart >= 0) {
    const size = unreachEnd - unreachStart;
    if (size < SMALLEST_MP_UNREACH) throw mpError(body, unreachStart, unreachEnd, `MP_UNREACH_NLRI of ${size} octets`);
    const family = familyByCode(readU16(body, unreachStart), body[unreachStart + 2]!);
    if (size === SMALLEST_MP_UNREACH) {
      if (isOnlyUnreach && withdrawnEnd === 2 && !hasNlri) return endOfRib(family, negotiated);
    } else if (family === undefined || negotiated.families[familyIndex(family)] !== true) {
      note(ignored(AttributeCode.mpUnreachNlri, family?.name ?? familyNumbers(body, unreachStart)), 0, 0);
    } else {
      const from = unreachStart + SMALLEST_MP_UNREACH;
      const withPaths = negotiated.addPathReceive[familyIndex(family)] === true;
      // A withdrawal has no stack but three octets in place of it (RFC 8277 section 2.4); not all speakers know.
      const read = isOffline ? family : (family.oneLabel ?? family);
      if (findBadNlri(read, body, from, unreachEnd, withPaths) >= 0) {
        throw mpError(body, unreachStart, unreachEnd, 'malformed NLRI in MP_UNREACH_NLRI');
      }
      const all = run(read, body, from, unreachEnd, withPaths, NO_BYTES);
      const good = isOffline ? all : withoutMalformed(all);
      if (good !== all) note(dropped(AttributeCode.mpUnreachNlri, all), 0, 0);
      if (good.start < good.end) withdrawn.push(good);
    }
  }
  let hasReach = hasNlri && isClassicOn;
  if (reachStart >= 0) {
    const reach = decodeReach(body, reachStart, reachEnd, negotiated);
    if (typeof reach === 'string') note(ignored(AttributeCode.mpReachNlri, reach), 0, 0);
    else if (reach !== undefined) {
      // Who looks at a message without its session sees malformed NLRI too.
      const good = isOffline ? reach : withoutMalformed(reach);
      if (good !== reach) note(dropped(AttributeCode.mpReachNlri, reach), 0, 0);
      if (good.start < good.end) {
        announced.push(good);
        hasReach = true;
      }
    }
  }

  if (hasReach) {
    // RFC 7606 section 3d
    if (seenIn[AttributeCode.origin] !== call) note(missing(AttributeCode.origin), 0, 0);
    if (seenIn[AttributeCode.asPath] !== call) note(missing(AttributeCode.asPath), 0, 0);
    if (hasNlri && isClassicOn && seenIn[AttributeCode.nextHop] !== call) note(missing(AttributeCode.nextHop), 0, 0);
    if (!negotiated.isExternal && !isOffline && seenIn[AttributeCode.localPref] !== call) {
      note(missing(AttributeCode.localPref), 0, 0);
    }
  }
  // RFC 8669 sections 3.1 and 6: with labeled routes it is invalid without a label index.
  if (announced[0]?.family.safi === Safi.nlriMpls && !isOffline) {
    const value = list.find(AttributeCode.prefixSid);
    if (value !== undefined && !hasLabelIndex(value)) {
      list.remove(AttributeCode.prefixSid);
      note(discardFault(AttributeCode.prefixSid, 'there is no label index'), 0, 0);
    }
  }
  if (hasNlri && isClassicOn) {
    announced.push(run(classicFamily, body, attributesEnd, length, addPath, nextHopOfList()));
  }
  if (worst === undefined && negotiated.localRole !== undefined && negotiated.isExternal) {
    const fault = checkRole(negotiated, announced, list.find(AttributeCode.onlyToCustomer));
    if (fault === 'add') {
      const { peerAs } = negotiated;
      const value = Uint8Array.of(peerAs >>> 24, peerAs >>> 16, peerAs >>> 8, peerAs);
      list.add(AttributeCode.onlyToCustomer, onlyToCustomer.flags, value);
    } else if (fault !== undefined) note(fault, 0, 0);
  }

  if (announced[0]?.family.refusal !== undefined && !isOffline) {
    const refused = splitRefused(announced[0], (code) => list.find(code));
    if (refused !== undefined) {
      note(discardFault(AttributeCode.mpReachNlri, refused.reason), 0, 0);
      withdrawn.push(refused.withdrawn);
      announced.splice(0, 1, ...refused.announced);
    }
  }

  if (worst !== undefined) {
    // RFC 7606 section 5.2: without reachable NLRI there is nothing to withdraw, and the routes may be what was broken.
    if (!hasNlri && reachStart < 0) {
      throw new NotificationError(ErrorCode.update, worst.subcode, body.slice(worstStart, worstEnd), worst.reason);
    }
    for (const each of announced) withdrawn.push(each.nextHop.length === 0 ? each : { ...each, nextHop: NO_BYTES });
    return {
      attributes: undefined,
      announced: NO_RUNS,
      withdrawn,
      endOfRib: undefined,
      faults: faults ?? NO_FAULTS,
      isTreatedAsWithdraw: true,
    };
  }
  if (!negotiated.asn4) list.mergeOldSpeaker();
  const spareNextHop = announced.length === 0 ? list.find(AttributeCode.nextHop)?.slice() : undefined;
  const update = {
    attributes: mode === 'check' ? undefined : list.pack(),
    announced,
    withdrawn: withdrawn.length > 0 && announced.length > 0 ? withoutAnnounced(withdrawn, announced) : withdrawn,
    endOfRib: undefined,
    faults: faults ?? NO_FAULTS,
    isTreatedAsWithdraw: false,
  };
  return spareNextHop === undefined ? update : { ...update, spareNextHop };
}

function run(
  family: Family,
  source: Uint8Array,
  start: number,
  end: number,
  addPath: boolean,
  nextHop: Uint8Array,
): NlriRun {
  return { family, source, start, end, addPath, nextHop };
}

/** RFC 4724 section 2. The marker of a family that was not negotiated means nothing. */
function endOfRib(family: Family | undefined, negotiated: Negotiated): DecodedUpdate {
  const isNegotiated = family !== undefined && negotiated.families[familyIndex(family)] === true;
  return {
    attributes: undefined,
    announced: NO_RUNS,
    withdrawn: NO_RUNS,
    endOfRib: isNegotiated ? family : undefined,
    faults: isNegotiated ? NO_FAULTS : [ignored(0, family?.name ?? 'an unknown family')],
    isTreatedAsWithdraw: false,
  };
}

/** RFC 4271 section 6.3: lengths that do not add up. */
function listError(reason: string): NotificationError {
  return new NotificationError(ErrorCode.update, UpdateError.malformedAttributeList, NO_BYTES, reason);
}

/** RFC 4760 section 7, RFC 7606 sections 5.3 and 7.11: a multiprotocol attribute that cannot be trusted. */
function mpError(body: Uint8Array, start: number, end: number, reason: string): NotificationError {
  return new NotificationError(ErrorCode.update, UpdateError.optionalAttribute, body.slice(start, end), reason);
}

/** RFC 4271 section 6.3: a prefix in the classic fields that is too long or runs over. */
function checkClassic(body: Uint8Array, start: number, end: number, addPath: boolean): void {
  const bad = findBadNlri(classicFamily, body, start, end, addPath);
  if (bad < 0) return;
  throw new NotificationError(
    ErrorCode.update,
    UpdateError.invalidNetworkField,
    NO_BYTES,
    `malformed prefix at octet ${bad}`,
  );
}

function ignored(code: number, family: string): AttributeFault {
  return discardFault(code, `routes of ${family} are ignored: it was not negotiated`);
}

/** RFC 7606 section 5.4: the routes around them are intact. */
function dropped(code: number, { family }: NlriRun): AttributeFault {
  return discardFault(code, `malformed NLRI of ${family.name} dropped`);
}

function familyNumbers(body: Uint8Array, at: number): string {
  return `AFI ${readU16(body, at)} SAFI ${body[at + 2]}`;
}

function missing(code: number): AttributeFault {
  return withdrawFault(code, `${attributeByCode(code)!.rfcName} is missing`, UpdateError.missingWellKnown);
}

/**
 *   2 octets   AFI
 *   1 octet    SAFI
 *   1 octet    length of the next hop
 *   n octets   next hop
 *   1 octet    reserved
 *   n octets   NLRI
 *
 * @returns the routes, undefined when there are none, or the name of a family that was not negotiated
 * @throws NotificationError
 */
function decodeReach(
  body: Uint8Array,
  start: number,
  end: number,
  negotiated: Negotiated,
): NlriRun | string | undefined {
  if (end - start < SMALLEST_MP_REACH) throw mpError(body, start, end, `MP_REACH_NLRI of ${end - start} octets`);
  const family = familyByCode(readU16(body, start), body[start + 2]!);
  if (family === undefined) return familyNumbers(body, start);
  const index = familyIndex(family);
  if (negotiated.families[index] !== true) return family.name;
  const size = body[start + 3]!;
  const from = start + SMALLEST_MP_REACH + size;
  if (from > end || !isNextHopLength(family, index, size, negotiated.extendedNextHop)) {
    throw mpError(body, start, end, `next hop of ${size} octets for ${family.name}`);
  }
  const addPath = negotiated.addPathReceive[index] === true;
  const read = negotiated.multipleLabels[index] === true ? family : (family.oneLabel ?? family);
  if (findBadNlri(read, body, from, end, addPath) >= 0) {
    throw mpError(body, start, end, 'malformed NLRI in MP_REACH_NLRI');
  }
  if (from === end) return undefined;
  return run(read, body, from, end, addPath, nextHopFromWire(family.nextHop, body.subarray(start + 4, from - 1)));
}

/** Parts a run into what is announced and what counts as withdrawn (`Family.refusal`). @returns undefined when nothing does */
function splitRefused(
  all: NlriRun,
  findAttribute: (code: number) => Uint8Array | undefined,
): { announced: readonly NlriRun[]; withdrawn: NlriRun; reason: string } | undefined {
  let reason: string | undefined;
  const isRefused = (source: Uint8Array, start: number, end: number): boolean => {
    const why = all.family.refusal!(source, start, end, findAttribute);
    reason ??= why;
    return why !== undefined;
  };
  const good = withoutNlri(all, isRefused);
  if (good === all) return undefined;
  const bad = withoutNlri(all, (source, start, end) => !isRefused(source, start, end));
  return {
    announced: good.start < good.end ? [good] : [],
    withdrawn: { ...bad, nextHop: NO_BYTES },
    reason: `${all.family.name}: ${reason}; taken as withdrawn`,
  };
}

/** RFC 9234 section 5, ingress. @returns a leak, "add" where OTC is to be added, or undefined */
function checkRole(
  negotiated: Negotiated,
  announced: readonly NlriRun[],
  otc: Uint8Array | undefined,
): AttributeFault | 'add' | undefined {
  if (!announced.some(({ family }) => family.safi === Safi.unicast)) return undefined;
  const { localRole, peerAs } = negotiated;
  if (localRole === Role.provider || localRole === Role.rs) {
    return otc === undefined
      ? undefined
      : withdrawFault(AttributeCode.onlyToCustomer, 'a route leak: OTC from a customer', UpdateError.optionalAttribute);
  }
  if (otc === undefined) return 'add';
  const as = readU16(otc, 0) * 0x10000 + readU16(otc, 2);
  return localRole === Role.peer && as !== peerAs
    ? withdrawFault(AttributeCode.onlyToCustomer, `a route leak: OTC ${as} from a peer`, UpdateError.optionalAttribute)
    : undefined;
}
