/**
 * The options of a neighbor and of a template as a user writes them: names, types, bounds and defaults, which stand
 * nowhere else. What must fit together across options is checked in peer-options.ts. Manual: man/crier.json5.5.
 */
import { z } from 'zod';
import { isIpText, parseIp, printIp } from '../util/ip.js';
import { families } from '../wire/family/index.js';
import { Role } from '../wire/negotiated.js';
import { RECEIVE_WORDS, SEND_WORDS } from './event-kinds.js';
import { integer, listOf, strict } from './schema.js';

const MAX_AS = 4294967295;
/** Stale time of `longLivedGracefulRestart: true`: a day. */
export const DEFAULT_STALE_SECONDS = 86400;

const familyName = z.enum(families.map((family) => family.name) as [string, ...string[]]);

/** An address as `printIp` writes it; the zone of a link-local one stays. */
const address = z
  .string()
  .transform((text, context) => canonicalAddress(text) ?? refuse(context, 'expected an IPv4 or IPv6 address'));

const ipv4Address = z.string().transform((text, context) => {
  const bytes = parseIp(text);
  return bytes?.length === 4 ? printIp(bytes) : refuse(context, 'expected an IPv4 address');
});

const ipv6Address = z.string().transform((text, context) => {
  const canonical = text.includes(':') ? canonicalAddress(text) : undefined;
  return canonical ?? refuse(context, 'expected an IPv6 address');
});

/** 32 bits, not zero: 0.0.0.0 is no BGP Identifier (RFC 6286 section 2.1). */
export const routerId = ipv4Address.refine((text) => text !== '0.0.0.0', 'the BGP identifier must not be 0.0.0.0');

export const port = integer(1, 65535);

/** 1 to 4294967295, as a number or as text in asplain or asdot (RFC 5396); AS 0 is reserved (RFC 7607). */
const asNumber = z.union(
  [
    integer(1, MAX_AS),
    z.string().transform((text, context) => {
      const value = parseAsNumber(text);
      return value ?? refuse(context, AS_EXPECTED);
    }),
  ],
  { error: 'expected an AS number from 1 to 4294967295' },
);
const AS_EXPECTED = 'expected an AS number from 1 to 4294967295, "64512" or "1.10"';

const autoAs = z.literal('auto');

export const apiBindingSchema = strict({
  processes: z.array(z.string()).default([]).describe('processes that may command this neighbor and get its events'),
  processesMatch: z
    .array(z.string().refine(isRegularExpression, 'expected a regular expression'))
    .default([])
    .describe('regular expressions of names of processes that may command this neighbor; they get no events'),
  receive: z.array(z.enum(RECEIVE_WORDS)).default([]).describe('events of the session and of what the peer sends'),
  send: z.array(z.enum(SEND_WORDS)).default([]).describe('events of what is sent to the peer'),
});

/** 24 bits (RFC 9494 section 3.1). */
const staleTime = integer(0, 0xffffff);

const addPathMode = z.enum(['send', 'receive', 'send/receive']);

const capabilitiesSchema = strict({
  asn4: z.boolean().default(true).describe('4-octet AS numbers (RFC 6793)'),
  routeRefresh: z.boolean().default(true).describe('route refresh (RFC 2918)'),
  enhancedRouteRefresh: z.boolean().default(true).describe('enhanced route refresh (RFC 7313)'),
  extendedMessage: z.boolean().default(true).describe('messages of up to 65,535 octets (RFC 8654)'),
  gracefulRestart: z
    .union([z.boolean(), strict({ time: integer(0, 4095).default(120).describe('restart time in seconds') })])
    .default(false)
    .describe('graceful restart (RFC 4724); true: 120 seconds'),
  longLivedGracefulRestart: z
    .union([
      z.boolean(),
      strict({
        time: staleTime.default(DEFAULT_STALE_SECONDS).describe('stale time in seconds'),
        families: z
          .partialRecord(familyName, z.union([staleTime, z.literal(false)]))
          .default({})
          .describe('other stale times, by family; false: not this one'),
      }),
    ])
    .default(false)
    .describe('long-lived graceful restart (RFC 9494), which needs gracefulRestart; true: a day'),
  addPath: z
    .union([addPathMode, z.partialRecord(familyName, addPathMode)])
    .default({})
    .describe('several paths for one prefix (RFC 7911): by family, or one mode for all families'),
  pathsLimit: z
    .union([integer(1, 65535), z.partialRecord(familyName, integer(1, 65535))])
    .default({})
    .describe('paths of one prefix that the peer should send at most: by family, or for all families with addPath'),
  extendedNextHop: z.array(familyName).default([]).describe('IPv4 families that may have IPv6 next hops (RFC 8950)'),
  multipleLabels: z.boolean().default(false).describe('stacks of labels with labeled prefixes (RFC 8277)'),
  role: z
    .enum(['provider', 'rs', 'rs-client', 'customer', 'peer'])
    .optional()
    .describe('our role towards this neighbor (RFC 9234)'),
  roleStrict: z.boolean().default(false).describe('refuse a peer that sends no role'),
  hostname: z.boolean().default(false).describe('send hostName and domainName (FQDN capability)'),
  softwareVersion: z.boolean().default(false).describe('send the version of crier'),
  aigp: z.boolean().default(false).describe('accept and send AIGP (RFC 7311)'),
  linkLocalNextHop: z
    .boolean()
    .default(false)
    .describe('IPv6 next hops may be link-local alone (draft-ietf-idr-linklocal-capability)'),
  multisession: z
    .boolean()
    .default(false)
    .describe('offer multisession (draft-ietf-idr-bgp-multisession); one session carries all families nevertheless'),
  operational: z.boolean().default(false).describe('operational messages (draft-ietf-idr-operational-message)'),
});

