import test from 'ava';
import { fromHex, Reader, toHex } from '../../../src/util/bytes.js';
import {
  capabilityType,
  capabilityTypes,
  readCapability,
  writeCapability,
} from '../../../src/wire/capability/index.js';

/** For each known code: values as TLVs of that code, which must come back as they are. */
const SAMPLES: Readonly<Record<number, readonly (readonly string[])[]>> = {
  1: [['00010001'], ['00010001', '00020001', '40040047']],
  2: [['']],
  5: [['000100010002'], ['000100010002000100800002']],
  6: [['']],
  8: [['00010401'], ['000104ff00018002']],
  9: [['00'], ['03'], ['09']],
  64: [['0078'], ['8078000101800002010 0'.replace(' ', '')], ['4fff'], ['c000000101 80'.replace(' ', '')]],
  65: [['0000fde9'], ['fa56ea01']],
  68: [['00'], ['0001']],
  69: [['00010101'], ['0001010300020102']],
  70: [['']],
  71: [[''], ['00010180000e10'], ['0001010000000000028000ffffff']],
  73: [['0000'], ['0161016 2'.replace(' ', '')]],
  75: [['00'], ['0462697264']],
  76: [['0001010002'], ['0001010002000180ffff']],
  77: [['']],
  128: [['']],
  131: [['00']],
  185: [['']],
};

test('every capability has samples', (t) => {
  t.deepEqual(
    Object.keys(SAMPLES)
      .map(Number)
      .sort((a, b) => a - b),
    capabilityTypes.map(({ code }) => code).sort((a, b) => a - b),
  );
});

for (const type of capabilityTypes) {
  test(`${type.name} (${type.code}): decode∘encode`, (t) => {
    for (const values of SAMPLES[type.code]!) {
      const tlvs = values.map((hex) => ({ code: type.code, value: fromHex(hex)! }));
      const decoded = readCapability(tlvs, type);
      t.not(decoded, undefined, values.join());
      const written = writeCapability(type, decoded);
      t.deepEqual(
        written.map(({ value }) => toHex(value)),
        [...values],
      );
      t.deepEqual(readCapability(written, type), decoded);
      for (const dialect of ['exabgp-4', 'exabgp-5'] as const)
        t.notThrows(() => JSON.parse(type.toJson(decoded, dialect)));
      t.false(/[\n\r]/.test(type.print(decoded)));
    }
  });
}

const folded = test.macro<[code: number, values: string[], expected: string | undefined]>({
  exec(t, code, values, expected) {
    const type = capabilityType(code)!;
    const value = readCapability(
      values.map((hex) => ({ code, value: fromHex(hex)! })),
      type,
    );
    t.is(value === undefined ? undefined : type.toJson(value, 'exabgp-4'), expected);
  },
  title: (_, code, values) => `${code}: ${values.join(' + ')}`,
});

const RESTART = '{ "name": "graceful restart", "time": ';
test('graceful restart: the last counts', (t) => {
  const type = capabilityType(64)!;
  const tlvs = ['0020', '007800010180'].map((hex) => ({ code: 64, value: fromHex(hex)! }));
  t.is(
    type.toJson(readCapability(tlvs, type), 'exabgp-4'),
    `${RESTART}120, "address-family-flags": { "ipv4/unicast": [ "restart" ] }, "restart-flags": [ ] }`,
  );
});
test(folded, 64, ['00'], undefined);
test(folded, 64, ['00780 00101'.replace(' ', '')], undefined);
test(folded, 1, ['00010001', '00010001', '0001ff01'], '{ "name": "multiprotocol", "families": [ "ipv4/unicast" ] }');
test(folded, 2, ['01'], undefined);
test(folded, 6, ['00'], undefined);
test(folded, 5, ['0001000100'], undefined);
test(folded, 8, ['000104'], undefined);
test(
  folded,
  8,
  ['00010400', '00010403', '00010405'],
  '{ "name": "unknown", "iana": "unknown", "value": 8, "raw": "00010403" }',
);
test(folded, 69, ['000101'], undefined);
test(folded, 69, ['00010100'], '{ "name": "addpath" }');
test(folded, 69, ['00010104', '00010101'], '{ "name": "addpath", "ipv4/unicast": "receive" }');
test(
  folded,
  69,
  ['00010101', '00020103'],
  '{ "name": "addpath", "ipv4/unicast": "receive","ipv6/unicast": "send/receive" }',
);
test(folded, 73, [''], undefined);
test(folded, 73, ['ff6868'], undefined);
test(folded, 73, ['0161ff62'], undefined);
test(folded, 73, ['026162'], '{ "host-name": "ab", "domain-name": "" }');
test(
  folded,
  73,
  ['1278222c2022696e6a6563746564223a20223103615c62'],
  '{ "host-name": "x\\", \\"injected\\": \\"1", "domain-name": "a\\\\b" }',
);
test(folded, 75, [''], undefined);
test(folded, 75, ['0cfffe1b5b324a0d0a006162'], undefined);
test(folded, 75, ['0afffe1b5b324a0d0a0062'], '{ "software": "\\ufffd\\ufffd[2Jb" }');
const unknown = (code: number, raw: string): string =>
  `{ "name": "unknown", "iana": "unassigned", "value": ${code}, "raw": "${raw}" }`;
test(folded, 71, ['000101'], undefined);
test(folded, 71, ['00010180000e1000'], undefined);
test(folded, 71, ['00010180000e10', '00020180000e11'], unknown(71, '00020180000E11'));
test(folded, 71, ['00010180000e10', '00'], unknown(71, '00010180000E10'));
test(folded, 76, [''], undefined);
test(folded, 76, ['00010100'], undefined);
test(folded, 76, ['0001010000'], unknown(76, ''));
test(folded, 76, ['0001010002', '00010100030002010001'], unknown(76, '00010100020002010001'));
test(folded, 77, ['00'], undefined);
test(folded, 77, ['', ''], unknown(77, ''));
test(folded, 185, ['00'], undefined);
test(folded, 68, ['0001'], '{ "name": "multisession", "variant": "RFC", "capabilities": [ "1" ] }');
test(folded, 68, ['00', '01'], '{ "name": "multisession", "variant": "RFC", "capabilities": [ "1" ] }');
test(folded, 131, ['000102'], '{ "name": "multisession", "variant": "Cisco", "capabilities": [ "1", "2" ] }');
test(folded, 9, ['03', '03'], '{ "name": "unknown", "iana": "unknown", "value": 9, "raw": "03" }');
test(folded, 9, ['0304'], undefined);

test('random values are decoded, ignored or refused', (t) => {
  const error = t.throws(() => capabilityType(65)!.decode(new Reader(Uint8Array.of(1, 2, 3)), undefined))!;
  t.is(error.name, 'NotificationError');
});
