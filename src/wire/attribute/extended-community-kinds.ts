/**
 * Numbers of the extended communities that have names (IANA "Border Gateway Protocol Extended Communities").
 *
 *   1 octet    type: 0x80 IANA, 0x40 not transitive
 *   1 octet    subtype
 *   6 octets   value
 */

/** Types (IANA "BGP Transitive Extended Community Types" and their non-transitive and experimental twins). */
export const Type = {
  twoOctetAs: 0x00,
  ipv4: 0x01,
  fourOctetAs: 0x02,
  opaque: 0x03,
  evpn: 0x06,
  interfaceSet: 0x07,
  redirectToNextHop: 0x08,
  mup: 0x0c,
  linkBandwidth: 0x40,
  /** Bit of types that do not leave the AS. */
  nonTransitive: 0x40,
  flow: 0x80,
  flowIpv4: 0x81,
  flowFourOctetAs: 0x82,
} as const;

/** Subtypes. */
export const Sub = {
  target: 0x02,
  origin: 0x03,
  linkBandwidth: 0x04,
  trafficRate: 0x06,
  trafficAction: 0x07,
  redirect: 0x08,
  trafficMark: 0x09,
  layer2Info: 0x0a,
  encapsulation: 0x0c,
  redirectIp: 0x0c,
  trafficRatePackets: 0x0c,
  rtRecord: 0x13,
  sourceAs: 0x09,
  vrfRouteImport: 0x0b,
  color: 0x0b,
  defaultGateway: 0x0d,
  hashSortOrder: 0x14,
  macMobility: 0x00,
  esiLabel: 0x01,
  esImport: 0x02,
  routerMac: 0x03,
  layer2Attributes: 0x04,
} as const;

/** Bits of the traffic action and redirect communities. */
export const SAMPLE = 0x02;
export const TERMINAL = 0x01;
export const COPY = 0x01;

/** Tunnel types of the encapsulation community (RFC 5512 section 4.1) by name. */
export const TUNNELS: Readonly<Record<number, string>> = {
  0: 'Default',
  1: 'L2TPv3',
  2: 'GRE',
  7: 'IP-in-IP',
  8: 'VXLAN',
  9: 'NVGRE',
  10: 'MPLS',
  12: 'VXLAN-GPE',
  13: 'MPLS-in-UDP',
};

export const DIRECTIONS = ['0', 'input', 'output', 'input-output'] as const;

/** Octets of one extended community. */
export const SIZE = 8;

/** Makes one. @param fill writes the value behind type and subtype */
export function buildCommunity(
  type: number,
  subtype: number,
  fill: (out: Uint8Array, view: DataView) => void,
): Uint8Array {
  const out = new Uint8Array(SIZE);
  out[0] = type;
  out[1] = subtype;
  fill(out, new DataView(out.buffer));
  return out;
}
