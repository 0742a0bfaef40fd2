/**
 * The JSON forms of the process API: commands a program may send and answers it gets. One source for their check at run
 * time (json-command.ts) and for `check --api-schema`. Events are described by the layouts they are frozen to.
 */
import { z } from 'zod';
import { integer, strict } from '../session/schema.js';

const MAX_U32 = 0xffffffff;
const id = z
  .union([z.string(), integer(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)])
  .describe('echoed in the answer');
const word = z.union([z.string(), integer(0, Number.MAX_SAFE_INTEGER)]);
const words = z.union([word, z.array(word)]);
const path: z.ZodType<(string | number | (string | number)[])[]> = z.array(z.union([word, z.array(word)]));

/** Attributes and NLRI of routes; names as in the configuration, values as in text commands. */
export const routeSchema = strict({
  prefix: z.string().optional().describe('"192.0.2.0/24"'),
  prefixes: z.array(z.string()).min(1).optional().describe('several prefixes with the same attributes'),
  family: z.string().optional().describe('"ipv4 unicast"; else as the prefix says'),
  nextHop: z.string().optional().describe('an address or "self"'),
  pathInformation: word.optional(),
  rd: z.string().optional(),
  label: words.optional(),
  split: integer(0, 128).optional(),
  name: z.string().optional(),
  watchdog: z.string().optional(),
  origin: z.string().optional(),
  asPath: z.union([word, path]).optional().describe('AS numbers; an inner list is an AS_SET'),
  med: word.optional(),
  localPreference: word.optional(),
  atomicAggregate: z.boolean().optional(),
  aggregator: z.string().optional().describe('"65000:192.0.2.1"'),
  community: words.optional(),
  largeCommunity: words.optional(),
  extendedCommunity: words.optional(),
  originatorId: z.string().optional(),
  clusterList: words.optional(),
  aigp: word.optional(),
  attribute: z
    .array(z.string())
    .length(3)
    .optional()
    .describe('["0xCODE", "0xFLAGS", "0xDATA"]: an attribute as octets'),
});
export type JsonRoute = z.infer<typeof routeSchema>;

const neighbor = z
  .union([z.string(), z.array(z.string()).min(1)])
  .describe('a selector without the word "neighbor", or several');
const ttl = integer(1, 31_536_000).describe('seconds after which the routes are withdrawn when not announced again');
const sync = z
  .union([z.boolean(), integer(0, 31_536_000)])
  .describe('answer when the peers were sent it; seconds to wait at most');

/** A text command with an id. */
export const textCommandSchema = strict({ id: id.optional(), text: z.string() });

/** Routes. */
export const routeCommandSchema = strict({
  id: id.optional(),
  command: z.enum(['announce', 'withdraw']),
  neighbor: neighbor.optional(),
  route: routeSchema.optional(),
  routes: z.array(routeSchema).min(1).optional(),
  eor: z.string().optional().describe('a family: send End-of-RIB'),
  routeRefresh: z.string().optional().describe('a family: ask the peer for its routes again'),
  watchdog: z.string().optional(),
  ttl: ttl.optional(),
  sync: sync.optional(),
});
export type RouteCommand = z.infer<typeof routeCommandSchema>;

/** Ends sessions. */
export const teardownSchema = strict({
  id: id.optional(),
  command: z.literal('teardown'),
  neighbor,
  code: integer(0, 255).describe('subcode of the Cease'),
  message: z.string().optional().describe('shutdown communication (RFC 9003)'),
});

/** Adds a neighbor at run time. */
export const addNeighborSchema = strict({
  id: id.optional(),
  command: z.literal('neighbor add'),
  config: z.looseObject({}).describe('as an entry of `neighbors` in the configuration'),
});

/** Any other text command, with the neighbors in a member of its own. */
export const otherCommandSchema = strict({ id: id.optional(), command: z.string(), neighbor: neighbor.optional() });

/** The answer to a JSON command. */
export const answerSchema = z.union([
  strict({ id: id.optional(), answer: z.literal('done'), skipped: z.array(z.string()).optional() }),
  strict({
    id: id.optional(),
    answer: z.literal('error'),
    reason: z.string(),
    column: integer(1, MAX_U32).optional().describe('where in the text of the command, counted from 1'),
  }),
]);

/** Lines before an answer: of a text layout, or data. */
export const outputSchema = z.union([
  strict({ id: id.optional(), line: z.string() }),
  strict({ id: id.optional(), data: z.unknown() }),
]);

/** What every JSON event has; the members under `neighbor` depend on `type`. */
export const eventSchema = z.looseObject({
  exabgp: z.string().describe('version of the layout: "4.0.1" or "5.0.0"'),
  time: z.number(),
  host: z.string(),
  pid: z.number(),
  ppid: z.number(),
  counter: z.number().optional(),
  type: z.enum([
    'state',
    'fsm',
    'signal',
    'open',
    'negotiated',
    'keepalive',
    'notification',
    'update',
    'refresh',
    'operational',
  ]),
  neighbor: z
    .looseObject({
      address: strict({ local: z.string(), peer: z.string() }),
      asn: strict({ local: z.unknown(), peer: z.unknown() }),
    })
    .optional(),
});

/** The JSON Schema of commands, answers and events, for `check --api-schema`. */
export function apiJsonSchema(): object {
  const definition = (schema: z.ZodType): object => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return rest;
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'crier process API',
    anyOf: ['command', 'answer', 'output', 'event'].map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: {
      command: {
        anyOf: [textCommandSchema, routeCommandSchema, teardownSchema, addNeighborSchema, otherCommandSchema].map(
          definition,
        ),
      },
      answer: definition(answerSchema),
      output: definition(outputSchema),
      event: definition(eventSchema),
    },
  };
}
