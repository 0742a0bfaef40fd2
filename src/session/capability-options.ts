/**
 * A neighbor's `capabilities` -> its CapabilityConfig: short forms are spelled out by family, and what must fit together is
 * checked. Part of peer-options.ts; names, types and defaults are in peer-schema.ts.
 */
import { familyByName } from '../wire/family/index.js';
import type { AddPathMode, CapabilityConfig } from './peer-config.js';
import type { PeerOptionContext } from './peer-options.js';
import { DEFAULT_RESTART_SECONDS, DEFAULT_STALE_SECONDS, type NeighborOptions, ROLES } from './peer-schema.js';

type Report = PeerOptionContext['report'];

/** @param report told each mistake, at the option that causes it @returns meaningless when something was reported */
export function readCapabilities(options: NeighborOptions, report: Report): CapabilityConfig {
  const given = options.capabilities;
  const offered = new Set(options.families);
  const at = (...path: PropertyKey[]): PropertyKey[] => ['capabilities', ...path];
  const needOffered = (name: string, path: PropertyKey[]): void => {
    if (!offered.has(name)) report(path, `the family "${name}" is not in families`);
  };
  const addPath: Record<string, AddPathMode> = {};
  if (typeof given.addPath === 'string') for (const name of options.families) addPath[name] = given.addPath;
  else {
    for (const [name, mode] of Object.entries(given.addPath)) {
      if (mode === undefined) continue;
      addPath[name] = mode;
      needOffered(name, at('addPath', name));
    }
  }
  given.extendedNextHop.forEach((name, i) => {
    needOffered(name, at('extendedNextHop', i));
    if (familyByName(name)?.nextHop.addressSize !== 4) {
      report(at('extendedNextHop', i), `routes of "${name}" have no IPv4 next hop that could be an IPv6 one`);
    }
  });
  if (given.roleStrict && given.role === undefined) report(at('roleStrict'), 'needs a role');
  const { gracefulRestart } = given;
  if (given.longLivedGracefulRestart !== false && gracefulRestart === false) {
    report(at('longLivedGracefulRestart'), 'needs gracefulRestart (RFC 9494)');
  }
  return {
    asn4: given.asn4,
    routeRefresh: given.routeRefresh,
    enhancedRouteRefresh: given.enhancedRouteRefresh,
    extendedMessage: given.extendedMessage,
    gracefulRestart:
      gracefulRestart === false
        ? undefined
        : { timeSeconds: gracefulRestart === true ? DEFAULT_RESTART_SECONDS : gracefulRestart.time },
    longLivedGracefulRestart: readStaleTimes(options, report),
    addPath,
    pathsLimit: readPathsLimits(options, addPath, report),
    extendedNextHop: [...new Set(given.extendedNextHop)],
    multipleLabels: given.multipleLabels,
    role: given.role === undefined ? undefined : ROLES[given.role],
    roleStrict: given.roleStrict,
    hostname: given.hostname,
    softwareVersion: given.softwareVersion,
    aigp: given.aigp,
    linkLocalNextHop: given.linkLocalNextHop,
    multisession: given.multisession,
    operational: given.operational,
  };
}

/** The stale time of each family that is offered. */
function readStaleTimes(options: NeighborOptions, report: Report): CapabilityConfig['longLivedGracefulRestart'] {
  const given = options.capabilities.longLivedGracefulRestart;
  if (given === false) return undefined;
  const { time, families: others } = given === true ? { time: DEFAULT_STALE_SECONDS, families: {} } : given;
  for (const name of Object.keys(others)) {
    if (options.families.includes(name)) continue;
    const path = ['capabilities', 'longLivedGracefulRestart', 'families', name];
    report(path, `the family "${name}" is not in families`);
  }
  const times: Record<string, number> = {};
  for (const name of options.families) {
    const seconds = others[name] ?? time;
    if (seconds !== false) times[name] = seconds;
  }
  return times;
}

/** A limit tells the peer what to send, so it is for families whose paths we receive. */
function readPathsLimits(
  options: NeighborOptions,
  addPath: Readonly<Record<string, AddPathMode>>,
  report: Report,
): CapabilityConfig['pathsLimit'] {
  const given = options.capabilities.pathsLimit;
  const receives = (name: string): boolean => addPath[name] !== undefined && addPath[name] !== 'send';
  const limits: Record<string, number> = {};
  if (typeof given === 'number') {
    for (const name of options.families) if (receives(name)) limits[name] = given;
    if (Object.keys(limits).length === 0) report(['capabilities', 'pathsLimit'], 'needs addPath: "receive"');
    return limits;
  }
  for (const [name, limit] of Object.entries(given)) {
    if (limit === undefined) continue;
    limits[name] = limit;
    if (!receives(name)) {
      report(['capabilities', 'pathsLimit', name], `paths of "${name}" are not received: addPath does not say so`);
    }
  }
  return limits;
}
