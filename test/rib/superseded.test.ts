/** Configured routes that another one replaced are sent as well where that is asked for, and hold nothing for ever. */
import test from 'ava';
import { OutgoingRib } from '../../src/rib/rib-out.js';
import { silentLogger } from '../../src/util/log.js';
import { TurnScheduler } from '../../src/util/turn.js';
import { packSet } from '../../src/wire/attribute-set.js';
import { FakeClock } from '../support/fake-clock.js';
import { makeProfile } from '../support/profile.js';

const KEY = Uint8Array.of(0, 0, 0, 0, 0, 24, 10, 0, 0);
const MED = 4;

function lab() {
  const scheduler = new TurnScheduler();
  const rib = new OutgoingRib({ clock: new FakeClock(), scheduler, log: silentLogger, maxRoutes: 100, atOnceMs: 1e9 });
  const member = rib.addMember('n', { reach: 'all', adjRibOut: true, autoFlush: true });
  const announce = (med: number): void => {
    const value = Uint8Array.of(0, 0, 0, med);
    const set = rib.internSet(packSet('self', new Uint8Array(0), [{ code: MED, flags: 0x80, value }]));
    rib.announce(rib.targetsOf([member]), KEY, KEY.length, set, 1);
    rib.releaseSet(set);
  };
  /** The MEDs of a new session's UPDATEs, in order. */
  const session = (): number[] => {
    const feed = rib.openFeed(member, makeProfile({}));
    const out: number[] = [];
    feed.drain((chunk) => {
      for (let at = 0; at < chunk.length; at += (chunk[at + 16]! << 8) | chunk[at + 17]!) {
        const end = at + ((chunk[at + 16]! << 8) | chunk[at + 17]!);
        const message = chunk.subarray(at, end);
        const med = Buffer.from(message).indexOf(Buffer.from([0x80, MED, 4, 0, 0, 0]));
        if (med > 0) out.push(message[med + 6]!);
      }
      return true;
    }, Number.POSITIVE_INFINITY);
    feed.close();
    return out;
  };
  return { rib, member, announce, session };
}

test('sent in each session before the route that holds, until they are forgotten', (t) => {
  const { rib, member, announce, session } = lab();
  announce(1);
  rib.supersede(member, KEY, KEY.length);
  announce(2);
  rib.supersede(member, KEY, KEY.length);
  announce(3);
  t.deepEqual(session(), [1, 2, 3]);
  t.deepEqual(session(), [1, 2, 3]);
  rib.forgetSuperseded(member);
  t.deepEqual(session(), [3]);
});

test('they keep no route and no attributes behind', (t) => {
  const { rib, member, announce } = lab();
  announce(1);
  rib.supersede(member, KEY, KEY.length);
  announce(2);
  rib.withdraw(rib.targetsOf([member]), KEY, KEY.length);
  t.is(rib.size, 1);
  rib.removeMember(member);
  t.is(rib.size, 0);
});

test('without a route there is nothing to replace', (t) => {
  const { rib, member, announce, session } = lab();
  rib.supersede(member, KEY, KEY.length);
  announce(1);
  t.deepEqual(session(), [1]);
});
