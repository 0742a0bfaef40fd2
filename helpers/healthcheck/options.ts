/**
 * The command line and the file of --config into one checked object. Options are those of option-table.ts; long ones may
 * be shortened as far as they stay unique. A file's lines count as words before the command line, so that the latter wins.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { RouteOptions } from './lines.js';
import { type Network, parseNetwork } from './networks.js';
import { helpText, OPTIONS, type OptionName, type OptionRow } from './option-table.js';

/** The user's mistake: told on standard error, exit status 2. */
export class UsageError extends Error {}

export interface Options extends RouteOptions {
  readonly isHelp: boolean;
  readonly isSilent: boolean;
  readonly isDebug: boolean;
  readonly syslogFacility: string | undefined;
  readonly isAcknowledged: boolean;
  readonly sudo: boolean;
  readonly name: string | undefined;
  readonly pidFile: string | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly intervalSeconds: number;
  readonly fastIntervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly rise: number;
  readonly fall: number;
  readonly disableFile: string | undefined;
  readonly command: string | undefined;
  readonly tcp: readonly { readonly host: string; readonly port: number }[];
  readonly http: readonly URL[];
  readonly isHttpStatusWanted: (status: number) => boolean;
  readonly networks: readonly { readonly network: Network; readonly interfaceName: string | undefined }[];
  readonly deaggregate: boolean;
  readonly ipSetup: boolean;
  readonly dynamicIpSetup: boolean;
  readonly label: string | undefined;
  readonly isLabelExact: boolean;
  readonly startIp: number;
  readonly debounce: boolean;
  readonly execute: readonly string[];
  readonly stateExecute: {
    readonly UP: readonly string[];
    readonly DOWN: readonly string[];
    readonly DISABLED: readonly string[];
  };
}

type Values = Partial<Record<OptionName, string[]>>;

const SPELLINGS = new Map<string, OptionName>();
for (const [name, { also }] of Object.entries(OPTIONS) as [OptionName, OptionRow][])
  for (const spelling of [`--${name}`, ...(also ?? [])]) SPELLINGS.set(spelling, name);

/**
 * @param words the arguments behind `healthcheck`
 * @throws UsageError
 */
export function readOptions(words: readonly string[]): Options {
  const own = collect(words);
  const file = own.config?.at(-1);
  return check(file === undefined ? own : collect([...fileWords(file), ...words]));
}

