/** Every option by its long name: its other spellings, its value, its help. Reading them is options.ts. */

export interface OptionRow {
  /** Other spellings, dashes included. */
  readonly also?: readonly string[];
  /** What the value is called; absent: a flag. */
  readonly value?: string;
  readonly kind?: 'text' | 'integer' | 'number' | 'network' | 'command';
  /** Given again it adds; otherwise the last one counts. */
  readonly isList?: true;
  /** The value may be left out. */
  readonly fallback?: string;
  readonly help: string;
}

const row = (help: string, rest: Omit<OptionRow, 'help'> = {}): OptionRow => ({ help, ...rest });

export const OPTIONS = {
  silent: row('no log on standard error', { also: ['-s'] }),
  'syslog-facility': row('log to syslog too, by logger(1); default facility: daemon', {
    ...{ also: ['-sF'], value: 'FACILITY', kind: 'text', fallback: 'daemon' },
  }),
  'no-syslog': row('no syslog'),
  'no-ack': row('do not wait for an answer to each command', { also: ['-a'] }),
  sudo: row('run ip(8) with sudo'),
  debug: row('log each check', { also: ['-d'] }),
  name: row('name of this check, for the log', { also: ['-n'], value: 'NAME', kind: 'text' }),
  config: row('read options from this file; the command line wins', { also: ['-F'], value: 'FILE', kind: 'text' }),
  pid: row('write the process id there', { also: ['-p'], value: 'FILE', kind: 'text' }),
  user: row('change to this user after the addresses are set up', { value: 'USER', kind: 'text' }),
  group: row('change to this group', { value: 'GROUP', kind: 'text' }),
  interval: row('seconds between checks (5); 0: announce once and end', { also: ['-i'], value: 'N', kind: 'number' }),
  'fast-interval': row('seconds between checks on the way up or down (1)', {
    also: ['-f'],
    value: 'N',
    kind: 'number',
  }),
  timeout: row('seconds one check may take (5); 0: no end', { also: ['-t'], value: 'N', kind: 'number' }),
  rise: row('good checks in a row until UP (3)', { value: 'N', kind: 'integer' }),
  fall: row('bad checks in a row until DOWN (3)', { value: 'N', kind: 'integer' }),
  disable: row('while this file exists the service is DISABLED', { value: 'FILE', kind: 'text' }),
  command: row('check: a shell command that ends with 0', { also: ['-c', '--cmd'], value: 'CMD', kind: 'command' }),
  tcp: row('check: a TCP connection', { value: 'HOST:PORT', kind: 'text', isList: true }),
  http: row('check: an HTTP GET', { value: 'URL', kind: 'text', isList: true }),
  'http-status': row('status wanted of --http: 200, 200-299, 200,204 (200-299)', { value: 'STATUS', kind: 'text' }),
  'next-hop': row('next hop (self)', { also: ['-N'], value: 'IP', kind: 'text' }),
  ip: row('address or network to announce; none: those of the loopback interface', {
    ...{ value: 'IP[/LEN]', kind: 'network', isList: true },
  }),
  'ip-ifname': row('the same, the address being on another interface', {
    ...{ value: 'IP%IFNAME', kind: 'text', isList: true },
  }),
  'local-preference': row('LOCAL_PREF', { value: 'P', kind: 'integer' }),
  'deaggregate-networks': row('announce each address of a network as a route of its own'),
  'no-ip-setup': row('do not touch addresses of interfaces'),
  'dynamic-ip-setup': row('remove the addresses while DOWN or DISABLED'),
  label: row('label of the addresses on the loopback interface (lo:LABEL…)', { value: 'LABEL', kind: 'text' }),
  'label-exact-match': row('the label must be the same, not only begin so'),
  'start-ip': row('begin with this address of the list (0)', { value: 'N', kind: 'integer' }),
  'up-metric': row('MED of the first address while UP (100)', { value: 'M', kind: 'integer' }),
  'down-metric': row('MED while DOWN (1000)', { value: 'M', kind: 'integer' }),
  'disabled-metric': row('MED while DISABLED (500)', { value: 'M', kind: 'integer' }),
  increase: row('added to the MED for each further address (1)', { value: 'M', kind: 'integer' }),
  community: row('communities', { value: 'C', kind: 'text' }),
  'disabled-community': row('communities while DOWN or DISABLED', { value: 'C', kind: 'text' }),
  'extended-community': row('extended communities', { value: 'C', kind: 'text' }),
  'large-community': row('large communities', { value: 'C', kind: 'text' }),
  'as-path': row('AS path', { value: 'P', kind: 'text' }),
  'up-as-path': row('AS path while UP', { value: 'P', kind: 'text' }),
  'down-as-path': row('AS path while DOWN', { value: 'P', kind: 'text' }),
  'disabled-as-path': row('AS path while DISABLED', { value: 'P', kind: 'text' }),
  'withdraw-on-down': row('withdraw while DOWN or DISABLED, instead of a worse MED'),
  'path-id': row('path identifier (ADD-PATH); 0: none', { value: 'N', kind: 'integer' }),
  neighbor: row('announce to this neighbor only; * for all', { value: 'IP', kind: 'text', isList: true }),
  debounce: row('print the routes when the state changes only'),
  execute: row('run on each transition, STATE in its environment', { value: 'CMD', kind: 'command', isList: true }),
  'up-execute': row('run when UP, before --execute', { value: 'CMD', kind: 'command', isList: true }),
  'down-execute': row('run when DOWN', { value: 'CMD', kind: 'command', isList: true }),
  'disabled-execute': row('run when DISABLED', { value: 'CMD', kind: 'command', isList: true }),
  help: row('this text', { also: ['-h'] }),
} as const satisfies Record<string, OptionRow>;

export type OptionName = keyof typeof OPTIONS;

/** The text of --help. */
export function helpText(): string {
  const rows = Object.entries(OPTIONS).map(([name, { also, value, help }]: [string, OptionRow]) => {
    const left = [...(also ?? []), `--${name}`].join(' ') + (value === undefined ? '' : ` ${value}`);
    return left.length < 32 ? `  ${left.padEnd(32)}${help}` : `  ${left}\n${' '.repeat(34)}${help}`;
  });
  return [
    'Usage: crier healthcheck [options]',
    '',
    'Announces service addresses while a check succeeds. Run it as a helper of a process section.',
    '',
    ...rows,
    '',
  ].join('\n');
}
