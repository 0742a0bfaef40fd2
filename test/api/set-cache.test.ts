/** The memory of attribute texts: bounded, and it holds exactly one reference to each set that it keeps. */
import test from 'ava';
import { SetCache } from '../../src/api/set-cache.js';
import type { RibOut } from '../../src/rib/types.js';

function counting(): { rib: RibOut; released: number[] } {
  const released: number[] = [];
  const held: number[] = [];
  const rib = {
    retainSet: (id: number) => void held.push(id),
    releaseSet: (id: number) => void (held.includes(id) ? held.splice(held.indexOf(id), 1) : released.push(id)),
  } as unknown as RibOut;
  return { rib, released };
}

const octets = (text: string): [Uint8Array, number, number] => [Buffer.from(`x${text}x`), 1, 1 + text.length];
const words = (set: number) => ({ set, pathId: 0, nextHopSize: 1, leaseSeconds: undefined });

function comesAgain(cache: SetCache, text: string): boolean {
  return cache.get(...octets(text)) === undefined && cache.isWorthKeeping();
}

test('a text is worth keeping when it comes again', (t) => {
  const cache = new SetCache(counting().rib);
  t.false(comesAgain(cache, 'next-hop self med 1'));
  t.false(comesAgain(cache, 'next-hop self med 2'));
  t.true(comesAgain(cache, 'next-hop self med 1'));
});

test('behind many texts that never came back it still learns one that does', (t) => {
  const cache = new SetCache(counting().rib);
  for (let i = 0; i < 100_000; i++) if (comesAgain(cache, `text ${i}`)) cache.put(...octets(`text ${i}`), words(i));
  let asked = 0;
  for (; cache.get(...octets('comes back')) === undefined; asked++) {
    if (cache.isWorthKeeping()) cache.put(...octets('comes back'), words(1));
  }
  t.true(asked < 100);
  for (let i = 0; i < 100; i++) comesAgain(cache, `other ${i}`);
  t.is(cache.get(...octets('comes back'))?.set, 1);
});

test('what is used stays, what is not goes with its reference', (t) => {
  const { rib, released } = counting();
  const cache = new SetCache(rib, 6000);
  cache.put(...octets('used'), words(0));
  for (let i = 1; i < 200; i++) {
    cache.put(...octets(`text ${i}`), words(i));
    t.is(cache.get(...octets('used'))?.set, 0);
  }
  t.is(cache.get(...octets('text 1')), undefined);
  t.false(released.includes(0));
  t.is(new Set(released).size, released.length);
  cache.clear();
  t.deepEqual(
    released.toSorted((a, b) => a - b),
    Array.from({ length: 200 }, (_, i) => i),
  );
  t.is(cache.get(...octets('used')), undefined);
});
