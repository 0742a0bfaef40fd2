/**
 * What we offer in an OPEN: a neighbor's configuration -> capabilities in the order they are sent. What two OPENs agree on is
 * negotiate.ts. RFC 5492, 4724, 4760, 6793, 7911, 8654, 8950, 9234, 9494.
 */
import { AddPathMode, addPath } from './capability/add-path.js';
import { asn4 } from './capability/asn4.js';
import { enhancedRouteRefresh } from './capability/enhanced-route-refresh.js';
import { extendedMessage } from './capability/extended-message.js';
import { extendedNextHop } from './capability/extended-next-hop.js';
import { fqdn } from './capability/fqdn.js';
import { gracefulRestart } from './capability/graceful-restart.js';
import { writeCapability } from './capability/index.js';
import { linkLocalNextHop } from './capability/link-local-next-hop.js';
import { LONG_LIVED_FORWARDING, longLivedGracefulRestart } from './capability/long-lived-graceful-restart.js';
import { ANY_COUNT, multipleLabels } from './capability/multiple-labels.js';
import { multiprotocol } from './capability/multiprotocol.js';
import { multisession } from './capability/multisession.js';
import { operational } from './capability/operational.js';
import { pathsLimit } from './capability/paths-limit.js';
import { role } from './capability/role.js';
import { routeRefresh } from './capability/route-refresh.js';
import { softwareVersion } from './capability/software-version.js';
import type { CapabilityTlv, CapabilityType } from './capability/types.js';
import { Afi, CapabilityCode } from './codes.js';
import { familyByName } from './family/index.js';
import type { Family } from './family/types.js';
import type { Role } from './negotiated.js';
import { BGP_VERSION, fixedFieldAs, type OpenMessage } from './open.js';

/** What a neighbor's configuration says of capabilities (session/peer-config.ts has more). */
export interface CapabilityOptions {
  readonly asn4: boolean;
  readonly routeRefresh: boolean;
  readonly enhancedRouteRefresh: boolean;
  readonly extendedMessage: boolean;
  readonly gracefulRestart: { readonly timeSeconds: number } | undefined;
  /** Stale time in seconds by family name; undefined: not offered. */
  readonly longLivedGracefulRestart: Readonly<Record<string, number>> | undefined;
  /** By family name. */
  readonly addPath: Readonly<Record<string, 'send' | 'receive' | 'send/receive'>>;
  /** Paths of one prefix that the peer should send at most, by family name. */
  readonly pathsLimit: Readonly<Record<string, number>>;
  /** Family names. */
  readonly extendedNextHop: readonly string[];
  readonly multipleLabels: boolean;
  readonly role: Role | undefined;
  readonly roleStrict: boolean;
  readonly hostname: boolean;
  readonly softwareVersion: boolean;
  readonly aigp: boolean;
  readonly linkLocalNextHop: boolean;
  readonly multisession: boolean;
  readonly operational: boolean;
}

/** Our side of a session. */
export interface OpenOptions {
  /** Known by the time the OPEN is sent, also where the configuration says "auto". */
  readonly localAs: number;
  /** 4 octets. */
  readonly routerId: Uint8Array;
  readonly holdTimeSeconds: number;
  /** Family names in the order of the configuration. */
  readonly families: readonly string[];
  readonly capabilities: CapabilityOptions;
  readonly hostName: string;
  readonly domainName: string;
  /** "crier/0.1.0" */
  readonly softwareVersion: string;
  /** R bit of graceful restart: no End-of-RIB was sent since the daemon's start (RFC 4724 section 4.1). */
  readonly isRestarting: boolean;
}

const ADD_PATH_MODES = {
  receive: AddPathMode.receive,
  send: AddPathMode.send,
  'send/receive': AddPathMode.both,
} as const;

function namedFamilies(names: readonly string[]): Family[] {
  return names.map((name) => familyByName(name)).filter((family) => family !== undefined);
}

