/** What a session and commands see of the outgoing tables, step by step; the property test covers their contents. */
import test from 'ava';
import { OutgoingRib } from '../../src/rib/rib-out.js';
import type { Member, OutFeed } from '../../src/rib/types.js';
import { silentLogger } from '../../src/util/log.js';
import { TurnScheduler } from '../../src/util/turn.js';
import { packSet } from '../../src/wire/attribute-set.js';
import { families, familyByName, familyIndex } from '../../src/wire/family/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { makeProfile } from '../support/profile.js';

const IPV4 = familyIndex(familyByName('ipv4 unicast')!);
const IPV6 = familyIndex(familyByName('ipv6 unicast')!);
const OWNER = 7;
const FOREVER = Number.POSITIVE_INFINITY;
const NO_PAYLOAD = new Uint8Array(0);

class Lab {
  readonly clock = new FakeClock();
  readonly rib: OutgoingRib;
  readonly set: number;

  constructor(maxRoutes = 100) {
    const scheduler = new TurnScheduler();
    // Short work is done at once, however slow the machine.
    this.rib = new OutgoingRib({ clock: this.clock, scheduler, log: silentLogger, maxRoutes, atOnceMs: FOREVER });
    this.set = this.rib.internSet(packSet('self', NO_PAYLOAD, []));
  }

  member(name: string, autoFlush = true): Member {
    return this.rib.addMember(name, { reach: 'all', adjRibOut: true, autoFlush });
  }

  announce(prefix: number, leaseSeconds?: number): boolean {
    const key = Uint8Array.of(IPV4, 0, 0, 0, 0, 8, prefix);
    return this.rib.announce(this.rib.targetsOfProcess('p'), key, key.length, this.set, OWNER, leaseSeconds);
  }

  withdraw(prefix: number): void {
    const key = Uint8Array.of(IPV4, 0, 0, 0, 0, 8, prefix);
    this.rib.withdraw(this.rib.targetsOfProcess('p'), key, key.length);
  }
}

/** Drains all. @returns what was written: "+10" announced, "-10" withdrawn, other messages as their hexadecimal */
function drained(feed: OutFeed, room = 1000): string[] {
  const out: string[] = [];
  let left = room;
  feed.drain((chunk) => {
    const data = Buffer.from(chunk);
    if (data.length < 19) out.push(data.toString('hex'));
    for (let at = 0; at + 19 <= data.length; at += data.readUInt16BE(at + 16)) {
      const end = at + data.readUInt16BE(at + 16);
      const withdrawn = data.readUInt16BE(at + 19);
      for (let p = at + 21; p < at + 21 + withdrawn; p += 2) out.push(`-${data[p + 1]}`);
      const attributesEnd = at + 23 + withdrawn + data.readUInt16BE(at + 21 + withdrawn);
      for (let p = attributesEnd; p < end; p += 2) out.push(`+${data[p + 1]}`);
    }
    return --left > 0;
  }, FOREVER);
  return out;
}

test('a peer that wants two paths of a prefix gets the two newest', (t) => {
  const lab = new Lab();
  const member = lab.member('n');
  const path = (id: number): Uint8Array => Uint8Array.of(IPV4, 0, 0, 0, id, 8, 10);
  const announce = (id: number): void => {
    lab.rib.announce(lab.rib.targetsOfProcess('p'), path(id), 7, lab.set, OWNER);
  };
  const withdraw = (id: number): void => lab.rib.withdraw(lab.rib.targetsOfProcess('p'), path(id), 7);
  const isIpv4 = families.map((_, index) => index === IPV4);
  const feed = lab.rib.openFeed(member, makeProfile({ addPath: isIpv4, pathsLimit: isIpv4.map((is) => (is ? 2 : 0)) }));
  for (const id of [1, 2, 3]) announce(id);
  t.deepEqual(paths(feed), ['+2', '+3']);
  announce(4);
  t.deepEqual(paths(feed), ['-2', '+4']);
  announce(1);
  t.deepEqual(paths(feed), ['-3', '+1'], 'an identical announce makes it the newest');
  announce(1);
  announce(4);
  t.deepEqual(paths(feed), [], 'both were sent already');
  withdraw(4);
  t.deepEqual(paths(feed), ['-4', '+3']);
  withdraw(2);
  t.deepEqual(paths(feed), ['-2'], 'it was not sent: an unknown withdrawal does no harm');
  feed.refresh(IPV4);
  t.deepEqual(paths(feed).sort(), ['+1', '+3']);
});

