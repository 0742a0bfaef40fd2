import test from 'ava';
import { toHex } from '../../src/util/bytes.js';
import { parseIp, parsePrefix } from '../../src/util/ip.js';
import { packSet } from '../../src/wire/attribute-set.js';
import { familyByName, familyIndex } from '../../src/wire/family/index.js';
import type { EncodeProfile } from '../../src/wire/negotiated.js';
import { UpdateWriter } from '../../src/wire/update-writer.js';
import { makeProfile, perFamily } from '../support/profile.js';

const NO_PAYLOAD = new Uint8Array(0);
const MARKER = 'ff'.repeat(16);

function key(family: string, prefix: string, pathId = 0): Uint8Array {
  const parsed = parsePrefix(prefix);
  if (typeof parsed === 'string') throw new Error(`${prefix}: ${parsed}`);
  const index = familyIndex(familyByName(family)!);
  return Uint8Array.of(index, pathId >>> 24, pathId >>> 16, pathId >>> 8, pathId, ...parsed.packed);
}

/** Messages as hexadecimal, without the marker. */
function messages(chunks: readonly { bytes: Uint8Array; messages: number }[]): string[] {
  const out: string[] = [];
  for (const { bytes, messages: count } of chunks) {
    const before = out.length;
    const data = Buffer.from(bytes);
    for (let at = 0; at < data.length; at += data.readUInt16BE(at + 16)) {
      const text = toHex(data.subarray(at, at + data.readUInt16BE(at + 16)));
      out.push(text.startsWith(MARKER) ? text.slice(32) : `bad marker ${text}`);
    }
    if (out.length - before !== count) out.push(`${count} messages counted`);
  }
  return out;
}

function announce(profile: EncodeProfile, family: string, nextHop: string, ...prefixes: string[]): string[] | false {
  const writer = new UpdateWriter(profile);
  const set = packSet(nextHop === 'self' ? 'self' : parseIp(nextHop), NO_PAYLOAD, []);
  if (!writer.announce(familyByName(family)!, set)) return false;
  for (const prefix of prefixes) {
    const packed = key(family, prefix, 7);
    writer.add(packed, 0, packed.length);
  }
  return messages(writer.take());
}

function withdraw(profile: EncodeProfile, family: string, ...prefixes: string[]): string[] {
  const writer = new UpdateWriter(profile);
  writer.withdraw(familyByName(family)!);
  for (const prefix of prefixes) {
    const packed = key(family, prefix, 7);
    writer.add(packed, 0, packed.length);
  }
  return messages(writer.take());
}

const internal = makeProfile({ isExternal: false });
const ADD_PATH = makeProfile({ isExternal: false, addPath: perFamily(['ipv4 unicast', 'ipv6 unicast']) });
const EXTENDED = makeProfile({ isExternal: false, extendedNextHop: perFamily(['ipv4 unicast']) });

test('IPv4 unicast goes in the NLRI field', (t) => {
  t.deepEqual(announce(internal, 'ipv4 unicast', '10.0.0.1', '10.1.0.0/24', '10.2.0.0/16'), [
    '003302000000154001010040020040030' + '40a000001400504000000' + '64180a0100100a02',
  ]);
});

test('a path identifier stands before each NLRI where ADD-PATH was negotiated', (t) => {
  t.deepEqual(announce(ADD_PATH, 'ipv4 unicast', '10.0.0.1', '10.1.0.0/24'), [
    '0034020000001540010100400200400304' + '0a0000014005040000006400000007180a0100',
  ]);
  t.deepEqual(withdraw(ADD_PATH, 'ipv4 unicast', '10.1.0.0/24'), ['001f02000800000007180a01000000']);
});

test('IPv6 unicast goes in MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760)', (t) => {
  t.deepEqual(announce(internal, 'ipv6 unicast', '2001:db8::1', '2001:db8:1::/48'), [
    `0044020000002d40010100400200400504000000` + `64800e1c0002011020010db8000000000000000000000001003020010db80001`,
  ]);
  t.deepEqual(withdraw(internal, 'ipv6 unicast', '2001:db8:1::/48'), ['002402' + '0000000d800f0a0002013020010db80001']);
});

test('an IPv4 route with an IPv6 next hop needs extended next hop (RFC 8950)', (t) => {
  t.false(announce(internal, 'ipv4 unicast', '2001:db8::1', '10.0.0.0/8'));
  t.deepEqual(announce(EXTENDED, 'ipv4 unicast', '2001:db8::1', '10.0.0.0/8'), [
    '003f020000002840010100400200400504000000' + '64800e170001011020010db800000000000000000000000100080a',
  ]);
});

test('self without an address of the family is not sendable', (t) => {
  t.false(announce(internal, 'ipv6 unicast', 'self', '2001:db8::/32'));
  t.truthy(announce(internal, 'ipv4 unicast', 'self', '10.0.0.0/8'));
});

for (const messageSize of [4096, 65535]) {
  for (const family of ['ipv4 unicast', 'ipv6 unicast']) {
    test(`${family}: messages of ${messageSize} octets are filled and none is larger`, (t) => {
      const profile = makeProfile({ messageSize });
      const writer = new UpdateWriter(profile);
      const set = packSet(parseIp(family === 'ipv4 unicast' ? '10.0.0.1' : '2001:db8::1'), NO_PAYLOAD, []);
      t.true(writer.announce(familyByName(family)!, set));
      const routes = 30000;
      for (let i = 0; i < routes; i++) {
        const prefix = family === 'ipv4 unicast' ? `10.${i >> 8}.${i & 255}.0/24` : `2001:db8:${i.toString(16)}::/48`;
        const packed = key(family, prefix);
        t.true(writer.add(packed, 0, packed.length));
      }
      const sizes = messages(writer.take()).map((text) => text.length / 2 + 16);
      t.true(sizes.every((size) => size <= messageSize));
      t.true(sizes.slice(0, -1).every((size) => size > messageSize - 16));
    });
  }
}

test('without group-updates each route has a message of its own', (t) => {
  const profile = makeProfile({ groupUpdates: false });
  t.is((announce(profile, 'ipv4 unicast', 'self', '10.1.0.0/24', '10.2.0.0/24') as string[]).length, 2);
});

test('attributes that leave no room for a route are refused', (t) => {
  const writer = new UpdateWriter(makeProfile());
  const large = packSet('self', NO_PAYLOAD, [{ code: 8, flags: 0xc0, value: new Uint8Array(4096) }]);
  const packed = key('ipv4 unicast', '10.0.0.0/8');
  t.false(writer.announce(familyByName('ipv4 unicast')!, large) && writer.add(packed, 0, packed.length));
  t.deepEqual(writer.take(), []);
});
