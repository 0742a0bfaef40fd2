import test from 'ava';
import { Remembered } from '../../src/util/remembered.js';

const octetsOf = (text: string): number => text.length;

test('what was set is there, and the bound holds', (t) => {
  const remembered = new Remembered<string>(1000);
  for (let i = 0; i < 10000; i++) {
    const key = `key ${i}`;
    remembered.set(key, 'v'.repeat(20), 20);
    t.is(remembered.get(key, octetsOf), 'v'.repeat(20));
    t.true(remembered.size <= 45);
  }
  t.is(remembered.get('key 0', octetsOf), undefined);
});

test('what is asked for stays', (t) => {
  const remembered = new Remembered<string>(1000);
  remembered.set('kept', 'value', 5);
  for (let i = 0; i < 1000; i++) {
    remembered.set(`other ${i}`, 'v'.repeat(20), 20);
    t.is(remembered.get('kept', octetsOf), 'value');
  }
});