/** As `drained`, path identifiers instead of prefixes; all prefixes have one octet. */
function paths(feed: OutFeed): string[] {
  const out: string[] = [];
  feed.drain((chunk) => {
    const data = Buffer.from(chunk);
    for (let at = 0; at + 19 <= data.length; at += data.readUInt16BE(at + 16)) {
      const end = at + data.readUInt16BE(at + 16);
      const withdrawn = data.readUInt16BE(at + 19);
      for (let p = at + 21; p < at + 21 + withdrawn; p += 6) out.push(`-${data.readUInt32BE(p)}`);
      const attributesEnd = at + 23 + withdrawn + data.readUInt16BE(at + 21 + withdrawn);
      for (let p = attributesEnd; p < end; p += 6) out.push(`+${data.readUInt32BE(p)}`);
    }
    return true;
  }, FOREVER);
  return out;
}

test('a session begins with a replay, then End-of-RIB is due for each negotiated family', (t) => {
  const lab = new Lab();
  const member = lab.member('n');
  lab.announce(10);
  lab.announce(11);
  const feed = lab.rib.openFeed(member, makeProfile());
  const replayed: number[] = [];
  feed.onReplayed = (family) => replayed.push(family);
  t.deepEqual(drained(feed), ['+10', '+11']);
  t.deepEqual(replayed, [IPV4, IPV6]);
});

test('a session is woken once until it drains', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  drained(feed);
  let wakes = 0;
  feed.onReady = () => wakes++;
  lab.announce(10);
  lab.announce(11);
  t.is(wakes, 1);
  t.deepEqual(drained(feed), ['+10', '+11']);
  lab.withdraw(10);
  t.is(wakes, 2);
  t.deepEqual(drained(feed), ['-10']);
});

test('an identical announce is dropped', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  lab.announce(10);
  drained(feed);
  lab.announce(10);
  t.deepEqual(drained(feed), []);
});

test('a withdraw of an unknown route is sent', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  lab.announce(10);
  drained(feed);
  lab.withdraw(99);
  t.deepEqual(drained(feed), ['-99']);
  t.is(lab.rib.size, 1);
});

test('nothing is withdrawn from a peer that was sent nothing in its session', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  drained(feed);
  lab.announce(10);
  lab.announce(11);
  lab.withdraw(10);
  lab.withdraw(99);
  t.deepEqual(drained(feed), ['+11']);
  t.is(lab.rib.size, 1);
  lab.withdraw(10);
  t.deepEqual(drained(feed), ['-10']);
});

test('route refresh: all again, between the markers (RFC 7313)', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  lab.announce(10);
  drained(feed);
  feed.refresh(IPV4, { begin: Uint8Array.of(1), end: Uint8Array.of(2) });
  feed.refresh(IPV4, { begin: Uint8Array.of(1), end: Uint8Array.of(2) });
  t.deepEqual(drained(feed), ['01', '+10', '02'], 'two requests that wait are one');
  feed.refresh(IPV6);
  t.deepEqual(drained(feed), []);
});

test('flush sends everything again', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  lab.announce(10);
  drained(feed);
  lab.rib.flush(lab.rib.targetsOfProcess('p'));
  t.deepEqual(drained(feed), ['+10']);
});

test('clear withdraws nothing from peers that were sent nothing', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  const clear = (): void => lab.rib.clear(lab.rib.targetsOfProcess('p'));
  drained(feed);
  lab.announce(10);
  clear();
  t.deepEqual(drained(feed), []);
  t.is(lab.rib.size, 0);
  lab.rib.flush(lab.rib.targetsOfProcess('p'));
  lab.announce(10);
  clear();
  t.deepEqual(drained(feed), [], 'in a sweep');
  lab.announce(10);
  drained(feed);
  lab.announce(11);
  clear();
  t.deepEqual(drained(feed).sort(), ['-10', '-11']);
  t.is(lab.rib.size, 0);
});

test('clear withdraws what a peer was sent before its routes became its own', (t) => {
  const lab = new Lab();
  const [one, two] = [lab.member('one'), lab.member('two')];
  const feed = lab.rib.openFeed(one, makeProfile());
  lab.rib.openFeed(two, makeProfile());
  lab.announce(10);
  drained(feed);
  lab.rib.clear(lab.rib.targetsOf([one]));
  t.deepEqual(drained(feed), ['-10']);
});

