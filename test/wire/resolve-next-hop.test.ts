import test from 'ava';
import { NO_BYTES, toHex } from '../../src/util/bytes.js';
import { packSet } from '../../src/wire/attribute-set.js';
import { families, familyByName } from '../../src/wire/family/index.js';
import { resolveNextHop } from '../../src/wire/resolve-next-hop.js';
import { makeProfile } from '../support/profile.js';

const GLOBAL = '20010db8000000000000000000000001';
const LINK_LOCAL = 'fe800000000000000000000000000001';
const self6 = Uint8Array.from(Buffer.from(GLOBAL + LINK_LOCAL, 'hex'));

const isSelf = test.macro({
  title: (_, name: string, extended: boolean) =>
    `"self" with a link-local address: ${name}${extended ? ', RFC 8950' : ''}`,
  exec(t, name: string, extended: boolean, expected: string | undefined) {
    const extendedNextHop = families.map(() => extended);
    const profile = makeProfile({ families: families.map(() => true), extendedNextHop, self4: undefined, self6 });
    const nextHop = resolveNextHop(packSet('self', NO_BYTES, []), familyByName(name)!, profile);
    t.is(nextHop && toHex(nextHop), expected);
  },
});
test(isSelf, 'ipv6 unicast', false, GLOBAL + LINK_LOCAL);
test(isSelf, 'ipv6 mpls-vpn', false, GLOBAL + LINK_LOCAL);
test(isSelf, 'ipv4 unicast', false, undefined);
test(isSelf, 'ipv4 unicast', true, GLOBAL + LINK_LOCAL);
test(isSelf, 'ipv4 mpls-vpn', true, GLOBAL + LINK_LOCAL);
test(isSelf, 'l2vpn evpn', false, GLOBAL);
test(isSelf, 'ipv6 sr-policy', false, GLOBAL);
