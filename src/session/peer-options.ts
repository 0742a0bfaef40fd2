/**
 * A neighbor's options -> its PeerConfig: what must fit together is checked, what is left out is taken from the file's
 * general part. All mistakes are reported, each at the option that causes it. Keys are read here and never reported.
 */
import { hostname } from 'node:os';
import { isIpText, parseIp, parsePrefix, printPrefix } from '../util/ip.js';
import { CommandError, Tokens } from '../util/tokens.js';
import { parseOperational } from '../wire/operational-text.js';
import { readCapabilities } from './capability-options.js';
import type { Md5Config, PeerConfig } from './peer-config.js';
import { canonicalAddress, DEFAULT_MAX_PEERS, type NeighborOptions } from './peer-schema.js';

/** Keys longer than this are refused by the kernel (TCP_MD5SIG_MAXKEYLEN). */
const MAX_KEY_OCTETS = 80;

/** What `check --print` writes in the place of a key. Such a file can be checked, not run. */
export const HIDDEN_KEY = '(hidden)';

/** What a neighbor takes from the rest of the configuration. */
export interface PeerOptionContext {
  readonly routerId: string | undefined;
  readonly remotePort: number;
  /** A file named by an option -> its absolute path. */
  resolveFile(option: readonly PropertyKey[], name: string): string;
  /** @throws Error with a reason for the user */
  readFile(path: string): Buffer;
  /** A mistake at an option. */
  report(option: readonly PropertyKey[], message: string): void;
  /** Keys that were hidden by a listing are taken as they are (check). */
  readonly allowsHiddenKeys: boolean;
}

/**
 * @param options as neighborSchema gives them
 * @returns the neighbor's configuration, without routes of files; meaningless when something was reported
 */
export function toPeerConfig(options: NeighborOptions, context: PeerOptionContext): PeerConfig {
  const { report } = context;
  const remote = readRemote(options.remoteAddress, report);
  const isRange = remote.includes('/');
  const localAddress = options.localAddress === 'auto' ? undefined : options.localAddress;
  const { localAs, peerAs } = options;
  if (isRange && !options.passive) report(['remoteAddress'], 'a range needs passive: true');
  if (!isRange && Array.isArray(peerAs)) report(['peerAs'], 'a list of AS numbers is for ranges only');
  if (!isRange && options.maxPeers !== undefined) report(['maxPeers'], 'is for ranges only');
  if (localAddress !== undefined && remote !== '' && remote.includes(':') !== localAddress.includes(':')) {
    report(['localAddress'], 'localAddress and remoteAddress must be of one family');
  }
  if (!isRange && isLinkLocal(remote) && !remote.includes('%') && options.sourceInterface === undefined) {
    report(['remoteAddress'], 'a link-local address needs a zone ("fe80::1%eth0") or sourceInterface');
  }
  if (options.selfFromRouterId && !remote.includes(':')) {
    report(['selfFromRouterId'], 'is for sessions over IPv6 only');
  }
  const localIsIpv4 = localAddress !== undefined && !localAddress.includes(':');
  const routerId = options.routerId ?? context.routerId ?? (localIsIpv4 ? localAddress : undefined);
  if (routerId === undefined) {
    report([], 'routerId is missing: set it here, for the whole file, or give an IPv4 localAddress');
  }
  return {
    name: peerName(remote, localAddress, localAs, peerAs),
    remoteAddress: remote,
    isRange,
    maxPeers: isRange ? (options.maxPeers ?? DEFAULT_MAX_PEERS) : 1,
    remotePort: options.remotePort ?? context.remotePort,
    localAddress,
    localAs,
    peerAs: Array.isArray(peerAs) && new Set(peerAs).size === 1 ? peerAs[0]! : peerAs,
    routerId: routerId ?? '',
    description: options.description,
    holdTimeSeconds: options.holdTime,
    connectRetrySeconds: options.connectRetryTime,
    openWaitSeconds: options.openWait,
    delayOpenSeconds: options.delayOpenTime,
    passive: options.passive,
    enabled: options.enabled,
    families: readFamilies(options, report),
    capabilities: readCapabilities(options, report),
    md5: readMd5(options, context),
    ttl: { outgoing: options.ttl.outgoing, minimum: options.ttl.minimum },
    dscp: options.dscp,
    sourceInterface: options.sourceInterface,
    api: readApi(options, report),
    adjRibIn: options.adjRibIn,
    adjRibOut: options.adjRibOut,
    groupUpdates: options.groupUpdates,
    exabgpWire: options.exabgpWire,
    autoFlush: options.autoFlush,
    manualEor: options.manualEor,
    rateLimit: options.rateLimit,
    nextHopSelf: {
      ipv4: options.nextHopSelf.ipv4,
      ipv6: options.nextHopSelf.ipv6,
      linkLocal: options.nextHopSelf.linkLocal,
    },
    selfFromRouterId: options.selfFromRouterId,
    hostName: options.hostName ?? hostname(),
    domainName: options.domainName,
    maxPrefix: readPrefixLimits(options, report),
    routes: options.routes,
    routesFiles: options.routesFile.map((name, i) => ({
      path: context.resolveFile(['routesFile', i], name),
      count: 0,
    })),
    operational: readOperational(options, report),
    eorHold: options.eorHold,
  };
}