test('without auto-flush changes wait for flush', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n', false), makeProfile());
  drained(feed);
  lab.announce(10);
  t.deepEqual(drained(feed), []);
  lab.rib.flush(lab.rib.targetsOfProcess('p'));
  t.true(drained(feed).includes('+10'));
  lab.announce(11);
  t.deepEqual(drained(feed), []);
});

test('a lease ends the route, a renewed one does not, a plain announce clears it', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  lab.announce(10, 5);
  lab.announce(11, 5);
  lab.announce(12, 5);
  drained(feed);
  lab.clock.advance(3000);
  lab.announce(11, 5);
  lab.announce(12);
  lab.clock.advance(3000);
  t.deepEqual(drained(feed), ['-10']);
  lab.clock.advance(3000);
  t.deepEqual(drained(feed), ['-11']);
  lab.clock.advance(100_000);
  t.deepEqual(drained(feed), []);
  t.is(lab.clock.running, 0);
});

test('a lease outlives a split of the view', (t) => {
  const lab = new Lab();
  const one = lab.member('one');
  const two = lab.member('two');
  lab.announce(10, 5);
  const key = Uint8Array.of(IPV4, 0, 0, 0, 0, 8, 11);
  lab.rib.announce(lab.rib.targetsOf([one]), key, key.length, lab.set, OWNER);
  t.deepEqual([lab.rib.count(one), lab.rib.count(two)], [2, 1]);
  lab.clock.advance(6000);
  t.deepEqual([lab.rib.count(one), lab.rib.count(two)], [1, 0]);
});

test('too many routes are refused, known ones still change', (t) => {
  const lab = new Lab(2);
  lab.member('n');
  t.deepEqual([lab.announce(10), lab.announce(11), lab.announce(12), lab.announce(10)], [true, true, false, true]);
  lab.withdraw(10);
  t.true(lab.announce(12));
});

test('whenFlushed waits for the kernel, not for sessions that are down', (t) => {
  const lab = new Lab();
  lab.member('down');
  const feed = lab.rib.openFeed(lab.member('up'), makeProfile());
  drained(feed);
  feed.flushed();
  let done = 0;
  lab.announce(10);
  const wait = lab.rib.whenFlushed(lab.rib.targetsOfProcess('p'), () => done++);
  t.deepEqual(
    wait.pending().map(({ name }) => name),
    ['up'],
  );
  drained(feed);
  t.is(done, 0, 'written, but not yet taken by the kernel');
  feed.flushed();
  t.is(done, 1);
  lab.rib.whenFlushed(lab.rib.targetsOfProcess('p'), () => done++);
  t.is(done, 2, 'nothing is due');
  lab.announce(11);
  lab.rib.whenFlushed(lab.rib.targetsOfProcess('p'), () => done++);
  feed.close();
  t.is(done, 3, 'a session that goes down is not waited for');
});

test('a peer that is far behind goes on alone and misses nothing', (t) => {
  const lab = new Lab(1_000_000);
  const slow = lab.rib.openFeed(lab.member('slow'), makeProfile({ groupUpdates: false }));
  const fast = lab.rib.openFeed(lab.member('fast'), makeProfile({ groupUpdates: false }));
  drained(slow);
  drained(fast);
  const key = Uint8Array.of(IPV4, 0, 0, 0, 0, 24, 0, 0, 0);
  const announceAll = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      key[6] = i >>> 16;
      key[7] = i >>> 8;
      key[8] = i;
      lab.rib.announce(lab.rib.targetsOfProcess('p'), key, key.length, lab.set, OWNER);
    }
  };
  const count = (feed: OutFeed): number => {
    let messages = 0;
    feed.drain((_chunk, some) => {
      messages += some;
      return true;
    }, FOREVER);
    return messages;
  };
  let sent = 0;
  for (let i = 0; i < 10; i++) {
    announceAll(i * 20_000, (i + 1) * 20_000);
    sent += count(fast);
  }
  t.is(sent, 200_000);
  t.is(count(slow), 200_000);
  announceAll(200_000, 200_001);
  t.is(count(slow), 1);
  t.is(count(fast), 1);
});

test('withdrawAll withdraws what the peer holds', (t) => {
  const lab = new Lab();
  const feed = lab.rib.openFeed(lab.member('n'), makeProfile());
  lab.announce(10);
  lab.announce(11);
  drained(feed);
  feed.withdrawAll();
  t.deepEqual(drained(feed).sort(), ['-10', '-11']);
});
