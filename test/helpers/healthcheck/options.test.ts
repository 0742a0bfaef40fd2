import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { OPTIONS } from '../../../helpers/healthcheck/option-table.js';
import { helpText, type Options, readOptions, UsageError } from '../../../helpers/healthcheck/options.js';

function reads(t: ExecutionContext, words: string[], expected: Partial<Options>): void {
  t.like(readOptions(words), expected);
}
function refuses(t: ExecutionContext, words: string[], message: RegExp): void {
  t.regex(t.throws(() => readOptions(words), { instanceOf: UsageError })!.message, message);
}

test('defaults', reads, [], {
  ...{ intervalSeconds: 5, fastIntervalSeconds: 1, timeoutSeconds: 5, rise: 3, fall: 3, nextHop: 'self', startIp: 0 },
  ...{ upMetric: 100, downMetric: 1000, disabledMetric: 500, increase: 1, localPreference: -1, pathId: 0 },
  ...{ ipSetup: true, dynamicIpSetup: false, isAcknowledged: true, withdrawOnDown: false, command: undefined },
});
test(
  'short forms',
  reads,
  ['-s', '-a', '-d', '-n', 'web', '-i', '0.5', '-f2', '-t', '3', '-c', 'true', '-N', '192.0.2.9'],
  {
    ...{ isSilent: true, isAcknowledged: false, isDebug: true, name: 'web', intervalSeconds: 0.5 },
    ...{ fastIntervalSeconds: 2, timeoutSeconds: 3, command: 'true', nextHop: '192.0.2.9' },
  },
);
test('--cmd, = and a command with blanks and dashes', reads, ['--cmd=curl -sf http://x/?a=b'], {
  command: 'curl -sf http://x/?a=b',
});
test('long options may be shortened', reads, ['--withdraw', '--large', '1:2:3'], {
  withdrawOnDown: true,
  largeCommunity: '1:2:3',
});
test('the last one counts', reads, ['--rise', '2', '--rise', '4'], { rise: 4 });
test('-sF with and without a facility', (t) => {
  t.is(readOptions(['-sF', '-s']).syslogFacility, 'daemon');
  t.is(readOptions(['--syslog-facility', 'local7']).syslogFacility, 'local7');
  t.is(readOptions(['-sF', 'local7', '--debug']).syslogFacility, undefined);
});
test('a negative local preference is none', reads, ['--local-preference', '-1'], { localPreference: -1 });
test('targets of probes', (t) => {
  const { tcp, http, isHttpStatusWanted } = readOptions([
    ...['--tcp', '127.0.0.1:80', '--tcp', '[::1]:443', '--http', 'http://localhost:8080/health'],
    ...['--http-status', '200,300-302'],
  ]);
  t.deepEqual(tcp, [
    { host: '127.0.0.1', port: 80 },
    { host: '::1', port: 443 },
  ]);
  t.is(String(http[0]), 'http://localhost:8080/health');
  t.deepEqual([200, 201, 301, 303].map(isHttpStatusWanted), [true, false, true, false]);
});
test('an address on another interface', (t) => {
  t.is(readOptions(['--ip-ifname', '192.0.2.1/32%dummy0']).networks[0]!.interfaceName, 'dummy0');
});

for (const [words, message] of [
  [['--nonsense'], /unknown option "--nonsense"/],
  [['stray'], /unexpected "stray"/],
  [['--rise'], /--rise needs a value/],
  [['--rise', '--fall', '2'], /--rise needs a value/],
  [['--rise', 'x'], /--rise must be a whole number/],
  [['--interval', '-1'], /--interval must be a number of at least 0/],
  [['--up-metric', '4294967296'], /--up-metric/],
  [['--up'], /"--up" may be --up-metric or --up-as-path or --up-execute/],
  [['--silent=1'], /takes no value/],
  [['--ip', '192.0.2.1/24'], /bits set behind its length/],
  [['--ip', '192.0.2.1/33'], /from 0 to 32/],
  [['--ip', 'localhost'], /not an address or a network/],
  [['--ip-ifname', '192.0.2.1'], /not IP%IFNAME/],
  [['--next-hop', 'me'], /--next-hop/],
  [['--neighbor', 'a\nannounce route 0.0.0.0/0 next-hop self'], /control character/],
  [['--community', '1:2 ]\nshutdown'], /control character/],
  [['--tcp', 'localhost'], /not HOST:PORT/],
  [['--http', 'ftp://x'], /not an HTTP URL/],
  [['--http-status', 'ok'], /--http-status/],
  [['--no-syslog', '-sF'], /exclude each other/],
  [['--config', '/nowhere'], /cannot read the file of --config/],
] as [string[], RegExp][])
  test(`refused: ${words.join(' ').replace(/\n/g, ' ')}`, refuses, words, message);

test('a file of options: the command line wins, lists add', (t) => {
  const file = `/tmp/crier-healthcheck-options.${process.pid}`;
  t.teardown(() => rmSync(file, { force: true }));
  const text = `# a comment\n\nname = haproxy\ninterval=10\n command = curl -sf "http://127.0.0.1/?a = b"\nip = 192.0.2.1/32\nip = 192.0.2.2/32\nwithdraw-on-down\n`;
  writeFileSync(file, text);
  const options = readOptions(['--interval', '2', '-F', file, '--ip', '192.0.2.3']);
  t.like(options, {
    ...{ name: 'haproxy', intervalSeconds: 2, command: 'curl -sf "http://127.0.0.1/?a = b"', withdrawOnDown: true },
  });
  t.is(options.networks.length, 3);
  writeFileSync(file, 'color = red\n');
  t.throws(() => readOptions(['-F', file]), { message: /unknown option "color"/ });
});

test('the help and the manual name every option', (t) => {
  const manual = readFileSync('man/crier-healthcheck.1', 'utf8').replaceAll('\\-', '-');
  for (const name of Object.keys(OPTIONS)) {
    t.true(helpText().includes(`--${name}`), name);
    t.regex(manual, new RegExp(`--${name}\\b`), name);
  }
});