const md5Schema = strict({
  password: z.string().optional().describe('the key'),
  passwordFile: z.string().optional().describe('a file that holds the key; a newline at its end does not belong to it'),
  base64: z.boolean().default(false).describe('the key is written in base64'),
  ip: address.optional().describe('our address that the key is bound to, when not localAddress'),
});

const prefixLimitSchema = strict({
  limit: integer(1, MAX_AS).describe('number of prefixes'),
  warn: integer(1, 100).default(80).describe('percentage of the limit that is logged'),
  action: z.enum(['warn', 'drop', 'close']).default('close').describe('what happens above the limit'),
  restartSeconds: integer(0, 86400).default(0).describe('a closed session may start again after; 0: by hand only'),
});

const eorHoldSchema = strict({
  quietSeconds: integer(0, 3600).default(2).describe('a process that gave no command for this long is done'),
  maxSeconds: integer(0, 3600).default(60).describe('End-of-RIB waits no longer than this'),
});

const required = {
  remoteAddress: z.string().describe('address of the peer, or a range such as 10.0.0.0/24 of passive peers'),
  localAs: z.union([autoAs, asNumber], { error: AS_EXPECTED }).describe('our AS number, or "auto": the peer\'s'),
  peerAs: z
    .union([autoAs, asNumber, z.array(asNumber).min(1)], { error: `${AS_EXPECTED}, "auto", or a list of AS numbers` })
    .describe('the AS number of the peer, a list for a range, or "auto": the one in its OPEN'),
};

