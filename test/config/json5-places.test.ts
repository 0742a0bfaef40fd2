/** The scanner of places is held equal to json5, and finds what json5 lets pass. */
import test from 'ava';
import fc from 'fast-check';
import JSON5 from 'json5';
import { type ConfigNode, ConfigSource, pathOf, toPlain } from '../../src/config/config-node.js';
import type { ConfigProblem } from '../../src/config/errors.js';
import { locate } from '../../src/config/json5-places.js';

/** Writes a value as JSON5 in one of its many spellings and notes where each value and key begins. */
class Writer {
  text = '';
  readonly places: string[] = [];

  constructor(private readonly choose: (below: number) => number) {}

  value(value: unknown, path: string): void {
    this.blanks();
    this.places.push(`${path} ${this.text.length}`);
    if (Array.isArray(value)) {
      this.text += '[';
      value.forEach((item, i) => {
        if (i > 0) this.text += ',';
        this.value(item, `${path}/${i}`);
        this.blanks();
      });
      if (value.length > 0 && this.choose(2) === 0) this.text += ',';
      this.blanks();
      this.text += ']';
    } else if (typeof value === 'object' && value !== null) {
      this.text += '{';
      Object.entries(value).forEach(([key, member], i) => {
        if (i > 0) this.text += ',';
        this.blanks();
        this.places.push(`${path}/${key} key ${this.text.length}`);
        this.text += /^[a-zA-Z_$][a-zA-Z0-9_$]*$/.test(key) && this.choose(2) === 0 ? key : this.string(key);
        this.blanks();
        this.text += ':';
        this.value(member, `${path}/${key}`);
        this.blanks();
      });
      this.text += '}';
    } else if (typeof value === 'string') this.text += this.string(value);
    else if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && this.choose(3) === 0) {
      this.text += [`0x${value.toString(16)}`, `+${value}`, `${value}.`][this.choose(3)]!;
    } else this.text += String(value);
  }

  private string(value: string): string {
    const quoted = JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
    const form = this.choose(3);
    if (form === 0) return quoted;
    const single = `'${quoted.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
    return form === 1 ? single : `'\\\n${single.slice(1)}`;
  }

  private blanks(): void {
    const forms = ['', ' ', '\n', '\r\n', '\t', '/* , } */', '// ] "\n', '\u00a0', '\ufeff', '/***/', '//\u2028'];
    this.text += forms[this.choose(forms.length)]!;
  }
}

function placesOf(node: ConfigNode, path = ''): string[] {
  const own = `${path} ${node.at}`;
  const items = (node.items ?? []).flatMap((item, i) => placesOf(item, `${path}/${i}`));
  const members = [...(node.members ?? [])].flatMap(([key, member]) => [
    `${path}/${key} key ${member.keyAt}`,
    ...placesOf(member, `${path}/${key}`),
  ]);
  return [own, ...items, ...members];
}

const key = fc.oneof(fc.constantFrom('a', 'families', '$x', 'ipv4 unicast', '', '\\', '"', "'"), fc.string());
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 1.5, -0),
    ),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      key.filter((text) => text !== '__proto__'),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

test('values are as json5 reads them, places where they were written', (t) => {
  fc.assert(
    fc.property(json, fc.infiniteStream(fc.nat(1000)), (value, stream) => {
      const writer = new Writer((below) => stream.next().value! % below);
      writer.value(value, '');
      const { text } = writer;
      const parsed: unknown = JSON5.parse(text);
      const problems: ConfigProblem[] = [];
      const node = locate(new ConfigSource('f', text), parsed, problems);
      t.deepEqual(toPlain(node), parsed);
      t.deepEqual(placesOf(node).sort(), writer.places.sort());
      t.deepEqual(problems, []);
    }),
    { numRuns: 400 },
  );
});

const finds = test.macro((t, text: string, expected: string[]) => {
  const problems: ConfigProblem[] = [];
  locate(new ConfigSource('f', text), JSON5.parse(text), problems);
  t.deepEqual(
    problems.map(({ line, column, path }) => `${line}:${column} ${path}`),
    expected,
  );
});

test('a key given twice', finds, '{a: 1, a: 2}', ['1:8 a']);
test('a key given twice in two spellings', finds, `{a: 1,\n "\\u0061": 2}`, ['2:2 a']);
test('a key given twice, first as an object', finds, '{a: {b: [1]}, a: 2}', ['1:15 a']);
test('a key given twice, first as a scalar', finds, '{a: 2, a: {b: [1]}}', ['1:8 a']);
test('a key given three times', finds, '{a: 2, a: 1, a: 3}', ['1:8 a', '1:14 a']);
test('a key given twice inside', finds, '{x: [{a: 1}, {"b-c": 1, \'b-c\': 1}]}', ['1:25 x[1]["b-c"]']);
test('the same key in two objects', finds, '[{a: 1}, {a: 1}]', []);
test('a number above 2^53-1', finds, '{a: [1, 9007199254740992]}', ['1:9 a[1]']);
test('a negative number beyond', finds, '{a: -1e300}', ['1:5 a']);
test('2^53-1 itself', finds, '[9007199254740991, -9007199254740991, Infinity]', []);
test('__proto__', finds, '{"__proto__": 1}', ['1:2 __proto__']);

test('lines and columns', (t) => {
  const source = new ConfigSource('f', 'ab\n\r\ncd');
  t.deepEqual(
    [0, 2, 3, 5, 6].map((offset) => source.position(offset)),
    [
      { line: 1, column: 1 },
      { line: 1, column: 3 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 3, column: 2 },
    ],
  );
});

test('paths', (t) => {
  const node = locate(new ConfigSource('f', '{a: [{"b c": 1}]}'), { a: [{ 'b c': 1 }] }, []);
  const leaf = node.members!.get('a')!.items![0]!.members!.get('b c')!;
  t.is(pathOf(leaf), 'a[0]["b c"]');
  t.is(pathOf(leaf, ['x', 3]), 'a[0]["b c"].x[3]');
});
