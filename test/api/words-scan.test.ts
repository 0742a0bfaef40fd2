import test from 'ava';
import fc from 'fast-check';
import { packWords, parseRouteWords } from '../../src/api/route-text.js';
import { SCANNED_SET_OCTETS, scanWords } from '../../src/api/words-scan.js';
import { toHex } from '../../src/util/bytes.js';
import { CommandError, Tokens } from '../../src/util/tokens.js';

const out = new Uint8Array(SCANNED_SET_OCTETS);

/** The packed set as the grammar reads it, or why not. */
function byGrammar(text: string): string {
  try {
    return toHex(packWords(parseRouteWords(new Tokens(text))));
  } catch (error) {
    if (error instanceof CommandError) return 'error';
    throw error;
  }
}

function byScan(text: string): string | undefined {
  const line = Buffer.from(`]/${text}\n: 5 [`);
  const size = scanWords(line, 2, line.length - 6, out);
  return size === 0 ? undefined : toHex(out.subarray(0, size));
}

const plain = [
  'next-hop self',
  'next-hop 192.0.2.1 med 0',
  'next-hop 2001:db8::1',
  'med 4294967295 next-hop self',
  'next-hop  self   med  5  ',
  'next-hop 192.0.2.1 as-path [65000 1000 1] med 99 community [65000:999 65001:7]',
  'next-hop self as-path [ 1 ]',
  'next-hop self community 65000:1',
  'next-hop self community [ 65000:1 0:0 65535:65535 ]',
  'next-hop self origin igp',
  'next-hop self origin incomplete local-preference 200',
];
for (const text of plain) test(`plain: ${text}`, (t) => t.is(byScan(text), byGrammar(text)));

const left = [
  '',
  'med 5',
  'next-hop',
  'next-hop selfish',
  'next-hop 192.0.2.1/32',
  'next-hop 192.0.2.256',
  'next-hop self med',
  'next-hop self med 4294967296',
  'next-hop self med 5 med 6',
  'next-hop self community no-export',
  'next-hop self community [ ]',
  'next-hop self community 65536:1',
  'next-hop self community [1:2,3:4]',
  'next-hop self as-path [ ( 1 2 ) ]',
  'next-hop self as-path 5',
  'next-hop self ttl 5',
  'next-hop self;',
  'next-hop self # no',
];
for (const text of left) test(`left to the grammar: ${text}`, (t) => t.is(byScan(text), undefined));

const number = fc.oneof(fc.nat(70000), fc.constantFrom(0, 65535, 65536, 4294967295, 4294967296)).map(String);
const spaced = (items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(items, { maxLength: 4 }), fc.constantFrom('[', '[ '))
    .map(([list, open]) => `${open}${list.join(' ')} ]`);
const community = fc.tuple(number, number).map((pair) => pair.join(':'));
const clause = fc.oneof(
  fc.constantFrom(
    'next-hop self',
    'next-hop 10.0.0.1',
    'next-hop ::1',
    'origin egp',
    'origin IGP',
    'atomic-aggregate',
    'med',
    'next-hop 1.2.3',
  ),
  number.map((n) => `med ${n}`),
  number.map((n) => `local-preference ${n}`),
  spaced(number).map((list) => `as-path ${list}`),
  fc.oneof(community, spaced(community)).map((list) => `community ${list}`),
);

test('whatever is read is what the grammar reads', (t) => {
  let plainCount = 0;
  fc.assert(
    fc.property(fc.array(clause, { maxLength: 6 }), fc.constantFrom('', ' ', ' x', ';'), (clauses, end) => {
      const text = `next-hop 192.0.2.9 ${clauses.join(' ')}${end}`;
      const scannedText = byScan(text);
      if (scannedText === undefined) return true;
      plainCount++;
      return scannedText === byGrammar(text);
    }),
    { numRuns: 5000 },
  );
  t.true(plainCount > 100);
});
