import test from 'ava';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/util/bytes.js';
import { MessageType } from '../../src/wire/codes.js';
import { NotificationError } from '../../src/wire/errors.js';
import { Framer } from '../../src/wire/framer.js';
import { KEEPALIVE } from '../../src/wire/keepalive.js';
import { buildMessage } from '../../src/wire/message.js';

const MARKER = 'ff'.repeat(16);

interface Framed {
  readonly messages: string[];
  readonly error: string | undefined;
}

/** Feeds chunks until one fails. */
function feed(chunks: Iterable<Uint8Array>, framer = new Framer()): Framed {
  const messages: string[] = [];
  for (const chunk of chunks) {
    try {
      framer.push(chunk, (type, message) => {
        messages.push(`${type} ${toHex(message)}`);
        return true;
      });
    } catch (error) {
      if (!(error instanceof NotificationError)) throw error;
      return { messages, error: `${error.code}/${error.subcode} ${toHex(error.data)}`.trim() };
    }
  }
  return { messages, error: undefined };
}

function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const refused = test.macro<[hex: string, expected: string, maxMessageSize?: number]>({
  exec(t, hex, expected, maxMessageSize = 4096) {
    const octets = fromHex(hex)!;
    const whole = new Framer();
    whole.maxMessageSize = maxMessageSize;
    t.is(feed([octets], whole).error, expected);
    const single = new Framer();
    single.maxMessageSize = maxMessageSize;
    t.is(
      feed(
        Array.from(octets, (octet) => Uint8Array.of(octet)),
        single,
      ).error,
      expected,
    );
  },
  title: (_, hex, expected) => `${hex.slice(0, 12)}…${hex.slice(28)} is ${expected}`,
});

test('OPERATIONAL is a known type once it was offered', (t) => {
  const message = fromHex(`${'ff'.repeat(16)}001e06000200070001016869${'21'.repeat(2)}`)!;
  t.is(feed([message], new Framer()).error, '1/3 06');
  const framer = new Framer();
  framer.takesOperational = true;
  t.is(feed([message], framer).messages.length, 1);
  const short = new Framer();
  short.takesOperational = true;
  t.is(feed([fromHex(`${'ff'.repeat(16)}001306`)!], short).error, '1/2 0013');
});

test(refused, `${'00'.repeat(16)}001304`, '1/1');
test(refused, `${'ff'.repeat(15)}fe001304`, '1/1');
test(refused, `00${'ff'.repeat(15)}001304`, '1/1');
test(refused, Buffer.from('GET / HTTP/1.1\r\n').toString('hex'), '1/1');
test(refused, `${MARKER}000004`, '1/2 0000');
test(refused, `${MARKER}001204`, '1/2 0012');
test(refused, `${MARKER}ffff04`, '1/2 ffff');
test(refused, `${MARKER}100102`, '1/2 1001');
test(refused, `${MARKER}001404`, '1/2 0014');
test(refused, `${MARKER}001301`, '1/2 0013');
test(refused, `${MARKER}001c01`, '1/2 001c');
test(refused, `${MARKER}001602`, '1/2 0016');
test(refused, `${MARKER}001403`, '1/2 0014');
test(refused, `${MARKER}001300`, '1/3 00');
test(refused, `${MARKER}001306`, '1/3 06');
test(refused, `${MARKER}001380`, '1/3 80');
test(refused, `${MARKER}0013ff`, '1/3 ff');
// The extended message capability covers neither OPEN nor KEEPALIVE (RFC 8654 section 4).
test(refused, `${MARKER}138801`, '1/2 1388', 65535);
test(refused, `${MARKER}138804`, '1/2 1388', 65535);

test('an extended message passes once it was advertised', (t) => {
  const message = buildMessage(MessageType.update, new Uint8Array(65535 - 19));
  t.is(feed([message]).error, '1/2 ffff');
  const framer = new Framer();
  framer.maxMessageSize = 65535;
  t.is(feed([message.subarray(0, 30000), message.subarray(30000)], framer).messages.length, 1);
});

test('a ROUTE-REFRESH of a wrong length is left to its decoder', (t) => {
  t.is(feed([buildMessage(MessageType.routeRefresh, new Uint8Array(3))]).messages.length, 1);
});

test('messages before an error are handed out, nothing after it', (t) => {
  const framer = new Framer();
  const { messages, error } = feed([join(KEEPALIVE, Uint8Array.of(0), KEEPALIVE)], framer);
  t.is(messages.length, 1);
  t.is(error, '1/1');
  t.deepEqual(feed([KEEPALIVE], framer), { messages: [], error: undefined });
});

test('a visitor that returns false ends it', (t) => {
  const framer = new Framer();
  let seen = 0;
  framer.push(join(KEEPALIVE, KEEPALIVE, KEEPALIVE), () => {
    seen++;
    return seen < 2;
  });
  t.is(seen, 2);
  t.is(framer.pendingOctets, 0);
});

const anyMessage = fc
  .tuple(
    fc.constantFrom(MessageType.update, MessageType.notification, MessageType.routeRefresh),
    fc.uint8Array({ minLength: 4, maxLength: 4077 }),
  )
  .map(([type, body]) => buildMessage(type, body));

test('cut anywhere, a stream gives the same messages', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(KEEPALIVE), anyMessage), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (messages, cuts) => {
        const stream = join(...messages);
        const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
        const framer = new Framer();
        const chunks = [0, ...places].map((start, index) => stream.subarray(start, places[index] ?? stream.length));
        t.deepEqual(feed(chunks, framer), feed([stream]));
        t.is(framer.pendingOctets, 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('held anywhere, a stream gives the same messages, none while it is held', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(KEEPALIVE), anyMessage), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      (messages, cuts, holds) => {
        const stream = join(...messages);
        const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
        const framer = new Framer();
        const seen: string[] = [];
        let isHeld = false;
        const visit = (type: number, message: Uint8Array): boolean => {
          t.false(isHeld);
          seen.push(`${type} ${toHex(message)}`);
          isHeld = holds[seen.length % holds.length]!;
          if (isHeld) framer.hold();
          return true;
        };
        for (const [index, start] of [0, ...places].entries()) {
          framer.push(stream.slice(start, places[index] ?? stream.length), visit);
          if (index % 2 === 1) {
            isHeld = false;
            framer.goOn(visit);
          }
        }
        for (let i = 0; i <= messages.length; i++) {
          isHeld = false;
          framer.goOn(visit);
        }
        t.deepEqual(seen, feed([stream]).messages);
        t.false(framer.hasHeld);
        t.is(framer.pendingOctets, 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('what is kept of a stream is never more than one message', (t) => {
  const framer = new Framer();
  const big = buildMessage(MessageType.update, new Uint8Array(4000));
  for (let i = 0; i < 100; i++) {
    framer.push(big.subarray(0, 3000), () => true);
    t.is(framer.pendingOctets, 3000);
    framer.push(join(big.subarray(3000), KEEPALIVE), () => true);
    t.is(framer.pendingOctets, 0);
  }
});

test('random octets give messages or a NOTIFICATION', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      const framer = new Framer();
      feed([octets], framer);
      t.true(framer.pendingOctets <= octets.length);
    }),
  );
});
