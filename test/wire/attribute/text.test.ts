/** Attribute texts of commands: what they mean as octets, how they are printed, and which are refused where. */
import test from 'ava';
import { toHex } from '../../../src/util/bytes.js';
import { CommandError, Tokens } from '../../../src/util/tokens.js';
import { attributeByKeyword } from '../../../src/wire/attribute/index.js';
import { parseRaw } from '../../../src/wire/attribute/raw.js';

const reads = test.macro({
  title: (_, text: string) => text,
  exec(t, text: string, hex: string, printed?: string) {
    const tokens = new Tokens(text);
    const type = attributeByKeyword(tokens.next()!)!;
    const value = type.parse(tokens);
    tokens.end();
    t.is(toHex(value), hex.replaceAll(' ', ''));
    if (printed !== undefined) t.is(type.print(value, 'exabgp-4'), printed);
  },
});

test(reads, 'origin IGP', '00', 'igp');
test(reads, 'origin incomplete', '02', 'incomplete');
test(reads, 'as-path 65001', '0201 0000fde9', '[ 65001 ]');
test(reads, 'as-path [ ]', '', '[ ]');
test(reads, 'as-path [ 1, 2 ( 3 4 ) ]', '0202 00000001 00000002 0102 00000003 00000004', '[ 1 2 ( 3 4 ) ]');
test(
  reads,
  'as-path [ 1 2 ] ( 3 4 ) [ 5 ]',
  '0202 00000001 00000002 0102 00000003 00000004 0201 00000005',
  '[ 1 2 ( 3 4 ) 5 ]',
);
test(
  reads,
  'as-path [ { 1 } ] ( { 2 3 } ) [ 4 ]',
  '0301 00000001 0402 00000002 00000003 0201 00000004',
  '[ { 1 } ] ( { 2 3 } ) [ 4 ]',
);
test(reads, 'as-path [ 0 4294967295 ]', '0202 00000000 ffffffff');
test(reads, 'med 4294967295', 'ffffffff', '4294967295');
test(reads, 'local-preference 0x10', '00000010', '16');
test(reads, 'aggregator 65001:10.0.0.1', '0000fde9 0a000001', '( 65001:10.0.0.1 )');
test(reads, 'aggregator (0:10.0.0.2)', '00000000 0a000002');
test(reads, 'community 65001:1', 'fde90001', '65001:1');
test(reads, 'community [ 30740:30740 30740:0 ]', '78147814 78140000', '[ 30740:30740 30740:0 ]');
test(
  reads,
  'community [ no-export no_advertise no-export-subconfed nopeer ]',
  'ffffff01 ffffff02 ffffff03 ffffff04',
  '[ no-export no-advertise no-export-subconfed no-peer ]',
);
test(
  reads,
  'community [ blackhole graceful-shutdown llgr-stale no-llgr accept-own ]',
  'ffff029a ffff0000 ffff0006 ffff0007 ffff0001',
  '[ blackhole 65535:0 65535:6 65535:7 65535:1 ]',
);
test(reads, 'community [ 0x87654321 12345 ]', '87654321 00003039');
test(reads, 'community [ ]', '');
test(
  reads,
  'large-community [ 1:2:3 1:2:3 4294967295:0:1 ]',
  '00000001 00000002 00000003 ffffffff 00000000 00000001',
  '[ 1:2:3 4294967295:0:1 ]',
);
test(reads, 'originator-id 10.1.1.1', '0a010101', '10.1.1.1');
test(reads, 'cluster-list [ 10.2.2.2 10.3.3.3 ]', '0a020202 0a030303', '[ 10.2.2.2 10.3.3.3 ]');
test(reads, 'aigp 100', '01000b 0000000000000064', '0x0000000000000064');
test(reads, 'aigp 0xfffffffffffffffe', '01000b fffffffffffffffe');
test(reads, 'otc 65001', '0000fde9', '65001');
test(reads, 'extended-community 0x0002fde800000064', '0002fde800000064', 'target:65000:100');
test(reads, 'extended-community 72:1', '0002004800000001');
test(reads, 'extended-community 72:0.0.0.1', '0002004800000001');
test(reads, 'extended-community target:65001:4294967295', '0002fde9ffffffff');
test(reads, 'extended-community target:70000:3', '0202000111700003', 'target:70000L:3');
test(reads, 'extended-community target:1L:3', '0202000000010003', 'target:1L:3');
test(reads, 'extended-community target4:65001:3', '02020000fde90003');
test(reads, 'extended-community target:10.0.0.1:7', '01020a0000010007', 'target:10.0.0.1:7');
test(reads, 'extended-community origin:65001:5', '0003fde900000005', 'origin:65001:0.0.0.5');
test(reads, 'extended-community origin:10.0.0.1:7', '01030a0000010007', 'origin:10.0.0.1:7');
test(reads, 'extended-community origin4:65001:3', '02030000fde90003', 'origin:65001L:3');
test(reads, 'extended-community redirect:1400:84000', '8008057800014820', 'redirect:1400:84000');
test(reads, 'extended-community redirect:10.0.0.1:7', '81080a0000010007');
test(reads, 'extended-community redirect:70000:7', '8208000111700007');
test(reads, 'extended-community redirect:65000L:7', '82080000fde80007', 'redirect:65000L:7');
test(reads, 'extended-community copy-to-nexthop-ietf 1.2.3.4', '010c010203040001', 'copy-to-nexthop-ietf 1.2.3.4');
test(reads, 'extended-community redirect-to-nexthop', '0800000000000000', 'redirect-to-nexthop');
test(reads, 'extended-community [ redirect-to-nexthop-ietf 1.2.3.4 72:1 ]', '010c010203040000 0002004800000001');
test(reads, 'extended-community l2info:19:0:1500:111', '800a130005dc006f', 'l2info:19:0:1500:111');
test(reads, 'extended-community bandwidth:65001:125000000', '4004fde94cee6b28', 'bandwidth:65001:125000000');
test(reads, 'extended-community bandwith:65001:125000000', '4004fde94cee6b28', 'bandwidth:65001:125000000');
test(reads, 'extended-community color:100', '030b000000000064', 'color:100');
test(reads, 'extended-community color:100:1', '030b400000000064', 'color:100:1');
test(reads, 'extended-community encap:VXLAN', '030c000000000008', 'encap:VXLAN');
test(reads, 'extended-community encapsulation:vxlan', '030c000000000008', 'encap:VXLAN');
test(
  reads,
  'extended-community [ encap:geneve encap:4711 ]',
  '030c000000000013 030c000000001267',
  '[ encap:19 encap:4711 ]',
);
test(reads, 'extended-community link-bandwidth:65001:1.5', '4004fde93fc00000', 'bandwidth:65001:1.5');
test(reads, 'extended-community default-gateway', '030d000000000000', 'default-gateway');
test(reads, 'extended-community consistentHashSortOrder:7', '0314000000070000', 'consistentHashSortOrder:7');
test(reads, 'extended-community mac-mobility:5:sticky', '0600010000000005', 'mac-mobility:5:sticky');
test(reads, 'extended-community esi-label:5', '0601000000000050', 'esi-label:5');
test(reads, 'extended-community esi-label:5:single-active', '0601010000000050', 'esi-label:5:single-active');
test(reads, 'extended-community es-import:00:11:22:aa:bb:cc', '0602001122aabbcc', 'es-import:00:11:22:aa:bb:cc');
test(reads, 'extended-community router-mac:00:11:22:33:44:55', '0603001122334455', 'router-mac:00:11:22:33:44:55');
test(reads, 'extended-community l2-attributes:2:1500', '0604000205dc0000', 'l2-attributes:2:1500');
test(reads, 'extended-community source-as:65000:0', '0009fde800000000', 'source-as:65000:0');
test(reads, 'extended-community source-as:70000:0', '0209000111700000', 'source-as:70000:0');
test(reads, 'extended-community vrf-import:192.0.2.1:9', '010bc00002010009', 'vrf-import:192.0.2.1:9');
test(reads, 'extended-community rate-limit:0.5', '800600003f000000', 'rate-limit:0.5');
test(reads, 'extended-community rate-limit:1000:packets', '800c0000447a0000', 'rate-limit:1000:packets');
test(reads, 'extended-community 0x8006fde8447a0000', '8006fde8447a0000', '0x8006FDE8447A0000');
test(reads, 'extended-community 0x800600007fc00000', '800600007fc00000', '0x800600007FC00000');
test(
  reads,
  'extended-community interface-set:non-transitive:input:3405770241:1',
  '4702caffee014001',
  'interface-set:non-transitive:input:3405770241:1',
);
test(
  reads,
  'extended-community interface-set:transitive:output:254:254',
  '0702000000fe80fe',
  'interface-set:output:254:254',
);
test(
  reads,
  'extended-community [ action sample-terminal mark 63 ]',
  '8007000000000003 800900000000003f',
  '[ action sample-terminal mark 63 ]',
);
test(reads, 'extended-community copy-to-nexthop', '0800000000000001', 'copy-to-nexthop');
test(reads, 'extended-community rate-limit:0', '8006000000000000', 'rate-limit:0');
test(reads, 'extended-community mup:10:10', '0c00000a0000000a', 'mup:10:10');
test(reads, 'extended-community 0x4302fde800000064', '4302fde800000064', '0x4302FDE800000064');
test(
  reads,
  'extended-community-ipv6 target6:2001:db8::1:7',
  '000220010db80000000000000000000000010007',
  'target6:2001:db8::1:7',
);