/** @returns the capabilities we offer, in the order they are sent */
export function capabilitiesOf(options: OpenOptions): CapabilityTlv[] {
  const { capabilities } = options;
  const offered = namedFamilies(options.families);
  const tlvs: CapabilityTlv[] = [];
  const add = <Value>(type: CapabilityType<Value>, value: Value): number => tlvs.push(...writeCapability(type, value));

  add(multiprotocol, offered);
  const nextHops = offered.filter(({ name, afi }) => afi === Afi.ipv4 && capabilities.extendedNextHop.includes(name));
  if (nextHops.length > 0) {
    add(
      extendedNextHop,
      nextHops.map(({ afi, safi }) => ({ afi, safi, nextHopAfi: Afi.ipv6 })),
    );
  }
  if (capabilities.asn4) add(asn4, options.localAs);
  if (capabilities.extendedMessage) add(extendedMessage, true);
  if (capabilities.gracefulRestart !== undefined) {
    add(gracefulRestart, {
      isRestarting: options.isRestarting,
      notification: true,
      timeSeconds: capabilities.gracefulRestart.timeSeconds,
      families: offered.map(({ afi, safi }) => ({ afi, safi, isForwarding: true })),
    });
  }
  const staleTimes = capabilities.longLivedGracefulRestart;
  // It goes with graceful restart or not at all (RFC 9494 section 3.1).
  if (capabilities.gracefulRestart !== undefined && staleTimes !== undefined) {
    add(
      longLivedGracefulRestart,
      offered.flatMap(({ name, afi, safi }) => {
        const staleSeconds = staleTimes[name];
        return staleSeconds === undefined ? [] : [{ afi, safi, flags: LONG_LIVED_FORWARDING, staleSeconds }];
      }),
    );
  }
  const paths = offered.flatMap(({ name, afi, safi }) => {
    const mode = capabilities.addPath[name];
    return mode === undefined ? [] : [{ afi, safi, mode: ADD_PATH_MODES[mode] }];
  });
  if (paths.length > 0) add(addPath, paths);
  // It speaks of what we receive (draft-abraitis-idr-addpath-paths-limit section 3).
  const limits = offered.flatMap(({ name, afi, safi }) => {
    const limit = capabilities.pathsLimit[name];
    const receives = paths.some((p) => p.afi === afi && p.safi === safi && (p.mode & AddPathMode.receive) !== 0);
    return limit === undefined || !receives ? [] : [{ afi, safi, limit }];
  });
  if (limits.length > 0) add(pathsLimit, limits);
  if (capabilities.routeRefresh) add(routeRefresh, true);
  if (capabilities.enhancedRouteRefresh) add(enhancedRouteRefresh, true);
  const labeled = offered.filter(({ oneLabel }) => oneLabel !== undefined);
  if (capabilities.multipleLabels && labeled.length > 0) {
    add(
      multipleLabels,
      labeled.map(({ afi, safi }) => ({ afi, safi, count: ANY_COUNT })),
    );
  }
  if (capabilities.role !== undefined) add(role, [capabilities.role]);
  if (capabilities.hostname) add(fqdn, { host: options.hostName, domain: options.domainName });
  if (capabilities.softwareVersion) add(softwareVersion, options.softwareVersion);
  if (capabilities.linkLocalNextHop) add(linkLocalNextHop, true);
  if (capabilities.operational) add(operational, true);
  // Flags 0; the families tell sessions apart (draft-ietf-idr-bgp-multisession section 4).
  if (capabilities.multisession) add(multisession, Uint8Array.of(0, CapabilityCode.multiprotocol));
  return tlvs;
}

/** @returns the OPEN we send. `withoutParameters`: the peer answered 2/4 to ours (RFC 5492 section 3) */
export function openOf(options: OpenOptions, withoutParameters = false): OpenMessage {
  return {
    version: BGP_VERSION,
    as: fixedFieldAs(options.localAs),
    holdTimeSeconds: options.holdTimeSeconds,
    routerId: options.routerId,
    capabilities: withoutParameters ? [] : capabilitiesOf(options),
  };
}
