/**
 * Mutated messages, for a fixed short time: a decoder gives a value, faults or a NotificationError, and nothing else, and
 * whatever it gives can be shown as events, and is the same when it is written and read again. A case that does otherwise is
 * kept in found/ and played first from then on.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { decodeToCommands, decodeToEvents } from '../../src/api/offline-decoder.js';
import { parseRouteWords } from '../../src/api/route-text.js';
import { AdjIn } from '../../src/rib/adj-in.js';
import { equalBytes, fromHex, NO_BYTES, toHex, Writer } from '../../src/util/bytes.js';
import { Tokens } from '../../src/util/tokens.js';
import { eachTlv } from '../../src/wire/attribute-set.js';
import { attributesToJson, printAttributes } from '../../src/wire/attribute-text.js';
import { MessageType } from '../../src/wire/codes.js';
import { NotificationError } from '../../src/wire/errors.js';
import { families } from '../../src/wire/family/index.js';
import type { Dialect, Family } from '../../src/wire/family/types.js';
import { Framer } from '../../src/wire/framer.js';
import { bodyOf } from '../../src/wire/message.js';
import { eachNlri } from '../../src/wire/nlri.js';
import { decodeNotification, describeNotification } from '../../src/wire/notification.js';
import { decodeOpen, encodeOpen } from '../../src/wire/open.js';
import { decodeRouteRefresh } from '../../src/wire/refresh.js';
import { decodeUpdate } from '../../src/wire/update-decoder.js';
import { makeNegotiated } from '../support/negotiated.js';

const FOUND = 'test/fuzz/found';
const SECONDS = Number(process.env.CRIER_FUZZ_SECONDS ?? 4);
const MARKER = 'ff'.repeat(16);
/** Digits of length and type in front of the body of a golden message. */
const HEADER_DIGITS = 6;

/** Messages to begin with: body as hexadecimal, by type. */
const SEEDS: readonly (readonly [number, string])[] = [
  [MessageType.open, '0104fde900b4c00002011002060104000100010202000206410400 00fde9'.replaceAll(' ', '').slice(2)],
  [
    MessageType.open,
    '04fde900b4c0000201300206010400010001020601040002000102020200020641040000fde9020845060001010300020103020440028078',
  ],
  [MessageType.open, '04fde900b4c00002011202104b0e4c6f6e67204e616d6520312e322e33'],
  [MessageType.update, '0000001540010100400206020100 00fde9400304c0000201180a0100'.replaceAll(' ', '')],
  [MessageType.update, '0004180a01000000'],
  [
    MessageType.update,
    '0000003240010100400206020100 00fde9800e1e0002011020010db800000000000000000000000100 3020010db80001c00804fde90064'.replaceAll(
      ' ',
      '',
    ),
  ],
  [
    MessageType.update,
    '00000060400101024002160202000000 010000000203020000000301020000000400000005400304c000020180040400000064c0070800000001c0000201c00808fde90001ffffff01c010080002fde900000064c0200c0000fde90000000100000002801a0b01000b000000000000000a180a0100'.replaceAll(
      ' ',
      '',
    ),
  ],
  [MessageType.update, '0000000a800f0700020120 20010db8'.replaceAll(' ', '')],
  [MessageType.update, '00000006800f03000201'],
  [MessageType.notification, '06021774686520726f757465722069732072657374617274696e67'],
  [MessageType.notification, '060906020474657874'],
  [MessageType.routeRefresh, '00010001'],
  [MessageType.keepalive, ''],
];

/** The golden messages: every family and attribute. */
const GOLDEN: readonly (readonly [number, string])[] = readdirSync('test/golden')
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => JSON.parse(readFileSync(join('test/golden', file), 'utf8')) as { readonly hex: string }[])
  .map(({ hex }) => [MessageType.update, hex.slice(HEADER_DIGITS)] as const);
const ALL_SEEDS = [...SEEDS, ...GOLDEN];

function message(type: number, body: Uint8Array): Uint8Array {
  const length = (19 + body.length).toString(16).padStart(4, '0');
  return fromHex(`${MARKER}${length}${type.toString(16).padStart(2, '0')}${toHex(body)}`)!;
}

const CONTEXTS = [
  makeNegotiated(),
  makeNegotiated({ asn4: false, isExternal: false, peerAs: 65000, aigp: true }),
  makeNegotiated({
    addPathReceive: families.map(() => true),
    extendedNextHop: families.map(() => true),
    multipleLabels: families.map(() => true),
    localRole: 3,
    peerRole: 0,
  }),
];

const DIALECTS = ['exabgp-4', 'exabgp-5'] as const;
const DAEMON = { host: 'fuzz', pid: 1, ppid: 1 };

function same(what: string, one: Uint8Array, two: Uint8Array): void {
  if (!equalBytes(one, two)) throw new Error(`${what}: ${toHex(one)} became ${toHex(two)}`);
}

