/**
 * CrierConfig -> its canonical JSON5: includes, variables and inherited options are resolved, what equals a default is
 * left out, addresses and paths are in their full form. Reading it gives the same configuration, and printing that the
 * same text. Keys are hidden unless asked for; a file with hidden keys can be checked, not run.
 */
import type { ProcessConfig } from '../api/process/process-config.js';
import { processSchema } from '../api/process/process-schema.js';
import type { PeerConfig } from '../session/peer-config.js';
import { HIDDEN_KEY, toPeerConfig } from '../session/peer-options.js';
import { DEFAULT_STALE_SECONDS, neighborSchema, ROLES } from '../session/peer-schema.js';
import { isEqual } from './diff.js';
import { printJson5 } from './json5-text.js';
import { type CrierConfig, generalSchema } from './root.js';

export interface PrintOptions {
  /** Write keys of TCP MD5 in clear. */
  readonly withSecrets?: boolean;
}

/** @returns the text of a whole file, with a newline at its end */
export function printConfig(config: CrierConfig, options: PrintOptions = {}): string {
  const standard = generalSchema.parse({});
  const withSecrets = options.withSecrets === true;
  return `${printJson5({
    routerId: config.routerId,
    user: config.user,
    group: config.group,
    log: unless(differing(config.log, standard.log), {}),
    control: unless(differing(config.control, standard.control), {}),
    tcp: unless(config.tcp, standard.tcp),
    listen: unless(config.listen, standard.listen),
    shutdown: unless(config.shutdown, standard.shutdown),
    maxRoutes: unless(config.maxRoutes, standard.maxRoutes),
    processes: unless(Object.fromEntries(config.processes.map((each) => [each.name, processOptions(each)])), {}),
    templates: unless(withSecrets ? config.templates : hideKeys(config.templates), {}),
    neighbors: unless(
      config.neighbors.map((neighbor) => neighborOptions(neighbor, config, withSecrets)),
      [],
    ),
  })}\n`;
}

/** One entry of `neighbors` for a neighbor of this configuration. Keys are hidden unless asked for. */
export function neighborOptions(config: PeerConfig, base: CrierConfig, withSecrets = false): Record<string, unknown> {
  const plain = standardPeer(base);
  const { capabilities, routesFiles } = config;
  const inline = config.routes.length - routesFiles.reduce((sum, { count }) => sum + count, 0);
  const other = <Key extends keyof PeerConfig>(key: Key): PeerConfig[Key] | undefined =>
    unless(config[key], plain[key]);
  return {
    remoteAddress: config.remoteAddress,
    remotePort: other('remotePort'),
    localAddress: config.localAddress,
    localAs: config.localAs,
    peerAs: config.peerAs,
    routerId: unless(config.routerId, base.routerId),
    description: other('description'),
    holdTime: other('holdTimeSeconds'),
    connectRetryTime: other('connectRetrySeconds'),
    openWait: other('openWaitSeconds'),
    delayOpenTime: other('delayOpenSeconds'),
    passive: other('passive'),
    enabled: other('enabled'),
    maxPeers: config.isRange ? config.maxPeers : undefined,
    families: config.families,
    capabilities: unless(
      {
        ...differing(capabilities, plain.capabilities),
        gracefulRestart:
          capabilities.gracefulRestart === undefined ? undefined : { time: capabilities.gracefulRestart.timeSeconds },
        longLivedGracefulRestart: staleTimes(capabilities.longLivedGracefulRestart, config.families),
        role: Object.entries(ROLES).find(([, role]) => role === capabilities.role)?.[0],
      },
      {},
    ),
    md5: md5Options(config, withSecrets),
    ttl: unless(differing(config.ttl, plain.ttl), {}),
    dscp: other('dscp'),
    sourceInterface: config.sourceInterface,
    api: config.api?.map(({ processes, processesMatch, receive, send }) => ({
      processes: unless(processes, []),
      processesMatch: unless(processesMatch, []),
      receive: unless(receive, []),
      send: unless(send, []),
    })),
    adjRibIn: other('adjRibIn'),
    adjRibOut: other('adjRibOut'),
    groupUpdates: other('groupUpdates'),
    autoFlush: other('autoFlush'),
    manualEor: other('manualEor'),
    rateLimit: other('rateLimit'),
    nextHopSelf: unless(differing(config.nextHopSelf, plain.nextHopSelf), {}),
    selfFromRouterId: other('selfFromRouterId'),
    hostName: other('hostName'),
    domainName: other('domainName'),
    maxPrefix: unless(config.maxPrefix, {}),
    routes: unless(config.routes.slice(0, inline), []),
    routesFile: unless(
      routesFiles.map(({ path }) => path),
      [],
    ),
    operational: unless(config.operational, []),
    eorHold: unless(differing(config.eorHold, plain.eorHold), {}),
  };
}

