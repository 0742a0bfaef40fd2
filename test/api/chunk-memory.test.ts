/**
 * What outlives its line or message must not keep the chunk of input alive that it stood in: 10,000 things out of 10,000
 * chunks of 64 KiB, each chunk otherwise forgotten, within 20 MB.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test, { type ExecutionContext } from 'ava';
import { encoders } from '../../src/api/encoder/index.js';
import { AttributeText } from '../../src/api/encoder/update-text.js';
import { SetCache } from '../../src/api/set-cache.js';
import { AdjIn } from '../../src/rib/adj-in.js';
import type { RibOut } from '../../src/rib/types.js';
import { PrefixLimits } from '../../src/session/prefix-limit.js';
import { writeU32 } from '../../src/util/bytes.js';
import { silentLogger } from '../../src/util/log.js';
import { OctetMap } from '../../src/util/octet-map.js';
import { Remembered } from '../../src/util/remembered.js';
import { TextWriter } from '../../src/util/text-writer.js';
import { packTlvs } from '../../src/wire/attribute-set.js';
import type { DecodedUpdate } from '../../src/wire/update.js';
import { decodeUpdate } from '../../src/wire/update-decoder.js';
import { daemon, negotiatedWith, neighbor, update } from './encoder/samples.js';

const CHUNKS = 10_000;
const CHUNK_OCTETS = 64 * 1024;
const MOST_OCTETS = 20 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function usedOctets(): number {
  // The memory of buffers is given back behind the first time.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A chunk of input with some octets somewhere in it, seen as Node hands chunks out. */
function inChunk(octets: Uint8Array): Buffer {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_OCTETS);
  chunk.set(octets, 1000);
  return chunk.subarray(1000, 1000 + octets.length);
}

/** @param keep keeps what it makes of the i-th view @returns what must stay alive until memory was looked at */
const isSmall = test.macro((t: ExecutionContext, make: () => { use: (i: number) => void; kept: () => unknown }) => {
  const { use, kept } = make();
  const before = usedOctets();
  for (let i = 0; i < CHUNKS; i++) use(i);
  const grown = usedOctets() - before;
  t.true(kept() !== undefined);
  t.true(grown < MOST_OCTETS, `${(grown / 1e6).toFixed(1)} MB`);
});

const text = (i: number): Buffer => Buffer.from(`next-hop 192.0.2.1 med ${i} community [65000:${i}]`);

/** MED and an attribute that is not common, different for each number. */
function tlvs(i: number): Uint8Array {
  const value = new Uint8Array(8);
  writeU32(value, 4, i);
  return packTlvs([
    { code: 4, flags: 0x80, value: value.slice(4) },
    { code: 16, flags: 0xc0, value: Uint8Array.of(0, 2, ...value.subarray(2)) },
  ]);
}

/** The body of an UPDATE with one route. */
function body(i: number): Uint8Array {
  const number = i.toString(16).padStart(8, '0');
  const attributes = `40010100 40020602010000fdeb 4003047f000003 800404${number} c010080002fdeb${number}`;
  return update('', attributes, `20${number}`).message.subarray(19);
}

function decoded(i: number): DecodedUpdate {
  return decodeUpdate(inChunk(body(i)), negotiatedWith());
}

for (const form of ['json', 'text'] as const) {
  test(`texts of attributes as ${form}`, isSmall, () => {
    const out = new TextWriter();
    const remembered = new AttributeText(form, 'exabgp-4');
    return {
      use(i) {
        for (let times = 0; times < 3; times++) remembered.write(out.reset(), inChunk(tlvs(i)));
      },
      kept: () => remembered,
    };
  });

  test(`events as ${form}`, isSmall, () => {
    const encoder = encoders[form]('exabgp-5', daemon);
    return {
      use(i) {
        for (let times = 0; times < 2; times++) encoder.writeUpdate(neighbor, 'receive', decoded(i), undefined);
      },
      kept: () => encoder.wrapUpdate(1, 1),
    };
  });
}

test('results remembered by octets', isSmall, () => {
  const remembered = new Remembered<number>(2 ** 30, () => 8);
  return { use: (i) => remembered.keep(inChunk(text(i)), i), kept: () => remembered };
});

test('a map with octets as keys', isSmall, () => {
  const map = new OctetMap<number>();
  return {
    use(i) {
      const view = inChunk(text(i));
      map.add(view, 0, view.length, i);
    },
    kept: () => map,
  };
});

test('words of helpers', isSmall, () => {
  const cache = new SetCache({ retainSet: () => undefined, releaseSet: () => undefined } as unknown as RibOut);
  return {
    use(i) {
      const view = inChunk(text(i));
      cache.put(view, 0, view.length, { set: i, pathId: 0, nextHopSize: 4, leaseSeconds: undefined });
    },
    kept: () => cache,
  };
});

test('attributes of UPDATEs', isSmall, () => {
  const kept: unknown[] = [];
  return { use: (i) => void kept.push(decoded(i).attributes), kept: () => kept };
});

test('next hops of UPDATEs', isSmall, () => {
  const kept: unknown[] = [];
  return { use: (i) => void kept.push(decoded(i).announced[0]!.nextHop), kept: () => kept };
});

test('routes of a peer', isSmall, () => {
  const table = new AdjIn();
  return { use: (i) => table.update(decoded(i)), kept: () => table };
});

test('counted prefixes of a peer', isSmall, () => {
  const limits = new PrefixLimits(
    { 'ipv4 unicast': { limit: CHUNKS + 1, warn: 100, action: 'warn', restartSeconds: 0 } },
    silentLogger,
    () => undefined,
  );
  return { use: (i) => void limits.apply(decoded(i)), kept: () => limits };
});
