/**
 * The protocol's numbers and their names in one place: message types, NOTIFICATION codes and subcodes, address families.
 * Names of codes are spelled as ExaBGP's events spell them, because scripts look for them. IANA's BGP registries;
 * RFC 4271, 4486, 5492, 6608, 7313, 8538, 9234, 9384, 9687.
 */

/** Message type octet (RFC 4271 section 4.1, RFC 2918 section 3; 6 is ExaBGP's for draft-ietf-idr-operational-message). */
export const MessageType = {
  open: 1,
  update: 2,
  notification: 3,
  keepalive: 4,
  routeRefresh: 5,
  operational: 6,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** NOTIFICATION error codes (RFC 4271 section 4.5, RFC 7313, RFC 9687). */
export const ErrorCode = {
  messageHeader: 1,
  open: 2,
  update: 3,
  holdTimer: 4,
  fsm: 5,
  cease: 6,
  routeRefresh: 7,
  sendHoldTimer: 8,
} as const;

/** Subcodes of a Message Header Error (RFC 4271 section 6.1). */
export const HeaderError = { notSynchronized: 1, badLength: 2, badType: 3 } as const;

/** Subcodes of an OPEN Message Error (RFC 4271 section 6.2, RFC 5492, RFC 9234). */
export const OpenError = {
  unspecific: 0,
  unsupportedVersion: 1,
  badPeerAs: 2,
  badBgpIdentifier: 3,
  unsupportedOptionalParameter: 4,
  unacceptableHoldTime: 6,
  unsupportedCapability: 7,
  roleMismatch: 11,
} as const;

/** Subcodes of an UPDATE Message Error (RFC 4271 section 6.3). */
export const UpdateError = {
  malformedAttributeList: 1,
  unrecognizedWellKnown: 2,
  missingWellKnown: 3,
  attributeFlags: 4,
  attributeLength: 5,
  invalidOrigin: 6,
  invalidNextHop: 8,
  optionalAttribute: 9,
  invalidNetworkField: 10,
  malformedAsPath: 11,
} as const;

/** Subcodes of an FSM Error: an unexpected message in this state (RFC 6608 section 3). */
export const FsmError = { unspecified: 0, inOpenSent: 1, inOpenConfirm: 2, inEstablished: 3 } as const;

/** Subcodes of a Cease (RFC 4486 section 3, RFC 8538 section 3, RFC 9384 section 3). */
export const Cease = {
  maximumPrefixes: 1,
  administrativeShutdown: 2,
  peerDeconfigured: 3,
  administrativeReset: 4,
  connectionRejected: 5,
  otherConfigurationChange: 6,
  collisionResolution: 7,
  outOfResources: 8,
  hardReset: 9,
  bfdDown: 10,
} as const;

/** Subcode of a ROUTE-REFRESH Message Error (RFC 7313 section 5). */
export const RouteRefreshError = { invalidLength: 1 } as const;

/** Path attribute type codes that the codec knows (IANA "BGP Path Attributes"). */
export const AttributeCode = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  multiExitDisc: 4,
  localPref: 5,
  atomicAggregate: 6,
  aggregator: 7,
  communities: 8,
  originatorId: 9,
  clusterList: 10,
  mpReachNlri: 14,
  mpUnreachNlri: 15,
  extendedCommunities: 16,
  as4Path: 17,
  as4Aggregator: 18,
  pmsiTunnel: 22,
  tunnelEncapsulation: 23,
  ipv6ExtendedCommunities: 25,
  aigp: 26,
  bgpLs: 29,
  largeCommunity: 32,
  onlyToCustomer: 35,
  prefixSid: 40,
} as const;

/** Capability codes that the codec decodes (RFC 5492; IANA "Capability Codes"). */
export const CapabilityCode = {
  multiprotocol: 1,
  routeRefresh: 2,
  extendedNextHop: 5,
  extendedMessage: 6,
  multipleLabels: 8,
  role: 9,
  gracefulRestart: 64,
  asn4: 65,
  multisession: 68,
  addPath: 69,
  enhancedRouteRefresh: 70,
  longLivedGracefulRestart: 71,
  fqdn: 73,
  softwareVersion: 75,
  pathsLimit: 76,
  linkLocalNextHop: 77,
  routeRefreshCisco: 128,
  multisessionCisco: 131,
  operational: 185,
} as const;

/** AS number that stands for one that does not fit in two octets (RFC 6793 section 9). */
export const AS_TRANS = 23456;

/** Address family numbers. */
export const Afi = { ipv4: 1, ipv6: 2, l2vpn: 25, bgpLs: 16388 } as const;

