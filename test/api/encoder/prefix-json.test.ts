import test from 'ava';
import fc from 'fast-check';
import { ipv4RunToJson } from '../../../src/api/encoder/prefix-json.js';
import { Writer } from '../../../src/util/bytes.js';
import { families } from '../../../src/wire/family/index.js';
import { eachNlri } from '../../../src/wire/nlri.js';
import type { NlriRun } from '../../../src/wire/update.js';

const prefix = fc.tuple(fc.nat(32), fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.nat(0xffffffff));

test('the same text as the family gives', (t) => {
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 300 }), fc.boolean(), (prefixes, addPath) => {
      for (const family of families.filter(({ prefixSize }) => prefixSize === 4)) {
        const out = new Writer().u8(99);
        for (const [bits, octets, pathId] of prefixes) {
          if (addPath) out.u32(pathId);
          out.u8(bits).bytes(octets, 0, (bits + 7) >>> 3);
        }
        const run: NlriRun = {
          family,
          source: out.finish(),
          start: 1,
          end: out.length,
          addPath,
          nextHop: new Uint8Array(4),
        };
        const expected: string[] = [];
        eachNlri(run, (source, start, end, pathId) => {
          expected.push(family.toJson(source, start, end, pathId, 'exabgp-4'));
        });
        t.is(ipv4RunToJson(run), expected.join(', '));
      }
    }),
    { numRuns: 200 },
  );
});

test('a run as long as a message can hold', (t) => {
  const source = new Uint8Array(65500);
  const run: NlriRun = {
    family: families[0]!,
    source,
    start: 0,
    end: source.length,
    addPath: false,
    nextHop: new Uint8Array(4),
  };
  t.is(ipv4RunToJson(run).split('"0.0.0.0/0"').length, 65501);
});