/** A route that was taken is written as it was, and its words are read as the same route. */
function checkNlri(family: Family, source: Uint8Array, start: number, end: number): void {
  if (family.isMalformed?.(source, start, end) === true) return;
  const { key, payload } = family.split(source, start, end);
  const out = new Writer();
  family.write(out, key, 0, key.length, payload);
  if (family.sizeOf(out.view(), 0, out.length) !== out.length) throw new Error(`${family.name}: another size`);
  const again = family.split(out.view(), 0, out.length);
  same(`${family.name} key`, key, again.key);
  same(`${family.name} payload`, payload, again.payload);
  const tokens = new Tokens(family.print(source, start, end));
  const parsed = family.parse(tokens);
  tokens.end();
  same(`${family.name} "${tokens.text}"`, key, parsed.key);
  if (parsed.payload.length > 0) same(`${family.name} "${tokens.text}" payload`, payload, parsed.payload);
}

/** Attributes that were taken are read from their words as they were. */
function checkAttributes(tlvs: Uint8Array, dialect: Dialect): void {
  const text = printAttributes(tlvs, dialect);
  const { attributes } = parseRouteWords(new Tokens(text));
  const before = new Map<number, Uint8Array>();
  eachTlv(tlvs, (code, _flags, value) => before.set(code, value));
  for (const { code, value } of attributes) same(`attribute ${code} in "${text}"`, before.get(code) ?? NO_BYTES, value);
  if (attributes.length !== before.size)
    throw new Error(`"${text}" has ${attributes.length} of ${before.size} attributes`);
}

/** What `decode` shows of a message: lines of JSON, commands. */
function show(octets: Uint8Array): void {
  for (const dialect of DIALECTS) {
    const events = decodeToEvents(octets, OFFLINE, { encoder: 'json', dialect, daemon: DAEMON, timeSeconds: 0 });
    for (const line of events.split('\n')) if (line !== '') JSON.parse(line);
    decodeToEvents(octets, OFFLINE, { encoder: 'text', dialect, daemon: DAEMON, timeSeconds: 0 });
  }
  decodeToCommands(octets, OFFLINE);
}
const OFFLINE = { asn4: true, addPath: false };

/** Decodes and shows a whole message in each context. Throws what is a bug. */
function digest(octets: Uint8Array): void {
  try {
    show(octets);
  } catch (error) {
    if (!(error instanceof NotificationError)) throw error;
  }
  for (const negotiated of CONTEXTS) {
    try {
      new Framer().push(octets, (type, one) => {
        if (type === MessageType.open) encodeOpen(decodeOpen(one));
        else if (type === MessageType.notification) describeNotification(decodeNotification(one));
        else if (type === MessageType.routeRefresh) decodeRouteRefresh(one, true);
        else if (type === MessageType.update) {
          const update = decodeUpdate(bodyOf(one), negotiated);
          decodeUpdate(bodyOf(one), negotiated, 'check');
          for (const run of [...update.announced, ...update.withdrawn]) {
            eachNlri(run, (source, start, end, pathId) => {
              for (const dialect of DIALECTS) JSON.parse(run.family.toJson(source, start, end, pathId, dialect));
              checkNlri(run.family, source, start, end);
            });
          }
          for (const dialect of DIALECTS) {
            if (update.attributes === undefined) continue;
            JSON.parse(`{${attributesToJson(update.attributes, dialect)}}`);
            checkAttributes(update.attributes, dialect);
          }
          new AdjIn().update(update);
        }
        return true;
      });
    } catch (error) {
      if (!(error instanceof NotificationError)) throw error;
    }
  }
}

/** A small generator with a seed that the log names. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(body: Uint8Array, random: (below: number) => number): Uint8Array {
  let out = [...body];
  for (let n = 1 + random(4); n > 0; n--) {
    const at = random(out.length + 1);
    const act = random(6);
    if (act === 0) out[at] = random(256);
    else if (act === 1 && out.length > 0) out[Math.min(at, out.length - 1)]! ^= 1 << random(8);
    else if (act === 2) out.splice(at, 0, ...Array.from({ length: random(6) }, () => random(256)));
    else if (act === 3) out.splice(at, 1 + random(5));
    else if (act === 4) out = out.slice(0, at);
    else out.splice(at, 0, ...out.slice(random(out.length + 1), random(out.length + 1)));
  }
  return Uint8Array.from(out.map((octet) => octet ?? 0));
}

for (const file of readdirSync(FOUND).filter((name) => name.endsWith('.hex'))) {
  test(`found before: ${file}`, (t) => {
    t.notThrows(() => digest(fromHex(readFileSync(join(FOUND, file), 'latin1').trim())!));
  });
}

test(`mutated messages give a value, faults or a NotificationError`, (t) => {
  const seed = Date.now() & 0xffffffff;
  t.log(`seed ${seed}`);
  const random = randomFrom(seed);
  for (const [type, hex] of ALL_SEEDS) t.notThrows(() => digest(message(type, fromHex(hex)!)), hex);
  const end = performance.now() + SECONDS * 1000;
  let cases = 0;
  while (performance.now() < end) {
    const [type, hex] = ALL_SEEDS[random(ALL_SEEDS.length)]!;
    const octets = message(type, mutate(fromHex(hex)!, random));
    cases++;
    try {
      digest(octets);
    } catch (error) {
      mkdirSync(FOUND, { recursive: true });
      writeFileSync(join(FOUND, `${toHex(octets.subarray(-8))}-${seed}.hex`), `${toHex(octets)}\n`);
      throw error;
    }
  }
  t.log(`${cases} cases`);
  t.true(cases > 100);
});
