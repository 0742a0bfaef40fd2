import test from 'ava';
import fc from 'fast-check';
import { decodeText, encodeText, jsonString, textLine, textWord } from '../../src/util/stranger-text.js';

const anyText = fc.string({ unit: 'binary' });

test('JSON strings come back, in ASCII', (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      t.is(JSON.parse(jsonString(text)), text);
      t.regex(jsonString(text), /^[\x20-\x7e]*$/);
    }),
  );
});

test('decoded text has no control characters', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      t.notRegex(decodeText(octets), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
  t.is(decodeText(Uint8Array.of(0x61, 0x1b, 0x5b, 0x0a, 0xff, 0x62)), 'a[\ufffdb');
});

test('encoded text fits one octet of length', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const octets = encodeText(text);
      t.true(octets.length <= 255);
      t.true(text.startsWith(Buffer.from(octets).toString()) || /[\ud800-\udfff]/.test(text));
    }),
  );
});

test('a line stays one line, a word one word', (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      t.notRegex(textLine(text), /[\n\r\u2028\u2029]/);
      t.regex(textWord(text), /^([A-Za-z0-9._:/+@~-]+|".*")$/);
    }),
  );
  t.is(textLine('a\nb'), 'a\\u000ab');
  t.is(textWord('router-1.example.net'), 'router-1.example.net');
  t.is(textWord('a b'), '"a b"');
});
