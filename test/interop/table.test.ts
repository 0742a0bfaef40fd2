/** The table of what each daemon cannot show or do leaves no attribute and no ability untested. */
import test from 'ava';
import type { Ability, AttributeName } from './peer.js';
import { peerKinds } from './peers.js';

const ATTRIBUTES: Record<AttributeName, true> = {
  origin: true,
  'as-path': true,
  'as-set': true,
  'next-hop': true,
  med: true,
  'local-preference': true,
  'atomic-aggregate': true,
  aggregator: true,
  community: true,
  'originator-id': true,
  'cluster-list': true,
  'extended-community': true,
  'ipv6-extended-community': true,
  'large-community': true,
  aigp: true,
  otc: true,
  unknown: true,
  'confederation-path': true,
};
const ABILITIES: Record<Ability, true> = {
  'add-path receive': true,
  'add-path send': true,
  'show path id': true,
  'route refresh in': true,
  'route refresh out': true,
  'shutdown text out': true,
  'shutdown text in': true,
  'md5 listen': true,
  'md5 connect': true,
  'gtsm listen': true,
  'graceful restart helper': true,
};

for (const name of Object.keys(ATTRIBUTES) as AttributeName[]) {
  test(`${name} is shown by some daemon`, (t) => {
    const showing = peerKinds.filter((kind) => kind.cannotShow[name] === undefined).map((kind) => kind.name);
    t.log(showing.join(' '));
    t.true(showing.length > 0);
  });
}

for (const ability of Object.keys(ABILITIES) as Ability[]) {
  test(`${ability} is possible with some daemon`, (t) => {
    const able = peerKinds.filter((kind) => !kind.cannotDo.includes(ability)).map((kind) => kind.name);
    t.log(able.join(' '));
    t.true(able.length > 0);
  });
}
