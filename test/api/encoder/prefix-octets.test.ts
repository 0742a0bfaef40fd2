import test from 'ava';
import fc from 'fast-check';
import { writePrefixesJson, writePrefixLines } from '../../../src/api/encoder/prefix-octets.js';
import { Writer } from '../../../src/util/bytes.js';
import { octetsOf, TextWriter } from '../../../src/util/text-writer.js';
import { families } from '../../../src/wire/family/index.js';
import { printPathId } from '../../../src/wire/family/prefix-family.js';
import { eachNlri } from '../../../src/wire/nlri.js';
import type { NlriRun } from '../../../src/wire/update.js';

const text = new TextWriter(16);
const prefix = fc.tuple(fc.nat(128), fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(0xffffffff));

test('the same text as the family gives', (t) => {
  fc.assert(
    fc.property(fc.array(prefix, { minLength: 1, maxLength: 200 }), fc.boolean(), (prefixes, addPath) => {
      for (const family of families.filter(({ prefixSize }) => prefixSize !== undefined)) {
        const out = new Writer().u8(99);
        for (const [anyBits, octets, pathId] of prefixes) {
          const bits = anyBits % (family.prefixSize! * 8 + 1);
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
        let lines = '';
        eachNlri(run, (source, start, end, pathId) => {
          expected.push(family.toJson(source, start, end, pathId, 'exabgp-4'));
          const path = pathId === undefined ? '' : ` path-information ${printPathId(pathId)}`;
          lines += `before ${family.print(source, start, end)}${path} after\n`;
        });
        writePrefixesJson(text.reset(), run);
        t.is(text.toString(), expected.join(', '));
        writePrefixLines(text.reset(), run, octetsOf('before '), octetsOf(' after\n'));
        t.is(text.toString(), lines);
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
  writePrefixesJson(text.reset(), run);
  t.is(text.toString().split('"0.0.0.0/0"').length, 65501);
});
