import test from 'ava';
import { Remembered } from '../../src/util/remembered.js';

const octetsOf = (text: string): number => text.length;
const key = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

test('what was kept is there, and the bound holds', (t) => {
  const remembered = new Remembered<string>(10_000, octetsOf);
  for (let i = 0; i < 10_000; i++) {
    remembered.keep(key(`key ${i}`), 'v'.repeat(20));
    t.is(remembered.get(key(`key ${i}`)), 'v'.repeat(20));
    t.true(remembered.size <= 40);
  }
  t.is(remembered.get(key('key 0')), undefined);
});

test('what is asked for stays', (t) => {
  const remembered = new Remembered<string>(10_000, octetsOf);
  remembered.keep(key('kept'), 'value');
  for (let i = 0; i < 1000; i++) {
    remembered.keep(key(`other ${i}`), 'v'.repeat(20));
    t.is(remembered.get(key('kept')), 'value');
  }
});

test('a key is worth keeping when it comes again', (t) => {
  const remembered = new Remembered<string>(10_000, octetsOf);
  t.false(remembered.isWorthKeeping(key('one')));
  t.false(remembered.isWorthKeeping(key('two')));
  t.true(remembered.isWorthKeeping(key('one')));
});

test('the buffer that a key stood in may change', (t) => {
  const remembered = new Remembered<string>(10_000, octetsOf);
  const chunk = Buffer.from('first');
  remembered.keep(chunk, 'value');
  chunk.fill('x');
  t.is(remembered.get(key('first')), 'value');
  t.is(remembered.get(chunk), undefined);
});