/** One `long-option = value` a line, flags bare, `#` comments. The whole rest of the line is the value. */
function fileWords(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the file of --config: ${(error as Error).message}`);
  }
  const words: string[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', value] = /^([^\s=]+)\s*(?:=\s*(.*))?$/.exec(line) ?? [];
    if (!SPELLINGS.has(`--${name}`)) throw new UsageError(`${file}: unknown option "${name || line}"`);
    words.push(value === undefined ? `--${name}` : `--${name}=${value}`);
  }
  return words;
}

/** Options with their values, as text. */
function collect(words: readonly string[]): Values {
  const values: Values = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    let spelling = equals < 0 ? word : word.slice(0, equals);
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    if (/^-[a-zA-Z]./.test(word) && !SPELLINGS.has(word)) {
      // -i5
      spelling = word.slice(0, 2);
      value = word.slice(2);
    }
    const name = nameOf(spelling);
    const option: OptionRow = OPTIONS[name];
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`${spelling} takes no value`);
      values[name] = ['yes'];
      continue;
    }
    const next = words[i + 1];
    // A negative number and a blank inside are values, not options.
    const isValue = next !== undefined && (!next.startsWith('-') || /^-\d|\s/.test(next) || next === '-');
    if (value === undefined && isValue) value = words[++i];
    value ??= option.fallback;
    if (value === undefined) throw new UsageError(`${spelling} needs a value: ${option.value}`);
    values[name] = option.isList === true ? [...(values[name] ?? []), value] : [value];
  }
  return values;
}

function nameOf(spelling: string): OptionName {
  const known = SPELLINGS.get(spelling);
  if (known !== undefined) return known;
  const names = new Set(
    [...SPELLINGS].filter(([one]) => /^--./.test(spelling) && one.startsWith(spelling)).map(([, name]) => name),
  );
  if (names.size === 1) return [...names][0]!;
  if (names.size > 1)
    throw new UsageError(`"${spelling}" may be ${[...names].map((name) => `--${name}`).join(' or ')}`);
  throw new UsageError(spelling.startsWith('-') ? `unknown option "${spelling}"` : `unexpected "${spelling}"`);
}

/** Values of the right kind, with their defaults. */
function check(values: Values): Options {
  const has = (name: OptionName): boolean => values[name] !== undefined;
  const list = (name: OptionName): string[] => (values[name] ?? []).map((value) => clean(name, value));
  const text = (name: OptionName): string | undefined => list(name).at(-1);
  const number = (name: OptionName, fallback: number, min = 0, max = 4294967295): number => {
    const value = text(name);
    if (value === undefined) return fallback;
    const isWhole = (OPTIONS[name] as OptionRow).kind === 'integer';
    const isNumber = isWhole ? /^-?\d+$/.test(value) : /^\d*\.?\d+$|^\d+\.$/.test(value);
    if (!isNumber || Number(value) < min || Number(value) > max)
      throw new UsageError(`--${name} must be a ${isWhole ? 'whole ' : ''}number of at least ${min}, not "${value}"`);
    return Number(value);
  };
  if (has('no-syslog') && has('syslog-facility'))
    throw new UsageError('--no-syslog and --syslog-facility exclude each other');
  const isHelp = has('help');
  return {
    isHelp,
    isSilent: has('silent'),
    isDebug: has('debug'),
    syslogFacility: has('debug') ? undefined : facility(text('syslog-facility')),
    isAcknowledged: !has('no-ack'),
    sudo: has('sudo'),
    name: text('name'),
    pidFile: text('pid'),
    user: text('user'),
    group: text('group'),
    intervalSeconds: number('interval', 5),
    fastIntervalSeconds: number('fast-interval', 1),
    timeoutSeconds: number('timeout', 5),
    rise: number('rise', 3),
    fall: number('fall', 3),
    disableFile: text('disable'),
    command: text('command'),
    tcp: list('tcp').map(endpoint),
    http: list('http').map(webAddress),
    isHttpStatusWanted: statuses(text('http-status') ?? '200-299'),
    networks: [...list('ip').map(network), ...list('ip-ifname').map(networkOnInterface)],
    deaggregate: has('deaggregate-networks'),
    ipSetup: !has('no-ip-setup'),
    dynamicIpSetup: has('dynamic-ip-setup'),
    label: text('label'),
    isLabelExact: has('label-exact-match'),
    startIp: number('start-ip', 0),
    nextHop: nextHop(text('next-hop') ?? 'self'),
    upMetric: number('up-metric', 100),
    downMetric: number('down-metric', 1000),
    disabledMetric: number('disabled-metric', 500),
    increase: number('increase', 1),
    localPreference: number('local-preference', -1, -1),
    community: text('community'),
    disabledCommunity: text('disabled-community'),
    extendedCommunity: text('extended-community'),
    largeCommunity: text('large-community'),
    asPath: text('as-path'),
    upAsPath: text('up-as-path'),
    downAsPath: text('down-as-path'),
    disabledAsPath: text('disabled-as-path'),
    withdrawOnDown: has('withdraw-on-down'),
    pathId: number('path-id', 0),
    neighbors: list('neighbor').map(neighbor),
    debounce: has('debounce'),
    execute: list('execute'),
    stateExecute: { UP: list('up-execute'), DOWN: list('down-execute'), DISABLED: list('disabled-execute') },
  };
}

/** A value must not be able to end a line and begin another. Commands are the shell's matter. */
function clean(name: OptionName, value: string): string {
  if ((OPTIONS[name] as OptionRow).kind !== 'command' && /\p{Cc}/u.test(value))
    throw new UsageError(`the value of --${name} holds a control character`);
  return value;
}

function nextHop(text: string): string {
  if (text !== 'self' && isIP(text) === 0)
    throw new UsageError(`--next-hop must be an address or "self", not "${text}"`);
  return text;
}

function neighbor(text: string): string {
  if (text !== '*' && isIP(text) === 0) throw new UsageError(`--neighbor must be an address or "*", not "${text}"`);
  return text;
}

function facility(text: string | undefined): string | undefined {
  if (text !== undefined && !/^[a-z]+\d?$/.test(text)) throw new UsageError(`"${text}" is no facility of syslog`);
  return text;
}

function network(text: string) {
  try {
    return { network: parseNetwork(text), interfaceName: undefined };
  } catch (error) {
    throw new UsageError(`--ip: ${(error as Error).message}`);
  }
}

function networkOnInterface(text: string) {
  const [address = '', interfaceName = ''] = text.split('%');
  if (!/^[^\s/]{1,15}$/.test(interfaceName)) throw new UsageError(`--ip-ifname: "${text}" is not IP%IFNAME`);
  return { ...network(address), interfaceName };
}

function endpoint(text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|(.+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65535)
    throw new UsageError(`--tcp: "${text}" is not HOST:PORT`);
  return { host, port: Number(port) };
}

function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--http: "${text}" is not an HTTP URL`);
  return url;
}

/** `200`, `200-299`, `200,204` … */
function statuses(text: string): (status: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const [, from, to = from] = /^\s*(\d{3})\s*(?:-\s*(\d{3})\s*)?$/.exec(part) ?? [];
    if (from === undefined) throw new UsageError(`--http-status: "${text}" is no status, range or list of them`);
    return [Number(from), Number(to)] as const;
  });
  return (status) => ranges.some(([from, to]) => status >= from && status <= to);
}

export { helpText };
