/**
 * ExaBGP's settings: exabgp.env and the variables exabgp.section.key and exabgp_section_key, the latter two stronger, the
 * dotted one strongest. Each key has one entry in KEYS: what it becomes, or that it means nothing here, which is told
 * when it is not what ExaBGP has by itself.
 */
import { readFileSync } from 'node:fs';
import { systemReason } from '../document.js';
import type { Environment } from '../environment.js';
import { ConfigError, type ConfigProblem } from '../errors.js';

/** What the settings say, in crier's terms. Undefined: as crier has it. */
export interface Settings {
  port: number;
  listenAddresses: string[];
  user: string | undefined;
  log: { level?: string; destination?: string };
  /** Base name of the command line's pipes; undefined: none. */
  pipes: string | undefined;
  ack: boolean;
  respawn: boolean;
  dialect: 'exabgp-5' | undefined;
  openWaitSeconds: number | undefined;
  passive: boolean;
}

/** One setting that was made, and where. */
interface Made {
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

/** @returns what cannot be done with the value, or undefined */
type Apply = (value: string, settings: Settings, all: ReadonlyMap<string, Made>) => string | undefined;

/** File of settings that ExaBGP reads when none is named. */
export const DEFAULT_SETTINGS_FILE = '/etc/exabgp/exabgp.env';

const FOREGROUND = 'crier stays in the foreground: a service manager keeps it in the background';
const DEBUG_PARTS = 'log.level: "debug" tells of these parts';
const NO_PART = 'parts of the log are not switched off one by one';

/** True and false words of the file. */
function isTrue(value: string): boolean {
  return ['1', 'yes', 'on', 'enable', 'true'].includes(value.toLowerCase());
}

/** Has no meaning here; told when the value is not the one that ExaBGP has by itself. */
function without(standard: string, why: string): Apply {
  return (value) => {
    const isBool = standard === 'true' || standard === 'false';
    const isStandard = isBool ? isTrue(value) === (standard === 'true') : value === standard;
    return isStandard ? undefined : why;
  };
}

const LEVELS: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  NOTICE: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERR: 'error',
  ERROR: 'error',
  CRIT: 'error',
  CRITICAL: 'error',
  ALERT: 'error',
  EMERG: 'error',
};

const KEYS: Readonly<Record<string, Apply>> = {
  'api.ack': (value, settings) => {
    settings.ack = isTrue(value);
    return undefined;
  },
  'api.chunk': without('1', 'listings are written as fast as they are read'),
  'api.cli': (value, settings) => {
    if (!isTrue(value)) settings.pipes = undefined;
    return undefined;
  },
  'api.compact': without('false', 'events have the long form of NLRI'),
  'api.encoder': () => undefined,
  'api.pipename': (value, settings, all) => {
    const cli = all.get('api.cli');
    if (cli === undefined || isTrue(cli.value)) settings.pipes = `${PIPE_FOLDER}${value}`;
    return undefined;
  },
  'api.socketname': without('exabgp', 'the control socket is control.socket'),
  'api.respawn': (value, settings) => {
    settings.respawn = isTrue(value);
    return undefined;
  },
  'api.terminate': without('false', 'the daemon goes on when a helper ends'),
  'api.version': (value, settings) => {
    settings.dialect = 'exabgp-5';
    return value === '4' ? undefined : 'events have the forms of ExaBGP 5 (dialect: "exabgp-5")';
  },
  'bgp.openwait': (value, settings) => {
    const seconds = Number(value);
    if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 65535)) return 'expected 1 to 65535 seconds';
    settings.openWaitSeconds = seconds;
    return undefined;
  },
  'bgp.passive': (value, settings) => {
    settings.passive = isTrue(value);
    return undefined;
  },
  'bgp.paths_limit_audit': () => undefined,
  'cache.attributes': () => undefined,
  'cache.nexthops': () => undefined,
  'daemon.daemonize': without('false', FOREGROUND),
  'daemon.drop': (value, settings) => {
    if (!isTrue(value)) settings.user = undefined;
    return undefined;
  },
  'daemon.pid': without('', 'no file with the process id is written'),
  'daemon.umask': (value) =>
    /^0?o?137$/.test(value) ? undefined : 'the umask is that of the service manager or the shell',
  'daemon.user': (value, settings, all) => {
    const drop = all.get('daemon.drop');
    if (value !== '' && value !== 'root' && (drop === undefined || isTrue(drop.value))) settings.user = value;
    return undefined;
  },
  'log.all': (value, settings) => {
    if (isTrue(value)) settings.log.level = 'debug';
    return undefined;
  },
  'log.destination': (value, settings) => {
    if (value === 'syslog' || value.startsWith('host:')) return 'the log goes to standard error, not to syslog';
    settings.log.destination = value;
    return undefined;
  },
  'log.enable': (value, settings) => {
    if (!isTrue(value)) settings.log.level = 'silent';
    return undefined;
  },
  'log.level': (value, settings, all) => {
    const level = LEVELS[value.toUpperCase()];
    if (level === undefined) return `expected one of ${Object.keys(LEVELS).join(', ')}`;
    const isChosen = all.get('log.enable')?.value ?? 'true';
    if (isTrue(isChosen) && !isTrue(all.get('log.all')?.value ?? 'false')) settings.log.level = level;
    return undefined;
  },
  'log.short': () => undefined,
  'pdb.enable': without('false', 'there is no debugger'),
  'profile.enable': without('false', 'there is no profile of the daemon'),
  'profile.file': () => undefined,
  'reactor.speed': without('1.0', 'there is no loop to slow down'),
  'tcp.acl': (value) => (isTrue(value) ? 'there are no access lists' : undefined),
  'tcp.bind': (value, settings) => {
    settings.listenAddresses = value.split(/[\s,]+/).filter((each) => each !== '');
    return undefined;
  },
  'tcp.delay': without('0', 'announcements are not held back'),
  'tcp.once': without('false', 'connections are tried again and again'),
  'tcp.attempts': without('0', 'connections are tried again and again'),
  'tcp.connections': without('0', 'connections are tried again and again'),
  'tcp.port': (value, settings) => {
    const port = Number(value);
    if (!(Number.isInteger(port) && port >= 1 && port <= 65535)) return 'expected a port from 1 to 65535';
    settings.port = port;
    return undefined;
  },
  ...Object.fromEntries(
    ['configuration', 'daemon', 'network', 'processes', 'reactor', 'statistics'].map((part) => [
      `log.${part}`,
      without('true', NO_PART),
    ]),
  ),
  ...Object.fromEntries(
    ['message', 'packets', 'parser', 'rib', 'routes', 'timers'].map((part) => [
      `log.${part}`,
      without('false', DEBUG_PARTS),
    ]),
  ),
};

