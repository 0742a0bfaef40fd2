/** Withdrawals that carry what ExaBGP's do, and those that do not. */
import test from 'ava';
import { type ParsedRoutes, parseRoutes } from '../../src/api/route-text.js';
import { OutgoingRib } from '../../src/rib/rib-out.js';
import type { OutFeed } from '../../src/rib/types.js';
import { toHex } from '../../src/util/bytes.js';
import { silentLogger } from '../../src/util/log.js';
import { Tokens } from '../../src/util/tokens.js';
import { TurnScheduler } from '../../src/util/turn.js';
import { FakeClock } from '../support/fake-clock.js';
import { makeProfile, perFamily } from '../support/profile.js';

const OWNER = 7;

function lab(withdrawsAttributes: boolean) {
  const scheduler = new TurnScheduler();
  const rib = new OutgoingRib({ clock: new FakeClock(), scheduler, log: silentLogger, maxRoutes: 100, atOnceMs: 1e9 });
  const member = rib.addMember('n', { reach: 'all', adjRibOut: true, autoFlush: true });
  const families = perFamily(['ipv4 unicast', 'ipv4 mpls-vpn', 'l2vpn vpls']);
  const feed = rib.openFeed(member, makeProfile({ withdrawsAttributes, families }));
  const targets = rib.targetsOfProcess('p');
  const each = (parsed: ParsedRoutes, use: (key: Uint8Array, set: number) => void): void => {
    const set = rib.internSet(parsed.set);
    for (const { key } of parsed.routes) use(key, set);
    rib.releaseSet(set);
  };
  return {
    feed,
    announce: (text: string) =>
      each(parseRoutes(new Tokens(text), 'route', 'announce'), (key, set) => {
        rib.announce(targets, key, key.length, set, OWNER);
      }),
    withdraw: (text: string) =>
      each(parseRoutes(new Tokens(text), 'route', 'withdraw'), (key, set) => {
        rib.withdraw(targets, key, key.length, set);
      }),
    announceVpls: (text: string) =>
      each(parseRoutes(new Tokens(text), 'vpls', 'announce'), (key, set) => {
        rib.announce(targets, key, key.length, set, OWNER);
      }),
    withdrawVpls: (text: string) =>
      each(parseRoutes(new Tokens(text), 'vpls', 'withdraw'), (key, set) => {
        rib.withdraw(targets, key, key.length, set);
      }),
    clear: () => rib.clear(targets),
  };
}

/** What was written, without the headers of the messages. */
function bodies(feed: OutFeed): string[] {
  const out: string[] = [];
  feed.drain((chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const end = at + ((chunk[at + 16]! << 8) | chunk[at + 17]!);
      out.push(toHex(chunk.subarray(at + 19, end)));
      at = end;
    }
    return true;
  }, Number.POSITIVE_INFINITY);
  return out;
}

const ROUTE = '10.0.0.0/24 rd 65000:1';
const DEFAULTS = '40010100400206020100 00fde8'.replace(' ', '');
const NLRI = '0000fde8000000010a0000';

const sends = test.macro({
  title: (_, what: string) => what,
  exec(t, _: string, has: boolean, act: (one: ReturnType<typeof lab>) => void, expected: string) {
    const one = lab(has);
    one.announce(`${ROUTE} label 100 next-hop 192.0.2.1 med 5`);
    bodies(one.feed);
    act(one);
    t.deepEqual(bodies(one.feed), [expected]);
  },
});

test(
  sends,
  'a plain session gets nothing but the route, with 0x800000 in place of the label',
  false,
  (one) => one.withdraw(`${ROUTE} label 7 med 9`),
  `00000015800f12000180 70800000${NLRI}`.replace(' ', ''),
);
test(
  sends,
  'what the withdraw was given goes along where asked for',
  true,
  (one) => one.withdraw(`${ROUTE} label 7 med 9`),
  `00000029800f1200018070000071${NLRI}${DEFAULTS}80040400000009`,
);
test(
  sends,
  'a withdraw of nothing but the route has the defaults',
  true,
  (one) => one.withdraw(ROUTE),
  `00000022800f1200018070800000${NLRI}${DEFAULTS}`,
);
test(
  sends,
  'without a command it is what the route had',
  true,
  (one) => one.clear(),
  `00000030800f1200018070000641${NLRI}${DEFAULTS}400304c000020180040400000005`,
);
test(
  sends,
  'announced anew in between, the route has what it was announced with last',
  true,
  (one) => {
    one.withdraw(`${ROUTE} label 7 med 9`);
    one.announce(`${ROUTE} label 101 next-hop 192.0.2.1 med 6`);
    one.clear();
  },
  `00000030800f1200018070000651${NLRI}${DEFAULTS}400304c000020180040400000006`,
);
test('plain prefixes carry nothing', (t) => {
  const one = lab(true);
  one.announce('10.0.0.0/24 next-hop 192.0.2.1 med 5');
  bodies(one.feed);
  one.withdraw('10.0.0.0/24 med 9');
  t.deepEqual(bodies(one.feed), ['0004180a00000000']);
});

const BLOCK = 'rd 65000:1 endpoint 3 offset 1';
const VPLS_NLRI = '0011' + '0000fde800000001' + '0003' + '0001' + '0008' + '02800';

test('a withdrawal of VPLS repeats size and label base, without attributes, whatever the withdraw says of them', (t) => {
  for (const words of [BLOCK, `${BLOCK} base 10240 size 8`]) {
    const { feed, announceVpls, withdrawVpls } = lab(false);
    announceVpls(`${BLOCK} base 10240 size 8 next-hop 192.0.2.9`);
    const [announced] = bodies(feed);
    t.true(announced!.includes(VPLS_NLRI), announced!);
    withdrawVpls(words);
    const [withdrawn] = bodies(feed);
    // No withdrawn routes, then MP_UNREACH_NLRI alone: 19 octets of NLRI behind AFI and SAFI.
    t.true(withdrawn!.startsWith(`00000019800f16001941${VPLS_NLRI}`), withdrawn!);
  }
});

test('clearing VPLS repeats them as well', (t) => {
  const { feed, announceVpls, clear } = lab(false);
  announceVpls(`${BLOCK} base 10240 size 8 next-hop 192.0.2.9`);
  bodies(feed);
  clear();
  t.true(bodies(feed)[0]!.includes(VPLS_NLRI));
});
