import test from 'ava';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/util/bytes.js';
import {
  decodeNotification,
  describeNotification,
  encodeHardReset,
  encodeNotification,
  encodeShutdownText,
} from '../../src/wire/notification.js';

function decoded(body: string) {
  const octets = fromHex(body)!;
  return decodeNotification(encodeNotification(octets[0]!, octets[1]!, octets.subarray(2)));
}

const read = test.macro<[body: string, text: string | undefined, described: string]>({
  exec(t, body, text, described) {
    const notification = decoded(body);
    t.is(notification.shutdownText, text);
    t.is(describeNotification(notification), described);
  },
  title: (_, body) => body,
});

const RFC_TEXT = '[TICKET-1-1438367390] software upgrade; back in 2 hours';
const utf8 = (text: string): string => Buffer.from(text).toString('hex');

test(read, '0602', undefined, 'Cease / Administrative Shutdown');
test(read, `060237${utf8(RFC_TEXT)}`, RFC_TEXT, `Cease / Administrative Shutdown / ${RFC_TEXT}`);
test(read, `060402${utf8('hé').slice(0, 4)}`, undefined, 'Cease / Administrative Reset / 0x0268C3');
test(read, `060403${utf8('hé')}`, 'hé', 'Cease / Administrative Reset / hé');
test(read, '06020262636465', undefined, 'Cease / Administrative Shutdown / 0x0262636465');
test(read, '060404fffec080', undefined, 'Cease / Administrative Reset / 0x04FFFEC080');
test(read, '060200', undefined, 'Cease / Administrative Shutdown / 0x00');
test(read, '06030161', undefined, 'Cease / Peer De-configured / 0x0161');
test(read, '06090602', undefined, 'Cease / Hard Reset / Cease / Administrative Shutdown');
test(read, `0609060202${utf8('ok')}`, 'ok', 'Cease / Hard Reset / Cease / Administrative Shutdown / ok');
test(read, '060906090609', undefined, 'Cease / Hard Reset / Cease / Hard Reset / 0x0609');
test(read, '060906', undefined, 'Cease / Hard Reset / 0x06');
test(read, '02010004', undefined, 'OPEN message error / Unsupported Version Number / 0x0004');
test(read, '0400', undefined, 'Hold timer expired / Unspecific');
test(read, '0801', undefined, 'Send hold timer expired / unknown reason');
test(read, '6363', undefined, 'unknown error / unknown reason');

test('the worked example of RFC 9003', (t) => {
  t.is(toHex(encodeShutdownText(RFC_TEXT)), `37${utf8(RFC_TEXT)}`);
});

test('no text is no data', (t) => {
  t.is(encodeShutdownText('').length, 0);
});

test('a text is cut between characters', (t) => {
  t.is(toHex(encodeShutdownText('aé', 2)), '0161');
  t.is(encodeShutdownText('é'.repeat(200)).length, 255);
  t.is(encodeShutdownText('x'.repeat(300)).length, 256);
  t.is(encodeShutdownText('x'.repeat(300), 128).length, 129);
});

test('a hard reset is around another NOTIFICATION', (t) => {
  t.is(toHex(encodeNotification(6, 9, encodeHardReset(6, 2)).subarray(19)), '06090602');
});

test('texts that fit come back', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), fc.constantFrom(2, 4), (text, subcode) => {
      t.is(decodeNotification(encodeNotification(6, subcode, encodeShutdownText(text))).shutdownText, text);
    }),
  );
});
