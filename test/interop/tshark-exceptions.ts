/**
 * Where tshark 4.0 is behind the RFCs or reads them otherwise, and what of our golden messages it therefore cannot show.
 * Nothing else is allowed: any other expert message, and any other value that is not found, fails the test. A message of
 * the list need not come: later versions of tshark know more.
 */
export interface TsharkException {
  /** The golden commands it is about. */
  readonly commands: RegExp;
  /** Expert messages that it may give for them. */
  readonly says?: RegExp;
  /** Members of the event (see the test) that it does not show for them. */
  readonly hides?: readonly string[];
  readonly reason: string;
}

export const tsharkExceptions: readonly TsharkException[] = [
  {
    commands: /^(announce|withdraw) ipv[46] mup /,
    says: /^(Unknown SAFI \(85\) for AFI [12]|Unknown Next Hop length \((4|16) bytes\))$/,
    hides: ['next-hop', 'rd', 'prefix_ip', 'endpoint_ip', 'ip', 'mup'],
    reason: 'SAFI 85 (draft-ietf-bess-mup-safi) is not known to it, nor is its next hop',
  },
  {
    commands: /^announce ipv[46] sr-policy /,
    says: /^(Unknown SAFI \(73\) for AFI [12]|Unknown Next Hop length \((4|16) bytes\))$/,
    hides: ['next-hop'],
    reason: 'it reads the NLRI of SAFI 73 but no next hop, which is as with other families (RFC 9830 section 2.1)',
  },
  {
    commands: /^announce ipv6 sr-policy /,
    says: /^(Trying to fetch an IPv6 address with length 4|Malformed Packet \(Exception occurred\))$/,
    hides: ['endpoint'],
    reason: 'it takes 4 octets for an IPv6 endpoint; NLRI of 192 bits have 16 (RFC 9830 section 2.1)',
  },
  {
    commands: /tunnel-encap \( vxlan .*tunnel-color/,
    says: /^Malformed Packet \(Exception occurred\)$/,
    hides: ['nlri'],
    reason:
      'it takes the first 4 octets of a color sub-TLV for all of it; its value is a whole color extended community, 0x030b, flags and color, of 8 octets (RFC 9012 sections 3.4.2 and 4.3)',
  },
  {
    commands: /bgp-prefix-sid-srv6 .*\( raw 0x09/,
    says: /^Malformed Packet \(Exception occurred\)$/,
    hides: ['nlri'],
    reason: 'it loses its place after a TLV of a type it does not know (RFC 8669 section 6: such are kept)',
  },
  {
    commands: /^announce ipv4 rtc origin-as \d+ (next-hop|.* length 64 )/,
    says: /^Malformed Packet \(Exception occurred\)$/,
    hides: ['origin', 'route-target'],
    reason: 'it reads route targets of 8 octets only; a prefix may have any length from 32 bits (RFC 4684 section 4)',
  },
  {
    commands: /^announce ipv6 mcast-vpn .* next-hop [\d.]+$/,
    says: /^Unknown Next Hop length \(4 bytes\)$/,
    hides: ['next-hop'],
    reason: 'an IPv4 next hop stands in both address families (RFC 6515 section 2)',
  },
  {
    commands: /^announce (ipv[46] flow(-vpn)?|flow route) .*(next-hop|redirect \d+\.\d+\.\d+\.\d+;|copy )/,
    says: /^(The length \((4|16)\) of Next Hop \(FlowSpec\) is not zero|Unknown Next Hop length \((4|16) bytes\))$/,
    hides: ['next-hop', 'redirect'],
    reason:
      'the next hop is where the action 0x0800 redirects to (draft-simpson-idr-flowspec-redirect section 3); without it there is none',
  },
  {
    commands:
      /^announce (ipv6 flow-vpn|flow route) .*(redirect \[|::1234:|rate-limit \d+ packets|redirect-to-nexthop-ietf)/,
    hides: ['redirect', 'destination-ipv6', 'source-ipv6'],
    reason:
      'it takes whole octets of an address for the pattern of a prefix with an offset, whose length less the offset counts (RFC 8956 section 3.1), and then loses its place',
  },
  {
    commands: /^announce flow route .* redirect (\[|\d+\.)|redirect 4200000000:12/,
    hides: ['redirect'],
    reason: 'it shows the parts of these extended communities on lines of their own',
  },
  {
    commands: /^announce ipv6 mpls-vpn /,
    says: /^Unknown labeled VPN IPv6 address format 32767$/,
    hides: ['nlri', 'rd', 'label'],
    reason:
      'it shows labels alone where a type 2 route distinguisher or one of an unassigned type is (RFC 4364 section 4.2)',
  },
  {
    commands: /^announce bgp-ls bgp-ls-vpn /,
    says: /^Expected\/actual tlv mismatch, expected: 256, actual: 0$/,
    reason: 'it expects no route distinguisher in front of the NLRI of SAFI 72 (RFC 9552 section 5.2)',
  },
  {
    commands: /^announce bgp-ls bgp-ls raw 0x00c8/,
    says: /^Unknown Link-State NLRI type \(16388\)$/,
    reason: 'NLRI type 200 is unassigned: the message is about what receivers do with such (RFC 9552 section 5.2)',
  },
  {
    commands: /^announce bgp-ls bgp-ls raw 0x0006/,
    says: /^(Unknown Link-State NLRI type \(16388\)|Unknown BGP-LS Attribute TLV Code \((1250|1252)\)!)$/,
    reason: 'SRv6 SID NLRI (type 6) and their TLVs 1250 and 1252 (RFC 9514 sections 6, 7.1 and 8) are not known to it',
  },
  {
    commands: /^announce bgp-ls bgp-ls raw /,
    says: /^Unknown BGP-LS Attribute TLV Code \((1038|1106|1107|1162)\)!$/,
    reason: 'the SRv6 TLVs of nodes, links and prefixes (RFC 9514 sections 3.1, 4.1, 4.2 and 5.1) are not known to it',
  },
  {
    commands: /^announce operational /,
    says: /^(Capability length \d+ (is )?wrong, must be = \d|Malformed Packet \(Exception occurred\))$/,
    reason:
      'it takes message type 6 for CAPABILITY of draft-ietf-idr-dynamic-cap; OPERATIONAL has it too (draft-ietf-idr-operational-message section 3), and a session agrees on one of them',
  },
  {
    commands: /extended-community \[ (target|rtrecord|mac-mobility|rate-limit):|encapsulation:geneve/,
    hides: ['origin', 'mup', 'encap', 'mac-mobility', 'redirect'],
    reason:
      'it shows the parts of these extended communities on lines of their own, tunnel types by names, and ExaBGP exchanges those of an origin with an address',
  },
  {
    commands: /^(announce|withdraw) l2vpn evpn ip-prefix /,
    hides: ['label'],
    reason: 'a route that an overlay index resolves, or that is withdrawn, has no label (RFC 9136 section 3.1)',
  },
  {
    commands: /^announce ipv[46] flow \{ match \{ source-ipv[46] /,
    hides: ['port', 'packet-length', 'destination-port', 'source-port'],
    reason: 'it shows <= and >= in an order of its own, != as ><, and no constant (RFC 8955 section 4.2.1.1)',
  },
  {
    commands: /^withdraw (ipv6 flow-vpn rd 4200000000:1|ipv6 sr-policy|bgp-ls bgp-ls-vpn) /,
    says: /^(Trying to fetch an IPv6 address with length 4|Malformed Packet \(Exception occurred\)|Expected\/actual tlv mismatch, expected: 256, actual: 0)$/,
    hides: ['rd', 'endpoint', 'origin', 'local-preference'],
    reason: 'as where they are announced',
  },
  {
    commands: /^announce bgp-ls bgp-ls raw /,
    says: /^(Unknown BGP-LS Attribute TLV Code \((1108|1171)\)!|Undefined node Descriptor Sub-TLV type \(517\)!)$/,
    reason:
      'End.X SIDs of OSPF (RFC 9514 section 4.2), source router identifiers (RFC 9085 section 2.3.4) and members of confederations (RFC 9086 section 4.1) are not known to it',
  },
];