type Report = PeerOptionContext['report'];

/** Identity of a neighbor, in the words of ExaBGP's listings. */
function peerName(
  remote: string,
  localAddress: string | undefined,
  localAs: number | 'auto',
  peerAs: number | 'auto' | readonly number[],
): string {
  let name = remote;
  if (localAddress !== undefined) name += ` local-ip ${localAddress}`;
  if (localAs !== 'auto') name += ` local-as ${localAs}`;
  if (typeof peerAs === 'number') name += ` peer-as ${peerAs}`;
  return name;
}

/** An address or a range, canonical; empty when it is neither. */
function readRemote(text: string, report: Report): string {
  if (!text.includes('/')) {
    const address = canonicalAddress(text);
    if (address === undefined)
      report(['remoteAddress'], 'expected an IPv4 or IPv6 address, or a range such as 10.0.0.0/24');
    return address ?? '';
  }
  const prefix = parsePrefix(text);
  if (prefix === 'host-bits') report(['remoteAddress'], 'the range has bits behind its length');
  else if (prefix === 'length') report(['remoteAddress'], 'the length of the range is too large');
  else if (prefix === 'syntax') report(['remoteAddress'], 'expected an address or a range such as 10.0.0.0/24');
  return typeof prefix === 'string' ? '' : printPrefix(prefix.packed, 0, prefix.size);
}

/** fe80::/10 (RFC 4291 section 2.5.6). */
function isLinkLocal(address: string): boolean {
  const bytes = isIpText(address) ? parseIp(address.split('%')[0]!) : undefined;
  return bytes?.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

function readFamilies(options: NeighborOptions, report: Report): readonly string[] {
  const seen = new Set<string>();
  options.families.forEach((name, i) => {
    if (seen.has(name)) report(['families', i], `"${name}" is listed twice`);
    seen.add(name);
  });
  return [...seen];
}

/** Each text is read as the session will read it. */
function readOperational(options: NeighborOptions, report: Report): readonly string[] {
  options.operational.forEach((text, i) => {
    try {
      parseOperational(new Tokens(text));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      report(['operational', i], `column ${error.column}: ${error.message}`);
    }
  });
  if (options.operational.length > 0 && !options.capabilities.operational) {
    report(['operational'], 'needs capabilities.operational: true');
  }
  return options.operational;
}

function readPrefixLimits(options: NeighborOptions, report: Report): PeerConfig['maxPrefix'] {
  const limits: Record<string, PeerConfig['maxPrefix'][string]> = {};
  for (const [name, limit] of Object.entries(options.maxPrefix)) {
    if (limit === undefined) continue;
    limits[name] = limit;
    if (!options.families.includes(name)) report(['maxPrefix', name], `the family "${name}" is not in families`);
  }
  return limits;
}

function readApi(options: NeighborOptions, report: Report): PeerConfig['api'] {
  options.api?.forEach((binding, i) => {
    if (binding.processes.length > 0 && binding.processesMatch.length > 0) {
      report(['api', i, 'processesMatch'], 'processes and processesMatch exclude each other: write two entries');
    }
    for (const list of ['receive', 'send'] as const) {
      if (binding[list].length > 0 && binding.processes.length === 0) {
        report(['api', i, list], 'events go to the processes named in `processes`, and none is');
      }
    }
  });
  return options.api;
}

function readMd5(options: NeighborOptions, context: PeerOptionContext): Md5Config | undefined {
  const { md5 } = options;
  if (md5 === undefined) return undefined;
  const { report } = context;
  let text: Buffer | undefined;
  let file: string | undefined;
  if ((md5.password === undefined) === (md5.passwordFile === undefined)) {
    report(['md5'], 'needs either password or passwordFile');
  } else if (md5.password !== undefined) {
    text = Buffer.from(md5.password, 'utf8');
    if (md5.password === HIDDEN_KEY) {
      if (context.allowsHiddenKeys) return { key: new Uint8Array(text), ip: md5.ip, file, isBase64: false };
      report(['md5', 'password'], 'the key was hidden when this file was printed: write the key, or passwordFile');
      text = undefined;
    }
  } else {
    file = context.resolveFile(['md5', 'passwordFile'], md5.passwordFile!);
    try {
      text = context.readFile(file);
      if (text.at(-1) === 0x0a) text = text.subarray(0, text.at(-2) === 0x0d ? -2 : -1);
    } catch (error) {
      report(['md5', 'passwordFile'], (error as Error).message);
    }
  }
  const option = ['md5', file === undefined ? 'password' : 'passwordFile'];
  let key = new Uint8Array(text ?? []);
  if (text !== undefined && md5.base64) {
    const decoded = Buffer.from(text.toString('latin1').trim(), 'base64');
    const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text.toString('latin1').trim());
    if (!isBase64) report(option, 'the key is not base64');
    key = new Uint8Array(decoded);
  }
  if (text !== undefined && key.length === 0) report(option, 'the key is empty');
  if (key.length > MAX_KEY_OCTETS) report(option, `the key must be no longer than ${MAX_KEY_OCTETS} octets`);
  return { key, ip: md5.ip, file, isBase64: file !== undefined && md5.base64 };
}