const PIPE_FOLDER = '/run/exabgp/';

/**
 * @param file exabgp.env, or undefined
 * @param environment variables of the process
 * @param onWarning told what has no meaning here
 * @throws ConfigError when the file cannot be read
 */
export function readSettings(
  file: string | undefined,
  environment: Environment,
  onWarning: (warning: ConfigProblem) => void,
): Settings {
  const made = new Map<string, Made>();
  if (file !== undefined) readIni(file, made, onWarning);
  readVariables(environment, made);
  const settings: Settings = {
    port: 179,
    listenAddresses: [],
    user: undefined,
    log: {},
    pipes: `${PIPE_FOLDER}exabgp`,
    ack: true,
    respawn: true,
    dialect: undefined,
    openWaitSeconds: undefined,
    passive: false,
  };
  for (const [key, { value, file: where, line }] of made) {
    const apply = KEYS[key];
    // ExaBGP leaves out what it does not know; a word tells of a slip of the pen.
    const trouble = apply === undefined ? 'ExaBGP has no such setting' : apply(value, settings, made);
    if (trouble !== undefined) {
      onWarning({ file: where, line, column: line > 0 ? 1 : 0, path: '', message: `${key}: ${trouble}` });
    }
  }
  return settings;
}

/** `[exabgp.section]` and `key = value`; values may be quoted. */
function readIni(file: string, made: Map<string, Made>, onWarning: (warning: ConfigProblem) => void): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([{ file, line: 0, column: 0, path: '', message: systemReason(error) }]);
  }
  let section = '';
  text.split('\n').forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) return;
    const head = /^\[exabgp\.([a-z]+)\]$/.exec(trimmed);
    const pair = /^([A-Za-z_.]+)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (head !== null) section = head[1]!;
    else if (pair === null) onWarning({ file, line: i + 1, column: 1, path: '', message: 'expected "key = value"' });
    else {
      const value = pair[2]!.trim().replace(/^(['"])(.*)\1$/, '$2');
      made.set(`${section}.${pair[1]!.toLowerCase()}`, { value, file, line: i + 1 });
    }
  });
}

function readVariables(environment: Environment, made: Map<string, Made>): void {
  for (const separator of ['_', '.']) {
    for (const [name, value] of Object.entries(environment)) {
      const match = new RegExp(`^exabgp[${separator}]([a-z]+)[${separator}]([a-z_]+)$`).exec(name);
      if (match === null || value === undefined) continue;
      const unquoted = value.trim().replace(/^(['"])(.*)\1$/, '$2');
      made.set(`${match[1]}.${match[2]}`, { value: unquoted, file: `the variable ${name}`, line: 0 });
    }
  }
}