/** Subsequent address family numbers. */
export const Safi = {
  unicast: 1,
  multicast: 2,
  nlriMpls: 4,
  mcastVpn: 5,
  vpls: 65,
  evpn: 70,
  bgpLs: 71,
  bgpLsVpn: 72,
  srPolicy: 73,
  mup: 85,
  mplsVpn: 128,
  rtc: 132,
  flow: 133,
  flowVpn: 134,
} as const;

const AFI_NAMES: Readonly<Record<number, string>> = { 1: 'ipv4', 2: 'ipv6', 25: 'l2vpn', 16388: 'bgp-ls' };

const SAFI_NAMES: Readonly<Record<number, string>> = {
  1: 'unicast',
  2: 'multicast',
  4: 'nlri-mpls',
  5: 'mcast-vpn',
  65: 'vpls',
  70: 'evpn',
  71: 'bgp-ls',
  72: 'bgp-ls-vpn',
  73: 'sr-policy',
  85: 'mup',
  128: 'mpls-vpn',
  132: 'rtc',
  133: 'flow',
  134: 'flow-vpn',
};

/** @returns "ipv4"; for a number without a name "undefined-afi-N" */
export function afiName(afi: number): string {
  return AFI_NAMES[afi] ?? `undefined-afi-${afi}`;
}

/** @returns "unicast"; for a number without a name "undefined-safi-N" */
export function safiName(safi: number): string {
  return SAFI_NAMES[safi] ?? `undefined-safi-${safi}`;
}

const MESSAGE_NAMES: Readonly<Record<number, string>> = {
  1: 'OPEN',
  2: 'UPDATE',
  3: 'NOTIFICATION',
  4: 'KEEPALIVE',
  5: 'ROUTE-REFRESH',
  6: 'OPERATIONAL',
};

/** @returns the RFC's name of a message type, for logs */
export function messageName(type: number): string {
  return MESSAGE_NAMES[type] ?? `message type ${type}`;
}

const ERROR_NAMES: Readonly<Record<number, string>> = {
  1: 'Message header error',
  2: 'OPEN message error',
  3: 'UPDATE message error',
  4: 'Hold timer expired',
  5: 'State machine error',
  6: 'Cease',
  7: 'ROUTE-REFRESH message error',
  8: 'Send hold timer expired',
};

const UNSPECIFIC = 'Unspecific';

const SUBCODE_NAMES: Readonly<Record<number, readonly (string | undefined)[]>> = {
  1: [UNSPECIFIC, 'Connection Not Synchronized', 'Bad Message Length', 'Bad Message Type'],
  2: [
    UNSPECIFIC,
    'Unsupported Version Number',
    'Bad Peer AS',
    'Bad BGP Identifier',
    'Unsupported Optional Parameter',
    'Authentication Notification (Deprecated)',
    'Unacceptable Hold Time',
    'Unsupported Capability',
    'Grouping Conflict',
    'Grouping Required',
    'Capability Value Mismatch',
    'Role Mismatch',
  ],
  3: [
    UNSPECIFIC,
    'Malformed Attribute List',
    'Unrecognized Well-known Attribute',
    'Missing Well-known Attribute',
    'Attribute Flags Error',
    'Attribute Length Error',
    'Invalid ORIGIN Attribute',
    'AS Routing Loop',
    'Invalid NEXT_HOP Attribute',
    'Optional Attribute Error',
    'Invalid Network Field',
    'Malformed AS_PATH',
  ],
  4: [UNSPECIFIC],
  5: [
    UNSPECIFIC,
    'Receive Unexpected Message in OpenSent State',
    'Receive Unexpected Message in OpenConfirm State',
    'Receive Unexpected Message in Established State',
  ],
  6: [
    UNSPECIFIC,
    'Maximum Number of Prefixes Reached',
    'Administrative Shutdown',
    'Peer De-configured',
    'Administrative Reset',
    'Connection Rejected',
    'Other Configuration Change',
    'Connection Collision Resolution',
    'Out of Resources',
    'Hard Reset',
    'BFD Down',
  ],
  7: [UNSPECIFIC, 'Invalid Message Length'],
  8: [UNSPECIFIC],
};

/** @returns "Cease"; "unknown error" for a code without a name */
export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? 'unknown error';
}

/** @returns "Administrative Shutdown"; "unknown reason" for a subcode without a name */
export function subcodeName(code: number, subcode: number): string {
  return SUBCODE_NAMES[code]?.[subcode] ?? 'unknown reason';
}

/** @returns "Cease / Administrative Shutdown" */
export function errorText(code: number, subcode: number): string {
  return `${errorName(code)} / ${subcodeName(code, subcode)}`;
}
