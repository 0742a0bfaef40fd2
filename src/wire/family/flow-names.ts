/**
 * Names of values in flow rules. Those of the main tables are printed and read, aliases are read only; numbers are always
 * read. IANA "Protocol Numbers", "ICMP Type Numbers", "ICMPv6", "Service Name and Transport Protocol Port Number
 * Registry"; RFC 8955 sections 4.2.2.9 and 4.2.2.12 for TCP flags and fragments.
 */

/** Names of one kind of value. */
export interface ValueNames {
  /** Value -> name. */
  readonly names: ReadonlyMap<number, string>;
  /** Name -> value, aliases among them. */
  readonly values: ReadonlyMap<string, number>;
  /** How ExaBGP 4 calls values without a name: "protocol type" makes "unknown protocol type 23". Undefined: the number. */
  readonly unknown?: string;
}

function valueNames(names: Readonly<Record<string, number>>, aliases = {}, unknown?: string): ValueNames {
  return {
    names: new Map(Object.entries(names).map(([name, value]) => [value, name])),
    values: new Map(Object.entries<number>({ ...names, ...aliases })),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

/** Values that only numbers stand for. */
export const NO_NAMES = valueNames({});

/** IP protocols; printed are those that ExaBGP prints. */
export const PROTOCOLS = valueNames(
  {
    icmp: 1,
    igmp: 2,
    tcp: 6,
    egp: 8,
    udp: 17,
    rsvp: 46,
    gre: 47,
    esp: 50,
    ah: 51,
    ospf: 89,
    ipip: 94,
    pim: 103,
    sctp: 132,
  },
  {
    ipv4: 4,
    igp: 9,
    dccp: 33,
    ipv6: 41,
    'ipv6-route': 43,
    'ipv6-frag': 44,
    icmp6: 58,
    icmpv6: 58,
    'ipv6-icmp': 58,
    'ipv6-nonxt': 59,
    'ipv6-opts': 60,
    eigrp: 88,
    ospfigp: 89,
    vrrp: 112,
    l2tp: 115,
    udplite: 136,
  },
  'protocol type',
);

/** Ports: read by name, printed as numbers. */
export const PORTS: ValueNames = {
  names: new Map(),
  values: valueNames({
    echo: 7,
    discard: 9,
    daytime: 13,
    chargen: 19,
    'ftp-data': 20,
    ftp: 21,
    ssh: 22,
    telnet: 23,
    smtp: 25,
    time: 37,
    whois: 43,
    tacacs: 49,
    domain: 53,
    dns: 53,
    bootps: 67,
    bootpc: 68,
    tftp: 69,
    gopher: 70,
    finger: 79,
    http: 80,
    www: 80,
    kerberos: 88,
    pop3: 110,
    sunrpc: 111,
    auth: 113,
    ident: 113,
    nntp: 119,
    ntp: 123,
    epmap: 135,
    'netbios-ns': 137,
    'netbios-dgm': 138,
    'netbios-ssn': 139,
    imap: 143,
    imap2: 143,
    snmp: 161,
    'snmp-trap': 162,
    snmptrap: 162,
    xdmcp: 177,
    bgp: 179,
    irc: 194,
    imap3: 220,
    ldap: 389,
    https: 443,
    'microsoft-ds': 445,
    isakmp: 500,
    biff: 512,
    exec: 512,
    login: 513,
    who: 513,
    shell: 514,
    cmd: 514,
    syslog: 514,
    printer: 515,
    talk: 517,
    ntalk: 518,
    rip: 520,
    ripng: 521,
    submission: 587,
    ldp: 646,
    ldaps: 636,
    imaps: 993,
    pop3s: 995,
    socks: 1080,
    openvpn: 1194,
    'ms-sql-s': 1433,
    'ms-sql-m': 1434,
    l2tp: 1701,
    pptp: 1723,
    radius: 1812,
    radacct: 1813,
    ssdp: 1900,
    nfs: 2049,
    mysql: 3306,
    rdp: 3389,
    sip: 5060,
    'sip-tls': 5061,
    mdns: 5353,
    postgresql: 5432,
    'http-alt': 8080,
    memcached: 11211,
    memcache: 11211,
  }).values,
};

/** ICMP types. */
export const ICMP_TYPES = valueNames(
  {
    'echo-reply': 0,
    unreachable: 3,
    'source-quench': 4,
    redirect: 5,
    'echo-request': 8,
    'router-advertisement': 9,
    'router-solicit': 10,
    'time-exceeded': 11,
    'parameter-problem': 12,
    timestamp: 13,
    'timestamp-reply': 14,
    'info-request': 15,
    'info-reply': 16,
    'mask-request': 17,
    'mask-reply': 18,
    traceroute: 30,
    'experimental-mobility': 41,
    'extended-echo-request': 42,
    'extended-echo-reply': 43,
    'experimental-one': 253,
    'experimental-two': 254,
  },
  { 'destination-unreachable': 3, 'router-solicitation': 10 },
  'icmp type type',
);

/** ICMPv6 types (RFC 4443). */
export const ICMPV6_TYPES = valueNames(
  {
    unreachable: 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'echo-request': 128,
    'echo-reply': 129,
    'router-solicit': 133,
    'router-advertisement': 134,
    'neighbor-solicit': 135,
    'neighbor-advertisement': 136,
    redirect: 137,
    'extended-echo-request': 160,
    'extended-echo-reply': 161,
  },
  { 'destination-unreachable': 1, 'router-solicitation': 133, 'neighbor-solicitation': 135 },
);

/** ICMP codes: read by name, printed as numbers, because what a code means depends on the type. */
export const ICMP_CODES: ValueNames = {
  names: new Map(),
  values: valueNames({
    'network-unreachable': 0,
    'host-unreachable': 1,
    'protocol-unreachable': 2,
    'port-unreachable': 3,
    'fragmentation-needed': 4,
    'source-route-failed': 5,
    'destination-network-unknown': 6,
    'destination-host-unknown': 7,
    'source-host-isolated': 8,
    'destination-network-prohibited': 9,
    'destination-host-prohibited': 10,
    'network-unreachable-for-tos': 11,
    'host-unreachable-for-tos': 12,
    'communication-prohibited-by-filtering': 13,
    'host-precedence-violation': 14,
    'precedence-cutoff-in-effect': 15,
    'redirect-for-network': 0,
    'redirect-for-host': 1,
    'redirect-for-tos-and-net': 2,
    'redirect-for-tos-and-host': 3,
    'ttl-eq-zero-during-transit': 0,
    'ttl-eq-zero-during-reassembly': 1,
    'ip-header-bad': 0,
    'required-option-missing': 1,
  }).values,
};

/** ICMPv6 codes (RFC 4443). */
export const ICMPV6_CODES: ValueNames = {
  names: new Map(),
  values: valueNames({
    'no-route-to-destination': 0,
    'network-unreachable': 0,
    'communication-prohibited-by-filtering': 1,
    'beyond-scope-of-source': 2,
    'host-unreachable': 3,
    'address-unreachable': 3,
    'port-unreachable': 4,
    'hop-limit-exceeded': 0,
    'reassembly-time-exceeded': 1,
  }).values,
};

/** TCP flags as bits of a value of two octets; the data offset above them must be unset. */
export const TCP_FLAGS = valueNames(
  { fin: 0x01, syn: 0x02, rst: 0x04, push: 0x08, ack: 0x10, urg: 0x20, ece: 0x40, cwr: 0x80, ns: 0x100 },
  { psh: 0x08, urgent: 0x20 },
);

/** Bits of a fragment value. */
export const FRAGMENTS = valueNames(
  { 'dont-fragment': 1, 'is-fragment': 2, 'first-fragment': 4, 'last-fragment': 8 },
  {},
  'fragment type',
);

/** An IPv6 packet has no bit to forbid fragments, and rules must not ask for it (RFC 8956 section 3.6). */
export const FRAGMENTS_OF_IPV6 = valueNames(
  { 'is-fragment': 2, 'first-fragment': 4, 'last-fragment': 8 },
  {},
  'fragment type',
);
