/**
 * The whole configuration file: joins the parts that the layers own and adds what belongs to the daemon itself. Defaults
 * stand in the schemas only. Manual: man/crier.json5.5.
 */
import { z } from 'zod';
import type { ProcessConfig } from '../api/process/process-config.js';
import { processSchema } from '../api/process/process-schema.js';
import type { PeerConfig } from '../session/peer-config.js';
import { canonicalAddress, neighborSchema, port, routerId, templateSchema } from '../session/peer-schema.js';
import { integer, listOf, strict } from '../session/schema.js';

const listenAddress = z.string().transform((text, context) => {
  const address = canonicalAddress(text);
  if (address !== undefined) return address;
  context.addIssue({ code: 'custom', message: 'expected an IPv4 or IPv6 address' });
  return z.NEVER;
});

const listenerSchema = strict({
  address: listenAddress.describe('0.0.0.0 and :: stand for all addresses of one family'),
  port: port.optional().describe('default: tcp.port'),
});

/** Octal text as chmod takes it. */
const fileMode = z.string().regex(/^0?[0-7]{3}$/, 'expected an octal mode such as "0660"');

/** What fits into an address of a Unix socket (unix(7)). */
const socketPath = z
  .string()
  .min(1)
  .refine((path) => Buffer.byteLength(path) <= 107, 'the path of a socket has at most 107 octets');

const general = {
  routerId: routerId.optional().describe('BGP identifier of all neighbors that have none of their own'),
  user: z.string().min(1).optional().describe('when started as root: run as this user, helpers too'),
  group: z.string().min(1).optional().describe("when started as root: run as this group; default: the user's"),
  log: strict({
    level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    destination: z.string().min(1).default('stderr').describe('stderr, stdout or a file'),
    format: z.enum(['auto', 'pretty', 'json']).default('auto').describe('auto: pretty on a terminal, else JSON'),
  }).prefault({}),
  control: strict({
    socket: socketPath.optional().describe('default: /run/crier/crier.sock, else in $XDG_RUNTIME_DIR'),
    mode: fileMode.default('0660').describe('mode of the socket'),
    group: z.string().min(1).optional().describe('group of the socket'),
    pipes: z.string().min(1).optional().describe('NAME: commands are read from NAME.in too and answered in NAME.out'),
  }).prefault({}),
  tcp: strict({ port: port.default(179).describe('port to connect to and to listen on when none is given') }).prefault(
    {},
  ),
  listen: listOf(listenerSchema).default([]).describe('addresses to accept sessions on'),
  shutdown: z
    .enum(['auto', 'withdraw', 'cease', 'silent'])
    .default('auto')
    .describe('how sessions end at stop; auto: Cease, but silent with graceful restart'),
  maxRoutes: integer(1, 100000000).default(4000000).describe('announced routes in all; more are refused'),
};

/** A name that fits into a line of a log and a command. */
const name = z.string().regex(/^[^\s[\]{}(),;"']+$/, 'a name has no blanks, brackets, commas or quotes');

/** All but processes, templates and neighbors, which are checked one by one so that every mistake is found. */
export const generalSchema = strict({
  // Taken out before; here so that a mistyped one is recognized.
  include: z.undefined().optional(),
  ...general,
  processes: z.record(name, z.unknown()).default({}),
  templates: z.record(name, z.unknown()).default({}),
  neighbors: z.array(z.unknown()).default([]),
});

/** The file as a whole: for its JSON Schema. */
export const fileSchema = strict({
  include: listOf(z.string()).optional().describe('further files; may have * and ? in their names'),
  ...general,
  processes: z.record(name, processSchema).optional().describe('helpers by name'),
  templates: z.record(name, templateSchema).optional().describe('options that neighbors inherit, by name'),
  neighbors: z.array(neighborSchema).optional().describe('peers and ranges of passive peers'),
});

type General = z.output<typeof generalSchema>;

/** A configuration, checked and complete; frozen plain data. */
export interface CrierConfig
  extends Readonly<Omit<General, 'include' | 'processes' | 'templates' | 'neighbors' | 'listen' | 'routerId'>> {
  /** The files it was read from: those named, then those included. Absolute paths. */
  readonly files: readonly string[];
  readonly routerId: string | undefined;
  readonly listen: readonly ListenerConfig[];
  readonly processes: readonly ProcessConfig[];
  readonly neighbors: readonly PeerConfig[];
  /** Templates as they were written (variables filled in), for neighbors that are added at run time. */
  readonly templates: Readonly<Record<string, unknown>>;
}

export interface ListenerConfig {
  readonly address: string;
  readonly port: number;
}