/** A neighbor of which nothing was said. */
function standardPeer(base: CrierConfig): PeerConfig {
  return toPeerConfig(neighborSchema.parse({ remoteAddress: '192.0.2.1', localAs: 1, peerAs: 1 }), {
    routerId: '192.0.2.2',
    remotePort: base.tcp.port,
    resolveFile: (_, name) => name,
    readFile: () => Buffer.alloc(0),
    report: () => undefined,
    allowsHiddenKeys: true,
  });
}

function md5Options({ md5 }: PeerConfig, withSecrets: boolean): Record<string, unknown> | undefined {
  if (md5 === undefined) return undefined;
  const { ip, file } = md5;
  if (file !== undefined) return { passwordFile: file, base64: md5.isBase64 ? true : undefined, ip };
  if (!withSecrets) return { password: HIDDEN_KEY, ip };
  const text = Buffer.from(md5.key).toString('utf8');
  return Buffer.from(text, 'utf8').equals(md5.key)
    ? { password: text, ip }
    : { password: Buffer.from(md5.key).toString('base64'), base64: true, ip };
}

/** Templates without the keys in them. */
function hideKeys(templates: CrierConfig['templates']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => {
      const { md5 } = template as { md5?: Record<string, unknown> };
      if (md5?.password === undefined) return [name, template];
      const { base64: _, ...rest } = md5;
      return [name, { ...(template as object), md5: { ...rest, password: HIDDEN_KEY } }];
    }),
  );
}

function processOptions(config: ProcessConfig): Record<string, unknown> {
  const plain = processSchema.parse({ run: ['true'] });
  return {
    run: config.argv,
    encoder: unless(config.encoder, plain.encoder),
    dialect: unless(config.dialect, plain.dialect),
    ack: unless(config.ack, plain.ack),
    respawn: unless(config.respawn, plain.respawn),
    strict: unless(config.strict, plain.strict),
    onExit: config.onExit === 'keep' ? undefined : { withdraw: { afterSeconds: config.onExit.withdrawAfterSeconds } },
    queue: unless(differing(config.queue, plain.queue), {}),
    cwd: unless(config.cwd, process.cwd()),
    env: unless(config.env, {}),
  };
}

function unless<Value>(value: Value, standard: unknown): Value | undefined {
  return isEqual(value, standard) ? undefined : value;
}

/** The members of `value` that are not as in `standard`. */
function differing<Value extends object>(value: Value, standard: object): Partial<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([key, member]) => !isEqual(member, (standard as Record<string, unknown>)[key])),
  ) as Partial<Value>;
}

/** The commonest time for all, the others by family. */
function staleTimes(
  times: PeerConfig['capabilities']['longLivedGracefulRestart'],
  families: readonly string[],
): object | undefined {
  if (times === undefined) return undefined;
  const counts = new Map<number, number>();
  for (const seconds of Object.values(times)) counts.set(seconds, (counts.get(seconds) ?? 0) + 1);
  const [time] = [...counts].sort(([, one], [, two]) => two - one)[0] ?? [DEFAULT_STALE_SECONDS];
  const others = families.filter((name) => times[name] !== time).map((name) => [name, times[name] ?? false]);
  return { time, families: unless(Object.fromEntries(others), {}) };
}
