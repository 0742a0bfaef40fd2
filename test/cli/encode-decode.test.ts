/** `crier encode` and `crier decode` as they are called: options, standard input, exit status. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const MARKER = 'F'.repeat(32);
const ROUTE = 'announce route 10.0.0.0/24 next-hop 192.0.2.1';

interface Result {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

function run(t: ExecutionContext, words: readonly string[], input = ''): Promise<Result> {
  const child = spawn(process.execPath, [MAIN, ...words]);
  t.teardown(() => child.kill('SIGKILL'));
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, error })));
}

const prints = test.macro({
  title: (_, words: readonly string[]) => words.join(' '),
  async exec(t, words: readonly string[], expected: string, input?: string) {
    const { status, out, error } = await run(t, words, input);
    t.is(out, expected, error);
    t.is(status, 0);
  },
});

test.serial(
  prints,
  ['encode', ROUTE],
  `${MARKER}00300200000015400101004002004003 04C00002014005040000006 4180A0000\n`.replaceAll(' ', ''),
);
test.serial(
  prints,
  ['encode', ...ROUTE.split(' '), '--local-as', '65001'],
  `${MARKER}002F02000000144001010040020602010000FDE9400304C0000201180A0000\n`,
);
test.serial(
  prints,
  ['encode', '--local-as', '65001', '--no-asn4', '--path-information', ROUTE],
  `${MARKER}00310200000012400101004002040201FDE9400304C000020100000000180A0000\n`,
);
test.serial(
  prints,
  ['encode', '--no-group-updates', 'withdraw attributes nlri 10.0.0.0/24 10.0.1.0/24 10.0.0.0/24'],
  `${MARKER}001B020004180A00000000\n${MARKER}001B020004180A00010000\n`,
);
test.serial(
  prints,
  ['encode', '-'],
  `${MARKER}001B020004180A00000000\nerror: column 1: "bogus" sends no routes\n${MARKER}00170200000000\n`,
  'withdraw route 10.0.0.0/24\nbogus\nannounce eor\n',
);
test.serial(
  prints,
  ['encode', '{"command": "withdraw", "route": {"prefix": "10.0.0.0/24"}}'],
  `${MARKER}001B020004180A00000000\n`,
);
test.serial(
  prints,
  ['decode', '--text', '00000000'],
  'neighbor 127.0.0.1 in update start\nneighbor 127.0.0.1 in update route eor 1/1 (ipv4 unicast)\nneighbor 127.0.0.1 in update end\n\n',
);
test.serial(prints, ['decode', '--command', `${MARKER}001B020004180A00000000`], 'withdraw route 10.0.0.0/24\n');
test.serial(
  prints,
  ['decode', '--command', '--path-information', '0008 00000001 180A0000 0000'],
  'withdraw route 10.0.0.0/24 path-information 0.0.0.1\n',
);
test.serial(prints, ['decode', '--nlri', '--family', 'ipv6 unicast', '2020010db8'], '{ "nlri": "2001:db8::/32" }\n');
test.serial(
  prints,
  ['decode', '--command', '-'],
  'withdraw route 10.0.0.0/24\nerror: hexadecimal expected: an even number of digits\n',
  '0004180A00000000\nxyz\n',
);

const fails = test.macro({
  title: (_, words: readonly string[]) => `fails: ${words.join(' ')}`,
  async exec(t, words: readonly string[], status: number, message: RegExp) {
    const result = await run(t, words);
    t.is(result.out, '');
    t.regex(result.error, message);
    t.is(result.status, status);
  },
});

test.serial(fails, ['encode', 'announce route 10.0.0.1/24 next-hop 192.0.2.1'], 1, /column 16/);
test.serial(fails, ['encode', 'announce route 2001:db8::/32 next-hop self'], 1, /no usable next hop/);
test.serial(fails, ['encode', 'show neighbor summary'], 1, /sends no routes/);
test.serial(fails, ['encode'], 2, /a command is expected/);
test.serial(fails, ['encode', '--local-as', '4294967296', ROUTE], 2, /AS numbers/);
test.serial(fails, ['decode', '00010000'], 1, /3\/1/);
test.serial(fails, ['decode', '--nlri', '--family', 'ipv4 bogus', '00'], 1, /no address family/);
test.serial(fails, ['decode', '--nlri', '00'], 2, /go together/);
test.serial(fails, ['decode', '--bogus', '00'], 2, /bogus/);
