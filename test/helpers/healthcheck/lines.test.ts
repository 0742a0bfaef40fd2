import test, { type ExecutionContext } from 'ava';
import { routeLines } from '../../../helpers/healthcheck/lines.js';
import { addressesOf, parseNetwork, printNetwork } from '../../../helpers/healthcheck/networks.js';
import { readOptions } from '../../../helpers/healthcheck/options.js';

function prints(
  t: ExecutionContext,
  words: string,
  state: 'UP' | 'DOWN' | 'DISABLED' | 'EXIT' | 'INIT' | 'RISING' | 'FALLING',
  expected: string[],
): void {
  const options = readOptions(words.split(/ (?=--)/).flatMap((part) => (part === '' ? [] : [part.replace(' ', '=')])));
  const networks = options.networks.map(({ network }) => network);
  t.deepEqual(routeLines(state, networks, options), expected);
}

const FULL =
  '--ip 192.0.2.1/32 --ip 192.0.2.2/32 --community 65001:1 --disabled-community 65001:99 ' +
  '--extended-community target:1:2 --large-community 1:2:3 --as-path 65010 --down-as-path 65099 --local-preference 50 ' +
  '--path-id 7 --neighbor 10.0.0.1 --neighbor 10.0.0.2 --next-hop 203.0.113.5 --increase 10';
const WHO = 'neighbor 10.0.0.1, neighbor 10.0.0.2';
const rest = (community: string, asPath: string) =>
  `local-preference 50 community [ ${community} ] extended-community [ target:1:2 ] large-community [ 1:2:3 ] as-path [ ${asPath} ] path-information 7`;
const full = (med: number, community: string, asPath: string) => [
  `${WHO} announce route 192.0.2.1/32 next-hop 203.0.113.5 med ${med} ${rest(community, asPath)}`,
  `${WHO} announce route 192.0.2.2/32 next-hop 203.0.113.5 med ${med + 10} ${rest(community, asPath)}`,
];

test('UP with everything', prints, FULL, 'UP', full(100, '65001:1', '65010'));
test('DOWN with everything', prints, FULL, 'DOWN', full(1000, '65001:99', '65099'));
test('DISABLED with everything', prints, FULL, 'DISABLED', full(500, '65001:99', '65010'));
test('the end with everything', prints, FULL, 'EXIT', [
  `${WHO} withdraw route 192.0.2.1/32 next-hop 203.0.113.5 path-information 7`,
  `${WHO} withdraw route 192.0.2.2/32 next-hop 203.0.113.5 path-information 7`,
]);
for (const state of ['INIT', 'RISING', 'FALLING'] as const) test(`${state}: nothing`, prints, FULL, state, []);

const PLAIN = '--ip 192.0.2.1 --withdraw-on-down';
test('plain UP', prints, PLAIN, 'UP', ['announce route 192.0.2.1/32 next-hop self med 100']);
for (const state of ['DOWN', 'DISABLED', 'EXIT'] as const)
  test(`plain ${state}`, prints, PLAIN, state, ['withdraw route 192.0.2.1/32 next-hop self']);
test('IPv6, all neighbors, path id 0 is none', prints, '--ip 2001:DB8:0::80 --neighbor * --path-id 0', 'UP', [
  'neighbor * announce route 2001:db8::80/128 next-hop self med 100',
]);
test('metric 0', prints, '--ip 192.0.2.0/24 --up-metric 0', 'UP', ['announce route 192.0.2.0/24 next-hop self med 0']);
test('without a community of its own DOWN has the usual one', prints, '--ip 192.0.2.1 --community 1:2', 'DOWN', [
  'announce route 192.0.2.1/32 next-hop self med 1000 community [ 1:2 ]',
]);

test('all addresses of a network', (t) => {
  t.deepEqual(addressesOf(parseNetwork('192.0.2.0/30')).map(printNetwork), [
    '192.0.2.0/32',
    '192.0.2.1/32',
    '192.0.2.2/32',
    '192.0.2.3/32',
  ]);
  t.deepEqual(addressesOf(parseNetwork('2001:db8::fffe/127')).map(printNetwork), [
    '2001:db8::fffe/128',
    '2001:db8::ffff/128',
  ]);
  t.is(printNetwork(parseNetwork('::/0')), '::/0');
  t.is(printNetwork(parseNetwork('255.255.255.255')), '255.255.255.255/32');
  t.throws(() => addressesOf(parseNetwork('10.0.0.0/8')), { message: /more than 65536/ });
});