test(
  reads,
  'extended-community-ipv6 [ redirect6:2001:db8::1:7 redirect-to-nexthop-ietf 2001:db8::2 ]',
  '000d20010db80000000000000000000000010007 000c20010db80000000000000000000000020000',
  '[ redirect6:2001:db8::1:7 redirect-to-nexthop-ietf 2001:db8::2 ]',
);

test('a raw attribute keeps its flags', (t) => {
  t.deepEqual(parseRaw(new Tokens('[0x99 0x70 0x00000064]')), {
    code: 0x99,
    flags: 0x70,
    value: Uint8Array.of(0, 0, 0, 100),
  });
  t.is(parseRaw(new Tokens('[ 0x63 0xc0 ]')).value.length, 0);
});

const refuses = test.macro({
  title: (_, text: string) => `refused: ${text}`,
  exec(t, text: string, column: number) {
    const tokens = new Tokens(text);
    const word = tokens.next()!;
    const error = t.throws(
      () => {
        if (word === 'attribute') parseRaw(tokens);
        else attributeByKeyword(word)!.parse(tokens);
        tokens.end();
      },
      { instanceOf: CommandError },
    );
    t.is(error?.column, column);
  },
});

test(refuses, 'origin bogus', 8);
test(refuses, 'as-path [ 1.1 ]', 11);
test(refuses, 'as-path [ 4294967296 ]', 11);
test(refuses, 'as-path [ 1', 12);
test(refuses, 'as-path [ 1 ( 2, 3 ) ]', 16);
test(refuses, 'med 4294967296', 5);
test(refuses, 'med -1', 5);
test(refuses, 'med', 4);
test(refuses, 'aggregator 1:2', 12);
test(refuses, 'aggregator ( 1:10.0.0.1', 24);
test(refuses, 'community 65536:1', 11);
test(refuses, 'community [ 1:1 4294967296 ]', 17);
test(refuses, 'community [ 1:1 internet ]', 17);
test(refuses, 'large-community 1:2', 17);
test(refuses, 'large-community 1:2:4294967296', 17);
test(refuses, 'originator-id 1', 15);
test(refuses, 'cluster-list [ 10.0.0.1 x ]', 25);
test(refuses, 'aigp 18446744073709551616', 6);
test(refuses, 'extended-community 0x00', 20);
test(refuses, 'extended-community target:4294967296:1', 20);
test(refuses, 'extended-community target:10.0.0.1:65536', 20);
test(refuses, 'extended-community target4:1:65536', 20);
test(refuses, 'extended-community bogus:1:1', 20);
test(refuses, 'extended-community l2info:1:2:3', 20);
test(refuses, 'extended-community color:4294967296', 20);
test(refuses, 'extended-community encap:bogus', 20);
test(refuses, 'extended-community rate-limit:-1', 20);
test(refuses, 'extended-community rate-limit:nan', 20);
test(refuses, 'extended-community color:1:4', 20);
test(refuses, 'extended-community esi-label:1048576', 20);
test(refuses, 'extended-community es-import:00:11:22:33:44', 20);
test(refuses, 'extended-community interface-set:both:1:1', 20);
test(refuses, 'extended-community-ipv6 target6:2001:db8::1:65536', 25);
test(refuses, 'extended-community-ipv6 bogus6:2001:db8::1:1', 25);
test(refuses, 'attribute [ 0x100 0xc0 0x00 ]', 13);
test(refuses, 'attribute [ 0x63 0xc0 0x0 ]', 23);
test(refuses, 'attribute 0x63', 11);
