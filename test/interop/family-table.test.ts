/** What daemons cannot leaves no route untested: some daemon shows each, sends each on and loses each, and no reason is stale. */
import test from 'ava';
import type { FamilyPeer } from './family-peer.js';
import { bird } from './family-peer-bird.js';
import { frr } from './family-peer-frr.js';
import { gobgp } from './family-peer-gobgp.js';
import { openbgpd } from './family-peer-openbgpd.js';
import { familyRoutes, type RouteName } from './family-routes.js';
import { routesOf } from './family-suite.js';

const peers: readonly FamilyPeer[] = [bird, frr, gobgp, openbgpd];
/** No daemon at hand has the family, or none takes the route; tshark decodes the golden messages of these. */
const NOWHERE: Partial<Record<RouteName, string>> = {
  'multicast source active': 'no daemon has SAFI 5',
  'multicast source join': 'no daemon has SAFI 5',
  'all route targets': 'GoBGP, which alone has memberships, ends at it',
};
/** Shown by no daemon, but sent on as it came. */
const NOT_SHOWN: readonly RouteName[] = ['sr-policy, labels', 'sr-policy, SRv6', 'vpls'];
const NOT_LOST: readonly RouteName[] = [];

for (const name of Object.keys(familyRoutes) as RouteName[]) {
  test(`${name}: shown, sent on and lost by some daemon`, (t) => {
    const having = peers.filter((peer) => routesOf(peer).includes(name));
    t.log(having.map((peer) => peer.name).join(' '));
    t.is(having.length === 0, NOWHERE[name] !== undefined);
    if (having.length === 0) return;
    t.is(
      having.every((peer) => peer.shows[name] === undefined),
      NOT_SHOWN.includes(name),
    );
    t.true(having.some((peer) => peer.cannotRelay[name] === undefined));
    t.is(
      having.every((peer) => peer.keeps?.[name] !== undefined),
      NOT_LOST.includes(name),
    );
  });
}

for (const peer of peers) {
  test(`${peer.name}: a route is shown or there is a reason, not both`, (t) => {
    for (const name of routesOf(peer)) {
      t.true((peer.shows[name] === undefined) !== (peer.cannotShow[name] === undefined), name);
    }
  });
}