const optional = {
  remotePort: port.optional().describe('TCP port to connect to; default: tcp.port'),
  localAddress: z
    .union([z.literal('auto'), address], { error: 'expected an IPv4 or IPv6 address' })
    .optional()
    .describe('our address of the session'),
  routerId: routerId.optional().describe('our BGP identifier; default: routerId of the file, else localAddress'),
  description: z.string().max(255).default('').describe('for people'),
  holdTime: integer(0, 65535)
    .refine((seconds) => seconds === 0 || seconds >= 3, 'expected 0 or 3 to 65535 seconds')
    .default(180)
    .describe('hold time in seconds'),
  connectRetryTime: integer(1, 65535).default(5).describe('seconds between attempts to connect, growing to 120'),
  openWait: integer(1, 65535).default(60).describe("seconds to wait for the peer's OPEN"),
  delayOpenTime: integer(0, 65535).default(0).describe('seconds to hold back our OPEN'),
  passive: z.boolean().default(false).describe('wait for the peer to connect'),
  enabled: z.boolean().default(true).describe('false: administratively down'),
  maxPeers: integer(1, 65535).optional().describe('sessions at a time in a range; default 100'),
  families: z.array(familyName).min(1).default(['ipv4 unicast']).describe('address families to offer'),
  capabilities: capabilitiesSchema.prefault({}).describe('capabilities to offer'),
  md5: md5Schema.optional().describe('TCP MD5 signatures (RFC 2385)'),
  ttl: strict({
    outgoing: integer(1, 255).optional().describe('TTL or hop limit of what we send'),
    minimum: integer(1, 255).optional().describe('lowest TTL that is taken from the peer (GTSM, RFC 5082)'),
  })
    .prefault({})
    .describe('TTL of the session'),
  dscp: integer(0, 63).default(48).describe('DSCP of what we send'),
  sourceInterface: z.string().min(1).max(15).optional().describe('network device to bind to (VRF)'),
  api: listOf(apiBindingSchema).optional().describe('which processes may command, and what they are told'),
  adjRibIn: z.boolean().default(false).describe('keep what the peer sends, for listings'),
  adjRibOut: z.boolean().default(true).describe('keep what was announced: replay, listings'),
  groupUpdates: z
    .union([z.boolean(), z.array(familyName)], { error: 'expected true, false or a list of families' })
    .default(true)
    .describe('pack prefixes with equal attributes into one UPDATE; a list: of these families only'),
  exabgpWire: z.boolean().default(false).describe('send what ExaBGP sends where the RFCs leave room'),
  autoFlush: z.boolean().default(true).describe('send changes at once; false: at "flush"'),
  manualEor: z.boolean().default(false).describe('End-of-RIB only by "announce eor"'),
  rateLimit: integer(0, 1000000).default(0).describe('messages a second at most; 0: no limit'),
  nextHopSelf: strict({
    ipv4: ipv4Address.optional(),
    ipv6: ipv6Address.optional(),
    linkLocal: ipv6Address
      .refine((text) => /^fe[89ab]/.test(text), 'expected a link-local address (fe80::/10)')
      .optional()
      .describe('goes behind the IPv6 address where linkLocalNextHop was negotiated'),
  })
    .prefault({})
    .describe('what "next-hop self" means where the address of the session is of the other family'),
  selfFromRouterId: z
    .boolean()
    .default(false)
    .describe('an IPv4 "next-hop self" of an IPv6 session is the router id, as in ExaBGP'),
  hostName: z.string().max(255).optional().describe('default: the name of this host'),
  domainName: z.string().max(255).default('').describe('domain of hostName'),
  maxPrefix: z.partialRecord(familyName, prefixLimitSchema).default({}).describe('limits on what the peer may send'),
  routes: listOf(z.string()).default([]).describe('routes to announce, as the API writes them'),
  routesFile: listOf(z.string()).default([]).describe('files with such routes, one a line'),
  operational: listOf(z.string())
    .default([])
    .describe('operational messages to send when a session comes up, as the API writes them'),
  eorHold: eorHoldSchema.prefault({}).describe('how long the first End-of-RIB after a restart waits for processes'),
};

const inherit = listOf(z.string()).optional().describe('templates to take options from');

/** One entry of `neighbors`, with `inherit` applied. */
export const neighborSchema = strict({ ...required, ...optional, inherit });
export type NeighborOptions = z.output<typeof neighborSchema>;

/** One entry of `templates`: any options of a neighbor. */
export const templateSchema = strict({
  ...(Object.fromEntries(
    Object.entries({ ...required, ...optional }).map(([name, schema]) => [name, schema.optional()]),
  ) as Record<string, z.ZodType>),
  inherit,
});

/** Peers of a range at a time when nothing is said. */
export const DEFAULT_MAX_PEERS = 100;
/** Restart time of `gracefulRestart: true`. */
export const DEFAULT_RESTART_SECONDS = 120;

/** Names of roles in the configuration. */
export const ROLES = {
  provider: Role.provider,
  rs: Role.rs,
  'rs-client': Role.rsClient,
  customer: Role.customer,
  peer: Role.peer,
} as const;

/** @returns the address as printIp writes it, its zone kept; undefined when it is none */
export function canonicalAddress(text: string): string | undefined {
  const percent = text.indexOf('%');
  const bare = percent < 0 ? text : text.slice(0, percent);
  const bytes = parseIp(bare);
  if (bytes === undefined || (percent >= 0 && (bytes.length === 4 || !isIpText(text)))) return undefined;
  return printIp(bytes) + (percent < 0 ? '' : text.slice(percent));
}

/** @returns the number of "64512" or "1.10", or undefined */
function parseAsNumber(text: string): number | undefined {
  const match = /^(?:(\d{1,5})\.)?(\d{1,10})$/.exec(text);
  if (match === null) return undefined;
  const high = Number(match[1] ?? 0);
  const low = Number(match[2]);
  if (high > 65535 || (match[1] !== undefined && low > 65535)) return undefined;
  const value = high * 65536 + low;
  return value >= 1 && value <= MAX_AS ? value : undefined;
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
