import test from 'ava';
import { fromHex, toHex } from '../../../src/util/bytes.js';
import { tunnelEncapsulation } from '../../../src/wire/attribute/tunnel-encapsulation.js';
import { makeNegotiated } from '../../support/negotiated.js';

const UNKNOWN = '7fff0004deadbeef';
const VXLAN = '00080016060a000000000001c00002010408030b000000000064';

test('a tunnel type that we do not know counts as absent, whatever is in it, and is kept (RFC 9012 section 13)', (t) => {
  const value = fromHex(UNKNOWN + VXLAN)!;
  const decoded = tunnelEncapsulation.decode(value, makeNegotiated());
  t.true(decoded instanceof Uint8Array);
  t.is(toHex(decoded as Uint8Array), UNKNOWN + VXLAN);
  t.false(tunnelEncapsulation.hasText?.(value) ?? true, 'commands have it as octets');
  t.is(JSON.parse(`{${tunnelEncapsulation.toJson(value, 'exabgp-5')}}`)['tunnel-encap']['32767'], '0xdeadbeef');
});

test('sub-TLVs of a known type must fit', (t) => {
  t.false(tunnelEncapsulation.decode(fromHex('0008000406ff0000')!, makeNegotiated()) instanceof Uint8Array);
});
