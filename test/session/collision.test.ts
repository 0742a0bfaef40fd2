import test from 'ava';
import { type CollisionVerdict, isOursKept, resolveCollision } from '../../src/session/collision.js';
import { FsmState } from '../../src/session/fsm-types.js';
import { parseIpv4 } from '../../src/util/ip.js';

const kept = test.macro((t, localId: string, peerId: string, localAs: number, peerAs: number, expected: boolean) => {
  const identities = { localRouterId: parseIpv4(localId)!, peerRouterId: parseIpv4(peerId)!, localAs, peerAs };
  t.is(isOursKept(identities), expected);
});
test('our identifier is higher', kept, '192.0.2.2', '192.0.2.1', 1, 2, true);
test('our identifier is lower', kept, '192.0.2.1', '192.0.2.2', 2, 1, false);
test('identifiers are unsigned', kept, '200.0.0.1', '100.0.0.1', 1, 2, true);
test('the first octet counts first', kept, '1.255.255.255', '2.0.0.0', 2, 1, false);
test('equal identifiers: the larger AS (RFC 6286)', kept, '192.0.2.1', '192.0.2.1', 65001, 65000, true);
test('equal identifiers: the smaller AS', kept, '192.0.2.1', '192.0.2.1', 65000, 4200000000, false);

const high = { localRouterId: parseIpv4('9.9.9.9')!, peerRouterId: parseIpv4('1.1.1.1')!, localAs: 1, peerAs: 2 };
const low = { ...high, localRouterId: parseIpv4('0.0.0.1')! };
const verdict = test.macro(
  (
    t,
    oldState: FsmState,
    isNewOurs: boolean,
    isOldOurs: boolean,
    isRestart: boolean,
    isHigh: boolean,
    expected: CollisionVerdict,
  ) => {
    t.is(resolveCollision(oldState, isNewOurs, isOldOurs, isRestart, isHigh ? high : low), expected);
  },
);
const { connect, active, openSent, openConfirm, established } = FsmState;
for (const state of [FsmState.idle, connect, active, openSent]) {
  test(`${state}: no collision yet`, verdict, state, true, false, false, true, 'keepBoth');
}
test('OpenConfirm, we are higher, the new one is ours', verdict, openConfirm, true, false, false, true, 'closeOld');
test('OpenConfirm, we are higher, the old one is ours', verdict, openConfirm, false, true, false, true, 'closeNew');
test('OpenConfirm, we are lower, the new one is ours', verdict, openConfirm, true, false, false, false, 'closeNew');
test('OpenConfirm, we are lower, the old one is ours', verdict, openConfirm, false, true, false, false, 'closeOld');
test('OpenConfirm, the neighbor opened both', verdict, openConfirm, false, false, false, true, 'closeOld');
test('Established stays, whoever is higher', verdict, established, true, false, false, true, 'closeNew');
test('Established stays, the other way', verdict, established, false, true, false, false, 'closeNew');
test('Established gives way after a graceful restart', verdict, established, false, true, true, true, 'replaceOld');
